"""Organizers' own logins."""
