"""What lets anybody check the count: its log, and the proofs that are read from it."""
