"""What a mail says: the only room that renders."""
