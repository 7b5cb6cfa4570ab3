"""Confirming: the mailbox's owner presses the button under what it shows, and a signature counts."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Figure
from campaign.domain.name_order import name_keys
from campaign.domain.official import Channel, message_channel
from campaign.domain.quiet import PAGE_OPEN_FOR
from campaign.domain.signature import IS_REMOVED, SignatureState, Visibility, kept_moment
from campaign.domain.signing_form import CAN_BE_CONFIRMED, FormState
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError
from campaign.services.campaigns import first_signers, shown_counts, versions
from campaign.services.compose import stored_messages
from campaign.services.compose.mail_context import MailContext
from campaign.services.feedback.suppressions import resubscribe
from campaign.services.signatures import awaiting, correcting, sealed_signers, unsent
from campaign.services.signatures.awaiting import OpenForm
from campaign.services.signatures.counted import (
    belongs_to_its_owner,
    count,
    count_suspected,
    is_shown_otherwise,
    next_number,
    record_figure,
)
from campaign.services.signatures.earlier import is_known
from campaign.services.signatures.kinds import change_kind
from campaign.services.signatures.link_tokens import locked_signature, new_links, store_links
from campaign.services.signatures.mailboxes import give_way, lock_mailbox, supporter_of
from campaign.services.signatures.proofs import use_proof
from campaign.store.insert_new import InsertNew
from campaign.store.tables import Campaign, Consent, Signature, SigningForm

_AS_THE_FORM_SAYS = (
    *("name", "capacity", "organization", "role", "country", "postal_code"),
    *("visibility", "updates", "language", "source", "sealed", "sealed_to", "secret_hash"),
)
_NEW_SIGNATURE = InsertNew(
    Signature,
    columns=(
        *_AS_THE_FORM_SAYS,
        *("letter_version_id", "campaign_id", "supporter_id", "state", "network"),
        *("number", "signed_at", "confirmed_at", "wall_key", "last_key"),
    ),
    unique=("campaign_id", "supporter_id"),
)


@dataclass(frozen=True)
class Confirmed:
    """What a confirmation did; `number` is the signature's, counted from 1, or 0 while it waits for a look.

    `messages` were written, of them `by_hand` to be printed and handed over, and `by_form` for the author to
    paste into offices' own forms. `is_changed` says
    that somebody who had signed before has changed their signature or written more; `waits_for_a_look` that
    it counts only once an organizer has looked at it; `was_shown` that pages named them before, if only by
    initials. `people` is the number that the letter's page shows from this press on, told only to whom it
    names: they are seen to come, and learn no more than who looks.

    `manage_token` opens the page to see and change the signature; a repeated confirmation has none to give.
    Of a campaign that `is_quiet` it does so for PAGE_OPEN_FOR, and no email has another.
    """

    slug: str
    campaign_title: str
    name: str
    number: int
    language: str
    manage_token: str | None
    messages: int
    by_hand: int
    already: bool
    is_changed: bool = False
    waits_for_a_look: bool = False
    visibility: Visibility = Visibility.HIDDEN
    accent: str | None = None
    people: int | None = None
    was_shown: bool = False
    by_form: int = 0
    is_quiet: bool = False


def confirm(
    session: Session,
    token: str,
    *,
    shown: str | None,
    context: MailContext,
    now: datetime,
    proof: str | None = None,
) -> Confirmed:
    """Count the signature of the form behind a link; a worker writes its messages. Twice changes nothing.

    `shown` names what the page with the button showed: when that would be something else by now,
    ConflictError asks to look again. A campaign that closed in the meantime still counts it, since it was
    signed in time. What is suspected counts with a solved `proof` of work that was used for nothing else,
    else after an organizer's look.
    """
    row = awaiting.form_behind(session, token, now=now, lock=True)
    campaign = session.get_one(Campaign, row.campaign_id)
    if awaiting.is_ended(row, now=now):
        raise ConflictError("This link no longer works. Please sign again to get a new one.")
    if row.state not in CAN_BE_CONFIRMED:
        return _again(session, row, campaign, proof=proof, context=context, now=now)
    holder_id = lock_mailbox(session, row, context=context, now=now)
    form = _as_shown(session, row, campaign, shown=shown, context=context)
    supporter_id = supporter_of(session, form, holder_id, key=context.address_key, now=now)
    counts = not row.is_suspected or _is_proven(session, row, proof, now=now)
    was_shown = form.told is not None and form.told.visibility.is_named
    signature, had_signed = _signed(session, form, supporter_id, counts=counts, now=now)
    _mark_confirmed(session, form, signature, now=now)
    if form.stored.form.sealed:
        sealed_signers.forget_address(session, row, holder_id, key=context.address_key, now=now)
    return replace(
        _with_messages(_standing(session, row, campaign, signature), form),
        manage_token=_manage_token(session, signature, now=now),
        already=False,
        is_changed=had_signed,
        people=_people_shown(session, campaign.id) if _is_named_anew(signature, had_signed) else None,
        was_shown=was_shown,
    )


def _with_messages(standing: Confirmed, form: OpenForm) -> Confirmed:
    """What stands, with how many messages go and by which way."""
    channels = [message_channel(message.official.channel) for message in form.composed]
    return replace(
        standing,
        messages=len(channels),
        by_hand=channels.count(Channel.HAND),
        by_form=channels.count(Channel.WEB_FORM),
    )


def _manage_token(session: Session, signature: Signature, *, now: datetime) -> str:
    links = new_links(TokenPurpose.MANAGE)
    until = now + PAGE_OPEN_FOR if signature.secret_hash else None
    store_links(session.connection(), {signature.id: links}, now=now, until=until)
    return links[TokenPurpose.MANAGE]


def _is_named_anew(signature: Signature, had_signed: bool) -> bool:
    """Whether the page names somebody whom it did not name before, and counts them at once."""
    counts = signature.state is SignatureState.CONFIRMED
    return counts and not had_signed and signature.visibility.is_named


def _people_shown(session: Session, campaign_id: int) -> int:
    shown = select(Campaign.first_people + Campaign.shown_count).where(Campaign.id == campaign_id)
    return session.execute(shown).scalar_one()


def _is_proven(session: Session, row: SigningForm, proof: str | None, *, now: datetime) -> bool:
    return proof is not None and use_proof(session, row, proof, now=now)


def _as_shown(
    session: Session, row: SigningForm, campaign: Campaign, *, shown: str | None, context: MailContext
) -> OpenForm:
    """What the button confirms, in a mailbox that is held; ConflictError when that is not what was shown."""
    form = awaiting.opened(session, row, campaign, context=context)
    if shown and shown != form.shown:
        raise ConflictError(
            "What this page shows has just changed. Please look at it once more, then confirm."
        )
    return form


def _mark_confirmed(session: Session, form: OpenForm, signature: Signature, *, now: datetime) -> None:
    """Leave the form to a worker, with its messages word for word as they were shown."""
    if form.stored.form.updates:
        _consent(session, form, signature)
    row = form.row
    row.state = FormState.CONFIRMED
    row.signature_id = signature.id
    row.confirmed_at = now
    row.composed = stored_messages.encode(form.composed)
    session.flush()
    if form.signature is not None:
        first_signers.follow(session, [signature.id], by_owner=True)


def _signed(
    session: Session, form: OpenForm, supporter_id: int, *, counts: bool, now: datetime
) -> tuple[Signature, bool]:
    """The signature as the form says; and whether it was there, confirmed, before.

    One that stands already is its mailbox's owner's to change, however suspect the form that does it.
    """
    said = {name: getattr(form.stored.form, name) for name in _AS_THE_FORM_SAYS}
    given = set()
    for earlier in filter(None, (form.twin, form.gives_way)):
        given.add(earlier.supporter_id)
        give_way(session, earlier, now=now)
    if form.signature is None or form.gives_way:
        signed = _new(session, form, supporter_id, said, counts=counts, now=now), False
    else:
        signed = _changed(session, form, form.signature, supporter_id, said, counts=counts, now=now)
    for holder_id in given - {supporter_id}:
        sealed_signers.drop_unused(session, holder_id)
    return signed


def _changed(
    session: Session,
    form: OpenForm,
    earlier: Signature,
    supporter_id: int,
    said: dict[str, Any],
    *,
    counts: bool,
    now: datetime,
) -> tuple[Signature, bool]:
    signature = locked_signature(session, earlier.id)
    had_signed = signature.state is SignatureState.CONFIRMED
    was_known, was_shown = is_known(signature, form.stored.form), signature.visibility
    will_show = said["visibility"]
    if signature.state in IS_REMOVED:
        sealed_signers.strip_removed(session, signature, now=now)
    elif will_show is Visibility.SEALED and was_shown is not will_show:
        sealed_signers.strip(session, signature, now=now)
    correcting.owner_has_spoken(session, signature, said["name"], now=now)
    if had_signed:
        is_shown_otherwise(session, signature, was_shown, will_show)
        belongs_to_its_owner(session, signature, was_shown)
    before_id, signature.supporter_id, signature.import_id = signature.supporter_id, supporter_id, None
    drop = unsent.drop_cancelled if was_known else unsent.drop_forgotten
    drop(session, signature.id, [message.official.id for message in form.composed])
    change_kind(signature, said.pop("capacity"))
    for name, value in said.items():
        setattr(signature, name, value)
    signature.letter_version_id = max(signature.letter_version_id, form.stored.letter_version_id)
    if had_signed:
        shown_counts.show_otherwise(session, form.campaign.id, was=was_shown, is_now=will_show)
    else:
        _come_back(session, form, signature, counts=counts, now=now)
    session.flush()
    if before_id != supporter_id:
        sealed_signers.drop_unused(session, before_id)
    # Of one that was sealed or forgotten nobody is told: who presses has the mailbox, and no more.
    return signature, had_signed and was_known


def _come_back(
    session: Session, form: OpenForm, signature: Signature, *, counts: bool, now: datetime
) -> None:
    """Count a signature again that was taken back; one that an organizer took off stays off in silence."""
    if signature.state in IS_REMOVED:
        return
    signature.signed_at, signature.withdrawn_at = (
        kept_moment(signature.visibility, form.row.received_at),
        None,
    )
    signature.state = SignatureState.SUSPECTED
    if counts:
        count(session, signature, now=now)


def _new(
    session: Session,
    form: OpenForm,
    supporter_id: int,
    said: dict[str, Any],
    *,
    counts: bool,
    now: datetime,
) -> Signature:
    row, visibility = form.row, said["visibility"]
    number = next_number(session, row.campaign_id, said["visibility"]) if counts else None
    keys = name_keys(said["name"], said["visibility"])
    signature_id = _NEW_SIGNATURE.run(
        session.connection(),
        {
            **said,
            "letter_version_id": form.stored.letter_version_id,
            "campaign_id": row.campaign_id,
            "supporter_id": supporter_id,
            "state": SignatureState.CONFIRMED if counts else SignatureState.SUSPECTED,
            "network": None if visibility is Visibility.SEALED else row.network,
            "number": number,
            "signed_at": kept_moment(visibility, row.received_at),
            "confirmed_at": kept_moment(visibility, now) if counts else None,
            "wall_key": keys.wall,
            "last_key": keys.last,
        },
    )
    assert signature_id is not None  # whoever holds the supporter is alone
    signature = session.get_one(Signature, signature_id)
    if counts:
        record_figure(session, Figure.CONFIRMED, signature, now=now)
    return signature


def _consent(session: Session, form: OpenForm, signature: Signature) -> None:
    session.add(
        Consent(
            signature_id=signature.id,
            wording=form.stored.form.consent_wording,
            language=form.row.language,
            given_at=form.row.received_at,
        )
    )
    resubscribe(session, signature.supporter_id, now=form.row.received_at)


def _again(
    session: Session,
    row: SigningForm,
    campaign: Campaign,
    *,
    proof: str | None,
    context: MailContext,
    now: datetime,
) -> Confirmed:
    signature = awaiting.confirmed_signature(session, row)
    is_suspected = signature.state is SignatureState.SUSPECTED
    # The proof before the signature, as in the other presses: else two of them could wait for each other.
    if is_suspected and _is_proven(session, row, proof, now=now):
        signature = locked_signature(session, signature.id)
        if signature.state is SignatureState.SUSPECTED:
            count_suspected(session, signature, context=context, now=now)
    return _standing(session, row, campaign, signature)


def _standing(session: Session, row: SigningForm, campaign: Campaign, signature: Signature) -> Confirmed:
    """A signature as it stands, with nothing that this press has done."""
    return Confirmed(
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, row.language),
        name=signature.name,
        number=signature.number or 0,
        language=row.language,
        manage_token=None,
        messages=0,
        by_hand=0,
        already=True,
        waits_for_a_look=signature.state is SignatureState.SUSPECTED,
        visibility=signature.visibility,
        accent=campaign.accent,
        is_quiet=signature.secret_hash is not None,
    )
