"""Runs the benchmarks named on the command line, or all: `python -m tests.bench [page] [signing] …`."""

import importlib
import sys
import time

NAMES = (
    *("page", "signing", "timing", "forms", "worker", "count_log", "spot_check", "export", "desk"),
    *("axe", "paint"),
)


def main(names: list[str]) -> None:
    for name in names or NAMES:
        started = time.perf_counter()
        for figure, value, unit in importlib.import_module(f"tests.bench.{name}").figures():
            print(f"{figure} {_plain(value)} {unit}", flush=True)
        print(f"{name}.duration {_plain(time.perf_counter() - started)} s", flush=True)


def _plain(value: float) -> str:
    """Three digits that matter, and never an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main(sys.argv[1:])
