"""Runs the drills named on the command line, or all: `python -m tests.drills [rest] [slow] …`."""

import importlib
import sys
from collections.abc import Iterable

from tests.drills.servers import Figure

NAMES = (
    *("rest", "slow", "locked", "deaths", "connections", "restore", "forms", "one_address"),
    *("restarted", "full", "mixed"),
)


def main(names: list[str]) -> int:
    """Run the drills; the exit status is 1 when a figure is above the most that is allowed."""
    statuses = [report(importlib.import_module(f"tests.drills.{name}").figures()) for name in names or NAMES]
    return max(statuses)


def report(figures: Iterable[Figure]) -> int:
    """Print a line for each figure; 1 when one is above the most that is allowed, else 0."""
    failed = False
    for figure, value, unit, most in figures:
        failed = failed or value > most
        verdict = "ok" if value <= most else f"FAILED, at most {most:g}"
        print(f"{figure} {value:.6g} {unit} {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
