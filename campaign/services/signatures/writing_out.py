"""What a confirmed form sets going: its messages, their emails and the thanks, in one transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Figure, band_of
from campaign.domain.official import Channel
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.quiet import is_written
from campaign.domain.signature import IS_REMOVED, MAY_BE_REMOVED, SignatureState
from campaign.domain.signing_form import FormState
from campaign.domain.trends import RUSH_WAIT
from campaign.services.compose import stored_messages
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.stored_messages import StoredMessage
from campaign.services.digests.deferral import defer
from campaign.services.installation import publisher as publishers
from campaign.services.moderation.trends import domain_of, domains_in_rush
from campaign.services.office_check import codes as office_codes
from campaign.services.office_check.codes import NewCheck
from campaign.services.outbox.enqueue import NewEmail, cancel, insert_emails
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.outbox.transitions import move
from campaign.services.outbox.withdrawn import SIGNATURE_REMOVED
from campaign.services.signatures import unreadable
from campaign.services.signatures.addressed import AddressedCampaigns, CampaignAddressed, OfficialAddressed
from campaign.services.signatures.confirmed_forms import ConfirmedForm, TakenUp, take_up
from campaign.services.signatures.link_tokens import Links, new_links, store_links
from campaign.services.signatures.scoring import Scorer
from campaign.services.signatures.thanks import LINKS, Thanked, thanks
from campaign.services.statistics import recording
from campaign.services.statistics.recording import Act
from campaign.store.advisory_lock import AdvisoryLock, share_advisory_lock
from campaign.store.prepared import Prepared
from campaign.store.row_numbers import new_numbers
from campaign.store.statements import insert_for
from campaign.store.tables.core import message, outbox_email, signing_form
from campaign.store.tables.encrypted import in_row
from campaign.store.tables.search_terms import NamedSignature, store_terms

# What a commit costs is shared by the round, for whose tenth of a second other writers wait.
BATCH = 100
_MAYBE_SENT = "It waited in a backup that was put back, and may have been sent since."
_IS_THERE = select(
    or_(
        *(
            select(signing_form.c.id).where(signing_form.c.state == state).exists()
            for state in (FormState.CONFIRMED, FormState.RESTORED)
        )
    )
)
_MESSAGE_COLUMNS = (
    *("id", "signature_id", "official_id", "channel", "subject", "words"),
    *("stressed_asks", "created_at", "released_at", "own_words"),
)
_NEW_MESSAGE = Prepared(
    lambda dialect: (
        insert_for(dialect, message)
        .on_conflict_do_nothing(index_elements=[message.c.signature_id, message.c.official_id])
        .returning(message.c.id)
    ),
    columns=_MESSAGE_COLUMNS,
)
_WRITTEN = Prepared(
    update(signing_form)
    .where(signing_form.c.id == bindparam("of_form"))
    .values({name: bindparam(name) for name in ("state", "email", "content", "composed", "code_hash")}),
    columns=("of_form", "state", "email", "content", "composed", "code_hash"),
)

# The emails that asked this mailbox about this letter are the signature's from now on, and go when it goes.
_QUESTIONS = Prepared(
    update(outbox_email)
    .where(
        outbox_email.c.to_hash == bindparam("of_hash"),
        outbox_email.c.campaign_id == bindparam("of_campaign"),
        outbox_email.c.signature_id.is_(None),
        sql("kind IN ('confirmation', 'already_signed')"),
    )
    .values(signature_id=bindparam("signature_id"), supporter_id=bindparam("supporter_id")),
    columns=("of_hash", "of_campaign", "signature_id", "supporter_id"),
)


def are_waiting(session: Session) -> bool:
    """Whether a confirmed form is still to be written out: a look at one index."""
    return bool(session.scalar(_IS_THERE))


def write_out(session: Session, *, context: MailContext, now: datetime) -> int:
    """Write what some of the confirmed forms set going, and mark them written; how many there were.

    Messages of whoever signed with a mail domain in a rush become due RUSH_WAIT later, behind others'.
    Of a signature that was taken back in the meantime nothing is written; of one that is suspected the emails
    to officials are held. Of what was confirmed in a backup that was put back, they are in doubt.
    """
    # What is written while a campaign turns quiet is there to be mended once it has.
    share_advisory_lock(session, AdvisoryLock.QUIET)
    taken = take_up(session, FormState.CONFIRMED, most=BATCH)
    if taken.number:
        _write(session, taken, context=context, now=now)
        return taken.number
    restored = take_up(session, FormState.RESTORED, most=BATCH)
    if restored.number:
        _write(session, restored, context=context, now=now)
        theirs = outbox_email.c.signature_id.in_([form.signature_id for form in restored.forms])
        just_written = (
            theirs & (outbox_email.c.created_at == now) & (outbox_email.c.kind == EmailKind.MESSAGE)
        )
        move(
            session,
            OutboxState.IN_DOUBT,
            just_written,
            start=(OutboxState.QUEUED,),
            now=now,
            reason=_MAYBE_SENT,
        )
    return restored.number


def _write(session: Session, taken: TakenUp, *, context: MailContext, now: datetime) -> None:
    standing = [form for form in taken.forms if form.state in MAY_BE_REMOVED | IS_REMOVED]
    writer = _MessageWriter(session, standing, context=context, now=now)
    for form in standing:
        writer.write(form)
    writer.finish()
    removed = [form.signature_id for form in standing if form.state in IS_REMOVED]
    if removed:
        # As if it had been written before: restored, it waits again.
        cancel(session, outbox_email.c.signature_id.in_(removed), now=now, reason=SIGNATURE_REMOVED)
    # Nothing personal is left of the form: all of it stands where it belongs by now.
    done = {"state": FormState.WRITTEN, "email": "", "content": None, "composed": None, "code_hash": None}
    unreadable.end(session, taken.broken)
    over = (*(form.id for form in taken.forms), *taken.orphans)
    _WRITTEN.many(session.connection(), [{"of_form": form_id, **done} for form_id in over])


class _MessageWriter:
    """Writes the forms of one round: what it looks up, it looks up once."""

    def __init__(
        self, session: Session, forms: Sequence[ConfirmedForm], *, context: MailContext, now: datetime
    ) -> None:
        self._session = session
        self._context = context
        self._now = now
        self._composed = {form.id: stored_messages.decode(form.composed) for form in forms}
        self._addressed = AddressedCampaigns(session)
        self._publisher = publishers.current(session, default=context.default_publisher)
        self._emails: list[NewEmail] = []
        self._checks: list[NewCheck] = []
        self._links: dict[int, Links] = {}
        self._deferrable: list[int] = []
        self._written: Counter[tuple[int, int, str]] = Counter()
        self._questions = [
            {
                "of_hash": form.spelling_hash,
                "of_campaign": form.campaign_id,
                "signature_id": form.signature_id,
                "supporter_id": form.supporter_id,
            }
            for form in forms
        ]
        self._named = [
            NamedSignature(
                form.campaign_id, form.signature_id, form.name, form.organization, form.postal_code
            )
            for form in forms
        ]
        campaign_ids = {form.campaign_id for form in forms}
        self._in_rush = domains_in_rush(session, campaign_ids, now=now)
        self._scorers = {id_: self._scorer(id_, forms) for id_ in campaign_ids}
        most = sum(map(len, self._composed.values()))
        self._numbers = iter(new_numbers(session.connection(), message, most))

    def write(self, form: ConfirmedForm) -> None:
        """Store the messages of one form; its emails follow at the end of the round."""
        campaign = self._addressed.campaign(form.campaign_id)
        scorer = self._scorers[campaign.id]
        composed = self._composed[form.id]
        every = dict.fromkeys(text.words for text in composed)
        scores = {words: scorer.score(form.signature_id, words) for words in every}
        written: list[tuple[OfficialAddressed, StoredMessage]] = []
        for text in composed:
            official = campaign.officials.get(text.official_id)
            message_id = self._store(form, official, text, scores[text.words]) if official else None
            if official is None or message_id is None:
                continue
            written.append((official, text))
            if text.check_code:
                self._checks.append(_check(form, text, message_id))
            self._written[campaign.id, official.id, band_of(scores[text.words])] += 1
            if official.channel is Channel.EMAIL:
                self._emails.append(self._to_official(form, campaign, official, text, message_id))
        texts = [text.words for _, text in written]
        scorer.remember(form.signature_id, {text: scores[text] for text in texts}, texts)
        if any(official.is_digested for official, _ in written):
            self._deferrable.append(form.signature_id)
        has_words = form.secret_hash is not None
        is_thanked = is_written(EmailKind.THANKS, is_quiet=campaign.is_quiet, has_words=has_words)
        if form.state is not SignatureState.SUSPECTED and is_thanked:
            self._emails.append(self._thanks(form, campaign, written))

    def finish(self) -> None:
        """Store all that was written."""
        connection = self._session.connection()
        _QUESTIONS.many(connection, self._questions)
        store_terms(connection, self._named)
        for _, scorer in sorted(self._scorers.items()):
            scorer.store()
        office_codes.store(connection, self._checks, key=self._context.address_key)
        store_links(connection, self._links, now=self._now)
        insert_emails(connection, self._emails, now=self._now)
        recording.add(connection, map(self._act, self._written.items()))
        for signature_id in self._deferrable:
            defer(self._session, signature_id, now=self._now)

    def _act(self, counted: tuple[tuple[int, int, str], int]) -> Act:
        (campaign_id, official_id, band), number = counted
        return Act(
            what=Figure.WRITTEN,
            at=self._now,
            campaign_id=campaign_id,
            official_id=official_id,
            own_words=band,
            number=number,
        )

    def _scorer(self, campaign_id: int, forms: Sequence[ConfirmedForm]) -> Scorer:
        texts = [
            text.words
            for form in forms
            if form.campaign_id == campaign_id
            for text in self._composed[form.id]
        ]
        return Scorer(self._session, campaign_id, texts, address_key=self._context.address_key)

    def _store(
        self, form: ConfirmedForm, official: OfficialAddressed, composed: StoredMessage, score: int | None
    ) -> int | None:
        values = {
            "id": next(self._numbers),
            "signature_id": form.signature_id,
            "official_id": official.id,
            "channel": official.channel,
            "subject": composed.subject,
            "words": composed.words,
            "stressed_asks": composed.asks,
            "created_at": self._now,
            "released_at": form.confirmed_at,
            "own_words": score,
        }
        row = _NEW_MESSAGE.one(self._session.connection(), in_row(message, values))
        return row[0] if row else None

    def _to_official(
        self,
        form: ConfirmedForm,
        campaign: CampaignAddressed,
        official: OfficialAddressed,
        composed: StoredMessage,
        message_id: int,
    ) -> NewEmail:
        return NewEmail(
            kind=EmailKind.MESSAGE,
            state=OutboxState.HELD if form.state is SignatureState.SUSPECTED else OutboxState.QUEUED,
            due_at=self._now + RUSH_WAIT if self._is_in_rush(form) else self._now,
            campaign_id=campaign.id,
            supporter_id=form.supporter_id,
            signature_id=form.signature_id,
            message_id=message_id,
            official_id=official.id,
            to_address=official.email or "",
            to_name=official.name,
            from_name=form.name,
            # An answer in a mailbox that others read would tell them what it answers.
            reply_to=self._context.replies.address_of(message_id)
            or (None if campaign.is_quiet else form.email),
            language=campaign.language,
            subject=composed.email_subject,
            text=composed.text,
            html=composed.html,
        )

    def _is_in_rush(self, form: ConfirmedForm) -> bool:
        return bool(self._in_rush) and (form.campaign_id, domain_of(form.email)) in self._in_rush

    def _thanks(
        self,
        form: ConfirmedForm,
        campaign: CampaignAddressed,
        written: Sequence[tuple[OfficialAddressed, StoredMessage]],
    ) -> NewEmail:
        """The links to see, change and withdraw, and what goes to whom."""
        # The two forms of one mailbox may be in the same round: each email has links of its own.
        links = new_links(*(() if campaign.is_quiet else LINKS))
        if form.signature_id in self._links:
            store_links(self._session.connection(), {form.signature_id: links}, now=self._now)
        else:
            self._links[form.signature_id] = links
        signer = Thanked(
            signature_id=form.signature_id,
            supporter_id=form.supporter_id,
            name=form.name,
            email=form.email,
            hashes=AddressHashes(form.spelling_hash, form.address_hash),
            language=form.language,
            campaign_id=campaign.id,
            slug=campaign.slug,
            title=self._addressed.title(campaign.id, form.language),
            accent=campaign.accent,
            written=tuple((official.name, text.subject, official.channel) for official, text in written),
            own_words=self._addressed.thanks_words(campaign.id, form.language),
            is_quiet=campaign.is_quiet,
        )
        return thanks(signer, links, publisher=self._publisher, context=self._context, now=self._now)


def _check(form: ConfirmedForm, composed: StoredMessage, message_id: int) -> NewCheck:
    confirmed_on = form.confirmed_at.date()
    return NewCheck(
        code=composed.check_code,
        campaign_id=form.campaign_id,
        text=composed.text,
        messages=1,
        with_words=int(bool(composed.words)),
        first_on=confirmed_on,
        last_on=confirmed_on,
        message_id=message_id,
    )
