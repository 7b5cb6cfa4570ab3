"""How large a table may be that somebody uploads."""

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 50
LONGEST_CELL = 4 * 1024
