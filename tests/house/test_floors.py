"""A floor imports only from floors below: the one rule that keeps the codebase in one piece."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "campaign"
FLOORS = {
    name: floor
    for floor, names in enumerate(
        (
            ("settings", "errors", "i18n", "assets"),
            ("domain",),
            ("store", "mail", "documents", "migrations"),
            ("services",),
            ("runtime",),
            ("press",),
            ("worker", "web"),
            ("cli",),
            ("__main__",),
        )
    )
    for name in names
}
# Neighbours that may know each other: the ground's own files, and migrations, which read the tables.
NEIGHBOURS = {(one, other) for one in FLOORS for other in FLOORS if FLOORS[one] == FLOORS[other] == 0}
NEIGHBOURS.add(("migrations", "store"))
WEB_ONLY = ("flask", "flask_wtf", "wtforms", "flask_babel", "werkzeug")
ONLY_IN = {library: {"web"} for library in WEB_ONLY} | {
    "sqlalchemy": {"store", "services", "runtime", "migrations"},
    "sendgrid": {"mail"},
}
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_floor_imports_only_from_floors_below(path: Path) -> None:
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert part in FLOORS, f"{part} stands on no floor: give it one here and in pyproject.toml."
    for name in imported(path):
        library, _, rest = name.partition(".")
        if library == "campaign":
            other = rest.partition(".")[0]
            allowed = other == part or FLOORS[other] < FLOORS[part] or (part, other) in NEIGHBOURS
        else:
            allowed = part in ONLY_IN.get(library, FLOORS)
            allowed &= part != "domain" or library in sys.stdlib_module_names
        assert allowed, f"{path.name} may not import {name}: {part} stands on floor {FLOORS[part]}."


def imported(path: Path) -> set[str]:
    """Every module the file imports, also inside functions; `from campaign import x` counts as campaign.x."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively: name the module from campaign on."
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names
