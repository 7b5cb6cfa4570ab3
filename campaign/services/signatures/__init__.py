"""One supporter's act, from the form to its erasure."""
