from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.official import Channel
from campaign.domain.outbox import OutboxState
from campaign.domain.signature import SignatureState, Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, pages, signatories
from campaign.services.signatures import confirmation, self_service
from campaign.store.tables import Consent, LinkToken, Message, Signature, Supporter
from tests import make


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


def everyone(page: CampaignPage) -> tuple[int, ...]:
    return tuple(official.id for official in page.officials)


def count(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return pages.head(session, make.SLUG).signature_count


def rows(runtime: Runtime, table: type) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_signature_waits_for_its_confirmation_and_so_do_its_messages(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page), words="The river is my neighbour.")
    assert count(runtime) == 0
    kinds = [(email.kind, email.state, email.to_address) for email in make.emails(runtime)]
    assert sorted(kinds) == [
        ("confirmation", OutboxState.QUEUED, "rana@mail.example"),
        ("message", OutboxState.HELD, "director@rivers.example"),
        ("message", OutboxState.HELD, "minister@waters.example"),
    ]


def test_confirming_counts_the_signature_and_lets_its_messages_go(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=now, officials=everyone(page), words="Please act.")
    assert (confirmed.number, confirmed.messages, confirmed.already) == (1, 3, False)
    assert count(runtime) == 1
    messages = make.emails(runtime, kind="message")
    assert {email.state for email in messages} == {OutboxState.QUEUED}
    assert {(email.from_name, email.reply_to) for email in messages} == {("Rana Idris", "rana@mail.example")}
    assert "Please act." in messages[0].text


def test_the_thank_you_tells_what_is_mailed_from_what_is_printed_and_handed_over(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=now, officials=everyone(page), words="Please act.")
    assert (confirmed.messages, confirmed.by_hand) == (3, 1)
    (thanks,) = make.emails(runtime, kind="thanks")
    for body in (thanks.text, thanks.html):
        mailed, _, handed_over = body.partition("we print your words and hand them over")
        assert "Your 2 messages are on their way to:" in mailed
        assert ("Mara Lindqvist" in mailed, "Ines Okafor" in mailed, "Paul Brandt" in mailed) == (
            True, True, False,
        )  # fmt: skip
        assert "Paul Brandt" in handed_over


def test_looking_at_a_link_changes_nothing(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page))
    token = make.link(make.emails(runtime, kind="confirmation")[0], "confirm")
    with runtime.database.reading() as session:
        shown = confirmation.awaiting_confirmation(session, token, now=now)
    assert [message.official_name for message in shown.messages] == [one.name for one in page.officials]
    assert count(runtime) == 0
    assert {email.state for email in make.emails(runtime, kind="message")} == {OutboxState.HELD}


def test_confirming_twice_counts_once_and_sends_one_thank_you(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now)
    token = make.link(make.emails(runtime)[0], "confirm")
    make.confirm(runtime, token, now=now)
    assert make.confirm(runtime, token, now=now).already
    assert count(runtime) == 1
    assert len(make.emails(runtime, kind="thanks")) == 1


def test_a_link_is_good_for_seven_days(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign(runtime, page, now=now)
    token = make.link(make.emails(runtime)[0], "confirm")
    with pytest.raises(ConflictError, match="expired"):
        make.confirm(runtime, token, now=now + timedelta(days=7))
    make.confirm(runtime, token, now=now + timedelta(days=6, hours=23))


def test_a_link_does_only_what_it_is_for(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign(runtime, page, now=now)
    mail = make.emails(runtime)[0]
    with pytest.raises(NotFoundError):
        make.confirm(runtime, make.link(mail, "withdraw"), now=now)
    with runtime.database.transaction() as session, pytest.raises(NotFoundError):
        self_service.withdraw(session, make.link(mail, "confirm"), now=now)


def test_signing_again_within_the_hour_sends_no_second_mail_and_the_first_link_confirms_the_latest(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, name="Rna Idris", officials=everyone(page)[:1])
    later = now + timedelta(minutes=5)
    make.sign(runtime, page, now=later, email="Rana+river@mail.example", officials=everyone(page))
    assert len(make.emails(runtime, kind="confirmation")) == 1
    confirmed = make.confirm(runtime, make.link(make.emails(runtime)[0], "confirm"), now=later)
    assert (confirmed.name, confirmed.messages) == ("Rana Idris", 3)
    assert rows(runtime, Signature) == rows(runtime, Supporter) == 1


def test_signing_twice_sends_one_more_confirmation_after_an_hour_and_counts_once(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now)
    make.sign(runtime, page, now=now + timedelta(hours=1))
    mails = make.emails(runtime, kind="confirmation")
    assert len(mails) == 2
    for mail in mails:
        make.confirm(runtime, make.link(mail, "confirm"), now=now + timedelta(hours=2))
    assert count(runtime) == 1


def test_what_was_not_shown_is_not_confirmed(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign(runtime, page, now=now)
    token = make.link(make.emails(runtime)[0], "confirm")
    with runtime.database.reading() as session:
        shown = confirmation.awaiting_confirmation(session, token, now=now)
    make.sign(runtime, page, now=now, name="Somebody Else")
    with runtime.database.transaction() as session, pytest.raises(ConflictError, match="once more"):
        confirmation.confirm(
            session, token, revision=shown.revision, context=make.mail_context(runtime), now=now
        )
    assert count(runtime) == 0


def test_a_confirmed_signature_cannot_be_overwritten_by_whoever_knows_the_address(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign_and_confirm(runtime, page, now=now)
    later = now + timedelta(hours=2)
    make.sign(runtime, page, now=later, name="Somebody Else", visibility=Visibility.HIDDEN)
    with runtime.database.reading() as session:
        assert session.scalar(select(Signature.name)) == "Rana Idris"
    assert len(make.emails(runtime, kind="already_signed")) == 1
    assert count(runtime) == 1


def test_who_has_signed_can_come_back_to_write_and_confirms_that_too(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign_and_confirm(runtime, page, now=now, officials=everyone(page)[:1])
    make.sign(runtime, page, now=now + timedelta(minutes=10), officials=everyone(page))
    held = make.emails(runtime, kind="message", state=OutboxState.HELD)
    assert [email.to_address for email in held] == ["director@rivers.example"]
    second = make.emails(runtime, kind="confirmation")[-1]
    assert second.due_at == now + timedelta(hours=1)
    confirmed = make.confirm(runtime, make.link(second, "confirm"), now=now + timedelta(hours=2))
    assert (confirmed.messages, confirmed.number, confirmed.already) == (2, 1, False)
    assert count(runtime) == 1
    assert len(make.emails(runtime, kind="message")) == 2


def test_ten_people_pressing_send_at_once_with_one_address_make_one_signature_and_one_mail(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: make.sign(runtime, page, now=now, officials=everyone(page)), range(30)))
    assert rows(runtime, Signature) == rows(runtime, Supporter) == 1
    assert rows(runtime, Message) == 3
    assert len(make.emails(runtime, kind="confirmation")) == 1


def test_an_official_without_an_address_gets_the_message_recorded_for_printing(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    mayor = page.officials[2].id
    make.sign_and_confirm(runtime, page, now=now, officials=(mayor,), words="In person, then.")
    assert make.emails(runtime, kind="message") == []
    with runtime.database.reading() as session:
        message = session.scalars(select(Message)).one()
    assert (message.channel, message.words, message.released_at) == (Channel.HAND, "In person, then.", now)


def test_words_for_one_official_go_to_that_one_alone(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    minister, director, _ = everyone(page)
    make.sign(
        runtime,
        page,
        now=now,
        officials=(minister, director),
        words="To all.",
        words_for={director: "To you."},
    )
    texts = {email.to_address: email.text for email in make.emails(runtime, kind="message")}
    assert "To all." in texts["minister@waters.example"]
    assert "To you." in texts["director@rivers.example"]
    assert "To all." not in texts["director@rivers.example"]


@pytest.mark.parametrize("choice", [{"officials": (999,)}, {"asks": (999,)}])
def test_a_choice_that_is_not_the_letters_is_refused(
    runtime: Runtime, page: CampaignPage, now: datetime, choice: dict[str, tuple[int, ...]]
) -> None:
    with pytest.raises(RefusedError, match="choose again"):
        make.sign(runtime, page, now=now, **choice)
    assert rows(runtime, Supporter) == 0


def test_what_was_agreed_to_is_kept_in_the_words_that_were_read(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, updates=True, consent_wording="Write to me about this letter.")
    make.sign(runtime, page, now=now, updates=True, consent_wording="Write to me about this letter.")
    with runtime.database.reading() as session:
        consent = session.scalars(select(Consent)).one()
    assert (consent.wording, consent.language, consent.given_at) == (
        "Write to me about this letter.",
        "en",
        now,
    )


def test_withdrawing_uncounts_and_calls_back_what_is_unsent(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=now, officials=everyone(page))
    version = make.page(runtime).head.version
    for _ in range(2):
        with runtime.database.transaction() as session:
            self_service.withdraw(session, confirmed.manage_token or "", TokenPurpose.MANAGE, now=now)
    assert count(runtime) == 0
    assert make.page(runtime).head.version > version
    assert {email.state for email in make.emails(runtime, kind="message")} == {OutboxState.CANCELLED}
    with runtime.database.reading() as session:
        assert signatories.latest(session, page.head.id) == ()
        assert session.scalar(select(Signature.state)) is SignatureState.WITHDRAWN


def test_who_withdrew_can_sign_again_and_counts_again(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=now)
    with runtime.database.transaction() as session:
        self_service.withdraw(session, confirmed.manage_token or "", TokenPurpose.MANAGE, now=now)
    later = now + timedelta(hours=3)
    assert make.sign_and_confirm(runtime, page, now=later).number == 1
    assert count(runtime) == 1


def test_this_was_not_me_erases_all_there_is(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page), updates=True, consent_wording="Yes.")
    token = make.link(make.emails(runtime, kind="confirmation")[0], "withdraw")
    with runtime.database.transaction() as session:
        assert self_service.withdraw(session, token, now=now).erased
    for table in (Signature, Supporter, Message, Consent, LinkToken):
        assert rows(runtime, table) == 0
    for email in make.emails(runtime):
        assert email.state is OutboxState.CANCELLED
        assert (email.to_address, email.reply_to, email.from_name, email.text) == ("", None, None, "")


def test_erasing_a_confirmed_signature_leaves_only_empty_rows(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=now, officials=everyone(page))
    with runtime.database.transaction() as session:
        self_service.erase(session, confirmed.manage_token or "", now=now)
    assert rows(runtime, Signature) == rows(runtime, Supporter) == 0
    assert count(runtime) == 0
    assert {email.text for email in make.emails(runtime)} == {""}


def test_a_name_can_be_hidden_later(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=now, country="FR")
    token = confirmed.manage_token or ""

    def shown() -> list[tuple[str | None, str | None]]:
        with runtime.database.reading() as session:
            latest = signatories.latest(session, page.head.id)
        return [(one.name, one.country) for one in latest]

    assert shown() == [("Rana Idris", "FR")]
    for visibility, expected in ((Visibility.INITIALS, [("R. I.", "FR")]), (Visibility.HIDDEN, [])):
        with runtime.database.transaction() as session:
            self_service.change(session, token, visibility=visibility, updates=False, now=now)
        assert shown() == expected
    assert count(runtime) == 1


def test_all_names_are_paged_newest_first_without_a_gap(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    for number in range(5):
        moment = now + timedelta(minutes=number // 2)
        make.sign_and_confirm(
            runtime, page, now=moment, name=f"Signer {number}", email=f"s{number}@mail.example"
        )
    seen: list[str | None] = []
    cursor = None
    with runtime.database.reading() as session:
        while True:
            part = signatories.page(session, page.head.id, after=cursor, limit=2)
            seen += [one.name for one in part.signatories]
            cursor = part.next
            if cursor is None:
                break
        with pytest.raises(NotFoundError):
            signatories.page(session, page.head.id, after="no-cursor")
    assert seen == [f"Signer {number}" for number in (4, 3, 2, 1, 0)]


def test_a_closed_campaign_takes_no_signature_but_still_counts_one_signed_in_time(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now)
    with runtime.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, campaigns.CampaignState.CLOSED, actor=COMMAND_LINE, now=now)
    with pytest.raises(ConflictError, match="closed"):
        make.sign(runtime, make.page(runtime), now=now, email="late@mail.example")
    make.confirm(runtime, make.link(make.emails(runtime)[0], "confirm"), now=now)
    assert count(runtime) == 1
