"""The link “this was not me” of an email that asked to confirm: before the button and after it."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.actor import SUPPORTER
from campaign.domain.signing_form import FormState
from campaign.domain.tokens import TokenPurpose
from campaign.services.audit import audit_log
from campaign.services.campaigns import versions
from campaign.services.signatures import awaiting, self_service
from campaign.services.signatures.awaiting import EndedForm
from campaign.services.signatures.erasure import end_form
from campaign.services.signatures.link_tokens import open_form_link
from campaign.services.signatures.self_service import LinkShown, Withdrawn
from campaign.store.tables import Campaign, Signature, SigningForm


def link_shown(session: Session, token: str, purpose: TokenPurpose, *, now: datetime) -> LinkShown:
    """What a link of this purpose is about, a signature or a kept form; NotFoundError for any other."""
    form_id = open_form_link(session, token, purpose, now=now)
    if form_id is None:
        return self_service.link_shown(session, token, purpose, now=now)
    row = session.get_one(SigningForm, form_id)
    signature = session.get(Signature, row.signature_id) if row.signature_id else None
    campaign = session.get_one(Campaign, row.campaign_id)
    title = versions.title_in(session, campaign, row.language)
    state = signature.state if signature else None
    return LinkShown(campaign.slug, title, row.language, state, campaign.accent)


def ended_form(session: Session, token: str, purpose: TokenPurpose, *, now: datetime) -> EndedForm | None:
    """What to say of the form behind a link when nothing of it is left; None where something is."""
    form_id = open_form_link(session, token, purpose, now=now)
    row = session.get_one(SigningForm, form_id) if form_id is not None else None
    if row is None or row.state is not FormState.ENDED:
        return None
    return awaiting.ended(session, row, session.get_one(Campaign, row.campaign_id))


def withdraw(session: Session, token: str, purpose: TokenPurpose, *, now: datetime) -> Withdrawn:
    """Take back what a withdraw link is for.

    A form that was never confirmed is erased whole: its mailbox's owner may know nothing of it. One that was
    confirmed is a signature by now, and that is withdrawn.
    """
    form_id = open_form_link(session, token, purpose, now=now)
    if form_id is None:
        return self_service.withdraw(session, token, purpose, now=now)
    row = session.get_one(SigningForm, form_id, with_for_update={"key_share": True})
    if row.signature_id is not None:
        return self_service.withdraw_signature(session, row.signature_id, now=now)
    if row.content is not None:
        details = {"campaign": row.campaign_id, "form": form_id}
        audit_log.record(session, action="form.erase", actor=SUPPORTER, details=details, now=now)
    end_form(session, form_id, now=now)
    campaign = session.get_one(Campaign, row.campaign_id)
    title = versions.title_in(session, campaign, row.language)
    return Withdrawn(campaign.slug, title, row.language, erased=True, accent=campaign.accent)
