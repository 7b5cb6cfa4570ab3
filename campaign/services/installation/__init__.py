"""What there is once: its keys, its data under them, who publishes here, its periodic jobs."""
