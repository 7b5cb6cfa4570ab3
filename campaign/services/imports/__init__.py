"""Signatures that organizers enter, from paper and other lists: checked, entered, undone as a whole."""
