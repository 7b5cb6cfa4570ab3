"""What is kept no longer than it has to be: what is due, and how it goes."""
