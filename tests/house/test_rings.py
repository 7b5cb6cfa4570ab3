"""The rings of tests: one around the other, together all tests, and CI leaves none out."""

import os
import re
import shlex
import subprocess
import tomllib
from itertools import chain, combinations
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
MARKS = {line.partition(":")[0] for line in SETTINGS["markers"]}
# What a test may carry: each combination is run, or left out, as a whole.
CARRIED = list(chain.from_iterable(combinations(sorted(MARKS), size) for size in range(len(MARKS) + 1)))


def pytest_arguments(target: str) -> list[str]:
    """What `make` hands to pytest."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    said = subprocess.run(
        ["make", "--no-print-directory", "-n", target, "ARGS=", "TESTS=tests"],
        cwd=ROOT,
        env=plain,
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = (line for line in said.stdout.splitlines() if line.startswith(".venv/bin/pytest"))
    return shlex.split(line)[1:]


def chosen(target: str) -> set[tuple[str, ...]]:
    """The combinations of marks that a ring runs."""
    arguments = pytest_arguments(target)
    if "-m" not in arguments:
        return set(CARRIED)
    expression = arguments[arguments.index("-m") + 1]
    return {marks for marks in CARRIED if eval(expression, {}, {mark: mark in marks for mark in MARKS})}


def test_ci_runs_every_test_once_but_those_that_need_a_package_index() -> None:
    called = re.findall(r"^make (\S+)$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert called == ["check", "test", "test-slow"]
    assert "tests/house" in pytest_arguments("check")
    rings = ("test", "test-slow")
    for target in rings:
        arguments = pytest_arguments(target)
        assert [word for word in arguments if "tests" in word] == ["tests/house"]
        assert arguments[arguments.index("tests/house") - 1] == "--ignore"
    without_index = {marks for marks in CARRIED if "install" not in marks}
    assert set.union(*map(chosen, rings)) == without_index
    assert not set.intersection(*map(chosen, rings))


def test_each_ring_lies_within_the_next_and_the_last_leaves_nothing_out() -> None:
    assert chosen("fast") < chosen("test") < chosen("test-all")
    assert not {"-k", "--ignore", "--deselect"} & set(pytest_arguments("test-all"))
    assert "--every-database" in pytest_arguments("test-all")


@pytest.mark.parametrize("marks", [("slow",), ("install",), ("browser",), ("postgresql",)], ids=" ".join)
def test_while_one_works_nothing_runs_that_is_slow_or_needs_a_server_or_a_browser(
    marks: tuple[str, ...],
) -> None:
    assert marks not in chosen("fast")
