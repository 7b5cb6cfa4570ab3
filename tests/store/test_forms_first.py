"""Who had not confirmed yet when forms came to be kept first loses nothing by the change, links included."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import MetaData, func, select

from campaign.domain.addresses import address_hash
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.tokens import TokenPurpose, token_hash
from campaign.errors import ConflictError
from campaign.runtime import Runtime
from campaign.services.signatures import kept_form_links
from campaign.store import schema
from campaign.store.tables import Consent, Message, Signature, SigningForm, Supporter
from tests import make

pytestmark = pytest.mark.slow

THEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOW = THEN + timedelta(days=3)


@dataclass
class Earlier:
    """Writes rows as the program of before did, into the tables as they were."""

    runtime: Runtime
    page: CampaignPage
    tables: MetaData
    ids: Iterator[int] = field(default_factory=lambda: count(1000))

    def insert(self, table: str, **values: Any) -> int:
        """A row, with an id of its own."""
        id_ = next(self.ids)
        with self.runtime.database.engine.begin() as connection:
            connection.execute(self.tables.tables[table].insert().values(id=id_, **values))
        return id_

    def supporter(self, email: str) -> int:
        hashed = address_hash(self.runtime.address_key, email)
        return self.insert("supporter", address_hash=hashed, email=email, created_at=THEN)

    def signature(self, email: str, *, state: str, number: int | None = None, **values: Any) -> int:
        """A signature with its supporter."""
        said = {
            "name": "Rana Idris",
            "capacity": "myself",
            "visibility": "public",
            "updates": False,
            **values,
        }
        return self.insert(
            "signature",
            campaign_id=self.page.head.id,
            supporter_id=self.supporter(email),
            letter_version_id=self.page.letter.id,
            state=state,
            revision=1,
            language="en",
            number=number,
            signed_at=THEN,
            confirmed_at=THEN if number else None,
            **{**said, **values},
        )

    def message(self, signature_id: int, official_id: int, words: str, *, asks: list[int]) -> int:
        """A message that waits for the button, and its email."""
        message_id = self.insert(
            "message",
            signature_id=signature_id,
            official_id=official_id,
            channel="email",
            subject="About the dam",
            words=words,
            stressed_asks=asks,
            created_at=THEN,
        )
        self.email(signature_id, kind="message", state="held", message_id=message_id, official_id=official_id)
        return message_id

    def email(self, signature_id: int, *, kind: str, state: str, **values: Any) -> int:
        """An email with its words."""
        with self.runtime.database.engine.connect() as connection:
            table = self.tables.tables["signature"]
            supporter_id = connection.scalar(select(table.c.supporter_id).where(table.c.id == signature_id))
        email_id = self.insert(
            "outbox_email",
            public_id=f"email-{next(self.ids)}",
            kind=kind,
            state=state,
            campaign_id=self.page.head.id,
            supporter_id=supporter_id,
            signature_id=signature_id,
            to_address="somebody@mail.example",
            language="en",
            subject="A subject",
            created_at=THEN,
            due_at=THEN,
            attempts=0,
            **values,
        )
        with self.runtime.database.engine.begin() as connection:
            body = self.tables.tables["outbox_body"].insert().values(email_id=email_id, text="words", html="")
            connection.execute(body)
        return email_id

    def link(self, signature_id: int, purpose: str) -> str:
        """A link as it stands in an email; its token."""
        token = f"{purpose}-{signature_id}"
        values = {"token_hash": token_hash(token), "purpose": purpose, "signature_id": signature_id}
        ends = THEN + timedelta(days=7) if purpose == "confirm" else None
        with self.runtime.database.engine.begin() as connection:
            link = self.tables.tables["link_token"].insert()
            connection.execute(link.values(created_at=THEN, expires_at=ends, **values))
        return token


@pytest.fixture
def before(runtime: Runtime) -> Iterator[Earlier]:
    """A campaign in the schema of before."""
    page = make.campaign(runtime, now=THEN)
    schema.downgrade(runtime.database, "0016")
    tables = MetaData()
    tables.reflect(runtime.database.engine)
    yield Earlier(runtime, page, tables)
    schema.upgrade(runtime.database)


def stored(runtime: Runtime, table: type[Any]) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_link_from_before_confirms_the_form_with_its_words_and_its_consent(
    before: Earlier, runtime: Runtime
) -> None:
    first, second = before.page.officials[:2]
    signature_id = before.signature(
        "rana@mail.example", state="pending", updates=True, postal_code="4021", country="TW", source="poster"
    )
    before.insert("consent", signature_id=signature_id, wording="News, please.", language="en", given_at=THEN)
    before.message(signature_id, first.id, "My well is dry.", asks=[before.page.asks[1].id])
    before.message(signature_id, second.id, "And you?", asks=[before.page.asks[1].id])
    asking = before.email(signature_id, kind="confirmation", state="queued")
    token = before.link(signature_id, "confirm")
    schema.upgrade(runtime.database)

    assert [stored(runtime, table) for table in (Signature, Supporter, Message, Consent)] == [0, 0, 0, 0]
    (mail,) = make.emails(runtime)
    assert (mail.id, mail.state, mail.text) == (asking, "queued", "words")
    shown = make.shown(runtime, token, now=NOW)
    assert (shown.form.name, shown.form.postal_code, shown.form.source) == ("Rana Idris", "4021", "poster")
    assert [message.official_name for message in shown.messages] == [first.name, second.name]

    confirmed = make.confirm(runtime, token, now=NOW)
    assert (confirmed.number, confirmed.messages) == (1, 2)
    texts = {mail.to_name: mail.text for mail in make.emails(runtime, kind="message")}
    assert "My well is dry." in texts[first.name]
    assert "And you?" in texts[second.name]
    assert "My well is dry." not in texts[second.name]
    assert all(before.page.asks[1].heading in text for text in texts.values())
    (thanks,) = make.emails(runtime, kind="thanks")
    assert thanks.to_address == "rana@mail.example"
    with runtime.database.reading() as session:
        (consent,) = session.scalars(select(Consent))
        (signature,) = session.scalars(select(Signature))
    assert (consent.wording, consent.given_at) == ("News, please.", THEN)
    assert (signature.signed_at, signature.country, signature.updates) == (THEN, "TW", True)


def test_a_link_from_before_adds_the_messages_that_a_signer_sent_in_later(
    before: Earlier, runtime: Runtime
) -> None:
    first, second = before.page.officials[:2]
    signature_id = before.signature("rana@mail.example", state="confirmed", number=1)
    sent = before.message(signature_id, first.id, "My well is dry.", asks=[])
    with runtime.database.engine.begin() as connection:
        messages, emails = (before.tables.tables[name] for name in ("message", "outbox_email"))
        connection.execute(messages.update().values(released_at=THEN).where(messages.c.id == sent))
        connection.execute(emails.update().values(state="accepted").where(emails.c.message_id == sent))
        campaign = before.tables.tables["campaign"]
        connection.execute(campaign.update().values(signature_count=1))
    before.message(signature_id, second.id, "And you?", asks=[])
    confirm, manage = (before.link(signature_id, purpose) for purpose in ("confirm", "manage"))
    schema.upgrade(runtime.database)

    assert [stored(runtime, table) for table in (Signature, Supporter, Message)] == [1, 1, 1]
    shown = make.shown(runtime, confirm, now=NOW)
    assert shown.has_signed
    assert [message.official_name for message in shown.messages] == [second.name]
    confirmed = make.confirm(runtime, confirm, now=NOW)
    assert (confirmed.number, confirmed.is_changed) == (1, True)
    assert make.signature_count(runtime) == 1
    written = make.emails(runtime, kind="message")
    assert {mail.official_id: mail.state for mail in written} == {first.id: "accepted", second.id: "queued"}
    with runtime.database.reading() as session:
        about = kept_form_links.link_shown(session, manage, TokenPurpose.MANAGE, now=NOW)
    assert about.slug == make.SLUG


def test_a_withdraw_link_from_before_erases_what_was_never_confirmed(
    before: Earlier, runtime: Runtime
) -> None:
    signature_id = before.signature("rana@mail.example", state="pending")
    before.message(signature_id, before.page.officials[0].id, "My well is dry.", asks=[])
    asking = before.email(signature_id, kind="confirmation", state="queued")
    token = before.link(signature_id, "withdraw")
    schema.upgrade(runtime.database)

    with runtime.database.transaction() as session:
        gone = kept_form_links.withdraw(session, token, TokenPurpose.WITHDRAW, now=NOW)
    assert gone.erased
    with runtime.database.reading() as session:
        (form,) = session.scalars(select(SigningForm))
    assert (form.state, form.email, form.content) == ("ended", "", None)
    (mail,) = make.emails(runtime)
    assert (mail.id, mail.state, mail.to_address, mail.text) == (asking, "cancelled", "", "")


def test_supporters_with_a_signature_or_an_email_stay_and_the_others_go(
    before: Earlier, runtime: Runtime
) -> None:
    before.signature("signed@mail.example", state="confirmed", number=1)
    before.signature("withdrawn@mail.example", state="withdrawn")
    before.signature("waits@mail.example", state="pending")
    before.supporter("nothing@mail.example")
    schema.upgrade(runtime.database)
    with runtime.database.reading() as session:
        assert set(session.scalars(select(Supporter.email))) == {
            "signed@mail.example",
            "withdrawn@mail.example",
        }
        assert list(session.scalars(select(SigningForm.email))) == ["waits@mail.example"]


@pytest.mark.parametrize("state", ["pending", "confirmed"])
def test_who_signed_with_an_unusual_spelling_before_signs_with_it_again(
    before: Earlier, runtime: Runtime, state: str
) -> None:
    spelling = "Ra.na+letters@gmail.com"
    signature_id = before.signature(spelling, state=state, number=1 if state == "confirmed" else None)
    token = before.link(signature_id, "confirm")
    schema.upgrade(runtime.database)
    if state == "pending":
        make.confirm(runtime, token, now=NOW)
    make.sign(runtime, before.page, now=NOW, email=spelling, name="Rana I. Idris")
    mail = make.last_question(runtime)
    assert mail.kind == "already_signed"
    confirmed = make.confirm(runtime, make.link(mail, "confirm"), now=NOW)
    assert (confirmed.name, confirmed.number, confirmed.is_changed) == ("Rana I. Idris", 1, True)
    other = spelling.replace("+letters", "+other")
    make.sign(runtime, before.page, now=NOW + timedelta(hours=2), email=other)
    with pytest.raises(ConflictError, match="spelled another way"):
        make.shown(runtime, make.link(make.last_question(runtime), "confirm"), now=NOW + timedelta(hours=2))
