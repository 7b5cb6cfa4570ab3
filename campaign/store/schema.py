"""The schema's version: what the code expects, what the database has, and the way from one to the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from campaign.errors import ConflictError, UnavailableError
from campaign.store.database import Database

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to the schema this code expects; ConflictError when it is newer than the code."""
    _refuse_newer(database.engine)
    with database.unlimited(), _reasons(database.engine):
        command.upgrade(config(database.engine), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the database back to an older schema: for tests, and for nobody's data."""
    command.downgrade(config(database.engine), revision)


def check(database: Database) -> None:
    """ConflictError with what to do, unless the database has exactly the schema this code expects."""
    _refuse_newer(database.engine)
    current, head = current_revision(database.engine), head_revision()
    if current is None:
        raise ConflictError("The database is empty. Run: campaign db upgrade")
    if current != head:
        raise ConflictError(
            "The database has an older schema (%(current)s) than this version needs (%(head)s)."
            " Back it up, then run: campaign db upgrade",
            current=current,
            head=head,
        )


def current_revision(engine: Engine) -> str | None:
    """The revision the database has; None when it is empty. UnavailableError when it cannot be opened."""
    with _reasons(engine), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@lru_cache(maxsize=1)
def head_revision() -> str:
    """The revision this code expects."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())


@lru_cache(maxsize=1)
def known_revisions() -> frozenset[str]:
    """Every revision this code has been through."""
    return frozenset(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def _refuse_newer(engine: Engine) -> None:
    current = current_revision(engine)
    if current is not None and current not in known_revisions():
        raise ConflictError(
            "The database was made by a newer version of this program (schema %(current)s)."
            " Install that version, or restore a backup made before its upgrade.",
            current=current,
        )


def config(engine: Engine) -> Config:
    """What Alembic's commands need to run our migrations on an engine."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["engine"] = engine
    return settings


@contextmanager
def _reasons(engine: Engine) -> Iterator[None]:
    """Say in a sentence which database cannot be used, and the driver's own reason, never a password."""
    try:
        yield
    except DatabaseError as error:
        lines = str(error.orig).strip().splitlines()
        raise UnavailableError(
            "The database %(url)s cannot be used: %(reason)s.",
            url=engine.url.render_as_string(hide_password=True),
            reason=lines[0].rstrip(".") if lines else "no reason given",
        ) from error
