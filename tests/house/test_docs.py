"""What the documents say of the code is still so."""

import re
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from scripts.tables import FILE, written

ROOT = Path(__file__).parents[2]
FLOORS = "domain|store|mail|documents|services|runtime|worker|web|cli"
NAME = re.compile(rf"`((?:campaign\.)?(?:{FLOORS})(?:\.(?!py\b)\w+)+)(?:\([^`]*\))?`")
FOLDER = re.compile(r"`((?:campaign|templates|static|tests|scripts|docs)/[\w./-]*)`")
# What a change log says was true when it was written.
OF_THEIR_DAY = ("CHANGELOG.md", "docs/decisions/")
DOCUMENTS = [
    path
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "tests" / "README.md"])
    if not str(path.relative_to(ROOT)).startswith(OF_THEIR_DAY)
]


def test_the_page_about_the_tables_is_what_the_models_say() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "Run 'make tables'."


def test_the_architecture_draws_the_rooms_as_the_contract_has_them() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    rooms = next(contract for contract in contracts if contract.get("containers") == ["campaign.services"])
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert "```\n" + "\n".join(rooms["layers"]) + "\n```" in text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_and_file_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    missing = [name for name in NAME.findall(text) if not is_there(name)]
    missing += [path for path in FOLDER.findall(text) if not (ROOT / path).exists()]
    assert not missing


def test_every_test_that_a_document_names_is_there() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("tests/**/*.py")))
    known = set(re.findall(r"def (test_\w+)", tests))
    named = {
        (str(document.relative_to(ROOT)), name)
        for document in DOCUMENTS
        for name in re.findall(r"`(test_\w+)`", document.read_text(encoding="utf-8"))
    }
    assert "docs/security.md" in {document for document, _ in named}
    assert not {(document, name) for document, name in named if name not in known}


def is_there(name: str) -> bool:
    """Whether a dotted name, from a floor on, is a module or something inside one."""
    parts = ["campaign", *name.removeprefix("campaign.").split(".")]
    for length in range(len(parts), 1, -1):
        module = ".".join(parts[:length])
        if length > 2 and not spec_of(".".join(parts[: length - 1])):
            continue
        if spec_of(module):
            thing: object = import_module(module)
            for attribute in parts[length:]:
                if not hasattr(thing, attribute):
                    return False
                thing = getattr(thing, attribute)
            return True
    return False


def spec_of(module: str) -> bool:
    """Whether there is a module of this name."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
