"""What owners set up once: the steps of the guide, and the test email that somebody sends to themselves."""
