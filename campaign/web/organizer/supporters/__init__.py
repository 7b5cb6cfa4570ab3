"""The people who signed, as the desk shows and exports them."""
