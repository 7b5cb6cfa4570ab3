"""The email that asks a mailbox's owner to confirm what was sent in with their address.

It holds no word that a stranger has typed: whoever fills in the form decides where it goes, not what it says.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from babel.dates import format_datetime
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Figure
from campaign.domain.outbox import EmailKind
from campaign.domain.publisher import Publisher
from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import CONFIRM_WITHIN, FormState
from campaign.domain.tokens import TokenPurpose, confirm_code, confirm_code_hash
from campaign.i18n import locale_of
from campaign.mail.render import Rendered
from campaign.services.campaigns import mail_texts, quiet_mode, versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.patterns import filled
from campaign.services.compose.quiet_words import quiet_words
from campaign.services.compose.supporter_email import one_click_url, render_for_supporter, supporter_email
from campaign.services.installation import publisher as publishers
from campaign.services.outbox.enqueue import NewEmail, insert_emails
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.link_tokens import Links, new_links, store_form_links, store_links
from campaign.services.signatures.questions import Question, apart, are_quiet, listed_in_one
from campaign.services.statistics import recording
from campaign.services.statistics.recording import Act
from campaign.store.legible import legible
from campaign.store.prepared import Prepared
from campaign.store.tables import Campaign, Signature, Supporter
from campaign.store.tables.core import signing_form
from campaign.store.tables.encrypted import InRow

TO_CONFIRM = (TokenPurpose.CONFIRM, TokenPurpose.WITHDRAW)
_TO_SEE = (TokenPurpose.MANAGE, TokenPurpose.UNSUBSCRIBE)
_MAILED = Prepared(
    update(signing_form)
    .where(signing_form.c.id == bindparam("of_row"))
    .values(
        {name: bindparam(name) for name in ("state", "email", "address_hash", "spelling_hash", "mail_at")}
    ),
    columns=("of_row", "state", "email", "address_hash", "spelling_hash", "mail_at"),
)
_CODE = Prepared(
    update(signing_form)
    .where(signing_form.c.id == bindparam("of_form"))
    .values(code_hash=bindparam("code_hash"), code_tries=bindparam("code_tries")),
    columns=("of_form", "code_hash", "code_tries"),
)
# A form that was asked about at somebody's request waits no more; when it was first asked about stays.
_ASKED_AGAIN = (
    update(signing_form)
    .where(
        signing_form.c.id == bindparam("of_form"),
        # Not `in_`: a list cannot be bound in a statement that is run for several rows at once.
        (signing_form.c.state == FormState.WAITING) | (signing_form.c.state == FormState.HELD),
    )
    .values(state=FormState.MAILED, mail_at=bindparam("now"))
)


def ask(
    session: Session, mailboxes: Iterable[Sequence[Question]], *, context: MailContext, now: datetime
) -> None:
    """Write one email to each of these addresses, about all that was sent in with it and waits.

    About what belongs to quiet campaigns it gets an email of its own.
    """
    quiet = quiet_mode.quiet_ids(session)
    mailboxes = [part for of_one in mailboxes for part in apart(of_one, quiet)]
    listed = [listed_in_one(questions) for questions in mailboxes]
    if not listed:
        return
    connection = session.connection()
    asked = [
        one for questions in listed for one in _Asked.about(questions, is_quiet=are_quiet(questions, quiet))
    ]
    store_form_links(connection, {one.question.form_id: one.links for one in asked}, now=now)
    _CODE.many(
        connection,
        (
            {
                "of_form": one.question.form_id,
                "code_hash": one.code_hash(context.address_key),
                "code_tries": 0,
            }
            for one in asked
        ),
    )
    every = [question for of_one in mailboxes for question in of_one]
    _MAILED.many(connection, [_mailed(question, now) for question in every])
    again = [question for question in every if question.row_id != question.form_id]
    if again:
        session.execute(_ASKED_AGAIN, [{"of_form": question.form_id, "now": now} for question in again])
    recording.add(connection, _first_asked(every, now))
    by_form = {one.question.form_id: one for one in asked}
    writer = _QuestionWriter(session, [questions[0] for questions in listed], context=context, now=now)
    emails = [writer.email([by_form[question.form_id] for question in questions]) for questions in listed]
    insert_emails(connection, emails, now=now)


def _first_asked(questions: Iterable[Question], now: datetime) -> list[Act]:
    """The forms that are asked about by themselves, and not at somebody's request."""
    forms = Counter(
        (one.campaign_id, one.language) for one in questions if one.row_id == one.form_id and not one.is_visit
    )
    return [
        Act(what=Figure.ASKED, at=now, campaign_id=campaign_id, language=language, number=number)
        for (campaign_id, language), number in forms.items()
    ]


def _mailed(question: Question, now: datetime) -> dict[str, object]:
    is_itself = question.row_id == question.form_id and not question.is_visit
    return {
        "of_row": question.row_id,
        "state": FormState.MAILED if is_itself else FormState.ENDED,
        # A request has done all it can; the form keeps the address until it ends.
        "email": InRow(question.row_id, question.email) if is_itself else "",
        "address_hash": question.hashes.canonical,
        "spelling_hash": question.hashes.spelling,
        "mail_at": now,
    }


@dataclass(frozen=True)
class _Asked:
    """A question with the links and the code that answer it."""

    question: Question
    links: Links
    code: str
    is_quiet: bool

    @classmethod
    def about(cls, questions: Sequence[Question], *, is_quiet: bool) -> list["_Asked"]:
        """Each with its own; in quiet campaigns all with one code and no link, as one email tells nothing."""
        if not is_quiet:
            return [cls(one, new_links(*TO_CONFIRM), confirm_code(), False) for one in questions]
        code = confirm_code()
        return [cls(one, {}, code, True) for one in questions]

    def code_hash(self, key: bytes) -> str:
        """What is stored of the code, which in quiet campaigns opens nothing by itself."""
        return confirm_code_hash(key, self.question.form_id, self.code, is_quiet=self.is_quiet)


@dataclass(frozen=True)
class LetterAsked:
    """The letter that somebody is asked about, with what its organizers add in their own words."""

    slug: str
    title: str
    accent: str | None
    own_words: tuple[str, ...]


def question(
    context: MailContext,
    kind: EmailKind,
    letter: LetterAsked,
    links: Links,
    code: str,
    *,
    language: str,
    publisher: Publisher,
) -> Rendered:
    """The email about one form."""
    return filled(
        context,
        kind,
        links,
        {"code": code},
        publisher=publisher,
        slug=letter.slug,
        campaign_title=letter.title,
        language=language,
        accent=letter.accent,
        days=CONFIRM_WITHIN.days,
        forms=(),
        own_words=letter.own_words,
    )


class _QuestionWriter:
    """Writes the emails of one round: what it looks up, it looks up once."""

    def __init__(
        self, session: Session, newest: Sequence[Question], *, context: MailContext, now: datetime
    ) -> None:
        self._session = session
        self._context = context
        self._now = now
        self._letters: dict[tuple[int, str], LetterAsked] = {}
        self._publisher = publishers.current(session, default=context.default_publisher)
        self._signed = _signed(session, newest, key=context.address_key)

    def email(self, asked: Sequence[_Asked]) -> NewEmail:
        """One email about all of these, the newest first."""
        newest = asked[0]
        question = newest.question
        if newest.is_quiet:
            # Whoever reads along learns neither from what nor whether its owner has signed before.
            words = quiet_words(
                self._context, EmailKind.CONFIRMATION, language=question.language, code=newest.code
            )
            email = self._email(EmailKind.CONFIRMATION, question, words, None)
            return replace(email, from_name=self._context.quiet_publisher.name)
        signature_id = self._signed.get((question.campaign_id, question.hashes.spelling))
        if len(asked) > 1:
            return self._about_several(asked)
        if signature_id is None:
            return self._about_one(EmailKind.CONFIRMATION, newest, newest.links)
        # Their signature stands; they may add or change what was sent in now.
        see = new_links(*_TO_SEE)
        store_links(self._session.connection(), {signature_id: see}, now=self._now)
        email = self._about_one(EmailKind.ALREADY_SIGNED, newest, {**newest.links, **see})
        return replace(email, signature_id=signature_id)

    def _about_one(self, kind: EmailKind, asked: _Asked, links: Links) -> NewEmail:
        about = asked.question
        rendered = question(
            self._context,
            kind,
            self._letter(about),
            links,
            asked.code,
            language=about.language,
            publisher=self._publisher,
        )
        return self._email(kind, about, rendered, one_click_url(self._context, links))

    def _about_several(self, asked: Sequence[_Asked]) -> NewEmail:
        """List each form with its own link: which is whose, only the mailbox's owner can tell."""
        newest = asked[0].question
        locale = locale_of(newest.language)
        forms = [
            {
                "title": self._letter(one.question).title,
                "received_at": format_datetime(one.question.received_at, "medium", locale=locale),
                "url": f"{self._context.public_url}/confirm/{one.links[TokenPurpose.CONFIRM]}",
                "withdraw_url": f"{self._context.public_url}/withdraw/{one.links[TokenPurpose.WITHDRAW]}",
                "code": one.code,
            }
            for one in asked
        ]
        letter = self._letter(newest)
        rendered = render_for_supporter(
            self._context,
            EmailKind.CONFIRMATION,
            asked[0].links,
            publisher=self._publisher,
            slug=letter.slug,
            campaign_title=letter.title,
            language=newest.language,
            accent=letter.accent,
            code=asked[0].code,
            days=CONFIRM_WITHIN.days,
            forms=forms,
            own_words=(),
        )
        further = {one.question.campaign_id for one in asked} - {newest.campaign_id}
        email = self._email(EmailKind.CONFIRMATION, newest, rendered, None)
        return replace(email, also_about=tuple(sorted(further)))

    def _letter(self, asked: Question) -> LetterAsked:
        key = (asked.campaign_id, asked.language)
        if key not in self._letters:
            campaign = self._session.get_one(Campaign, asked.campaign_id)
            title = versions.title_in(self._session, campaign, asked.language)
            own_words = mail_texts.own_words(
                self._session, asked.campaign_id, EmailKind.CONFIRMATION, asked.language
            )
            self._letters[key] = LetterAsked(campaign.slug, title, campaign.accent, own_words)
        return self._letters[key]

    def _email(
        self, kind: EmailKind, question: Question, rendered: Rendered, unsubscribe_url: str | None
    ) -> NewEmail:
        return supporter_email(
            kind,
            rendered,
            publisher=self._publisher,
            campaign_id=question.campaign_id,
            to_address=question.email,
            hashes=question.hashes,
            language=question.language,
            due_at=self._now,
            unsubscribe_url=unsubscribe_url,
        )


def _signed(session: Session, questions: Sequence[Question], *, key: bytes) -> Mapping[tuple[int, str], int]:
    """The signatures that stand already, by campaign and by the address in the spelling it confirmed with."""
    supporter = (Supporter.spelling_hash, Supporter.address_hash, legible(Supporter.email))
    rows = session.execute(
        select(Signature.campaign_id, Signature.id, *supporter)
        .join(Supporter, Supporter.id == Signature.supporter_id)
        .where(
            Supporter.address_hash.in_({question.hashes.canonical for question in questions}),
            Signature.state == SignatureState.CONFIRMED,
        )
    )
    return {
        (campaign_id, AddressHashes.of_supporter(spelling, canonical, email, key=key).spelling): signature_id
        for campaign_id, signature_id, spelling, canonical, email in rows
    }
