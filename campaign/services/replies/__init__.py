"""What offices answer: received, and reviewed by organizers."""
