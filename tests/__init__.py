"""Tests make files as every command of the program does: readable by their owner only."""

import os

os.umask(0o077)
