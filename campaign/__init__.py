"""A self-hosted platform for joint letters and constituent action."""
