"""The link “this was not me” of an email that asked to confirm: before the button and after it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.signing_form import FormState
from campaign.domain.tokens import TokenPurpose
from campaign.services.campaigns import versions
from campaign.services.signatures import self_service
from campaign.services.signatures.erasure import end_form
from campaign.services.signatures.link_tokens import open_form_link
from campaign.services.signatures.self_service import Withdrawn
from campaign.store.tables import Campaign, SigningForm


@dataclass(frozen=True)
class FormToErase:
    """A form that its mailbox's owner may have deleted; `is_confirmed` when the button was pressed since."""

    slug: str
    campaign_title: str
    language: str
    accent: str | None
    is_confirmed: bool
    is_ended: bool


def form_to_erase(session: Session, token: str) -> FormToErase | None:
    """The form behind a withdraw link; None where it is a signature's, NotFoundError where it is none."""
    form_id = open_form_link(session, token, TokenPurpose.WITHDRAW)
    if form_id is None:
        return None
    row = session.get_one(SigningForm, form_id)
    campaign = session.get_one(Campaign, row.campaign_id)
    return FormToErase(
        slug=campaign.slug,
        campaign_title=versions.title_in(session, campaign, row.language),
        language=row.language,
        accent=campaign.accent,
        is_confirmed=row.signature_id is not None,
        is_ended=row.state is FormState.ENDED,
    )


def withdraw(session: Session, token: str, *, now: datetime) -> Withdrawn:
    """Take back what a withdraw link is for.

    A form that was never confirmed is erased whole: its mailbox's owner may know nothing of it. One that was
    confirmed is a signature by now, and that is withdrawn.
    """
    form_id = open_form_link(session, token, TokenPurpose.WITHDRAW)
    if form_id is None:
        return self_service.withdraw(session, token, now=now)
    row = session.get_one(SigningForm, form_id, with_for_update={"key_share": True})
    if row.signature_id is not None:
        return self_service.withdraw_signature(session, row.signature_id, now=now)
    end_form(session, form_id, now=now)
    campaign = session.get_one(Campaign, row.campaign_id)
    title = versions.title_in(session, campaign, row.language)
    return Withdrawn(campaign.slug, title, row.language, erased=True, accent=campaign.accent)
