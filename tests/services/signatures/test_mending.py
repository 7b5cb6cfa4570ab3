"""What signers mend later: their name and place, for whom they sign, and words that have not left."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.outbox import OutboxState
from campaign.domain.signature import Capacity, Visibility
from campaign.errors import ConflictError, RefusedError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.outbox import transitions
from campaign.services.signatures import mending, own_words, self_service
from campaign.services.signatures.mending import Mending
from campaign.services.signatures.self_service import ManagedSignature
from campaign.store.tables import Signature
from campaign.store.tables.core import outbox_email
from tests import make

pytestmark = pytest.mark.slow_on_postgresql

Mend = Callable[..., None]
STORY = "My grandmother's well fell dry in May, and she is eighty-one. She fetches water from the school."
NEWER = "My grandmother now walks an hour to the school for water, since her own well fell dry."


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


@pytest.fixture
def token(runtime: Runtime, page: CampaignPage, now: datetime) -> str:
    """The manage link of Rana Idris, who wrote to three officials, one of whom has no address."""
    officials = tuple(official.id for official in page.officials)
    done = make.sign_and_confirm(runtime, page, now=now, words=STORY, officials=officials)
    return done.manage_token or ""


@pytest.fixture
def mend(runtime: Runtime, token: str, now: datetime) -> Mend:
    def change(words: dict[int, str] | None = None, **values: Any) -> None:
        with runtime.database.transaction() as session:
            mending.mend(session, token, Mending(values, words or {}), context=runtime.mail_context, now=now)

    return change


def own(runtime: Runtime, token: str, now: datetime) -> ManagedSignature:
    with runtime.database.reading() as session:
        return self_service.managed_signature(session, token, now=now)


def messages(runtime: Runtime) -> list[Any]:
    return make.emails(runtime, kind="message")


def leave(runtime: Runtime, email_id: int, now: datetime) -> None:
    """Let one email begin to leave, as a worker does."""
    with runtime.database.transaction() as session:
        here = outbox_email.c.id == email_id
        for state in (OutboxState.LEASED, OutboxState.SENDING):
            transitions.move(session, state, here, now=now)


def test_a_new_name_is_on_every_message_that_has_not_left_and_on_no_other(
    runtime: Runtime, token: str, mend: Mend, now: datetime
) -> None:
    left = messages(runtime)[0]
    leave(runtime, left.id, now)
    mend(name="Rana Q. Idris", role="Teacher", organization="Valley School", country="FR")
    gone, waiting = messages(runtime)
    assert (gone.text, gone.from_name) == (left.text, "Rana Idris")
    assert waiting.from_name == "Rana Q. Idris"
    assert "Rana Q. Idris\nTeacher, Valley School\nFrance\n" in waiting.text
    assert STORY in waiting.text
    signature = own(runtime, token, now)
    assert (signature.name, signature.capacity) == ("Rana Q. Idris", Capacity.MYSELF)
    assert [message.may_be_changed for message in signature.messages] == [False, True, True]


def test_new_words_are_previewed_as_they_are_then_sent_and_scored_anew(
    runtime: Runtime, page: CampaignPage, token: str, mend: Mend, now: datetime
) -> None:
    first, second, by_hand = own(runtime, token, now).messages
    words = {first.id: NEWER, second.id: "", by_hand.id: "On paper."}
    with runtime.database.reading() as session:
        shown = mending.preview(
            session, token, Mending({}, words), context=runtime.mail_context, language="en", now=now
        )
    assert "On paper." in shown.messages[2].rendered.text
    mend(words)
    assert [mail.text for mail in messages(runtime)] == [one.rendered.text for one in shown.messages[:2]]
    assert "signed the letter and sent this message" in messages(runtime)[1].text
    assert [message.words for message in own(runtime, token, now).messages] == [NEWER, "", "On paper."]
    with runtime.database.reading() as session:
        summary = own_words.summary(session, page.head.id)
        assert (summary.messages, summary.with_words) == (3, 2)
        signature_id = session.scalars(select(Signature.id)).one()
        scores = [one.own_words for one in own_words.of_signature(session, signature_id)]
    assert scores[0] == 100
    assert scores[1] is None


def test_words_are_refused_that_an_office_does_not_take_or_whose_message_has_left(
    runtime: Runtime, page: CampaignPage, token: str, mend: Mend, now: datetime
) -> None:
    first = own(runtime, token, now).messages[0]
    leave(runtime, messages(runtime)[0].id, now)
    with pytest.raises(ConflictError, match="has been sent"):
        mend({first.id: NEWER}, name="Somebody Else")
    with pytest.raises(RefusedError, match="organization you sign for"):
        mend(capacity=Capacity.ORGANIZATION)
    assert own(runtime, token, now).name == "Rana Idris"


def test_nothing_is_rewritten_while_a_worker_is_still_to_write_it(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, words=STORY, officials=(page.officials[0].id,))
    done = make.press(runtime, make.link(make.last_question(runtime), "confirm"), now=now)

    def rename() -> None:
        with runtime.database.transaction() as session:
            change = Mending({"name": "Rana Q. Idris"})
            mending.mend(session, done.manage_token or "", change, context=runtime.mail_context, now=now)

    with pytest.raises(ConflictError, match="in a minute"):
        rename()
    make.write_out(runtime, now=now)
    rename()
    assert messages(runtime)[0].from_name == "Rana Q. Idris"


def test_an_organization_that_signed_is_named_for_identification_only_from_then_on(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    done = make.sign_and_confirm(
        runtime, page, now=now, capacity=Capacity.ORGANIZATION, organization="Valley School"
    )
    with runtime.database.transaction() as session:
        change = Mending({"capacity": Capacity.MYSELF})
        mending.mend(session, done.manage_token or "", change, context=runtime.mail_context, now=now)
    signature = own(runtime, done.manage_token or "", now)
    assert (signature.capacity, signature.organization) == (Capacity.MYSELF, "Valley School")
    with runtime.database.reading() as session:
        (entry,) = [one for one in audit_log.entries(session, limit=9) if one.action == "signature.change"]
    assert entry.details["fields"] == ["capacity"]
    assert "Valley" not in str(entry.details)


def test_no_page_is_drawn_anew_for_what_somebody_hidden_changes(
    runtime: Runtime, page: CampaignPage, token: str, mend: Mend, now: datetime
) -> None:
    mend(visibility=Visibility.HIDDEN)
    before = make.page(runtime).head
    mend(name="Rana Q. Idris", organization="Valley School", country="FR")
    assert make.page(runtime).head == before
    mend(visibility=Visibility.INITIALS)
    assert make.page(runtime).head.version == before.version + 1


def test_a_signature_that_was_withdrawn_is_not_mended(
    runtime: Runtime, token: str, mend: Mend, now: datetime
) -> None:
    with runtime.database.transaction() as session:
        self_service.withdraw_signature(
            session, session.scalars(select(Signature.id)).one(), now=now + timedelta(minutes=1)
        )
    with pytest.raises(ConflictError, match="is no longer on the letter"):
        mend(name="Rana Q. Idris")
