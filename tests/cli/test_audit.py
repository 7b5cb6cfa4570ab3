"""What is changed or looked at from the command line is in the audit log, and says where it came from."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import click
import pytest
from click.testing import Result
from sqlalchemy import func, select, update

from campaign.cli import cli
from campaign.domain.data_keys import data_keys
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.services.audit import audit_log
from campaign.services.audit.audit_log import EntryShown
from campaign.settings import load_settings
from campaign.store.database import Database
from campaign.store.tables import OutboxEmail
from tests.queueing import enqueue, stored

Campaign = Callable[..., Result]

EXAMPLES = files("campaign") / "examples"
OFFICIAL = "Jonathan Fritz"
# Commands that change nothing an organizer decides on, or nothing at all.
OTHERS = {
    ("audit", "verify"),
    ("bounces",),  # reports from mail servers
    ("db", "backup-key"),  # prints, and keeps nothing
    ("db", "check"),
    ("demo",),  # see tests/services/demo
    ("doctor",),
    ("db", "reencrypt"),  # see tests/services/installation
    ("db", "upgrade"),  # the schema
    ("export", "open"),  # opens a file anywhere, without a database
    ("inbound",),  # answers from mail servers
    ("letter", "parse"),
    ("log", "verify"),
    ("letter", "pdf"),
    ("letter", "sheet"),
    ("letter", "show"),
    ("letter", "translations"),
    ("official", "list"),
    ("organizer", "list"),
    ("outbox", "doubts"),
    ("outbox", "status"),
    ("purge",),  # what it deletes: see tests/services/retention
    ("run",),  # with --example: see tests/services/demo/test_example.py
    # See tests/cli/test_seal_key.py.
    *(("seal-key", name) for name in ("combine", "fetch", "new", "replace", "reseal", "show", "store")),
    ("serve",),
    # See tests/cli/test_spot_checks.py.
    *(("spot-check", name) for name in ("announce", "draw", "give-up", "show")),
    *(("witness", name) for name in ("add", "list", "remove", "store")),
    ("traces",),
    # These have tests of what they leave in tests/cli/test_signature.py and tests/services/moderation.
    *(("signature", name) for name in ("accept", "first", "invalidate", "invalidations")),
    *(("signature", name) for name in ("remove", "restore", "undo")),
    *(("form", name) for name in ("held", "release", "delete")),  # see tests/services/signatures
    ("worker",),
}


@pytest.fixture
def database(migrated: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{migrated}", data_keys=data_keys(load_settings().secret_key))
    yield opened
    opened.close()


@pytest.fixture
def letter(tmp_path: Path) -> str:
    return copied(tmp_path, "human-rights-first.txt")


def copied(folder: Path, name: str) -> str:
    (folder / name).write_bytes((EXAMPLES / name).read_bytes())
    return str(folder / name)


def entries(database: Database) -> list[EntryShown]:
    """The log, the oldest first."""
    with database.reading() as session:
        return list(reversed(audit_log.entries(session, limit=1_000)))


def test_publishing_from_the_command_line_is_in_the_audit_log(
    campaign: Campaign, database: Database, letter: str
) -> None:
    campaign("letter", "import", letter, "--slug", "first")
    assert campaign("letter", "publish", "first", "--despite-checks").exit_code == 0
    against, entry = entries(database)[-2:]
    assert (against.action, against.details["missing"]) == (
        "opening.despite-checks",
        "officials, publisher",
    )
    assert (entry.action, entry.organizer) == ("campaign.state", None)
    assert entry.details == {"campaign": 1, "state": "open", "by": "command line"}


@pytest.mark.slow
def test_every_command_that_changes_something_or_lists_people_leaves_an_entry(
    campaign: Campaign, database: Database, letter: str, tmp_path: Path
) -> None:
    enqueue(database, datetime.now(UTC), 2, kind=EmailKind.CONFIRMATION, to_address="rana@mail.example")
    with database.transaction() as session:
        session.execute(update(OutboxEmail).values(state=OutboxState.IN_DOUBT, attempts=1))
        first = select(func.min(OutboxEmail.id)).scalar_subquery()
        session.execute(update(OutboxEmail).where(OutboxEmail.id == first).values(state=OutboxState.FAILED))
    failed, email = (str(one.id) for one in stored(database))
    french, backup = copied(tmp_path, "human-rights-first.fr.md"), str(tmp_path / "backup")
    soon = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d} 09:00"
    translation = ("letter", "translation", "first", "--language", "fr", "--state")
    steps: list[tuple[tuple[str, ...], list[str]]] = [
        (("letter", "import", letter, "--slug", "first"), ["campaign.import"]),
        (("draft", "preview-link", "first"), ["preview.made"]),
        (("draft", "preview-link", "first", "--end"), ["preview.ended"]),
        (("draft", "open-at", "first", soon, "--time-zone", "Europe/Brussels"), ["opening.scheduled"]),
        (("draft", "call-off", "first"), ["opening.called-off"]),
        (
            ("letter", "publish", "first", "--despite-checks"),
            ["opening.despite-checks", "campaign.state"],
        ),
        (("letter", "close", "first"), ["campaign.state"]),
        (
            ("letter", "import", letter, "--slug", "second", "--publish", "--despite-checks"),
            ["campaign.import", "opening.despite-checks", "campaign.state"],
        ),
        (("letter", "import", french, "--slug", "first", "--language", "fr"), ["letter.import"]),
        ((*translation, "reviewed"), ["translation.reviewed"]),
        ((*translation, "published"), ["translation.published"]),
        (("letter", "delivery", "first", "--rate", "9"), ["campaign.sending"]),
        (("letter", "progress", "first", "--goal", "500"), ["campaign.progress"]),
        (("letter", "note", "first", "The hearing is in May."), ["campaign.note"]),
        (("names", "hide", "first"), ["campaign.names_hidden"]),
        (("names", "show", "first"), ["campaign.names_shown"]),
        (("letter", "import", letter, "--slug", "third"), ["campaign.import"]),
        (("quiet", "on", "third"), ["campaign.quiet"]),
        (("quiet", "off", "third"), ["campaign.quiet-ended"]),
        (("official", "set", "first", OFFICIAL, "--email", "desk@office.example"), ["official.change"]),
        (("official", "digest", "first", OFFICIAL, "daily"), ["official.digest"]),
        (("organizer", "add", "olga@desk.example", "--role", "viewer"), ["organizer.add"]),
        (("organizer", "invite", "ben@desk.example", "--role", "viewer"), ["organizer.invite"]),
        (("organizer", "role", "olga@desk.example", "editor"), ["organizer.role"]),
        (("organizer", "reset", "olga@desk.example"), ["organizer.reset"]),
        (("organizer", "disable", "olga@desk.example"), ["organizer.disable"]),
        (("organizer", "enable", "olga@desk.example"), ["organizer.enable"]),
        (("suppression", "add", "rana@mail.example"), ["suppression.add"]),
        (("suppression", "list"), ["suppression.list"]),
        (("suppression", "remove", "rana@mail.example"), ["suppression.lift"]),
        (("outbox", "settle", email, "sent"), ["email.treat-as-sent"]),
        (("outbox", "retry", failed), ["email.retry"]),
        (("export", "supporters", "first", "--format", "csv"), ["supporters.export"]),
        (("db", "backup", backup), ["database.backup"]),
    ]
    for arguments, actions in steps:
        before = len(entries(database))
        result = campaign(*arguments)
        assert result.exit_code == 0, result.stderr
        new = entries(database)[before:]
        assert [(entry.action, entry.organizer) for entry in new] == [(action, None) for action in actions]
        assert {entry.details["by"] for entry in new} == {"command line"}
    assert campaign("db", "restore", backup, "--replace").exit_code == 0
    last = entries(database)[-1]
    assert (last.action, last.details["by"]) == ("database.restore", "command line")
    number = len(entries(database))
    told = campaign("audit", "verify").stdout.splitlines()
    assert told[0].endswith(f"Entries: {number}")
    head = told[-1].removeprefix("Hash of the last: ")
    assert campaign("audit", "verify", "--since", head).exit_code == 0
    assert "No entry of the audit log has this hash" in campaign("audit", "verify", "--since", "0").stderr
    tried = {arguments[:2] for arguments, _ in steps} | {("db", "restore")}
    assert commands(cli) == tried | OTHERS


def test_a_command_that_only_shows_how_it_is_leaves_no_entry(
    campaign: Campaign, database: Database, letter: str
) -> None:
    campaign("letter", "import", letter, "--slug", "first")
    before = entries(database)
    assert campaign("letter", "delivery", "first").exit_code == 0
    assert campaign("official", "list", "first").exit_code == 0
    assert entries(database) == before


def commands(group: click.Group, *above: str) -> set[tuple[str, ...]]:
    """Every command there is, by the words it is called by."""
    names: set[tuple[str, ...]] = set()
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            names |= commands(command, *above, name)
        else:
            names.add((*above, name))
    return names
