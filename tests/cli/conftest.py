"""The command line as a user meets it: in this process, or as a program of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli import cli
from campaign.settings import load_settings
from campaign.store import schema
from campaign.store.database import Database
from tests import databases


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def environment(instance: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The variables of a fresh installation, for this process and for those it starts."""
    for name in list(os.environ):
        if name.startswith(("CAMPAIGN_", "SENDGRID_")) and name != databases.EXISTING_SERVER:
            monkeypatch.delenv(name)
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("CAMPAIGN_INSTANCE", str(instance))
    return dict(os.environ)


@pytest.fixture
def campaign(environment: dict[str, str]) -> Callable[..., Result]:
    """Runs `campaign …` in this process; what nobody foresaw is raised, so that the test shows it."""

    def run(*arguments: str, stdin: bytes | str | None = None) -> Result:
        return CliRunner().invoke(cli, arguments, input=stdin, catch_exceptions=False)

    return run


@pytest.fixture
def migrated(environment: dict[str, str], instance: Path, migrated_sqlite: Path) -> Path:
    """The database file of an installation that has its key and is empty."""
    load_settings({"CAMPAIGN_INSTANCE": str(instance)})
    databases.copy_sqlite(migrated_sqlite, instance / "campaign.db")
    return instance / "campaign.db"


@pytest.fixture
def of_the_future(migrated: Path) -> Path:
    """A database that a newer version of the program has upgraded."""
    database = Database(f"sqlite:///{migrated}")
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    return migrated


@pytest.fixture
def from_the_past(environment: dict[str, str], instance: Path) -> Path:
    """A database of a version that had only the first migration."""
    instance.mkdir(mode=0o700)
    database = Database(f"sqlite:///{instance / 'campaign.db'}")
    schema.upgrade(database, "0001")
    database.close()
    return instance / "campaign.db"


@pytest.fixture
def program(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `campaign …` as a process of its own, and sees to it that it ends."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **more: str) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "campaign", *arguments],
                env={**environment, "PYTHONUNBUFFERED": "1", **more},
                cwd=tmp_path,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()
