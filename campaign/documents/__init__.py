"""Documents people bring and take away: letters read in, supporter lists written out."""
