"""Spot checks on the desk: announced, drawn, followed, given up."""
