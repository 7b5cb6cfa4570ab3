"""The tables of spot checks and witnesses come and go, and leave the log as it is."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from campaign.domain.drawing import ChanceSource
from campaign.domain.quotes import QuoteState
from campaign.domain.spot_check import PickState, SpotCheckState
from campaign.runtime import Runtime
from campaign.services.transparency import appending, verifying
from campaign.store import schema
from campaign.store.tables import (
    OfficeCheck,
    Quote,
    Signature,
    SpotCheck,
    SpotCheckAsked,
    SpotCheckPick,
    Witness,
)
from tests import make
from tests.updating import two_organizers

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BEFORE = "0041"


def spot_check(
    campaign_id: int, number: int, state: SpotCheckState, *, proposed_by: int | None = None
) -> SpotCheck:
    return SpotCheck(
        campaign_id=campaign_id,
        number=number,
        state=state,
        size=2,
        root=bytes(32),
        wanted=2,
        source=ChanceSource.DRAND,
        source_name="1",
        known_at=NOW,
        committed_at=NOW,
        proposed_by=proposed_by,
    )


@pytest.mark.slow
def test_the_log_is_the_same_before_and_after(runtime: Runtime) -> None:
    page = make.campaign(runtime, now=NOW)
    make.sign_and_confirm(runtime, page, now=NOW)
    with runtime.database.transaction() as session:
        appending.append(session, page.head.id, now=NOW)
        head = verifying.verify(session, page.head.id).head
        session.add(Witness(campaign_id=page.head.id, name="W", public_key=bytes(32), added_on=NOW.date()))
    schema.downgrade(runtime.database, BEFORE)
    schema.upgrade(runtime.database)
    with runtime.database.reading() as session:
        assert verifying.verify(session, page.head.id).head == head
        for table in (SpotCheck, Witness):
            assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.slow
def test_of_checks_that_are_over_the_migration_keeps_only_who_was_asked_lately(runtime: Runtime) -> None:
    page = make.campaign(runtime, now=NOW)
    for name in ("Ada", "Ben"):
        make.sign_and_confirm(runtime, page, now=NOW, name=name, email=f"{name}@mail.example")
    with runtime.database.transaction() as session:
        ada, ben = session.scalars(select(Signature.id).order_by(Signature.id))
        for number, state in enumerate((SpotCheckState.PUBLISHED, SpotCheckState.ASKING), start=1):
            check = spot_check(page.head.id, number, state)
            session.add(check)
            session.flush()
            for position, (signature_id, asked_on) in enumerate(((ada, NOW.date()), (ben, None))):
                session.add(
                    SpotCheckPick(
                        spot_check_id=check.id,
                        position=position,
                        signature_id=signature_id,
                        state=PickState.ASKED if asked_on else PickState.NO_MAIL,
                        asked_on=asked_on,
                    )
                )
        under_way = check.id
        session.add(
            OfficeCheck(
                code="K7QD9X2M4TRB",
                campaign_id=page.head.id,
                messages=2,
                with_words=1,
                first_on=NOW.date(),
                last_on=NOW.date(),
            )
        )
    schema.downgrade(runtime.database, "0046")
    schema.upgrade(runtime.database)
    with runtime.database.reading() as session:
        picks = session.execute(select(SpotCheckPick.spot_check_id, SpotCheckPick.signature_id)).all()
        assert {tuple(pick) for pick in picks} == {(under_way, ada), (under_way, ben)}
        (asked,) = session.scalars(select(SpotCheckAsked))
        assert (asked.signature_id, asked.asked_on) == (ada, NOW.date())
        assert session.scalars(select(OfficeCheck.text_hash)).one() == bytes(32), "which fits no text"


@pytest.mark.slow
def test_what_waits_for_a_second_person_is_forgotten_by_code_that_knows_none(runtime: Runtime) -> None:
    page = make.campaign(runtime, now=NOW)
    make.sign_and_confirm(runtime, page, now=NOW)
    writer, _ = two_organizers(runtime, now=NOW)
    with runtime.database.transaction() as session:
        for number, state in enumerate((SpotCheckState.ABANDONED, SpotCheckState.PROPOSED), start=1):
            session.add(spot_check(page.head.id, number, state, proposed_by=writer.organizer_id))
        signature_id = session.scalars(select(Signature.id)).one()
        of_signature = {"campaign_id": page.head.id, "signature_id": signature_id, "language": "en"}
        session.add(Quote(state=QuoteState.PROPOSED, asked_at=NOW, **of_signature))
    schema.downgrade(runtime.database, "0050")
    schema.upgrade(runtime.database)
    with runtime.database.reading() as session:
        assert session.execute(select(SpotCheck.number, SpotCheck.proposed_by)).all() == [(1, None)]
        assert session.scalars(select(Quote.id)).all() == []
