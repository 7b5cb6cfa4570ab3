"""Each kind of file, turned into the lines the reader reads."""
