"""Rules as plain functions over plain data: no input or output, and no library but two lists of rules."""
