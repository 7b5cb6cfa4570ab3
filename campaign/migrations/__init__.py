"""Schema changes, one file each, in order; only ever forward for users."""
