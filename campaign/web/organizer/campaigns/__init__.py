"""One campaign on the desk: its numbers, its letter, its translations, how it looks."""
