"""Daily figures of a campaign: kept as things happen, read by organizers."""
