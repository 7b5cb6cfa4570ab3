"""The audit log: its chain of hashes, and the log as it is read."""
