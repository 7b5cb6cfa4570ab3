"""Signatures collected elsewhere: uploaded or typed, checked, entered, taken out again."""
