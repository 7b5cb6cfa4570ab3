"""What an organizer corrects of a signature, what its owner hears of it, and the history that is left."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signature import Visibility
from campaign.errors import CampaignError, ConflictError, NotFoundError, RefusedError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.signatures import (
    anonymizing,
    correcting,
    finding,
    hiding,
    history,
    mending,
    self_service,
)
from campaign.services.signatures.correcting import Correction
from campaign.services.signatures.mending import Mending
from campaign.store.tables import Message, Signature, SignatureChange
from tests import make

pytestmark = pytest.mark.slow_on_postgresql


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


@pytest.fixture
def token(runtime: Runtime, page: CampaignPage, now: datetime) -> str:
    """The link of somebody who signed with an affiliation and wrote to one official."""
    confirmed = make.sign_and_confirm(
        runtime,
        page,
        now=now,
        name="Rana Idirs",
        organization="River Fund",
        officials=(page.officials[0].id,),
        words="I drink from this river.",
    )
    return confirmed.manage_token or ""


def correct(runtime: Runtime, now: datetime, **changes: str | None) -> bool:
    values = {"name": "Rana Idris", "organization": "River Fund", "role": None, "reason": "spelling"}
    with runtime.database.transaction() as session:
        signature = session.scalars(select(Signature)).one()
        return correcting.correct(
            session,
            signature.campaign_id,
            signature.id,
            Correction(**{**values, **changes}),  # type: ignore[arg-type]
            context=make.mail_context(runtime),
            actor=COMMAND_LINE,
            now=now,
        )


def undo(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        change = session.scalars(select(SignatureChange).where(SignatureChange.before.is_not(None))).one()
        signature = session.get_one(Signature, change.signature_id)
        correcting.undo(
            session,
            signature.campaign_id,
            signature.id,
            change.id,
            context=make.mail_context(runtime),
            actor=COMMAND_LINE,
            now=now,
        )


def signature(runtime: Runtime) -> Signature:
    with runtime.database.reading() as session:
        return session.scalars(select(Signature)).one()


def test_its_owner_is_told_how_it_was_how_it_is_and_why(runtime: Runtime, token: str, now: datetime) -> None:
    assert correct(runtime, now)
    assert signature(runtime).name == "Rana Idris"
    (mail,) = make.emails(runtime, kind="correction")
    assert mail.to_address == "rana@mail.example"
    assert "Rana Idirs" in mail.text
    assert "Rana Idris" in mail.text
    assert "spelling" in mail.text
    with runtime.database.reading() as session:
        assert (
            self_service.managed_signature(session, make.link(mail, "manage"), now=now).name == "Rana Idris"
        )


def test_the_words_and_the_name_under_a_message_stay_as_they_were_confirmed(
    runtime: Runtime, token: str, now: datetime
) -> None:
    before = [(mail.text, mail.from_name) for mail in make.emails(runtime, kind="message")]
    correct(runtime, now)
    assert [(mail.text, mail.from_name) for mail in make.emails(runtime, kind="message")] == before
    with runtime.database.reading() as session:
        assert session.scalars(select(Message.words)).one() == "I drink from this river."


def test_a_corrected_name_is_found_and_nothing_is_more_public(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign_and_confirm(runtime, page, now=now, name="Rana Idirs", visibility=Visibility.HIDDEN)
    correct(runtime, now, organization=None)
    assert signature(runtime).visibility is Visibility.HIDDEN
    assert signature(runtime).wall_key is None
    with runtime.database.transaction() as session:
        found = finding.find(session, page.head.id, words="idris", actor=COMMAND_LINE, now=now)
    assert [one.name for one in found.supporters] == ["Rana Idris"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"role": "Chair"}, RefusedError),
        ({"reason": ""}, RefusedError),
        ({"reason": "it is Rana Idirs"}, RefusedError),
        ({"name": ""}, RefusedError),
        ({"organization": "www.evil.example"}, RefusedError),
    ],
)
def test_what_breaks_a_rule_changes_nothing_and_mails_nobody(
    runtime: Runtime, token: str, now: datetime, changes: dict[str, str], error: type[CampaignError]
) -> None:
    with pytest.raises(error):
        correct(runtime, now, **changes)
    assert signature(runtime).name == "Rana Idirs"
    assert make.emails(runtime, kind="correction") == []


def test_what_was_right_already_is_no_correction(runtime: Runtime, token: str, now: datetime) -> None:
    assert not correct(runtime, now, name="Rana Idirs")
    assert make.emails(runtime, kind="correction") == []


def test_a_signature_that_is_withdrawn_is_not_corrected(runtime: Runtime, token: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        self_service.withdraw_signature(session, signature(runtime).id, now=now)
    with pytest.raises(ConflictError):
        correct(runtime, now)


def test_a_correction_is_undone_and_its_owner_hears_of_that_too(
    runtime: Runtime, token: str, now: datetime
) -> None:
    correct(runtime, now, organization=None)
    undo(runtime, now)
    assert (signature(runtime).name, signature(runtime).organization) == ("Rana Idirs", "River Fund")
    assert len(make.emails(runtime, kind="correction")) == 2
    with pytest.raises(ConflictError):
        undo(runtime, now)


def test_what_its_owner_changed_since_is_not_undone(runtime: Runtime, token: str, now: datetime) -> None:
    correct(runtime, now)
    with runtime.database.transaction() as session:
        change = Mending(values={"name": "Rana I."})
        # What the messages say has changed meanwhile: they are looked at first.
        shown = mending.preview(
            session, token, change, context=make.mail_context(runtime), language="en", now=now
        )
        change = Mending(values={"name": "Rana I."}, seen=shown.seen)
        mending.mend(session, token, change, context=make.mail_context(runtime), now=now)
    with pytest.raises(ConflictError):
        undo(runtime, now)
    assert signature(runtime).name == "Rana I."


@pytest.mark.parametrize("choice", [Visibility.HIDDEN, Visibility.INITIALS])
def test_what_its_owner_said_by_signing_again_is_not_undone(
    runtime: Runtime, page: CampaignPage, token: str, now: datetime, choice: Visibility
) -> None:
    correct(runtime, now)
    # A mailbox is written to once an hour.
    later = now + timedelta(hours=1)
    of_desk = {"context": make.mail_context(runtime), "actor": COMMAND_LINE, "now": later}
    with runtime.database.transaction() as session:
        one = session.scalars(select(Signature)).one()
        theirs = one.campaign_id, one.id
        hiding.hide(session, *theirs, **of_desk)
        (corrected, _) = session.scalars(select(SignatureChange.id).order_by(SignatureChange.id)).all()
    make.sign_and_confirm(runtime, page, now=later, name="Rana I.", visibility=choice)
    with runtime.database.transaction() as session, pytest.raises(ConflictError):
        hiding.show(session, *theirs, **of_desk)
    with runtime.database.transaction() as session, pytest.raises(ConflictError):
        correcting.undo(session, *theirs, corrected, **of_desk)
    assert (signature(runtime).name, signature(runtime).visibility) == ("Rana I.", choice)


def test_another_campaigns_signature_is_not_there(runtime: Runtime, token: str, now: datetime) -> None:
    with runtime.database.transaction() as session, pytest.raises(NotFoundError):
        history.read_words(session, 0, signature(runtime).id, actor=COMMAND_LINE, now=now)
    with runtime.database.transaction() as session, pytest.raises(NotFoundError):
        correcting.correct(
            session,
            0,
            signature(runtime).id,
            Correction("A", None, None, "spelling"),
            context=make.mail_context(runtime),
            actor=COMMAND_LINE,
            now=now,
        )


def test_the_audit_log_knows_the_fields_and_none_of_the_words(
    runtime: Runtime, token: str, now: datetime
) -> None:
    correct(runtime, now)
    with runtime.database.reading() as session:
        entry = audit_log.entries(session)[0]
    assert (entry.action, entry.details["fields"]) == ("signature.correct", ["name"])
    assert not any(word in str(entry.details) for word in ("Idris", "Idirs", "spelling"))


def test_the_history_tells_all_from_the_form_on(runtime: Runtime, token: str, now: datetime) -> None:
    correct(runtime, now)
    undo(runtime, now)
    with runtime.database.transaction() as session:
        self_service.withdraw_signature(session, signature(runtime).id, now=now)
    with runtime.database.reading() as session:
        told = {one.what for one in history.of_signature(session, signature(runtime).id)}
    assert told >= {
        "signed",
        "email_written",
        "confirmed",
        "message_written",
        "message_cancelled",
        "corrected",
        "correction_undone",
        "withdrawn",
    }


@pytest.mark.parametrize("ends", ["erased", "anonymized"])
def test_how_it_was_goes_with_the_signature(runtime: Runtime, token: str, now: datetime, ends: str) -> None:
    correct(runtime, now)
    with runtime.database.transaction() as session:
        if ends == "erased":
            self_service.erase(session, token, now=now)
        else:
            anonymizing.anonymize(session, [signature(runtime).id], keep_names=True, now=now)
    with runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignatureChange)) == 0
    assert all(mail.erased_at and not mail.to_address for mail in make.emails(runtime, kind="correction"))
