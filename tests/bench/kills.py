"""The long form of the crash harness: 1,500 messages and 50 kills on each database."""

from collections.abc import Iterator
from pathlib import Path

from campaign.store import schema
from campaign.store.database import Database
from tests import databases
from tests.crash.harness import survive

MESSAGES = 1_500
KILLS = 50


def kill_figures(folder: Path) -> Iterator[tuple[str, float, str]]:
    """What was lost, sent twice and left in doubt: one worker on SQLite, three on PostgreSQL."""
    yield from _killed("sqlite", f"sqlite:///{folder / 'kills.db'}", folder, workers=1)
    server = databases.postgresql_url()
    if server is not None:
        url = databases.create_database(server, databases.unique_name("kills"))
        yield from _killed("postgresql", url, folder, workers=3)
        databases.drop_database(url)


def _killed(name: str, url: str, folder: Path, *, workers: int) -> Iterator[tuple[str, float, str]]:
    database = Database(url)
    schema.upgrade(database)
    database.close()
    result = survive(url, folder / name, messages=MESSAGES, kills=KILLS, workers=workers)
    yield f"kills.{name}.lost", result.lost + result.ghosts, "messages"
    yield f"kills.{name}.sent_twice", result.twice, "messages"
    yield f"kills.{name}.in_doubt_for_each_kill", result.in_doubt / result.kills, "messages"
