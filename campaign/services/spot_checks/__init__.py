"""Spot checks: signatures drawn by lot from the log, whose owners are asked whether it was them."""
