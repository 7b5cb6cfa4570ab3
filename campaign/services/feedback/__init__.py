"""What providers report after the fact, and what follows for addresses."""
