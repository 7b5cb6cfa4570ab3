"""The audit log on the desk: sentences, filters, the file, and whether the chain is whole."""
