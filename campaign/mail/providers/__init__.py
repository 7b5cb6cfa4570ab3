"""What hands email to the world: SendGrid, a mail server, or a folder on this machine."""
