from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.official import Channel
from campaign.domain.outbox import OutboxState
from campaign.domain.signature import SignatureState, Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.domain.trends import RUSH_LASTS, RUSH_WAIT
from campaign.errors import ConflictError, NotFoundError
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, signatories
from campaign.services.signatures import (
    acceptance,
    awaiting,
    confirmation,
    kept_form_links,
    mending,
    self_service,
)
from campaign.services.signatures.awaiting import EndedForm
from campaign.services.signatures.mending import Mending
from campaign.store.tables import Consent, DomainTally, Message, Official, Signature, SigningForm, Supporter
from tests import make


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


def everyone(page: CampaignPage) -> tuple[int, ...]:
    return tuple(official.id for official in page.officials)


def count(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return campaigns.by_slug(session, make.SLUG).signature_count


def rows(runtime: Runtime, table: type) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


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
        mailed, _, handed_over = body.partition("We print your words for these, and hand")
        assert "Your 2 messages are on their way to:" in mailed
        assert ("Mara Lindqvist" in mailed, "Ines Okafor" in mailed, "Paul Brandt" in mailed) == (
            True, True, False,
        )  # fmt: skip
        assert "Paul Brandt" in handed_over


def test_confirming_twice_counts_once_and_sends_one_thank_you(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now)
    token = make.link(make.emails(runtime)[0], "confirm")
    make.confirm(runtime, token, now=now)
    assert make.confirm(runtime, token, now=now).already
    assert count(runtime) == 1
    assert len(make.emails(runtime, kind="thanks")) == 1


def test_an_official_without_an_address_gets_the_message_recorded_for_printing(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    mayor = page.officials[2].id
    make.sign_and_confirm(runtime, page, now=now, officials=(mayor,), words="In person, then.")
    assert make.emails(runtime, kind="message") == []
    with runtime.database.reading() as session:
        message = session.scalars(select(Message)).one()
    assert (message.channel, message.words, message.released_at) == (Channel.HAND, "In person, then.", now)


def test_what_was_agreed_to_is_kept_in_the_words_that_were_read(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign_and_confirm(
        runtime, page, now=now, updates=True, consent_wording="Write to me about this letter."
    )
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

    assert shown() == [("Rana Idris", None)]
    for visibility, expected in ((Visibility.INITIALS, [("R. I.", "FR")]), (Visibility.HIDDEN, [])):
        with runtime.database.transaction() as session:
            change = Mending({"visibility": visibility})
            mending.mend(session, token, change, context=make.mail_context(runtime), now=now)
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
    last = None
    with runtime.database.reading() as session:
        while True:
            part = signatories.page(session, page.head.id, after=last, limit=2)
            seen += [one.name for one in part.signatories]
            last = part.last
            if last is None:
                break
    assert seen == [f"Signer {number}" for number in (4, 3, 2, 1, 0)]


def test_a_form_is_one_row_and_nothing_of_it_counts_shows_or_leaves_before_the_button(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.keep(runtime, make.new_form(page, now=now, officials=everyone(page), words="My well is dry."))
    assert (rows(runtime, SigningForm), make.emails(runtime)) == (1, [])
    make.settle(runtime, now=now)
    assert [(email.kind, email.to_address) for email in make.emails(runtime)] == [
        ("confirmation", "rana@mail.example")
    ]
    for table in (Signature, Supporter, Message, Consent):
        assert rows(runtime, table) == 0
    assert count(runtime) == 0


def test_looking_at_a_link_shows_the_form_whole_and_changes_nothing(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page), words="My well is dry.", role="Nurse")
    token = make.link(make.last_question(runtime), "confirm")
    seen = make.shown(runtime, token, now=now)
    assert [message.official_name for message in seen.messages] == [one.name for one in page.officials]
    assert all("My well is dry." in message.text for message in seen.messages)
    assert (seen.form.name, seen.form.role, seen.has_signed) == ("Rana Idris", "Nurse", False)
    assert (rows(runtime, Signature), count(runtime)) == (0, 0)


def test_a_link_is_good_for_two_weeks(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign(runtime, page, now=now)
    token = make.link(make.last_question(runtime), "confirm")
    with runtime.database.transaction() as session, pytest.raises(ConflictError, match="no longer works"):
        confirmation.confirm(
            session, token, shown=None, context=make.mail_context(runtime), now=now + timedelta(days=14)
        )
    make.confirm(runtime, token, now=now + timedelta(days=13, hours=23))
    assert count(runtime) == 1


def test_a_link_does_only_what_it_is_for(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign(runtime, page, now=now)
    mail = make.last_question(runtime)
    with pytest.raises(NotFoundError):
        make.confirm(runtime, make.link(mail, "withdraw"), now=now)
    with runtime.database.transaction() as session, pytest.raises(NotFoundError):
        kept_form_links.withdraw(session, make.link(mail, "confirm"), TokenPurpose.WITHDRAW, now=now)


def test_each_form_has_a_link_of_its_own_which_no_other_form_changes(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    hers = {"visibility": Visibility.HIDDEN, "officials": everyone(page)[:1], "words": "My own words."}
    make.sign(runtime, page, now=now, **hers)
    link = make.link(make.last_question(runtime), "confirm")
    make.sign(
        runtime,
        page,
        now=now + timedelta(minutes=5),
        name="Rana the Traitor",
        visibility=Visibility.PUBLIC,
        officials=everyone(page),
        words="Words put into her mouth.",
        updates=True,
    )
    confirmed = make.confirm(runtime, link, now=now + timedelta(hours=3))
    assert (confirmed.name, confirmed.visibility, confirmed.messages) == ("Rana Idris", "hidden", 1)
    (mail,) = make.emails(runtime, kind="message")
    assert "My own words." in mail.text
    with runtime.database.reading() as session:
        assert session.scalar(select(Signature.updates)) is False


def test_what_the_page_did_not_show_is_not_confirmed(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page)[:1])
    token = make.link(make.last_question(runtime), "confirm")
    seen = make.shown(runtime, token, now=now).shown
    with runtime.database.transaction() as session:
        session.get_one(Official, page.officials[0].id).salutation = "Dear Mara,"
    with runtime.database.transaction() as session, pytest.raises(ConflictError, match="once more"):
        confirmation.confirm(session, token, shown=seen, context=make.mail_context(runtime), now=now)
    assert count(runtime) == 0
    assert make.confirm(runtime, token, now=now).number == 1


def test_what_was_shown_is_sent_word_for_word_though_the_letter_changes_before_a_worker_writes_it(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page)[:1], words="My well is dry.")
    token = make.link(make.last_question(runtime), "confirm")
    text = make.shown(runtime, token, now=now).messages[0].text
    make.press(runtime, token, now=now)
    with runtime.database.transaction() as session:
        session.get_one(Official, page.officials[0].id).salutation = "Dear Mara,"
    make.write_out(runtime, now=now)
    (mail,) = make.emails(runtime, kind="message")
    assert mail.text == text


def test_a_form_for_an_address_that_has_signed_changes_what_its_own_page_shows_and_nothing_before(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    first, second, _ = everyone(page)
    make.sign_and_confirm(runtime, page, now=now, officials=(first,), words="My well is dry.")
    later = now + timedelta(hours=2)
    make.sign(
        runtime,
        page,
        now=later,
        officials=(first, second),
        words="And the fields.",
        visibility=Visibility.HIDDEN,
    )
    (mail,) = make.emails(runtime, kind="already_signed")
    with runtime.database.reading() as session:
        assert session.scalar(select(Signature.visibility)) is Visibility.PUBLIC
    seen = make.shown(runtime, make.link(mail, "confirm"), now=later)
    assert (seen.has_signed, seen.standing_visibility) == (True, Visibility.PUBLIC)
    assert [message.official_name for message in seen.messages] == ["Ines Okafor"]
    assert seen.was_written_to == ("Mara Lindqvist",)
    confirmed = make.confirm(runtime, make.link(mail, "confirm"), now=later)
    assert (confirmed.number, confirmed.messages, confirmed.is_changed) == (1, 1, True)
    assert count(runtime) == 1
    with runtime.database.reading() as session:
        assert session.scalar(select(Signature.visibility)) is Visibility.HIDDEN
    assert len(make.emails(runtime, kind="message")) == 2


def test_two_forms_of_one_mailbox_count_once_and_write_to_each_official_once(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page))
    make.sign(runtime, page, now=now + timedelta(hours=1), officials=everyone(page))
    links = [make.link(mail, "confirm") for mail in make.emails(runtime, kind="confirmation")]
    assert len(links) == 2
    later = now + timedelta(hours=2)
    for link in links:
        make.press(runtime, link, now=later)
    make.write_out(runtime, now=later)
    assert count(runtime) == rows(runtime, Signature) == 1
    assert rows(runtime, Message) == 3


def test_thirty_forms_of_one_address_at_once_are_one_email_that_lists_the_newest(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    forms = [make.new_form(page, now=now, officials=everyone(page)) for _ in range(30)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(runtime.form_queue.keep, forms))
    make.settle(runtime, now=now)
    (mail,) = make.emails(runtime, kind="confirmation")
    assert mail.text.count("/confirm/") == 10
    make.confirm(runtime, make.link(mail, "confirm"), now=now)
    assert (count(runtime), rows(runtime, Message)) == (1, 3)


def test_words_for_one_official_go_to_that_one_alone(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    minister, director, _ = everyone(page)
    make.sign_and_confirm(
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


def test_an_official_who_has_left_the_letter_gets_nothing_and_the_rest_goes_out(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign_and_confirm(runtime, page, now=now, officials=(*everyone(page)[:1], 0), asks=(0,))
    assert [mail.to_address for mail in make.emails(runtime, kind="message")] == ["minister@waters.example"]


def test_what_is_taken_back_before_a_worker_writes_it_never_leaves(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page))
    pressed = make.press(runtime, make.link(make.last_question(runtime), "confirm"), now=now)
    with runtime.database.transaction() as session:
        self_service.withdraw(session, pressed.manage_token or "", TokenPurpose.MANAGE, now=now)
    make.write_out(runtime, now=now)
    assert make.emails(runtime, kind="message") == make.emails(runtime, kind="thanks") == []
    assert count(runtime) == 0


def test_who_withdrew_before_anything_left_and_signs_again_is_written_for(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=now, officials=everyone(page)[:1], words="Once.")
    with runtime.database.transaction() as session:
        self_service.withdraw(session, confirmed.manage_token or "", TokenPurpose.MANAGE, now=now)
    later = now + timedelta(hours=3)
    make.sign_and_confirm(runtime, page, now=later, officials=everyone(page)[:1], words="Again.")
    (queued,) = make.emails(runtime, kind="message", state=OutboxState.QUEUED)
    assert "Again." in queued.text


def test_this_was_not_me_erases_all_there_is(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page), words="A stranger's.", updates=True)
    mail = make.last_question(runtime)
    with runtime.database.transaction() as session:
        token = make.link(mail, "withdraw")
        assert kept_form_links.withdraw(session, token, TokenPurpose.WITHDRAW, now=now).erased
    with runtime.database.reading() as session:
        form = session.scalars(select(SigningForm)).one()
    assert (form.email, form.content, form.composed) == ("", None, None)
    (email,) = make.emails(runtime)
    assert email.state is OutboxState.CANCELLED
    assert (email.to_address, email.reply_to, email.from_name, email.text) == ("", None, None, "")
    with runtime.database.reading() as session:
        ended = awaiting.awaiting_confirmation(
            session, make.link(mail, "confirm"), context=make.mail_context(runtime), now=now
        )
    assert isinstance(ended, EndedForm)


def test_erasing_a_signature_erases_every_form_of_its_mailbox(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=now, officials=everyone(page))
    make.sign(runtime, page, now=now, words="Another form that nobody confirmed.")
    with runtime.database.transaction() as session:
        self_service.erase(session, confirmed.manage_token or "", now=now)
    with runtime.database.reading() as session:
        forms = session.scalars(select(SigningForm)).all()
    assert {(form.email, form.content, form.signature_id) for form in forms} == {("", None, None)}
    assert {email.to_address for email in make.emails(runtime)} <= {""}


def test_a_letter_that_closes_still_counts_who_signed_in_time(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now)
    with runtime.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, CampaignState.CLOSED, actor=COMMAND_LINE, now=now)
    make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=now)
    assert count(runtime) == 1


def test_a_signature_that_organizers_took_off_does_not_come_back_by_a_form(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign_and_confirm(runtime, page, now=now)
    with runtime.database.transaction() as session:
        session.scalars(select(Signature)).one().state = SignatureState.REMOVED
    make.sign(runtime, page, now=now + timedelta(hours=2))
    link = make.link(make.last_question(runtime), "confirm")
    with pytest.raises(ConflictError, match="organizers"):
        make.shown(runtime, link, now=now + timedelta(hours=2))


def test_what_is_suspected_is_asked_about_like_any_other_and_counts_after_a_look(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page), is_suspected=True)
    link = make.link(make.last_question(runtime), "confirm")
    for _ in range(2):
        assert make.confirm(runtime, link, now=now).waits_for_a_look
    assert (count(runtime), rows(runtime, Signature)) == (0, 1)
    assert {mail.state for mail in make.emails(runtime, kind="message")} == {OutboxState.HELD}
    assert make.emails(runtime, kind="thanks") == []
    shown = make.shown(runtime, link, now=now)
    assert (shown.is_confirmed, shown.is_suspected) == (True, True)
    with runtime.database.transaction() as session:
        signature_id = session.scalars(select(Signature.id)).one()
        acceptance.accept(
            session,
            page.head.id,
            signature_id,
            context=make.mail_context(runtime),
            actor=COMMAND_LINE,
            now=now,
        )
    assert count(runtime) == 1
    assert {mail.state for mail in make.emails(runtime, kind="message")} == {OutboxState.QUEUED}
    (thanks,) = make.emails(runtime, kind="thanks")
    assert "Your signature counts." in thanks.text
    assert "Mara Lindqvist" in thanks.text


def test_what_is_accepted_before_a_worker_has_written_it_out_is_thanked_for_once(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, officials=everyone(page), is_suspected=True)
    make.press(runtime, make.link(make.last_question(runtime), "confirm"), now=now)
    with runtime.database.transaction() as session:
        signature_id = session.scalars(select(Signature.id)).one()
        acceptance.accept(
            session,
            page.head.id,
            signature_id,
            context=make.mail_context(runtime),
            actor=COMMAND_LINE,
            now=now,
        )
    make.write_out(runtime, now=now)
    assert {mail.state for mail in make.emails(runtime, kind="message")} == {OutboxState.QUEUED}
    assert len(make.emails(runtime, kind="thanks")) == 1


def test_messages_of_a_mail_domain_in_a_rush_wait_behind_those_of_others(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    def tally(domain: str, seen_at: datetime) -> DomainTally:
        return DomainTally(
            campaign_id=page.head.id,
            domain=domain,
            recent=90.0,
            weekly=90.0,
            counted_until=now,
            rush_seen_at=seen_at,
        )

    with runtime.database.transaction() as session:
        session.add(tally("forge.example", now - timedelta(minutes=1)))
        session.add(tally("was.example", now - RUSH_LASTS))
    for domain in ("Forge.example", "was.example", "mail.example"):
        make.sign(runtime, page, now=now, officials=everyone(page), email=f"rana@{domain}")
        make.press(runtime, make.link(make.last_question(runtime), "confirm"), now=now)
    make.write_out(runtime, now=now)
    due = {mail.reply_to: mail.due_at for mail in make.emails(runtime, kind="message")}
    assert list(due.values()) == [now + RUSH_WAIT, now, now]
    assert {mail.due_at for mail in make.emails(runtime, kind="thanks")} == {now}


def test_what_is_suspected_counts_at_once_when_the_button_brings_a_proof(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign(runtime, page, now=now, is_suspected=True)
    link = make.link(make.last_question(runtime), "confirm")
    with runtime.database.transaction() as session:
        confirmed = confirmation.confirm(
            session, link, shown=None, context=make.mail_context(runtime), now=now, proof="solved"
        )
    assert (confirmed.number, count(runtime)) == (1, 1)
