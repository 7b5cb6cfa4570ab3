"""What waits for a second person: told to whoever may approve it there and did not begin it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from campaign.domain.approval import Approvable
from campaign.domain.drawing import ChanceSource
from campaign.domain.quotes import QuoteState
from campaign.domain.roles import Grant, Rights, Role, everywhere
from campaign.domain.signature import SignatureState
from campaign.domain.spot_check import SpotCheckState
from campaign.domain.updates import UpdateState
from campaign.runtime import Runtime
from campaign.services.accounts import approvals
from campaign.store.tables import CampaignUpdate, Message, Quote, Signature, SpotCheck
from tests import make
from tests.updating import two_organizers

HERE, ELSEWHERE = "save-the-river", "save-the-forest"
EDITOR, SEES_PEOPLE = Grant(Role.EDITOR), Grant(Role.EDITOR, sees_people=True)
UPDATE, QUOTE, SPOT_CHECK = Approvable.UPDATE, Approvable.QUOTE, Approvable.SPOT_CHECK


@pytest.fixture
def ids(runtime: Runtime, now: datetime) -> Mapping[str, int]:
    """The ids of two letters, one of which has one of each waiting, begun by the first organizer."""
    pages = {slug: make.campaign(runtime, now=now, slug=slug) for slug in (HERE, ELSEWHERE)}
    here = pages[HERE]
    official = here.officials[0].id
    make.sign_and_confirm(runtime, here, now=now, words="My well is dry.", officials=(official,))
    writer, _ = two_organizers(runtime, now=now)
    begun = {"campaign_id": here.head.id}
    with runtime.database.transaction() as session:
        message = session.query(Message).one()
        session.add_all(
            [
                CampaignUpdate(
                    **begun,
                    state=UpdateState.ASKED,
                    texts={},
                    audience={},
                    hourly_rate=60,
                    written_by=writer.organizer_id,
                    asked_by=writer.organizer_id,
                    created_at=now,
                    edited_at=now,
                    asked_at=now,
                ),
                Quote(
                    **begun,
                    signature_id=message.signature_id,
                    message_id=message.id,
                    state=QuoteState.PROPOSED,
                    language="en",
                    asked_at=now,
                    asked_by=writer.organizer_id,
                ),
                SpotCheck(
                    **begun,
                    number=1,
                    state=SpotCheckState.PROPOSED,
                    size=1,
                    root=b"",
                    wanted=1,
                    source=ChanceSource.OTHER,
                    source_name="The Saturday lottery",
                    known_at=now + timedelta(days=1),
                    committed_at=now,
                    proposed_by=writer.organizer_id,
                ),
            ]
        )
    return {slug: page.head.id for slug, page in pages.items()}


def told(runtime: Runtime, organizer_id: int | None, rights: Rights) -> list[Approvable]:
    with runtime.database.reading() as session:
        waiting = approvals.waiting_for(session, organizer_id or 0, rights)
    assert {one.campaign for one in waiting} <= {HERE}
    return [one.what for one in waiting]


@pytest.mark.slow_on_postgresql
@pytest.mark.first_rows(4)
@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("role", "campaigns", "expected"),
    [
        (Role.OWNER, {}, [UPDATE, QUOTE, SPOT_CHECK]),
        (Role.EDITOR, {}, [UPDATE, SPOT_CHECK]),
        (Role.VIEWER, {}, []),
        (None, {HERE: SEES_PEOPLE}, [UPDATE, QUOTE, SPOT_CHECK]),
        (None, {HERE: EDITOR, ELSEWHERE: SEES_PEOPLE}, [UPDATE, SPOT_CHECK]),
        (None, {ELSEWHERE: SEES_PEOPLE}, []),
    ],
)
def test_it_is_told_to_whoever_may_approve_it_there(
    runtime: Runtime,
    ids: Mapping[str, int],
    now: datetime,
    role: Role | None,
    campaigns: Mapping[str, Grant],
    expected: list[Approvable],
) -> None:
    writer, second = two_organizers(runtime, now=now)
    rights = Rights(Grant(role), {ids[slug]: grant for slug, grant in campaigns.items()})
    assert told(runtime, second.organizer_id, rights) == expected
    assert told(runtime, writer.organizer_id, rights) == []


def test_an_update_is_not_told_to_whoever_wrote_it_last_and_had_another_ask(
    runtime: Runtime, ids: Mapping[str, int], now: datetime
) -> None:
    _, second = two_organizers(runtime, now=now)
    with runtime.database.transaction() as session:
        session.query(CampaignUpdate).one().written_by = second.organizer_id
    assert told(runtime, second.organizer_id, everywhere(Role.EDITOR)) == [SPOT_CHECK]


def test_a_question_to_somebody_who_has_gone_waits_for_nobody(
    runtime: Runtime, ids: Mapping[str, int], now: datetime
) -> None:
    _, second = two_organizers(runtime, now=now)
    with runtime.database.transaction() as session:
        session.query(Signature).one().state = SignatureState.WITHDRAWN
    assert QUOTE not in told(runtime, second.organizer_id, everywhere(Role.OWNER))
