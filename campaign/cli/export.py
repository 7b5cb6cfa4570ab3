"""`campaign export`: lists of supporters."""
