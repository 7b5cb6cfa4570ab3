"""A process that is still running while somebody upgrades the database, or restores it under another key."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signing_form import FormState
from campaign.errors import UnavailableError
from campaign.runtime import Runtime
from campaign.services.installation import database_key
from campaign.store import schema, write_guard
from campaign.store.database import Database
from campaign.store.tables import SigningForm
from campaign.worker import loop
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

Post = Callable[..., TestResponse]


@pytest.fixture(autouse=True)
def looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_guard, "SECONDS_BETWEEN_LOOKS", 0.0)


@pytest.fixture
def upgrade(runtime: Runtime) -> Iterator[Callable[[], None]]:
    """Gives the database a schema that this code does not know, and takes it back after the test."""

    def stamp(revision: str = "9999") -> None:
        with closing(Database(runtime.database.url)) as database, database.transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})

    yield stamp
    stamp(schema.head_revision())


def kept(runtime: Runtime, *states: FormState) -> list[str]:
    """The addresses of the forms that are kept, in any state or in these."""
    with runtime.database.reading() as session:
        forms = session.scalars(select(SigningForm).order_by(SigningForm.id))
        return [form.email for form in forms if not states or form.state in states]


def test_forms_wait_and_pages_stay_while_the_database_is_newer_than_the_program(
    post: Post, client: FlaskClient, runtime: Runtime, page: CampaignPage, upgrade: Callable[[], None]
) -> None:
    assert post().status_code == 303
    upgrade()
    refused = post(email="late@mail.example", name="Late Signer")
    assert refused.status_code == 503
    assert "Retry-After" in refused.headers
    assert "This site is being updated." in refused.text
    assert "Late Signer" in refused.text
    assert client.get(PAGE).status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "newer version" in ready.get_json()["database"]
    assert kept(runtime) == ["rana@mail.example"]


@pytest.mark.parametrize("has_another", [False, True])
def test_a_form_is_given_back_once_the_database_file_is_gone_or_another_one(
    post: Post, client: FlaskClient, runtime: Runtime, page: CampaignPage, has_another: bool
) -> None:
    assert post().status_code == 303
    file = Path(runtime.database.engine.url.database or "")
    moved = file.with_name("moved.db")
    file.rename(moved)
    if has_another:
        file.write_bytes(moved.read_bytes())
    refused = post(email="late@mail.example", name="Late Signer")
    assert refused.status_code == 503
    assert "Late Signer" in refused.text
    assert client.get(PAGE).status_code == 200
    assert client.get("/readyz").get_json()["database"].startswith("The database file is gone")
    moved.rename(file)
    assert post(email="later@mail.example").status_code == 303
    assert kept(runtime) == ["rana@mail.example", "later@mail.example"]


def test_a_worker_claims_nothing_from_a_database_that_is_newer_than_the_program(
    post: Post, runtime: Runtime, clock: Clock, upgrade: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # How long it tries to write down what it did; it has done nothing.
    monkeypatch.setattr(loop, "STOP_SECONDS", 0.0)
    assert post().status_code == 303
    make.settle(runtime, now=clock())
    assert post(email="late@mail.example").status_code == 303
    upgrade()
    with pytest.raises(UnavailableError):
        loop.drain(runtime, clock=clock)
    assert [email.state for email in make.emails(runtime)] == ["queued"]
    assert kept(runtime, FormState.RECEIVED) == ["late@mail.example"]


def test_a_process_with_the_key_of_before_writes_nothing_into_restored_data(
    post: Post, runtime: Runtime
) -> None:
    assert post().status_code == 303
    with closing(Database(runtime.database.url)) as database, database.transaction() as session:
        database_key.record_fingerprint(session, "f" * 32)
    assert post(email="late@mail.example").status_code == 503
    assert kept(runtime) == ["rana@mail.example"]
