"""A real installation, as `make run` starts it, and a real browser to visit it with."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.waiting import PATIENCE_SECONDS, comes_true, free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


expect.set_options(timeout=1000 * PATIENCE_SECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Installation:
    """Where it answers, and what it printed when it was ready."""

    url: str
    instance: Path
    printed: str


@contextmanager
def running_installation(folder: Path) -> Iterator[Installation]:
    """`campaign run --example` on a free port, ended by its own process id."""
    instance = folder / "instance"
    port = free_port()
    program = str(Path(sys.executable).with_name("campaign"))
    log = instance.parent / "printed.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            [program, "run", "--example", "--workers", "1", "--port", str(port)],
            env={**_bare_environment(), "CAMPAIGN_INSTANCE": str(instance), "CAMPAIGN_OFFICIAL_RATE": "0"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        assert comes_true(lambda: _says("/outbox", log, process)), log.read_text()
        yield Installation(f"http://127.0.0.1:{port}", instance, log.read_text())
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    arguments = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running_installation(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def visit(chromium: Browser, installation: Installation) -> Iterator[Callable[..., Page]]:
    """Opens an address in a fresh window; whatever a page complains of in its console fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str, *, width: int = 1280, scripts: bool = True, **options: object) -> Page:
        context = chromium.new_context(
            base_url=installation.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            locale="en-GB",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE_SECONDS)
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [words for words in complaints if "status of 4" not in words] == []


@pytest.fixture(scope="package")
def axe() -> Axe:
    return Axe()


def _says(words: str, log: Path, process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise RuntimeError(log.read_text())
    return words in log.read_text()


def _bare_environment() -> dict[str, str]:
    """The environment without settings of ours, whoever set them."""
    ours = ("CAMPAIGN_", "SENDGRID_", "DATABASE_URL", "PORT")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
