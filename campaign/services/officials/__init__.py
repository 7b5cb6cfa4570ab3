"""The officials of a letter: how they are reached, and when nothing is sent to them."""
