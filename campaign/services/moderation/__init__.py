"""Removing signatures that are not what they seem, and restoring them whole."""
