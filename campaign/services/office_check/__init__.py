"""The code at a message's end, by which an office checks it."""
