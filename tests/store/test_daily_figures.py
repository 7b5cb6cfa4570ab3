"""Days from before figures were kept are counted from what is stored: the same as if they had been."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.runtime import Runtime
from campaign.services.moderation import removal
from campaign.services.signatures import self_service
from campaign.services.statistics import folding
from campaign.store import schema
from campaign.store.tables.core import daily_figure
from campaign.worker import loop
from tests import make

FIRST = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BEFORE = "0036"


def figures(runtime: Runtime) -> dict[tuple[object, ...], int]:
    with runtime.database.reading() as session:
        return {tuple(row[:-1]): row[-1] for row in session.execute(select(daily_figure))}


@pytest.mark.slow
def test_the_past_is_counted_as_it_would_have_been_when_it_happened(runtime: Runtime) -> None:
    page = make.campaign(runtime, now=FIRST)
    officials = tuple(official.id for official in page.officials)
    people = (
        {"email": "ada@mail.example", "country": "FR", "language": "fr", "source": "newsletter"},
        {"email": "bo@mail.example", "country": "US", "officials": officials, "words": "Our wells are dry."},
        {"email": "cy@mail.example", "officials": officials[:1]},
    )
    for days, details in enumerate(people):
        make.sign_and_confirm(runtime, page, now=FIRST + timedelta(days=days), **details)
    last = FIRST + timedelta(days=4)
    make.sign(runtime, page, now=last, email="di@mail.example")
    with runtime.database.transaction() as session:
        ids = removal.signature_of(session, make.SLUG, "cy@mail.example", key=runtime.address_key)
        removal.remove(session, *ids, reason="a made-up person", actor=COMMAND_LINE, now=last)
    loop.drain(runtime, clock=lambda: last)
    thanked = next(
        email for email in make.emails(runtime, kind="thanks") if email.to_address == "ada@mail.example"
    )
    with runtime.database.transaction() as session:
        self_service.withdraw_signature(session, thanked.signature_id, now=last)
        folding.fold(session, time_zone=None)
    kept = figures(runtime)
    schema.downgrade(runtime.database, BEFORE)
    schema.upgrade(runtime.database)
    assert figures(runtime) == kept
    assert len(kept) > 20
