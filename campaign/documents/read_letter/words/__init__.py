"""The words by which letters in many languages show their parts, one table a subject."""
