"""Who may come to the desk, and what they may do."""
