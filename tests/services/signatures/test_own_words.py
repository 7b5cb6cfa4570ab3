"""What is known of messages together: scores kept on confirming, nothing told of a single supporter."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.similarity import Advice
from campaign.domain.tokens import TokenPurpose
from campaign.errors import RefusedError
from campaign.runtime import Runtime
from campaign.services.signatures import awaiting, own_words, self_service
from campaign.services.signatures.own_words import Measured
from campaign.services.signatures.scoring import MOST_SIGNATURES
from campaign.store.tables import Message, MessageFingerprint, Official
from tests import make

pytestmark = pytest.mark.slow_on_postgresql

STORY = "My grandmother's well fell dry in May, and she is eighty-one. She fetches water from the school."
FORM_LETTER = "The works must end at once: the river belongs to all who live beside it, not to one company."


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


def measure(runtime: Runtime, page: CampaignPage, text: str) -> Measured:
    with runtime.database.reading() as session:
        return own_words.measure(session, page.head.id, text, address_key=runtime.address_key)


def scores(runtime: Runtime) -> list[int | None]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Message.own_words).order_by(Message.id)))


def fingerprints(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(MessageFingerprint)) or 0


def write(runtime: Runtime, page: CampaignPage, number: int, words: str, *, now: datetime) -> str | None:
    """Sign, write to two officials and confirm, as one of many; the token of the manage link."""
    officials = tuple(one.id for one in page.officials[:2])
    email = f"supporter{number}@mail.example"
    done = make.sign_and_confirm(runtime, page, now=now, email=email, words=words, officials=officials)
    return done.manage_token


def test_a_message_gets_its_score_when_it_is_confirmed_and_not_before(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    chosen = tuple(one.id for one in page.officials)
    letter = " ".join(f"{ask.title or ''} {ask.text}" for ask in page.asks)
    make.sign(runtime, page, now=now, words=STORY, officials=chosen, words_for={chosen[1]: letter})
    assert (scores(runtime), fingerprints(runtime)) == ([], 0)
    make.press(runtime, make.link(make.last_question(runtime), "confirm"), now=now)
    assert (scores(runtime), fingerprints(runtime)) == ([], 0)
    make.write_out(runtime, now=now)
    first, copied, third = scores(runtime)
    assert (first, third) == (100, 100)
    assert copied is not None
    assert copied < 10
    make.sign_and_confirm(runtime, page, now=now, email="lena@mail.example", officials=chosen[:1])
    assert scores(runtime)[-1] is None


def test_the_same_text_from_many_is_nobody_s_own_and_takes_no_more_room(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for number in range(MOST_SIGNATURES):
        write(runtime, page, number, FORM_LETTER, now=now)
    stored = fingerprints(runtime)
    write(runtime, page, 99, FORM_LETTER, now=now)
    assert scores(runtime) == [100, 100] + 2 * MOST_SIGNATURES * [0]
    assert fingerprints(runtime) == stored
    with runtime.database.reading() as session:
        seen = own_words.summary(session, page.head.id)
    assert (seen.messages, seen.with_words, seen.personal, seen.median) == (10, 10, 2, 0)


def test_nobody_can_find_out_by_trying_whether_anybody_wrote_a_phrase(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for number in range(MOST_SIGNATURES + 1):
        assert measure(runtime, page, STORY) == Measured(100, Advice.OWN)
        write(runtime, page, number, STORY, now=now)
    assert scores(runtime)[-1] == 0


def test_what_a_supporter_withdraws_or_erases_is_no_longer_compared_with(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    tokens = [write(runtime, page, number, STORY, now=now) for number in range(2)]
    with runtime.database.transaction() as session:
        self_service.withdraw(session, tokens[0] or "", TokenPurpose.MANAGE, now=now)
        self_service.erase(session, tokens[1] or "", now=now)
    assert fingerprints(runtime) == 0
    write(runtime, page, 7, STORY, now=now)
    assert scores(runtime)[-1] == 100


def test_words_longer_than_an_official_takes_are_refused_by_name(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    with runtime.database.transaction() as session:
        session.get_one(Official, page.officials[1].id).longest_message = 40
    for number, official in enumerate(page.officials[:2]):
        make.sign(runtime, page, now=now, email=f"s{number}@mail.example", officials=(official.id,))
    to_first, to_second = (make.link(mail, "confirm") for mail in make.emails(runtime, kind="confirmation"))
    context = make.mail_context(runtime)
    with runtime.database.transaction() as session:
        awaiting.add_words(session, to_first, STORY, context=context, now=now)
        with pytest.raises(RefusedError, match="Ines Okafor takes at most 40 characters, and this has 96"):
            awaiting.add_words(session, to_second, STORY, context=context, now=now)
    assert STORY in make.shown(runtime, to_first, now=now).messages[0].text
    assert make.shown(runtime, to_second, now=now).wrote_nothing
