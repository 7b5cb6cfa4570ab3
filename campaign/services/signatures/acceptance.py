"""An organizer accepts a signature that was suspected: it counts, and what waited with it leaves."""

from datetime import datetime

from sqlalchemy import Exists, exists, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.official import Channel
from campaign.domain.outbox import EmailKind
from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import FormState
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, NotFoundError
from campaign.services import audit
from campaign.services.campaigns import versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.supporter_email import one_click_url, render_for_supporter, supporter_email
from campaign.services.digests.deferral import defer
from campaign.services.outbox.enqueue import NewEmail, enqueue
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.confirmation import count
from campaign.services.signatures.link_tokens import locked_signature, new_links, store_links
from campaign.store.tables import Campaign, Message, Official, Signature, SigningForm, Supporter


def accept(
    session: Session,
    campaign_id: int,
    signature_id: int,
    *,
    context: MailContext,
    actor: Actor,
    now: datetime,
) -> None:
    """Count a suspected signature, let its messages leave, and thank whoever signed.

    NotFoundError when there is none in this campaign, ConflictError for one that is not suspected.
    """
    signature = locked_signature(session, signature_id) if session.get(Signature, signature_id) else None
    if signature is None or signature.campaign_id != campaign_id:
        raise NotFoundError("There is no such supporter in this campaign.")
    if signature.state is not SignatureState.SUSPECTED:
        raise ConflictError("Only a suspected signature can be accepted.")
    count(session, signature, now=now)
    defer(session, signature.id, now=now)
    # A form that was confirmed a moment ago is written out with its thanks, now that it counts.
    if not session.scalar(select(_is_unwritten(signature_id))):
        enqueue(session, [_thanks(session, signature, context=context, now=now)], now=now)
    audit.record(
        session,
        action="signature.accept",
        actor=actor,
        details={"campaign": campaign_id, "signature": signature_id},
        now=now,
    )


def _is_unwritten(signature_id: int) -> Exists:
    unwritten = SigningForm.state.in_((FormState.CONFIRMED, FormState.RESTORED))
    return exists().where(SigningForm.signature_id == signature_id, unwritten)


def _thanks(session: Session, signature: Signature, *, context: MailContext, now: datetime) -> NewEmail:
    supporter = session.get_one(Supporter, signature.supporter_id)
    campaign = session.get_one(Campaign, signature.campaign_id)
    links = new_links(TokenPurpose.MANAGE, TokenPurpose.WITHDRAW, TokenPurpose.UNSUBSCRIBE)
    store_links(session.connection(), {signature.id: links}, now=now)
    messages = session.execute(
        select(Official.name, Message.subject, Message.channel)
        .join(Official, Official.id == Message.official_id)
        .where(Message.signature_id == signature.id)
        .order_by(Official.position)
    ).all()
    rendered = render_for_supporter(
        context,
        EmailKind.THANKS,
        links,
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, signature.language),
        language=signature.language,
        accent=campaign.accent,
        name=signature.name,
        number=signature.number,
        messages=[(row.name, row.subject) for row in messages if row.channel is Channel.EMAIL],
        by_hand=[(row.name, row.subject) for row in messages if row.channel is Channel.HAND],
    )
    address = supporter.email or ""
    return supporter_email(
        EmailKind.THANKS,
        rendered,
        campaign_id=campaign.id,
        supporter_id=supporter.id,
        signature_id=signature.id,
        to_address=address,
        hashes=AddressHashes.of(address, key=context.address_key),
        language=signature.language,
        due_at=now,
        unsubscribe_url=one_click_url(context, links),
    )
