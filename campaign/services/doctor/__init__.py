"""Whether this installation is well: looked at, told, and kept for the desk."""
