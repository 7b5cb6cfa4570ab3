"""Letting a signature count: at once, or once somebody has spoken for one that was suspected."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Figure
from campaign.domain.outbox import EmailKind
from campaign.domain.signature import SignatureState, Visibility, kept_moment
from campaign.domain.signing_form import FormState
from campaign.services.campaigns import mail_texts, quiet_mode, shown_counts, versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.digests.deferral import defer
from campaign.services.documents import prepared_files
from campaign.services.installation import publisher as publishers
from campaign.services.outbox.enqueue import NewEmail, enqueue, release
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures.link_tokens import new_links, store_links
from campaign.services.signatures.thanks import LINKS, Thanked, thanks
from campaign.services.statistics import recording
from campaign.services.statistics.recording import Act
from campaign.store.tables import Campaign, Message, Official, Signature, Supporter
from campaign.store.tables.core import signing_form


def count(session: Session, signature: Signature, *, now: datetime) -> None:
    """Let a signature count from now on, with a number of its own; what waited with it may leave."""
    signature.state = SignatureState.CONFIRMED
    signature.confirmed_at = kept_moment(signature.visibility, now)
    signature.number = next_number(session, signature.campaign_id, signature.visibility)
    session.flush()
    record_figure(session, Figure.CONFIRMED, signature, now=now)
    release(session, signature_id=signature.id, now=now)


def record_figure(session: Session, what: Figure, signature: Signature, *, now: datetime) -> None:
    """Count in the day's figures what became of a signature."""
    act = Act(
        what=what,
        at=now,
        campaign_id=signature.campaign_id,
        language=signature.language,
        country=signature.country,
        source=signature.source,
    )
    recording.add(session.connection(), [act])


def count_suspected(session: Session, signature: Signature, *, context: MailContext, now: datetime) -> None:
    """Let a signature count that was suspected, and thank whoever signed.

    What a worker is still to write out is thanked for then. Who signed sealed has no address by now.
    """
    count(session, signature, now=now)
    if signature.visibility is Visibility.SEALED:
        return
    defer(session, signature.id, now=now)
    unwritten = select(signing_form.c.id).where(
        signing_form.c.signature_id == signature.id,
        signing_form.c.state.in_((FormState.CONFIRMED, FormState.RESTORED)),
    )
    is_thanked = quiet_mode.is_written_to(session, signature, EmailKind.THANKS)
    if is_thanked and session.execute(unwritten.limit(1)).first() is None:
        enqueue(session, [_thanks(session, signature, context=context, now=now)], now=now)


def next_number(session: Session, campaign_id: int, visibility: Visibility) -> int:
    """Count one more signature of a campaign; the number it gets, from 1."""
    counted = session.execute(
        update(Campaign)
        .where(Campaign.id == campaign_id)
        .values(**shown_counts.count_change(visibility, 1))
        .returning(Campaign.signature_count),
        execution_options={"synchronize_session": False},
    )
    return counted.scalar_one()


def uncount(session: Session, signature: Signature) -> None:
    """Count one signature less."""
    change = shown_counts.count_change(signature.visibility, -1, is_entered=signature.import_id is not None)
    session.execute(
        update(Campaign).where(Campaign.id == signature.campaign_id).values(**change),
        execution_options={"synchronize_session": False},
    )


def belongs_to_its_owner(session: Session, signature: Signature, was_shown: Visibility) -> None:
    """Of one that an organizer entered, its owner has now spoken: it counts as any other, and stays.

    Of one that no page named, none shows the moment.
    """
    if signature.import_id is None:
        return
    values = {"entered_count": Campaign.entered_count - 1}
    if was_shown.is_named:
        values |= {"shown_entered_count": Campaign.shown_entered_count - 1, "version": Campaign.version + 1}
    session.execute(
        update(Campaign).where(Campaign.id == signature.campaign_id).values(**values),
        execution_options={"synchronize_session": False},
    )
    signature.import_id = None


def is_shown_otherwise(session: Session, signature: Signature, was: Visibility, is_now: Visibility) -> None:
    """Have files made anew that wait to be fetched, where they may show more of a name than pages do by now.

    Before the campaign, for which whoever counts waits last.
    """
    if was.is_named and is_now is not was:
        prepared_files.forget_people(session, [signature.campaign_id])


def _thanks(session: Session, signature: Signature, *, context: MailContext, now: datetime) -> NewEmail:
    supporter = session.get_one(Supporter, signature.supporter_id)
    campaign = session.get_one(Campaign, signature.campaign_id)
    is_quiet = campaign.quiet_at is not None
    links = new_links(*(() if is_quiet else LINKS))
    store_links(session.connection(), {signature.id: links}, now=now)
    messages = session.execute(
        select(Official.name, Message.subject, Message.channel)
        .join(Official, Official.id == Message.official_id)
        .where(Message.signature_id == signature.id)
        .order_by(Official.position)
    )
    address = supporter.email or ""
    signer = Thanked(
        signature_id=signature.id,
        supporter_id=supporter.id,
        name=signature.name,
        email=address,
        hashes=AddressHashes.of(address, key=context.address_key),
        language=signature.language,
        campaign_id=campaign.id,
        slug=campaign.slug,
        title=versions.title_in(session, campaign, signature.language),
        accent=campaign.accent,
        written=tuple((row.name, row.subject, row.channel) for row in messages),
        own_words=mail_texts.own_words(session, campaign.id, EmailKind.THANKS, signature.language),
        is_quiet=is_quiet,
    )
    publisher = publishers.current(session, default=context.default_publisher)
    return thanks(signer, links, publisher=publisher, context=context, now=now)
