"""What becomes of answers: who gets them, how many, and what erasing takes with it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE, Actor, Via
from campaign.domain.replies import ReplyState
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.mail.inbound.mail import read_mail
from campaign.runtime import Runtime
from campaign.services.replies import receiving, review
from campaign.services.replies.receiving import Received
from campaign.services.replies.review import ReviewDecision
from campaign.services.signatures import self_service
from campaign.store.tables import Organizer, Reply
from tests import make
from tests.mail.mails import eml, mail

pytestmark = pytest.mark.slow_on_postgresql


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime], now: datetime) -> Runtime:
    runtime = make_runtime(reply_domain="replies.letters.example", from_address="Us <letters@river.example>")
    page = make.campaign(runtime, now=now)
    for name, email in (("Rana Idris", "rana@mail.example"), ("Bo Ek", "bo@mail.example")):
        make.sign_and_confirm(
            runtime, page, now=now, name=name, email=email, officials=(page.officials[0].id,)
        )
    return runtime


@pytest.fixture
def to(runtime: Runtime) -> tuple[str, str]:
    """The reply addresses of the messages of Rana Idris and of Bo Ek."""
    rana, bo = (str(email.reply_to) for email in make.emails(runtime, kind="message"))
    return rana, bo


def receive(runtime: Runtime, data: bytes, *, now: datetime) -> list[Received]:
    with runtime.database.transaction() as session:
        found = receiving.receive(
            session,
            read_mail(data),
            context=runtime.mail_context,
            own_addresses={"letters@river.example", "news@river.example"},
            now=now,
        )
    return list(found)


def kept(runtime: Runtime) -> list[Reply]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Reply).order_by(Reply.id)))


def decide(
    runtime: Runtime, decision: ReviewDecision, *, now: datetime, reply_id: int, summary: str = ""
) -> None:
    with runtime.database.transaction() as session:
        organizer = session.scalar(select(Organizer.id))
        if organizer is None:
            session.add(
                Organizer(id=1, email="o@desk.example", password_hash="", role="owner", created_at=now)
            )
            session.flush()
        review.decide(
            session,
            make.page(runtime).head.id,
            reply_id,
            decision,
            summary=summary,
            context=runtime.mail_context,
            actor=Actor(organizer or 1, Via.DESK),
            now=now,
        )


def link(runtime: Runtime, purpose: str, address: str) -> str:
    return make.link(make.emails(runtime, kind="thanks", to_address=address)[0], purpose)


def test_an_answer_reaches_the_supporter_it_is_for_and_nobody_else(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    assert receive(runtime, mail("We will.\n\n> Will you?", to=to[1]), now=now) == [Received.PASSED_ON]
    [email] = make.emails(runtime, kind="reply")
    assert email.to_address == "bo@mail.example"
    assert (email.reply_to, email.official_id) == (None, None)
    assert "Mara Lindqvist has answered you" in email.subject
    for words in (
        "> We will.\n",
        ">> > Will you?\n",
        "we have not told the office your address",
        "November 23, 2026",
    ):
        assert words in email.text, words
    assert "bo@mail.example" not in email.text


def test_a_mail_to_several_supporters_reaches_each_once(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    data = mail(to=f"{to[0]}, {to[1]}, {to[0].upper()}, r+{'a' * 24}@replies.letters.example")
    assert receive(runtime, data, now=now) == [Received.PASSED_ON] * 2
    assert receive(runtime, data, now=now) == [Received.KNOWN] * 2
    assert {email.to_address for email in make.emails(runtime, kind="reply")} == {
        "rana@mail.example",
        "bo@mail.example",
    }


def test_automatic_replies_are_kept_whole_and_passed_on_only_when_an_organizer_says_so(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    absent = eml("absent-english", to=to[0]) + b"I am away.\n" * 1000
    assert receive(runtime, absent, now=now) == [Received.AUTOMATIC]
    [reply] = kept(runtime)
    assert len(reply.written) > 11_000
    with pytest.raises(ConflictError, match="taken for an automatic reply"):
        decide(runtime, ReviewDecision.PUBLISH, now=now, reply_id=reply.id, summary="Away.")
    assert make.emails(runtime, kind="reply") == []
    for _ in range(2):
        decide(runtime, ReviewDecision.ANSWER, now=now, reply_id=reply.id)
    assert len(make.emails(runtime, kind="reply")) == 1


def test_what_we_or_the_supporter_wrote_is_no_answer(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    for sender in ("Letters@river.example", "news@river.example", "RANA+x@mail.example", to[1]):
        assert receive(runtime, mail(to=to[0], From=sender), now=now) == [Received.OWN]
    assert kept(runtime) == []


def test_nobody_is_flooded_by_who_has_learnt_a_reply_address(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    became = [receive(runtime, mail(to=to[0], number=n), now=now)[0] for n in range(22)]
    assert became == [Received.PASSED_ON] * 5 + [Received.KEPT] * 15 + [Received.TOO_MANY] * 2
    tomorrow = now + timedelta(days=1)
    assert receive(runtime, mail(to=to[0], number=99), now=tomorrow) == [Received.PASSED_ON]
    assert receive(runtime, mail(to=to[1], number=0), now=now) == [Received.PASSED_ON]


def test_who_has_withdrawn_gets_nothing_and_who_has_erased_is_unknown(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    with runtime.database.transaction() as session:
        self_service.withdraw(session, link(runtime, "withdraw", "rana@mail.example"), now=now)
    assert receive(runtime, mail(to=to[0]), now=now) == [Received.KEPT]
    with runtime.database.transaction() as session:
        self_service.erase(session, link(runtime, "manage", "rana@mail.example"), now=now)
    assert kept(runtime) == []
    assert receive(runtime, mail(to=to[0], number=2), now=now) == []
    assert make.emails(runtime, kind="reply") == []


def test_erasing_leaves_of_answers_only_what_organizers_published_in_their_own_words(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    for number in (1, 2):
        receive(runtime, mail(f"Dear Rana Idris, answer {number}.", to=to[0], number=number), now=now)
    receive(runtime, mail("Dear Bo Ek.", to=to[1], number=3), now=now)
    decide(
        runtime, ReviewDecision.PUBLISH, now=now, reply_id=kept(runtime)[0].id, summary="The gauges are read."
    )
    with runtime.database.transaction() as session:
        self_service.erase(session, link(runtime, "manage", "rana@mail.example"), now=now)
    published, other = kept(runtime)
    assert other.written == "Dear Bo Ek."
    assert (published.message_id, published.state) == (None, ReplyState.PUBLISHED)
    for left in (published.written, published.subject, published.sender_name, published.sender_address):
        assert left == ""
    assert [one.summary for one in make.page(runtime).answers] == ["The gauges are read."]
    emptied = [email for email in make.emails(runtime, kind="reply") if email.to_address != "bo@mail.example"]
    assert {(email.text, email.subject, email.state.value) for email in emptied} == {("", "", "cancelled")}
    decide(runtime, ReviewDecision.HIDE, now=now, reply_id=published.id)
    assert make.page(runtime).answers == ()


def test_of_whoever_is_forgotten_and_still_counts_no_answer_is_kept(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    receive(runtime, mail("Dear Rana Idris, we will.", to=to[0]), now=now)
    with runtime.database.transaction() as session:
        manage = link(runtime, "manage", "rana@mail.example")
        self_service.forget(session, manage, key=runtime.address_key, now=now)
    (reply,) = kept(runtime)
    for left in (reply.written, reply.quoted, reply.subject, reply.sender_name, reply.sender_address):
        assert left == ""


def test_only_fit_words_are_published_and_every_change_reaches_the_page(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    receive(runtime, mail(to=to[0]), now=now)
    reply_id = kept(runtime)[0].id
    version = make.page(runtime).head.version
    for summary in ("", " \n", "x" * 2001):
        with pytest.raises(RefusedError):
            decide(runtime, ReviewDecision.PUBLISH, now=now, reply_id=reply_id, summary=summary)
    with pytest.raises(NotFoundError):
        decide(runtime, ReviewDecision.HIDE, now=now, reply_id=reply_id + 1)
    decide(runtime, ReviewDecision.PUBLISH, now=now, reply_id=reply_id, summary="They will.")
    with pytest.raises(ConflictError, match="Hide it first"):
        decide(runtime, ReviewDecision.AUTOMATIC, now=now, reply_id=reply_id)
    decide(runtime, ReviewDecision.PUBLISH, now=now, reply_id=reply_id, summary="They may.")
    assert make.page(runtime).head.version == version + 2
    assert make.page(runtime).answers[0].summary == "They may."


def test_answers_are_listed_newest_first_a_page_at_a_time_and_counted_for_each_official(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    for number in range(3):
        receive(runtime, mail(to=to[0], number=number, Subject=f"Answer {number}"), now=now)
    receive(runtime, eml("absent-french", to=to[0]), now=now)
    campaign_id = make.page(runtime).head.id
    look = partial(
        review.page, campaign_id=campaign_id, automatic=False, limit=2, actor=COMMAND_LINE, now=now
    )
    with runtime.database.transaction() as session:
        first = look(session, limit=2)
        second = look(session, limit=2, before=first.next)
        counts = review.counts(session, campaign_id)
    assert [one.subject for one in first.replies + second.replies] == ["Answer 2", "Answer 1", "Answer 0"]
    assert second.next is None
    assert [(one.answers, one.automatic) for one in counts] == [(3, 1), (0, 0), (0, 0)]


def test_the_same_mail_from_many_sides_while_its_supporter_erases_breaks_nothing(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    manage = link(runtime, "manage", "rana@mail.example")

    def erase() -> list[Received]:
        with runtime.database.transaction() as session:
            self_service.erase(session, manage, now=now)
        return []

    def publish() -> list[Received]:
        with suppress(NotFoundError):
            decide(runtime, ReviewDecision.ANSWER, now=now, reply_id=answer)
        return []

    receive(runtime, eml("absent-english", to=to[0]), now=now)
    answer = kept(runtime)[0].id
    data = mail(to=f"{to[1]}, {to[0]}")
    with ThreadPoolExecutor(6) as pool:
        tasks = [pool.submit(receive, runtime, data, now=now) for _ in range(4)]
        tasks += [pool.submit(publish), pool.submit(erase)]
        became = [one for task in tasks for one in task.result()]
    assert became.count(Received.PASSED_ON) in (1, 2)
    assert [reply.message_id for reply in kept(runtime)] == [
        email.message_id for email in make.emails(runtime, kind="message") if email.to_address
    ]
    emails = [email for email in make.emails(runtime, kind="reply") if email.to_address]
    assert [email.to_address for email in emails] == ["bo@mail.example"]


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({"Content-Type": "application/pkcs7-mime; name=smime.p7m"}, "The office encrypted its answer"),
        ({"Content-Type": "application/pdf; name=answer.pdf"}, "The email itself says nothing."),
        ({"Content-Type": "text/html"}, "The email has no text."),
    ],
)
def test_an_answer_that_cannot_be_read_is_passed_on_with_the_reason(
    runtime: Runtime, to: tuple[str, str], now: datetime, headers: dict[str, str], sentence: str
) -> None:
    assert receive(runtime, mail("", to=to[0], **headers), now=now) == [Received.PASSED_ON]
    [passed_on] = make.emails(runtime, kind="reply")
    assert sentence in " ".join(passed_on.text.split())
    assert sentence in passed_on.html
    with runtime.database.transaction() as session:
        shown = review.read(
            session, make.page(runtime).head.id, kept(runtime)[0].id, actor=COMMAND_LINE, now=now
        )
    assert shown.wordless is not None


@pytest.mark.parametrize(
    ("sender", "is_known"),
    [
        ("mara.lindqvist@waters.example", True),
        ("desk@office.waters.example", True),
        ("minister@waters.example.evil.example", False),
        ("minister@other.example", False),
        ("nobody", False),
    ],
)
def test_an_answer_from_elsewhere_is_not_called_the_officials(
    runtime: Runtime, to: tuple[str, str], now: datetime, sender: str, is_known: bool
) -> None:
    forged = "Mara Lindqvist (minister@waters.example)"
    assert receive(runtime, mail(to=to[0], From=f'"{forged}" <{sender}>'), now=now) == [Received.PASSED_ON]
    [passed_on] = make.emails(runtime, kind="reply")
    assert ("has answered you" in passed_on.subject) is is_known
    assert ("who is not Mara Lindqvist" in " ".join(passed_on.text.split())) is not is_known


def test_no_line_of_a_strangers_mail_becomes_a_header_of_ours(
    runtime: Runtime, to: tuple[str, str], now: datetime
) -> None:
    injected = "=?utf-8?q?x=0D=0ABcc:_all=40mail.example=E2=80=A8Bcc:_b=40m.example?="
    data = mail(
        "\r\n.\r\nBcc: all@mail.example", to=to[0], Subject=injected, From=f"{injected} <a@b.example>"
    )
    assert receive(runtime, data, now=now) == [Received.PASSED_ON]
    [passed_on] = make.emails(runtime, kind="reply")
    assert passed_on.to_address == "rana@mail.example"
    for line in (passed_on.subject, kept(runtime)[0].subject, kept(runtime)[0].sender_name):
        assert len(line.splitlines()) == 1
