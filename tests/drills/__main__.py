"""Runs the drills named on the command line, or all: `python -m tests.drills [rest] [slow] …`."""

import importlib
import sys

NAMES = ("rest", "slow", "locked", "deaths", "connections", "restore", "one_address")


def main(names: list[str]) -> int:
    """Print a line for each figure; the exit status is 1 when one is above the most that is allowed."""
    failed = False
    for name in names or NAMES:
        for figure, value, unit, most in importlib.import_module(f"tests.drills.{name}").figures():
            failed = failed or value > most
            verdict = "ok" if value <= most else f"FAILED, at most {most:g}"
            print(f"{figure} {value:.3g} {unit} {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
