"""What people wrote, as organizers read it: whose words, in which order, and what a mark is worth."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.errors import NotFoundError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.signatures import anonymizing, reading, self_service
from campaign.services.signatures.reading import WordsPage
from campaign.store.tables import Message, MessageMark, Signature
from tests import make

pytestmark = pytest.mark.slow_on_postgresql

Read = Callable[..., WordsPage]


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


@pytest.fixture
def write(runtime: Runtime, page: CampaignPage, now: datetime) -> Callable[[str, str], str]:
    def write(name: str, words: str) -> str:
        confirmed = make.sign_and_confirm(
            runtime,
            page,
            now=now,
            name=name,
            email=f"{name.lower()}@mail.example",
            officials=tuple(official.id for official in page.officials[:2]),
            words=words,
        )
        return confirmed.manage_token or ""

    return write


@pytest.fixture
def read(runtime: Runtime, page: CampaignPage, now: datetime) -> Read:
    def read(**asked: int) -> WordsPage:
        with runtime.database.transaction() as session:
            return reading.page(session, page.head.id, actor=COMMAND_LINE, now=now, **asked)

    return read


def mark(runtime: Runtime, page: CampaignPage, message_id: int, now: datetime, *, is_marked: bool) -> None:
    with runtime.database.transaction() as session:
        reading.mark(session, page.head.id, message_id, is_marked=is_marked, actor=COMMAND_LINE, now=now)


def test_the_newest_words_come_first_once_with_all_they_went_to_and_silence_is_left_out(
    runtime: Runtime, page: CampaignPage, write: Callable[[str, str], str], read: Read
) -> None:
    write("Ann", "My well is dry.")
    write("Ben", "")
    write("Cem", "I fish here.")
    both = tuple(official.name for official in page.officials[:2])
    assert [(one.name, one.words, one.official_names) for one in read().messages] == [
        ("Cem", "I fish here.", both),
        ("Ann", "My well is dry.", both),
    ]
    with runtime.database.reading() as session:
        entry = audit_log.entries(session)[0]
    assert entry.action == "supporter.read_all"
    assert "fish" not in str(entry.details)


def test_what_one_official_alone_was_told_stands_alone(
    runtime: Runtime, page: CampaignPage, write: Callable[[str, str], str], read: Read, now: datetime
) -> None:
    write("Ann", "My well is dry.")
    with runtime.database.transaction() as session:
        last = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert last
        last.words = "You came to our well in May."
    assert [(one.words, len(one.official_names)) for one in read().messages] == [
        ("My well is dry.", 1),
        ("You came to our well in May.", 1),
    ]
    mark(runtime, page, last.id, now, is_marked=True)
    assert [one.words for one in read(only_marked=True).messages] == ["You came to our well in May."]


def test_every_message_is_on_one_page(write: Callable[[str, str], str], read: Read) -> None:
    for name in ("Ann", "Ben", "Cem"):
        write(name, f"Words of {name}.")
    seen, before = list[int](), None
    for _ in range(4):
        found = read(limit=2, **({"before": before} if before else {}))
        seen += [one.message_id for one in found.messages]
        before = found.next
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 3


def test_who_withdraws_is_read_no_longer(
    runtime: Runtime, write: Callable[[str, str], str], read: Read, now: datetime
) -> None:
    token = write("Ann", "My well is dry.")
    with runtime.database.transaction() as session:
        signature_id = session.scalars(select(Signature.id)).one()
        self_service.withdraw_signature(session, signature_id, now=now)
    assert token
    assert read().messages == ()


def test_a_mark_is_found_again_and_taken_away(
    runtime: Runtime, page: CampaignPage, write: Callable[[str, str], str], read: Read, now: datetime
) -> None:
    write("Ann", "My well is dry.")
    (first,) = (one.message_id for one in read().messages)
    mark(runtime, page, first, now, is_marked=True)
    mark(runtime, page, first, now, is_marked=True)
    assert [len(one.official_names) for one in read(only_marked=True).messages] == [2]
    mark(runtime, page, first, now, is_marked=False)
    assert read(only_marked=True).messages == ()
    with runtime.database.transaction() as session, pytest.raises(NotFoundError):
        reading.mark(session, 0, first, is_marked=True, actor=COMMAND_LINE, now=now)


@pytest.mark.parametrize("ends", ["erased", "anonymized"])
def test_a_mark_goes_with_the_words(
    runtime: Runtime,
    page: CampaignPage,
    write: Callable[[str, str], str],
    read: Read,
    now: datetime,
    ends: str,
) -> None:
    token = write("Ann", "My well is dry.")
    mark(runtime, page, read().messages[0].message_id, now, is_marked=True)
    with runtime.database.transaction() as session:
        if ends == "erased":
            self_service.erase(session, token, now=now)
        else:
            ids = session.scalars(select(Signature.id)).all()
            anonymizing.anonymize(session, ids, keep_names=True, now=now)
    with runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(MessageMark)) == 0
