"""Rules as plain functions over plain data: standard library only, no input or output."""
