"""The wall of names is drawn once as long as nothing changes, and never shows a name that is gone."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.campaigns import public_names
from campaign.services.moderation import removal
from campaign.services.signatures import correcting, mending, self_service
from campaign.services.signatures.correcting import Correction
from campaign.services.signatures.mending import Mending
from campaign.store.database import Session
from campaign.store.tables import Signature
from campaign.web.public import page_cache
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

pytestmark = pytest.mark.both_databases

WALL = f"{PAGE}/signatures"
PARTS = (WALL, f"{WALL}?at=latin-r")
GZIP = {"Accept-Encoding": "gzip"}
Change = Callable[[Session, Runtime, Signature, str, datetime], Any]


@contextmanager
def drawn(app: Flask) -> Iterator[list[str]]:
    """The templates that are drawn meanwhile."""
    names: list[str] = []

    def note(_: Flask, template: Any, **__: object) -> None:
        names.append(template.name)

    with template_rendered.connected_to(note, app):
        yield names


def test_a_wall_is_drawn_once_for_all_who_read_it(
    app: Flask, client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    first = [client.get(part, headers=GZIP) for part in PARTS]
    with drawn(app) as names:
        # Their browsers ask for other languages, and get the same one.
        for language in ("en", "en-GB,en;q=0.9", "en;q=0.8"):
            again = [client.get(part, headers={**GZIP, "Accept-Language": language}) for part in PARTS]
            assert [one.data for one in again] == [one.data for one in first]
    assert names == []
    assert (
        client.get(PARTS[1], headers={"If-None-Match": client.get(PARTS[1]).headers["ETag"]}).status_code
        == 304
    )
    make.sign_and_confirm(runtime, page, now=clock(), name="Rosa Novak", email="rosa@mail.example")
    assert all("Rosa Novak" in client.get(part).text for part in PARTS)


def test_a_letter_of_the_wall_is_marked_as_the_one_that_is_shown(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    for name in ("Ada Pell", "Rana Idris"):
        make.sign_and_confirm(runtime, page, now=clock(), name=name, email=f"{name[:3]}@mail.example")
    marked = r'at=latin-(\w)"( aria-current="true")?'
    assert re.findall(marked, client.get(PARTS[1]).text) == [("a", ""), ("r", ' aria-current="true"')]


@pytest.mark.slow
def test_letters_under_which_nobody_stands_take_no_room(
    app: Flask, client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    client.get(PARTS[1])
    for number in range(2 * page_cache.MOST_WALLS):
        assert client.get(f"{WALL}?at=latin-{chr(0x4E00 + number)}").status_code == 200
    with drawn(app) as names:
        client.get(PARTS[1])
    assert names == []


def _hide(session: Session, runtime: Runtime, _: Signature, link: str, now: datetime) -> None:
    wish = Mending({"visibility": Visibility.HIDDEN, "updates": False})
    mending.mend(session, link, wish, context=runtime.mail_context, now=now)


def _remove(session: Session, _: Runtime, signature: Signature, __: str, now: datetime) -> None:
    removal.remove(
        session, signature.campaign_id, signature.id, reason="not a person", actor=COMMAND_LINE, now=now
    )


def _correct(session: Session, runtime: Runtime, signature: Signature, _: str, now: datetime) -> None:
    correcting.correct(
        session,
        signature.campaign_id,
        signature.id,
        Correction(name="Tara Idris", organization=None, role=None, reason="spelling"),
        context=make.mail_context(runtime),
        actor=COMMAND_LINE,
        now=now,
    )


LEAVING: dict[str, Change] = {
    "hides": _hide,
    "is removed": _remove,
    "is corrected": _correct,
    "withdraws": lambda session, _, signature, __, now: self_service.withdraw_signature(
        session, signature.id, now=now
    ),
    "erases": lambda session, _, __, link, now: self_service.erase(session, link, now=now),
    "is forgotten": lambda session, runtime, _, link, now: self_service.forget(
        session, link, key=runtime.address_key, now=now
    ),
    "all are hidden": lambda session, _, __, ___, now: public_names.hide(
        session, make.SLUG, actor=COMMAND_LINE, now=now
    ),
}


@pytest.mark.first_rows(2)
@pytest.mark.parametrize("way", LEAVING)
def test_a_name_that_goes_is_gone_from_every_wall_and_pdf_that_showed_it(
    client: FlaskClient,
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    print_now: Callable[[], int],
    way: str,
) -> None:
    done = make.sign_and_confirm(runtime, page, now=clock())
    client.get(f"{PAGE}/letter.pdf")
    print_now()
    for address in (*PARTS, f"{PAGE}/letter.pdf"):
        assert all("Rana Idris" in client.get(address).text for _ in range(2))
    with runtime.database.transaction() as session:
        signature = make.signature_of(session, "Rana Idris")
        LEAVING[way](session, runtime, signature, done.manage_token or "", clock())
    for address in (*PARTS, f"{PAGE}/letter.pdf"):
        assert "Rana Idris" not in client.get(address).text
    print_now()
    assert "Rana Idris" not in client.get(f"{PAGE}/letter.pdf").text
