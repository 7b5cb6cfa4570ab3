"""Taking signatures out that are not what they seem, and putting them back whole."""
