"""A campaign to look at: shipped with the program, and able to reach nobody."""
