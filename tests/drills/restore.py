"""A restore that is killed at each step, or finds no room: data and key are both old or both new."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text

from campaign.cli import cli
from campaign.domain.tokens import key_fingerprint
from campaign.runtime import build_runtime
from campaign.settings import load_settings
from campaign.store import schema
from campaign.store.database import Database
from tests import databases, make

# What a restore does to the files of an installation: it is killed before each.
STEPS = frozenset(
    {"open", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree", "sqlite3.connect"}
)
MOST_STEPS = 400
# Bytes that a file may have until the disk counts as full.
FULL_AT = (0, 20, 1_000, 30_000, 100_000, 200_000, 300_000)
TITLES = {"old": "What was there before", "new": "What the backup holds"}


@dataclass(frozen=True)
class Site:
    """An installation on a disk, and the database it uses."""

    instance: Path
    url: str

    def run(self, *arguments: str, kill_at: int = 0, full_at: int | None = None) -> int:
        """The exit status of a command in a process of its own; it dies at the step `kill_at`."""
        environment = {**os.environ, "CAMPAIGN_INSTANCE": str(self.instance), "DATABASE_URL": self.url}
        limits = "-" if full_at is None else str(full_at)
        return subprocess.run(
            [sys.executable, "-m", __name__, str(kill_at), limits, *arguments],
            env=environment,
            cwd=Path(__file__).parents[2],
            check=False,
            capture_output=True,
        ).returncode

    def title(self) -> str:
        with closing(Database(self.url)) as database, database.reading() as session:
            return str(session.scalar(text("SELECT title FROM campaign")))

    def key(self) -> str:
        return (self.instance / "secret_key").read_text()


def figures() -> Iterator[tuple[str, float, str, float]]:
    """How many restores left neither the old data with the old key nor the new with the new."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        yield from _figures(folder / "sqlite", server=None)
        if server := databases.postgresql_url():
            yield from _figures(folder / "postgresql", server=server)


def _figures(folder: Path, *, server: str | None) -> Iterator[tuple[str, float, str, float]]:
    kind = folder.name
    old, new = _made(folder, "old", server), _made(folder, "new", server)
    backup = str(folder / "new.backup")
    assert new.run("db", "backup", backup) == 0
    command = ("db", "restore", backup, "--replace")
    expected = {(TITLES[name], site.key()) for name, site in (("old", old), ("new", new))}
    killed, outcomes, broken = 0, set(), 0
    for step in range(1, MOST_STEPS):
        site = _copy(old, folder / "tried", server)
        status = site.run(*command, kill_at=step)
        broken += _is_broken(site, expected)
        outcomes.add(site.title())
        if status == 0:
            break
        killed += 1
    yield f"restore.{kind}.killed_between", broken, "restores", 0
    yield f"restore.{kind}.steps_not_reached", 0 if killed > 10 and len(outcomes) == 2 else 1, "kills", 0
    broken = refused = 0
    for size in FULL_AT:
        site = _copy(old, folder / "tried", server)
        refused += site.run(*command, full_at=size) != 0
        broken += _is_broken(site, expected)
    yield f"restore.{kind}.broken_by_a_full_disk", broken, "restores", 0
    yield f"restore.{kind}.with_room_after_all", 0 if refused > 3 else 1, "drills", 0


def _is_broken(site: Site, expected: set[tuple[str, str]]) -> bool:
    """Whether the next start fails, finds a mixture, or leaves something of the killed restore."""
    if site.run("db", "check") != 0 or (site.title(), site.key()) not in expected:
        return True
    with closing(Database(site.url)) as database, database.reading() as session:
        stored = session.scalar(text("SELECT key_fingerprint FROM installation"))
    left = [*site.instance.glob("restore-*"), *site.instance.glob("*.restored")]
    return stored != key_fingerprint(site.key()) or bool(left)


def _made(folder: Path, name: str, server: str | None) -> Site:
    instance = folder / name
    if server:
        url = databases.create_database(server, databases.unique_name(name))
    else:
        url = f"sqlite:///{instance / 'campaign.db'}"
    site = Site(instance, url)
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(instance), "DATABASE_URL": url}))
    schema.upgrade(runtime.database)
    make.campaign(runtime, now=datetime.now(UTC))
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE campaign SET title = :title"), {"title": TITLES[name]})
    runtime.close()
    assert site.run("db", "check") == 0
    return site


def _copy(site: Site, target: Path, server: str | None) -> Site:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(site.instance, target)
    if server is None:
        return Site(target, f"sqlite:///{target / 'campaign.db'}")
    name = "tried_restore"
    databases.drop_database(_sibling(site.url, name))
    return Site(target, databases.create_database(server, name, template=site.url))


def _sibling(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"


def _die_at(step: int, instance: str) -> None:
    """End this process as a power cut would, before the given step inside the instance folder."""
    count = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event in STEPS and any(instance in str(argument) for argument in arguments):
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


if __name__ == "__main__":
    if sys.argv[1] != "0":
        _die_at(int(sys.argv[1]), os.environ["CAMPAIGN_INSTANCE"])
    if sys.argv[2] != "-":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    cli(sys.argv[3:], prog_name="campaign")
