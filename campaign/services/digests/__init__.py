"""Many messages to one official in one email a day."""
