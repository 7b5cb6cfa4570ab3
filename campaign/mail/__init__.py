"""Email: what one is, how it is written, and the providers that hand it to the world."""
