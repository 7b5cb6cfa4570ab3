"""What the import contracts in pyproject.toml cannot say; those are the one list of floors and rooms."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "campaign"
FILES = sorted(PACKAGE.rglob("*.py"))
RULES = sorted((PACKAGE / "domain").glob("*.py"))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_rules_need_the_standard_library_and_a_list_of_rules_that_others_keep(path: Path) -> None:
    libraries = {name.partition(".")[0] for name in imported(path)}
    assert libraries <= sys.stdlib_module_names | {"campaign", "publicsuffixlist"}


def test_every_import_names_its_module_from_campaign_on() -> None:
    relative = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not relative


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.relative_to(PACKAGE).parts[0] in {"cli", "web", "worker"}],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_only_services_enter_anything_into_the_audit_log(path: Path) -> None:
    tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imports = [node for node in tree if isinstance(node, ast.ImportFrom)]
    taken = {
        alias.name
        for node in imports
        if node.module == "campaign.services.audit.audit_log"
        for alias in node.names
    }
    assert "record" not in taken
    log = {
        alias.asname or alias.name
        for node in imports
        if node.module == "campaign.services.audit"
        for alias in node.names
        if alias.name == "audit_log"
    }
    assert not {
        node.lineno
        for node in tree
        if isinstance(node, ast.Attribute)
        and node.attr == "record"
        and ast.unparse(node.value) in log | {"campaign.services.audit.audit_log"}
    }


def imported(path: Path) -> set[str]:
    """Every module the file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names
