"""A campaign in numbers."""
