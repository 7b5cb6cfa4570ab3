"""One email from written to accepted: the only writer of its state."""
