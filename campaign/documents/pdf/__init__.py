"""HTML laid out as PDF, by a process of its own."""
