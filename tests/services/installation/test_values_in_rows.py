"""Who can write to the database, and has no key, cannot have the program show one row's value in another."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import Column, RowMapping, and_, insert, select, text, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from campaign.documents.tables.read_table import TableRead
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.events import SuppressionSource
from campaign.domain.imports import ImportField, ImportSource
from campaign.domain.name_reports import ReportReason
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.quotes import QuoteNaming
from campaign.domain.signature import SignatureState
from campaign.domain.suppressions import SuppressionReason
from campaign.domain.tokens import TokenPurpose
from campaign.mail.email import TextFile
from campaign.runtime import Runtime
from campaign.services.feedback import suppressions
from campaign.services.imports import drafts
from campaign.services.installation import encryption
from campaign.services.moderation import name_reports
from campaign.services.outbox.enqueue import NewEmail, enqueue
from campaign.services.signatures import correcting, quoting, self_service
from campaign.services.signatures.anonymizing import anonymize
from campaign.services.signatures.correcting import Correction
from campaign.services.transparency import appending
from campaign.store.data_cipher import UnreadableError, cipher_of
from campaign.store.encrypted_places import Broken, EncryptedPlace, encrypted_places
from campaign.store.tables import Message, NameReport, Quote, Signature
from campaign.store.tables.core import message, outbox_body, quote, signature, signing_form, supporter
from campaign.store.tables.encrypted import EncryptedText, InRow, as_stored
from tests import make
from tests.services.replies.test_replies import receive
from tests.updating import ask_for_a_quote

pytestmark = pytest.mark.slow_on_postgresql


@pytest.fixture
def site(make_runtime: Callable[..., Runtime], now: datetime) -> Runtime:
    """Two rows at least of everything that is encrypted, written by the services."""
    site = make_runtime(reply_domain="replies.letters.example", from_address="Us <letters@river.example>")
    page = make.campaign(site, now=now)
    officials = (page.officials[0].id,)
    for number in range(2):
        make.sign_and_confirm(
            site,
            page,
            now=now,
            name=f"Pell {number}",
            email=f"p{number}@mail.example",
            officials=officials,
            words=f"I drink from this river, number {number}.",
            organization=f"River Fund {number}",
            role=f"Clerk {number}",
            postal_code=f"7501{number}",
        )
    for number, email in enumerate(make.emails(site, kind="message")):
        receive(site, answer(number, to=str(email.reply_to)), now=now)
    for number in range(2):
        who = {"name": f"Later {number}", "email": f"later{number}@mail.example", "words": "Soon."}
        make.sign(site, page, now=now, officials=officials, **who)
        make.press(site, make.link(make.last_question(site), "confirm"), now=now)
    with site.database.reading() as session:
        theirs = session.scalars(select(Message.id).order_by(Message.id).limit(2)).all()
    for message_id in theirs:
        ask_for_a_quote(site, message_id, now=now)
    with site.database.transaction() as session:
        _let_organizers_write(session, site, page.head.id, now=now)
        appending.append(session, page.head.id, now=now)
    return site


def answer(number: int, *, to: str) -> bytes:
    """What an office answers, above what it was asked and with a file."""
    parts = EmailMessage()
    parts["From"] = f"Mara Lindqvist <mara{number}@waters.example>"
    parts["To"], parts["Subject"] = to, f"Re: Our wells, {number}"
    parts["Message-ID"] = f"<answer-{number}@waters.example>"
    asked = f"On Monday somebody wrote:\n> We drink from this river, {number}."
    parts.set_content(f"We have read it, {number}.\n\n{asked}\n")
    parts.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename=f"wells{number}.pdf")
    return bytes(parts)


def _let_organizers_write(session: Session, site: Runtime, campaign_id: int, *, now: datetime) -> None:
    by = {"actor": COMMAND_LINE, "now": now}
    context = make.mail_context(site)
    signed = session.scalars(select(Signature).order_by(Signature.id).limit(2)).all()
    for number, one in enumerate(signed):
        name_reports.report(
            session, campaign_id, one.id, reason=ReportReason.FALSE, words=f"Nobody {number}", now=now
        )
        address = f"no-mail{number}@mail.example"
        suppressions.add(session, address, key=site.address_key, note=f"By telephone {number}", **by)
        table = TableRead(("Name",), ((f"On paper {number}",),))
        drafts.keep(session, make.SLUG, table, ImportSource.PAPER, mapping={0: ImportField.NAME}, **by)
        correction = Correction(f"Corrected {number}", one.organization, one.role, "spelling")
        correcting.correct(session, campaign_id, one.id, correction, context=context, **by)
        enqueue(session, [with_file(number, now=now)], now=now)
    session.flush()
    written = session.scalars(select(outbox_body.c.text).order_by(outbox_body.c.email_id)).all()
    for token in [words.split("/quote/")[1].split()[0] for words in written if "/quote/" in words]:
        seen = quoting.asked(session, token, now=now).seen
        quoting.answer(session, token, QuoteNaming.NAME, seen=seen, wording="Quote me.", now=now)


def with_file(number: int, *, now: datetime) -> NewEmail:
    """An email with a file that goes along, as a digest has them."""
    return NewEmail(
        kind=EmailKind.DIGEST,
        state=OutboxState.QUEUED,
        to_address="mara@waters.example",
        subject="What people write",
        text=f"Here they are, {number}.",
        html=None,
        language="en",
        due_at=now,
        files=(TextFile("manifest.json", "application/json", f'{{"number": {number}}}'),),
    )


def two_rows(session: Session, place: EncryptedPlace, column: Column[Any]) -> Sequence[RowMapping]:
    """Two rows that have a value in a column, as the database has them."""
    head = cipher_of(session.get_bind().dialect).head
    stored = as_stored(column)
    rows = session.execute(
        select(*place.table.primary_key, stored).where(column.is_not(None)).order_by(*place.table.primary_key)
    ).mappings()
    sealed = [row for row in rows if bytes(head, "ascii") == _begin(row[column.name], len(head))]
    assert len(sealed) > 1, f"the services have written no two values of {column}"
    return sealed[:2]


def _begin(value: Any, length: int) -> bytes:
    return value[:length].encode() if isinstance(value, str) else bytes(value[:length])


def this_row(place: EncryptedPlace, row: RowMapping) -> Any:
    return and_(*(key == row[key.name] for key in place.table.primary_key))


def put(session: Session, place: EncryptedPlace, column: Column[Any], row: RowMapping, value: Any) -> None:
    """Put a value as it is stored somewhere else into a row, as somebody with the database alone can."""
    where = " AND ".join(f"{key.name} = :of_{key.name}" for key in place.table.primary_key)
    keys = {f"of_{key.name}": row[key.name] for key in place.table.primary_key}
    session.execute(
        text(f'UPDATE {place.table.name} SET "{column.name}" = :value WHERE {where}'),
        {"value": value, **keys},
    )


def columns() -> Iterator[tuple[EncryptedPlace, Column[Any]]]:
    for place in encrypted_places():
        for column in place.columns:
            yield place, column


def test_every_encrypted_value_that_two_rows_exchange_is_unreadable(site: Runtime) -> None:
    with site.database.transaction() as session:
        for place, column in columns():
            first, second = two_rows(session, place, column)
            put(session, place, column, first, second[column.name])
            put(session, place, column, second, first[column.name])
            for row in (first, second):
                with pytest.raises(UnreadableError, match=f"{column} is damaged"):
                    session.execute(select(column).where(this_row(place, row))).all()
            broken = [one for one in place.broken(session) if one.column == column.name]
            assert len(broken) == 2, column
            for row in (first, second):
                put(session, place, column, row, row[column.name])
        assert list(encryption.broken(session)) == []


def test_nor_is_it_readable_in_another_column_or_another_table(site: Runtime) -> None:
    with site.database.transaction() as session:
        number = (
            session.execute(select(signature.c.id).where(signature.c.organization != "")).scalars().first()
        )
        session.execute(text(f"UPDATE signature SET role = organization WHERE id = {number}"))
        # Of another table that has a row of the same number, and a column of the same name.
        form = session.scalars(select(signing_form.c.id).where(signing_form.c.email != "")).first()
        email = text(f"UPDATE supporter SET email = (SELECT email FROM signing_form WHERE id = {form})")
        session.execute(email)
        broken = {(one.table, one.column) for one in encryption.broken(session)}
        assert broken == {("signature", "role"), ("supporter", "email")}
        session.rollback()


def test_a_value_is_read_through_every_kind_of_statement_and_refused_without_its_row(site: Runtime) -> None:
    other = message.alias()
    inner = select(message.c.id, message.c.words).where(message.c.words != "").subquery()
    with site.database.reading() as session:
        expected = {one.words for one in session.scalars(select(Message)) if one.words}
        for statement in (
            select(other.c.words).where(other.c.words != ""),
            select(inner.c.words),
            select(Message.words.label("said")).join(Signature).where(Message.words != ""),
            select(message.c.words).where(message.c.words != "").union_all(select(inner.c.words)),
        ):
            assert set(session.scalars(statement)) == expected, statement
        for lost in (
            select(select(message.c.words).where(message.c.words != "").subquery().c.words),
            select(select(message.c.words).limit(1).scalar_subquery()),
        ):
            with pytest.raises(TypeError, match="encrypted"):
                session.scalars(lost).all()


def test_who_writes_a_value_without_its_row_is_stopped(site: Runtime) -> None:
    with site.database.transaction() as session:
        row = session.scalars(select(Message)).first()
        assert row
        for statement in (
            update(message).where(message.c.id == row.id).values(words=row.words + "!"),
            insert(supporter).values(address_hash="a", email="new@mail.example", created_at=row.created_at),
        ):
            with pytest.raises(StatementError, match="of which row"):
                session.execute(statement)
        # What an object has stored is its own, and no other row's.
        row.words = "These are mine"
        session.flush()
        with pytest.raises(StatementError, match="of which row"):
            session.execute(update(message).where(message.c.id != row.id).values(words=row.words))
        session.execute(
            update(message).where(message.c.id == row.id).values(words=InRow(row.id, "So are these"))
        )
        session.expire_all()
        assert row.words == "So are these"


def test_objects_are_bound_to_their_rows_several_at_once_too(site: Runtime, now: datetime) -> None:
    words = {"One said", "Another said", "A third said"}
    with site.database.transaction() as session:
        of = session.scalars(select(NameReport)).first()
        assert of
        same = {"campaign_id": of.campaign_id, "signature_id": of.signature_id, "reported_at": now}
        said = ("", *words, "")
        session.add_all([NameReport(**same, reason=ReportReason.OFFENSIVE, words=one) for one in said])
        session.flush()
        quoted = session.scalars(select(Quote)).first()
        assert quoted
        quoted.words = of.words
    with site.database.reading() as session:
        assert words <= set(session.scalars(select(NameReport.words)))
        assert list(encryption.broken(session)) == []
        assert of.words in session.scalars(select(quote.c.words)).all()


def test_an_object_that_has_expired_is_changed_in_its_own_row(site: Runtime) -> None:
    with site.database.transaction() as session:
        one = session.scalars(select(Message)).first()
        assert one
        savepoint = session.begin_nested()
        one.words = "Taken back"
        session.flush()
        savepoint.rollback()
        # Rolled back to a savepoint, it knows nothing of itself until somebody asks.
        one.words = "Said instead"
        session.flush()
        session.expire(one)
        assert one.words == "Said instead"
        assert list(encryption.broken(session)) == []


def test_a_broken_value_is_told_by_its_row(site: Runtime) -> None:
    with site.database.transaction() as session:
        [place] = (place for place in encrypted_places() if place.table is message)
        first, second = two_rows(session, place, message.c.words)
        put(session, place, message.c.words, first, second["words"])
        assert list(encryption.broken(session)) == [Broken("message", first["id"], "words")]
        session.rollback()


@pytest.mark.parametrize("keep_names", [False, True])
def test_what_cannot_be_read_keeps_nobody_from_being_forgotten(
    site: Runtime, now: datetime, keep_names: bool
) -> None:
    with site.database.transaction() as session:
        broken, *others = session.execute(select(signature.c.id, signature.c.name)).all()
        for place, column in columns():
            if not isinstance(column.type, EncryptedText):
                continue
            cut = f'substr("{column.name}", 1, 60)'
            one = f"(SELECT min({place.id.name}) FROM {place.table.name} WHERE \"{column.name}\" != '')"
            row = broken.id if place.table is signature else one
            session.execute(
                text(
                    f'UPDATE {place.table.name} SET "{column.name}" = {cut}'
                    f" WHERE {place.id.name} = {row} AND \"{column.name}\" != ''"
                )
            )
        ids = [broken.id, *(one.id for one in others)]
        anonymize(session, ids, keep_names=keep_names, now=now)
    with site.database.reading() as session:
        left = dict(session.execute(select(signature.c.id, signature.c.name)).all())
        assert left == {broken.id: "", **{id_: name if keep_names else "" for id_, name in others}}
        assert not session.scalars(select(supporter.c.email).where(supporter.c.email != "")).all()


def take_back_all(session: Session, site: Runtime, token: str, how: str, *, now: datetime) -> None:
    """What the buttons of one's own page do."""
    if how == "forget":
        self_service.forget(session, token, key=site.address_key, now=now)
    else:
        take_back = {"withdraw": self_service.withdraw, "erase": self_service.erase}[how]
        take_back(session, token, TokenPurpose.MANAGE, now=now)


@pytest.mark.parametrize("how", ["withdraw", "erase", "forget"])
def test_nor_does_it_keep_anybody_from_taking_back_what_they_signed(
    make_runtime: Callable[..., Runtime], now: datetime, how: str
) -> None:
    site = make_runtime()
    page = make.campaign(site, now=now)
    who = {"officials": (page.officials[0].id,), "words": "Our well is dry.", "organization": "River Fund"}
    token = make.sign_and_confirm(site, page, now=now, postal_code="75010", **who).manage_token
    with site.database.transaction() as session:
        break_all(session)
        take_back_all(session, site, token, how, now=now)
        states = session.scalars(select(signature.c.state)).all()
        kept = {"withdraw": [SignatureState.WITHDRAWN], "erase": [], "forget": [SignatureState.CONFIRMED]}
        assert states == kept[how]
        if how == "forget":
            left = select(signature.c.name, supporter.c.email).join_from(signature, supporter)
            assert session.execute(left).all() == [("", None)]


def test_nor_from_ending_news_with_one_press(make_runtime: Callable[..., Runtime], now: datetime) -> None:
    site = make_runtime()
    page = make.campaign(site, now=now)
    make.sign_and_confirm(site, page, now=now, updates=True, consent_wording="Yes")
    (thanks,) = make.emails(site, kind="thanks")
    token = make.link(thanks, "unsubscribe")
    with site.database.transaction() as session:
        break_all(session)
        for _ in range(2):
            self_service.unsubscribe(session, token, source=SuppressionSource.ONE_CLICK, now=now)
        assert session.scalars(select(signature.c.updates)).all() == [False]
        in_force = suppressions.of_address(session, "rana@mail.example", key=site.address_key)
        assert [one.reason for one in in_force] == [SuppressionReason.UNSUBSCRIBED]


@pytest.mark.parametrize("kept_before_spellings", [False, True])
def test_who_is_forgotten_though_the_address_cannot_be_read_counts_once_and_leaves_no_form(
    make_runtime: Callable[..., Runtime], now: datetime, kept_before_spellings: bool
) -> None:
    site = make_runtime()
    page = make.campaign(site, now=now)
    token = make.sign_and_confirm(site, page, now=now).manage_token
    # Nobody has looked at these yet: one in another spelling of the mailbox, one of somebody else.
    make.keep(site, make.new_form(page, now=now, email="Rana+news@mail.example"))
    make.keep(site, make.new_form(page, now=now, email="tom@mail.example"))
    with site.database.transaction() as session:
        session.execute(text("UPDATE supporter SET email = substr(email, 1, 60)"))
        if kept_before_spellings:
            session.execute(text("UPDATE supporter SET spelling_hash = NULL"))
        self_service.forget(session, token, key=site.address_key, now=now)
    with site.database.reading() as session:
        assert set(session.scalars(select(signing_form.c.email))) == {"", "tom@mail.example"}
    make.sign_and_confirm(site, page, now=now + timedelta(hours=13), name="Rana once more")
    assert make.signature_count(site) == 1


def break_all(session: Session) -> None:
    """Damage every encrypted text that there is."""
    for place, column in columns():
        if isinstance(column.type, EncryptedText):
            cut = f'substr("{column.name}", 1, 60)'
            session.execute(
                text(f'UPDATE {place.table.name} SET "{column.name}" = {cut} WHERE "{column.name}" != \'\'')
            )
