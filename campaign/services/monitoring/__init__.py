"""What is wrong with the mail, and who is told."""
