"""What a confirmation link would confirm: one kept form, whole, as it was sent in."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.campaign_page import CampaignPage, OfficialShown
from campaign.domain.office_check import check_code
from campaign.domain.official import Channel
from campaign.domain.signature import IS_REMOVED, MAY_BE_REMOVED, SignatureState, Visibility
from campaign.domain.signing import LONGEST_MESSAGE, SignatureForm, check_length
from campaign.domain.signing_form import CAN_BE_CONFIRMED, CONFIRM_WITHIN, FormState
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, NotFoundError
from campaign.services.campaigns import pages, versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import ComposedMessage, compose_all
from campaign.services.digests.as_read import as_read, explained
from campaign.services.signatures import kept_forms
from campaign.services.signatures.earlier import is_known, signatures_of, written_to
from campaign.services.signatures.kept_forms import StoredForm
from campaign.services.signatures.link_tokens import open_form_link
from campaign.store.tables import Campaign, Signature, SigningForm


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
    official: OfficialShown


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
    def gives_way(self) -> Signature | None:
        """The signature that this form takes the place of, since whoever presses may not learn of it."""
        if self.signature is None or self.signature.state in IS_REMOVED:
            return None
        return None if is_known(self.signature, self.stored.form) else self.signature

    @property
    def told(self) -> Signature | None:
        """The signature that stands, where whoever opens the link may learn of it."""
        stands = self.signature is not None and self.signature.state is SignatureState.CONFIRMED
        return self.signature if stands and is_known(self.signature, self.stored.form) else None

    @property
    def shown(self) -> str:
        """A digest of everything that the page with the button shows, and nothing else: it can be guessed."""
        standing = self.told
        parts = [
            asdict(self.stored.form),
            [
                [message.official.id, message.official.digest_mode, *asdict(message.rendered).values()]
                for message in self.composed
            ],
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
    row = form_behind(session, token, now=now)
    campaign = session.get_one(Campaign, row.campaign_id)
    if is_ended(row, now=now):
        return ended(session, row, campaign)
    if row.state not in CAN_BE_CONFIRMED:
        return _confirmed_already(session, row, campaign)
    return _shown(session, opened(session, row, campaign, context=context), context)


def form_behind(session: Session, token: str, *, now: datetime, lock: bool = False) -> SigningForm:
    """The kept form that a confirmation link is for; NotFoundError when there is none."""
    form_id = open_form_link(session, token, TokenPurpose.CONFIRM, now=now)
    if form_id is None:
        raise NotFoundError("This link is not known. Please use the whole link from the email.")
    return session.get_one(SigningForm, form_id, with_for_update={"key_share": True} if lock else None)


def slug_of(session: Session, token: str, *, now: datetime) -> str:
    """The campaign that a confirmation link belongs to; NotFoundError when there is no such link."""
    return session.get_one(Campaign, form_behind(session, token, now=now).campaign_id).slug


def letter_of(session: Session, token: str, *, now: datetime) -> EndedForm:
    """The letter that a confirmation link is about, where its form is not to be confirmed."""
    row = form_behind(session, token, now=now)
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
    form = _of_this_letter(stored.form, page)
    signature, twin = signatures_of(session, row, form, key=context.address_key)
    is_told = signature is not None and is_known(signature, form)
    written = written_to(session, signature.id) if signature and is_told else frozenset()
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
    row = form_behind(session, token, now=now, lock=True)
    if is_ended(row, now=now) or row.state not in CAN_BE_CONFIRMED:
        raise ConflictError("No message here is waiting for your words.")
    form = opened(session, row, session.get_one(Campaign, row.campaign_id), context=context)
    if not form.composed or any(message.words for message in form.composed):
        raise ConflictError("No message here is waiting for your words.")
    check_length(words, [message.official for message in form.composed])
    changed = replace(form.stored.form, words=words)
    row.content = kept_forms.encode(changed, letter_version_id=form.stored.letter_version_id)


def _shown(session: Session, form: OpenForm, context: MailContext) -> AwaitingConfirmation:
    standing = form.told
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
                message.official,
            )
            for message in as_read(
                form.page,
                form.composed,
                form.stored.form.messages,
                context=context,
                email=form.row.email,
            )
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
            email=form.row.email,
        ),
    )


def _confirmed_already(session: Session, row: SigningForm, campaign: Campaign) -> AwaitingConfirmation:
    signature = confirmed_signature(session, row)
    return AwaitingConfirmation(
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, row.language),
        form=SignatureForm(
            name=signature.name,
            email="",
            language=row.language,
            visibility=signature.visibility,
            secret_hash=signature.secret_hash,
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


def _of_this_letter(form: SignatureForm, page: CampaignPage) -> SignatureForm:
    officials = {official.id for official in page.officials}
    asks = {ask.id for ask in page.asks}
    return replace(
        form,
        officials=tuple(id_ for id_ in form.officials if id_ in officials),
        asks=tuple(id_ for id_ in form.asks if id_ in asks),
    )
