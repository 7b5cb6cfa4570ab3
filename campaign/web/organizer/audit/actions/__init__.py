"""What each action in the audit log is in words, a file for each kind of action."""
