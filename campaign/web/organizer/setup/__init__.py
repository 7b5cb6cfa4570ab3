"""Setting up a desk: the guide to the first steps, and whether everything is in order."""
