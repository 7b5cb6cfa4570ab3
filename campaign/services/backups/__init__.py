"""Backups: made, encrypted, read back and put in place."""
