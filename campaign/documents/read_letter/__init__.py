"""Reads a joint letter from a file: formats make lines of it, and one reader finds the parts in them."""
