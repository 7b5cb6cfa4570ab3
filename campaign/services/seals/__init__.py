"""Signers whom the server itself cannot read: keys, what is sealed to them, and sealing it anew."""
