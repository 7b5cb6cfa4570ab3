"""Files and functions that fit a screen, and one class for one name."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "campaign"
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
LINES_OF_A_FILE = 350
LINES_OF_A_FUNCTION = 40
# A reason beside what is longer: on the first line of a file, on or above that of a function.
REASON = re.compile(r"# long: \S")


def test_no_file_is_too_long_to_read() -> None:
    long = [
        f"{name_of(path)}: {len(lines)} lines"
        for path in FILES
        if len(lines := path.read_text(encoding="utf-8").splitlines()) > LINES_OF_A_FILE
        and not REASON.search(lines[0])
    ]
    assert not long, "\n".join(long)


def test_no_function_is_too_long_to_see_at_once() -> None:
    long = [
        f"{name_of(path)}: {name}, {length} lines" for path in FILES for name, length in long_functions(path)
    ]
    assert not long, "\n".join(long)


def test_a_class_has_a_name_of_its_own() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(f"{name_of(path)}:{node.lineno}")
    shared = [f"{name}: {', '.join(places)}" for name, places in sorted(homes.items()) if len(places) > 1]
    assert not shared, "\n".join(shared)


def long_functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of each that gives no reason on its first line or above it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            top = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            beside = (lines[node.lineno - 1], lines[max(0, top - 2)])
            if length > LINES_OF_A_FUNCTION and not any(REASON.search(line) for line in beside):
                yield node.name, length


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))
