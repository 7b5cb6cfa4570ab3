"""A draft on its way to being open: its preview, the list to look through, and when it opens."""
