"""Signatures that wait for somebody to look at them: which, and what becomes of those that were looked at."""

from collections.abc import Callable
from datetime import datetime

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.doubts import Doubt
from campaign.domain.signature import Capacity
from campaign.errors import NotFoundError, RefusedError
from campaign.runtime import Runtime
from campaign.services.moderation import doubts
from campaign.services.moderation.doubts import DoubtsPage
from campaign.services.signatures import self_service
from tests import make

pytestmark = pytest.mark.slow_on_postgresql

Look = Callable[..., DoubtsPage]


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


@pytest.fixture
def look(runtime: Runtime, page: CampaignPage, now: datetime) -> Look:
    def look(kind: Doubt, **asked: int) -> DoubtsPage:
        with runtime.database.transaction() as session:
            (found,) = doubts.look(session, page.head.id, [kind], actor=COMMAND_LINE, now=now, **asked)  # type: ignore[arg-type]
        return found

    return look


def names(found: DoubtsPage) -> list[str]:
    return [one.name for one in found.doubted]


def test_the_later_of_two_with_one_name_and_place_is_asked_about(
    runtime: Runtime, page: CampaignPage, look: Look, now: datetime
) -> None:
    for name, address, place in (
        ("Ann Lee", "first@mail.example", "SW1A 1AA"),
        ("ANN LEE", "second@mail.example", "sw1a1aa"),
        ("Ann Lee", "elsewhere@mail.example", "10115"),
        ("Ann Lee", "nowhere@mail.example", None),
    ):
        make.sign_and_confirm(runtime, page, now=now, name=name, email=address, postal_code=place)
    found = look(Doubt.DUPLICATE)
    assert names(found) == ["ANN LEE"]
    assert [twin.email for twin in found.doubted[0].twins] == ["f…@mail.example"]


def test_a_twin_that_is_gone_makes_nobody_a_duplicate(
    runtime: Runtime, page: CampaignPage, look: Look, now: datetime
) -> None:
    tokens = [
        make.sign_and_confirm(
            runtime, page, now=now, name="Ann Lee", email=f"{at}@mail.example", postal_code="1"
        ).manage_token
        for at in ("one", "two")
    ]
    assert names(look(Doubt.DUPLICATE)) == ["Ann Lee"]
    with runtime.database.transaction() as session:
        self_service.erase(session, tokens[0] or "", now=now)
    assert names(look(Doubt.DUPLICATE)) == []


def test_an_organization_is_asked_about_until_somebody_finds_it_in_order(
    runtime: Runtime, page: CampaignPage, look: Look, now: datetime
) -> None:
    values = {"organization": "River Fund", "capacity": Capacity.ORGANIZATION}
    make.sign_and_confirm(runtime, page, now=now, name="Tom Reed", **values)
    (one,) = look(Doubt.ORGANIZATION).doubted
    settled = (page.head.id, one.signature_id, Doubt.ORGANIZATION)
    with runtime.database.transaction() as session:
        doubts.clear(session, *settled, actor=COMMAND_LINE, now=now)
    assert names(look(Doubt.ORGANIZATION)) == []
    with runtime.database.transaction() as session:
        doubts.ask_again(session, *settled, actor=COMMAND_LINE, now=now)
    assert names(look(Doubt.ORGANIZATION)) == ["Tom Reed"]


def test_a_suspect_is_accepted_and_never_only_set_aside(
    runtime: Runtime, page: CampaignPage, look: Look, now: datetime
) -> None:
    make.sign_and_confirm(runtime, page, now=now, is_suspected=True)
    (one,) = look(Doubt.SUSPECT).doubted
    with runtime.database.transaction() as session:
        with pytest.raises(RefusedError):
            doubts.clear(session, page.head.id, one.signature_id, Doubt.SUSPECT, actor=COMMAND_LINE, now=now)
        with pytest.raises(NotFoundError):
            doubts.clear(session, 0, one.signature_id, Doubt.DUPLICATE, actor=COMMAND_LINE, now=now)


def test_a_page_ends_after_so_many_and_the_next_goes_on(
    runtime: Runtime, page: CampaignPage, look: Look, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubts, "MOST_LOOKED_AT", 2)
    for name, address in (("Twin", "a"), ("Twin", "b"), ("Other", "c"), ("Another", "d")):
        make.sign_and_confirm(
            runtime, page, now=now, name=name, email=f"{address}@mail.example", postal_code="1"
        )
    first = look(Doubt.DUPLICATE)
    assert (names(first), first.next is None) == ([], False)
    assert names(look(Doubt.DUPLICATE, before=first.next or 0)) == ["Twin"]
