"""What the desk shows: supporters page by page, numbers, and the queue with what organizers decide."""

from datetime import datetime
from functools import partial

import pytest

from campaign.domain.actor import COMMAND_LINE, Actor, Via
from campaign.domain.roles import Role
from campaign.domain.signature import SignatureState
from campaign.domain.supporter_filter import SupporterFilter
from campaign.domain.tokens import TokenPurpose
from campaign.errors import NotFoundError
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from campaign.services.accounts.passwords import Passwords
from campaign.services.audit import audit_log
from campaign.services.signatures import finding, self_service, supporters
from campaign.services.statistics import counting
from tests import make

pytestmark = pytest.mark.slow_on_postgresql


@pytest.fixture
def organizer_id(runtime: Runtime, now: datetime) -> int:
    with runtime.database.transaction() as session:
        return organizers.add(
            session,
            "olga@desk.example",
            role=Role.EDITOR,
            password="marble otter kiosk plum",
            actor=COMMAND_LINE,
            now=now,
            passwords=Passwords(memory=8, passes=1, lanes=1),
        ).id


def sign_many(runtime: Runtime, now: datetime, count: int) -> int:
    """All confirm; every second one takes the signature back."""
    page = make.campaign(runtime, now=now)
    for number in range(count):
        details = {"name": f"Signer {chr(65 + number)}", "email": f"s{number}@mail.example"}
        token = make.sign_and_confirm(runtime, page, now=now, **details).manage_token
        if number % 2:
            with runtime.database.transaction() as session:
                self_service.withdraw(session, token or "", TokenPurpose.MANAGE, now=now)
    return page.head.id


def test_pages_hold_everybody_once_the_last_signed_first(runtime: Runtime, now: datetime) -> None:
    campaign_id = sign_many(runtime, now, 5)
    seen, before = list[str](), None
    look = partial(finding.find, actor=COMMAND_LINE, now=now)
    with runtime.database.transaction() as session:
        while True:
            page = look(session, campaign_id, after=before, limit=2)
            seen += [one.name[-1] for one in page.supporters]
            if page.next is None:
                break
            before = page.next
        confirmed = look(session, campaign_id, wanted=SupporterFilter(state=SignatureState.CONFIRMED))
        withdrawn = look(session, campaign_id, wanted=SupporterFilter(state=SignatureState.WITHDRAWN))
    assert seen == list("EDCBA")
    assert [one.name[-1] for one in confirmed.supporters] == list("ECA")
    assert [one.name[-1] for one in withdrawn.supporters] == list("DB")
    assert confirmed.supporters[0].email == "s…@mail.example"


def test_a_supporter_is_found_by_any_spelling_of_the_address(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    make.sign(runtime, page, now=now, name="Unconfirmed", email="other@mail.example")
    make.sign_and_confirm(runtime, page, now=now, email="rana+river@mail.example")
    search = partial(supporters.by_address, key=runtime.address_key, actor=COMMAND_LINE, now=now)
    with runtime.database.transaction() as session:
        found = search(session, page.head.id, "Rana@MAIL.example")
        nobody = search(session, page.head.id, "other@mail.example")
    assert found
    assert found.name == "Rana Idris"
    assert nobody is None


def test_looking_at_a_whole_address_is_noted(runtime: Runtime, now: datetime, organizer_id: int) -> None:
    page = make.campaign(runtime, now=now)
    make.sign_and_confirm(runtime, page, now=now)
    unmask = partial(supporters.unmask, actor=Actor(organizer_id, Via.DESK), now=now)
    with runtime.database.transaction() as session:
        listed = finding.find(session, page.head.id, actor=COMMAND_LINE, now=now)
        signature_id = listed.supporters[0].signature_id
        _, address = unmask(session, page.head.id, signature_id)
        entry = audit_log.entries(session)[0]
        with pytest.raises(NotFoundError):
            unmask(session, 0, signature_id)
    assert address == "rana@mail.example"
    assert (entry.action, entry.details["signature"]) == ("supporter.unmask", signature_id)


def test_states_without_a_stored_number_are_counted_up_to_a_limit(
    runtime: Runtime, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = sign_many(runtime, now, 5)
    with runtime.database.reading() as session:
        assert counting.count_in_state(session, campaign_id, SignatureState.WITHDRAWN) == 2
        monkeypatch.setattr(counting, "COUNTED_UP_TO", 0)
        assert counting.count_in_state(session, campaign_id, SignatureState.WITHDRAWN) == 1


def test_forms_that_wait_for_their_confirmation_are_counted_up_to_a_limit(
    runtime: Runtime, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make.campaign(runtime, now=now)
    other = make.campaign(runtime, now=now, slug="other")
    make.sign_and_confirm(runtime, page, now=now, email="confirmed@mail.example")
    make.sign(runtime, other, now=now, email="elsewhere@mail.example")
    for number in range(3):
        make.sign(runtime, page, now=now, email=f"s{number}@mail.example")
    with runtime.database.reading() as session:
        assert counting.unconfirmed_forms(session, page.head.id) == 3
        monkeypatch.setattr(counting, "COUNTED_UP_TO", 1)
        assert counting.unconfirmed_forms(session, page.head.id) == 2
