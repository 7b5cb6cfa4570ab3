"""Faults made on purpose against a real server, each longer than a test may take: `make drills`."""
