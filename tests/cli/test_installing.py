"""Installing for production, by the commands that the guide for operators gives."""

import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.cli.processes import answers
from tests.waiting import PATIENCE_SECONDS, comes_true, free_port

ROOT = Path(__file__).parents[2]
OFFLINE = re.compile("Failed to establish a new connection|name resolution|Network is unreachable")


def install_commands(page: str) -> list[str]:
    """What a page has typed in the checkout, up to the platform's being installed."""
    block = re.search(r"```sh\n(python3 -m venv .*?)\nuseradd", (ROOT / page).read_text(), re.DOTALL)
    assert block, page
    return [line.partition("#")[0].strip() for line in block[1].splitlines()]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What git has of this checkout, and nothing that was built in it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("This copy of the source is no git checkout, so its files cannot be listed.")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / "checkout" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "checkout" / name)
    return tmp_path / "checkout"


def test_both_pages_install_alike_and_each_file_by_its_hash() -> None:
    commands = install_commands("docs/operating.md")
    assert commands == install_commands("README.md")
    for command in commands[1:]:
        assert "--require-hashes" in command or "--no-deps --no-build-isolation" in command


@pytest.mark.install
def test_the_platform_installs_as_the_guide_says_and_answers(
    checkout: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    target, home = tmp_path / "opt", tmp_path / "home"
    home.mkdir()
    for command in install_commands("docs/operating.md"):
        line = command.replace("/opt/campaign", str(target)).replace("python3", sys.executable)
        done = subprocess.run(line.split(), cwd=checkout, capture_output=True, text=True)
        if OFFLINE.search(done.stderr):
            pytest.skip("The package index cannot be reached.")
        assert done.returncode == 0, done.stderr
    shutil.rmtree(checkout)

    program, port = str(target / "bin" / "campaign"), free_port()
    for arguments in (["--help"], ["db", "upgrade"], ["db", "check"]):
        subprocess.run([program, *arguments], cwd=home, check=True, capture_output=True)
    with subprocess.Popen(
        [program, "serve", "--port", str(port), "--workers", "1"], cwd=home, stdout=subprocess.DEVNULL
    ) as serving:
        try:
            assert comes_true(lambda: answers(port))
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE_SECONDS) as page:
                assert b"<html" in page.read()
        finally:
            serving.terminate()
    assert not list(home.iterdir()), "it wrote elsewhere than into its instance folder"
