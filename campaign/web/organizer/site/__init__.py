"""Who publishes here, as an owner writes it."""
