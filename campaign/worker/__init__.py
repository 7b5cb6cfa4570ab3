"""The worker: sends what is due and keeps the house in order, beside the web and knowing nothing of it."""
