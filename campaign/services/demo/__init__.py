"""A campaign of invented signers, to look at the desk as it will be when many have signed."""
