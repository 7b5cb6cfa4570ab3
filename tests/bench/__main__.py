"""Runs the benchmarks named on the command line, or all: `python -m tests.bench [page] [signing] …`."""

import importlib
import sys
import time

NAMES = ("page", "signing", "worker", "export")


def main(names: list[str]) -> None:
    for name in names or NAMES:
        started = time.perf_counter()
        for figure, value, unit in importlib.import_module(f"tests.bench.{name}").figures():
            print(f"{figure} {value:.4g} {unit}", flush=True)
        print(f"{name}.duration {time.perf_counter() - started:.3g} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
