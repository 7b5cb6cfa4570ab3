"""What a confirmation link would confirm: one kept form, whole, as it was sent in."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.office_check import check_code
from campaign.domain.official import Channel
from campaign.domain.outbox import OutboxState
from campaign.domain.signature import MAY_BE_REMOVED, SignatureState, Visibility
from campaign.domain.signing import LONGEST_MESSAGE, SignatureForm, check_length
from campaign.domain.signing_form import CAN_BE_CONFIRMED, CONFIRM_WITHIN, FormState
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, NotFoundError
from campaign.i18n import to_translate
from campaign.services.campaigns import pages, versions
from campaign.services.compose import stored_messages
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import ComposedMessage, compose_all, explained
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures import kept_forms, sealed_signers
from campaign.services.signatures.kept_forms import StoredForm
from campaign.services.signatures.link_tokens import open_form_link
from campaign.store.tables import Campaign, Message, OutboxEmail, Signature, SigningForm, Supporter

REMOVED = to_translate(
    "The organizers have taken this signature off the letter. Write to them if that is a mistake."
)
OTHER_SPELLING = to_translate(
    "This mailbox has already signed the letter, with its address spelled another way. It counts once. To"
    " change that signature, use the link in the email we sent you then."
)


class SignedWithOtherSpellingError(ConflictError):
    """The mailbox signed already, with its address spelled another way; `stands` tells if that holds."""


@dataclass(frozen=True)
class AwaitingMessage:
    """One message that the button would send."""

    official_name: str
    channel: Channel
    subject: str
    text: str
    has_words: bool
    longest_words: int
    language: str


@dataclass(frozen=True)
class AwaitingConfirmation:
    """What the button would confirm; `shown` names exactly this, so that nothing else is.

    `has_signed` says that the mailbox's owner has signed before, shown as `standing_visibility` says: the
    button then makes their signature what this form says. What `is_suspected` counts with a proof of work, or
    once an organizer has looked at it. `was_written_to` names the officials who have a message of theirs
    already and get no second one. `explained` is what stands around the words, where offices read another
    language than this page speaks.
    """

    slug: str
    campaign_title: str
    form: SignatureForm
    messages: tuple[AwaitingMessage, ...]
    shown: str
    accent: str | None
    has_signed: bool = False
    standing_visibility: Visibility | None = None
    was_written_to: tuple[str, ...] = ()
    is_confirmed: bool = False
    is_suspected: bool = False
    explained: str | None = None

    @property
    def wrote_nothing(self) -> bool:
        """Whether officials would get a name and the letter, and not one word of the supporter's own."""
        return bool(self.messages) and not any(message.has_words for message in self.messages)

    @property
    def longest(self) -> int:
        """How many characters of own words every one of the officials takes."""
        return min((message.longest_words for message in self.messages), default=LONGEST_MESSAGE)


@dataclass(frozen=True)
class EndedForm:
    """A form that can be confirmed no more: it is too old, or was erased."""

    slug: str
    campaign_title: str
    language: str
    accent: str | None


@dataclass(frozen=True)
class OpenForm:
    """A kept form with all that hangs on it, as the database has it now.

    `signature` is the one its mailbox has on this letter; `composed` are the messages the button would send.
    Who signed sealed or was forgotten, and was entered from a list since, has a `twin` of it.
    """

    row: SigningForm
    campaign: Campaign
    stored: StoredForm
    page: CampaignPage
    composed: tuple[ComposedMessage, ...]
    signature: Signature | None
    twin: Signature | None
    was_written_to: tuple[str, ...]

    @property
    def shown(self) -> str:
        """A digest of everything that the page with the button shows, and nothing else: it can be guessed."""
        standing = _told(self.signature)
        parts = [
            asdict(self.stored.form),
            [[message.official.id, *asdict(message.rendered).values()] for message in self.composed],
            [standing.state, standing.visibility, standing.name, standing.updates] if standing else None,
            self.was_written_to,
        ]
        text = json.dumps(parts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def awaiting_confirmation(
    session: Session, token: str, *, context: MailContext, now: datetime
) -> AwaitingConfirmation | EndedForm:
    """What the link would confirm, changing nothing.

    NotFoundError for an unknown link and for a signature that is not there any more, ConflictError where the
    signature of this mailbox can be confirmed no more.
    """
    row = form_behind(session, token)
    campaign = session.get_one(Campaign, row.campaign_id)
    if is_ended(row, now=now):
        return ended(session, row, campaign)
    if row.state not in CAN_BE_CONFIRMED:
        return _confirmed_already(session, row, campaign)
    return _shown(session, opened(session, row, campaign, context=context), context)


def form_behind(session: Session, token: str, *, lock: bool = False) -> SigningForm:
    """The kept form that a confirmation link is for; NotFoundError when there is none."""
    form_id = open_form_link(session, token, TokenPurpose.CONFIRM)
    if form_id is None:
        raise NotFoundError("This link is not known. Please use the whole link from the email.")
    return session.get_one(SigningForm, form_id, with_for_update={"key_share": True} if lock else None)


def slug_of(session: Session, token: str) -> str:
    """The campaign that a confirmation link belongs to; NotFoundError when there is no such link."""
    return session.get_one(Campaign, form_behind(session, token).campaign_id).slug


def letter_of(session: Session, token: str) -> EndedForm:
    """The letter that a confirmation link is about, where its form is not to be confirmed."""
    row = form_behind(session, token)
    return ended(session, row, session.get_one(Campaign, row.campaign_id))


def is_ended(row: SigningForm, *, now: datetime) -> bool:
    """Whether a form is too old to be confirmed, or erased."""
    if row.state in (FormState.CONFIRMED, FormState.RESTORED, FormState.WRITTEN):
        return False
    return row.content is None or now >= row.received_at + CONFIRM_WITHIN


def ended(session: Session, row: SigningForm, campaign: Campaign) -> EndedForm:
    """What to say of a form that has ended."""
    title = versions.title_in(session, campaign, row.language)
    return EndedForm(campaign.slug, title, row.language, campaign.accent)


def opened(session: Session, row: SigningForm, campaign: Campaign, *, context: MailContext) -> OpenForm:
    """A form that can be confirmed, with its messages as they would go out.

    What has left the letter since, an official or an ask, is left out. ConflictError where the signature of
    this mailbox was taken off the letter, or stands under another spelling of its address.
    """
    assert row.content is not None
    stored = kept_forms.decode(row.content, email=row.email, language=row.language)
    page = pages.page(session, campaign.slug, language=row.language)
    signature, twin = _signatures_of(session, row, key=context.address_key)
    form = _of_this_letter(stored.form, page)
    written = _written_to(session, signature.id) if signature and signature.name else frozenset()
    fresh = replace(form, officials=tuple(id_ for id_ in form.officials if id_ not in written))
    return OpenForm(
        row=row,
        campaign=campaign,
        stored=replace(stored, form=fresh),
        page=page,
        composed=compose_all(
            page,
            fresh.messages,
            context=context,
            codes={id_: check_code(context.address_key, row.id, id_) for id_ in fresh.messages},
        ),
        signature=signature,
        twin=twin,
        was_written_to=tuple(
            official.name
            for official in page.officials
            if official.id in form.officials and official.id in written
        ),
    )


def add_words(session: Session, token: str, words: str, *, context: MailContext, now: datetime) -> None:
    """Put words into the messages of a form that has none of its own.

    RefusedError when they are longer than an official takes, ConflictError when no message waits for them.
    """
    row = form_behind(session, token, lock=True)
    if is_ended(row, now=now) or row.state not in CAN_BE_CONFIRMED:
        raise ConflictError("No message here is waiting for your words.")
    form = opened(session, row, session.get_one(Campaign, row.campaign_id), context=context)
    if not form.composed or any(message.words for message in form.composed):
        raise ConflictError("No message here is waiting for your words.")
    check_length(words, [message.official for message in form.composed])
    changed = replace(form.stored.form, words=words)
    row.content = kept_forms.encode(changed, letter_version_id=form.stored.letter_version_id)


def _shown(session: Session, form: OpenForm, context: MailContext) -> AwaitingConfirmation:
    standing = _told(form.signature)
    return AwaitingConfirmation(
        slug=form.campaign.slug,
        campaign_title=versions.title_in(session, form.campaign, form.row.language),
        form=form.stored.form,
        messages=tuple(
            AwaitingMessage(
                message.official.name,
                message.official.channel,
                message.subject,
                message.rendered.text,
                bool(message.words),
                message.official.longest_message or LONGEST_MESSAGE,
                message.language,
            )
            for message in form.composed
        ),
        shown=form.shown,
        accent=form.campaign.accent,
        has_signed=standing is not None,
        standing_visibility=standing.visibility if standing else None,
        was_written_to=form.was_written_to,
        is_suspected=form.row.is_suspected and standing is None,
        explained=explained(
            form.page,
            form.composed,
            form.stored.form.messages,
            context=context,
            language=form.row.language,
        ),
    )


def _told(signature: Signature | None) -> Signature | None:
    """A signature that stands, where whoever opens the link may learn of it.

    Of one that is sealed, or whose signer was forgotten, not even that: somebody who has got hold of the
    mailbox must not find it out by signing.
    """
    return signature if signature and signature.state is SignatureState.CONFIRMED and signature.name else None


def _confirmed_already(session: Session, row: SigningForm, campaign: Campaign) -> AwaitingConfirmation:
    signature = confirmed_signature(session, row)
    return AwaitingConfirmation(
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, row.language),
        form=SignatureForm(
            name=signature.name, email="", language=row.language, visibility=signature.visibility
        ),
        messages=(),
        shown="",
        accent=campaign.accent,
        is_confirmed=True,
        is_suspected=signature.state is SignatureState.SUSPECTED,
    )


def confirmed_signature(session: Session, row: SigningForm) -> Signature:
    """The signature that a confirmed form has become; NotFoundError when it stands no more."""
    signature = session.get(Signature, row.signature_id) if row.signature_id else None
    if signature is None or signature.state not in MAY_BE_REMOVED:
        raise NotFoundError("This signature no longer exists. You can sign again.")
    return signature


def _signatures_of(session: Session, row: SigningForm, *, key: bytes) -> Sequence[Signature | None]:
    """The signature that this mailbox has on the letter, and its twin; a withdrawn one too may come back."""
    hashes = AddressHashes.of(row.email, key=key)
    unknown = sealed_signers.hashes_of(hashes, row.campaign_id, key=key)
    rows: Sequence[Row[Signature, str | None, str, str | None]] = session.execute(
        select(Signature, Supporter.spelling_hash, Supporter.address_hash, Supporter.email)
        .join(Supporter, Supporter.id == Signature.supporter_id)
        .where(
            Supporter.address_hash.in_({hashes.canonical, unknown.canonical}),
            Signature.campaign_id == row.campaign_id,
        )
    ).all()
    if not rows:
        return None, None
    found, *others = sorted(rows, key=lambda one: one.address_hash == unknown.canonical)
    signature, spelling, canonical, email = found
    if signature.state in (SignatureState.REMOVED, SignatureState.INVALIDATED):
        raise ConflictError(REMOVED)
    if AddressHashes.of_supporter(spelling, canonical, email, key=key) not in (hashes, unknown):
        raise SignedWithOtherSpellingError(OTHER_SPELLING, stands=signature.state in MAY_BE_REMOVED)
    return signature, others[0][0] if others else None


def _of_this_letter(form: SignatureForm, page: CampaignPage) -> SignatureForm:
    officials = {official.id for official in page.officials}
    asks = {ask.id for ask in page.asks}
    return replace(
        form,
        officials=tuple(id_ for id_ in form.officials if id_ in officials),
        asks=tuple(id_ for id_ in form.asks if id_ in asks),
    )


def _written_to(session: Session, signature_id: int) -> frozenset[int]:
    """The officials with a message of this supporter that was not cancelled, or is about to be written."""
    state = func.coalesce(OutboxEmail.state, OutboxState.QUEUED)
    written = set(
        session.scalars(
            select(Message.official_id)
            .outerjoin(OutboxEmail, OutboxEmail.message_id == Message.id)
            .where(Message.signature_id == signature_id, state != OutboxState.CANCELLED)
        )
    )
    for composed in session.scalars(
        select(SigningForm.composed).where(
            SigningForm.signature_id == signature_id,
            SigningForm.state.in_((FormState.CONFIRMED, FormState.RESTORED)),
        )
    ):
        written |= {message.official_id for message in stored_messages.decode(composed)}
    return frozenset(written)
