"""Campaigns: their letters, the versions of these, and what pages show of them."""
