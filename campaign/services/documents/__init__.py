"""What is taken away: PDFs, supporter lists, messages to hand over."""
