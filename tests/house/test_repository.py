"""What must hold of the repository as a whole: its settings, pins and files."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Quoted, as a name read from the environment is; a Python constant may begin with the same words.
SETTING = re.compile(r"""(?<=["'])(?:CAMPAIGN_[A-Z_]+|SENDGRID_[A-Z_]+|DATABASE_URL|PORT)(?=["'])""")
# Put together from parts, so that this file does not name what it forbids.
FORBIDDEN = {
    "a package index": re.compile(
        r"py" r"pi\.org|python" r"hosted\.org|--(?:extra-)?index-" r"url|file:" r"//"
    ),
    "a folder of one machine": re.compile(r"(?<![\w.:/}])/(?:work|root|home|Users)/\w"),
}


def test_every_setting_is_in_the_example_and_the_example_has_no_other() -> None:
    read = {name for path in ROOT.glob("campaign/**/*.py") for name in SETTING.findall(text_of(path))}
    listed = Counter(re.findall(r"^#?\s?([A-Z_]+)=", text_of(ROOT / ".env.example"), re.MULTILINE))
    assert read <= listed.keys(), "Settings that .env.example does not name."
    assert not read or listed.keys() <= read, "Names in .env.example that nothing reads."
    assert set(listed.values()) == {1}


def test_no_file_names_a_package_index_or_a_folder_of_one_machine() -> None:
    for path in tracked_files():
        for what, pattern in FORBIDDEN.items():
            found = pattern.search(text_of(path))
            assert not found, f"{path.relative_to(ROOT)} names {what}: {found and found.group()}"


def test_every_dependency_is_pinned_with_hashes_to_one_version() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    needed = names(project["project"]["dependencies"]) | names(project["build-system"]["requires"])
    assert needed <= runtime.keys(), "Run 'make pins': a dependency is not in requirements.txt."
    needed = names(project["project"]["optional-dependencies"]["dev"])
    assert needed <= dev.keys(), "Run 'make pins': a dependency is not in requirements-dev.txt."
    assert runtime.items() <= dev.items(), "Run 'make pins': tests would run on other versions than users do."


def test_no_test_hides_another_of_the_same_name() -> None:
    for path in ROOT.glob("tests/**/*.py"):
        tree = ast.parse(text_of(path))
        scopes = [tree.body, *(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
        for body in scopes:
            defined = Counter(node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef))
            assert not [name for name, times in defined.items() if times > 1], path


def test_every_folder_with_tests_is_a_package_so_that_file_names_may_repeat() -> None:
    folders = {path.parent for path in ROOT.glob("tests/**/test_*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def pins(file: str) -> dict[str, str]:
    """Name to version; fails on any line that is not a comment, an exact pin or its SHA-256."""
    pinned = {}
    for entry in re.sub(r"\\\n", " ", text_of(ROOT / file)).splitlines():
        if entry and not entry.lstrip().startswith("#"):
            match = re.fullmatch(
                r"([a-z0-9-]+)==(\S+)(?: ; [^-]*?)?((?:\s+--hash=sha256:[0-9a-f]{64})+)", entry
            )
            assert match, f"{file} has a line that pins nothing: {entry[:80]}"
            pinned[match[1]] = match[2]
    return pinned


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", each)[0].lower().replace("_", "-") for each in requirements}


def tracked_files() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("This copy of the source is no git checkout, so its files cannot be listed.")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
