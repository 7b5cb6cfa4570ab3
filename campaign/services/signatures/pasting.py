"""What a signer pastes into an office's own web form: the whole message, as an email would have it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.domain.official import Channel
from campaign.domain.signature import SignatureState
from campaign.domain.tokens import TokenPurpose
from campaign.services.campaigns import pages
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import compose_all
from campaign.services.office_check import codes as office_codes
from campaign.services.signatures import unsent
from campaign.services.signatures.link_tokens import open_link
from campaign.services.signatures.mending import Mending, written_messages
from campaign.store.tables import Campaign, Signature


def texts_to_paste(session: Session, token: str, *, context: MailContext, now: datetime) -> Mapping[int, str]:
    """The texts by the ids of their messages; of offices that have a form, and a signature that counts."""
    signature = session.get_one(Signature, open_link(session, token, TokenPurpose.MANAGE, now=now))
    if signature.state is not SignatureState.CONFIRMED:
        return {}
    campaign = session.get_one(Campaign, signature.campaign_id)
    page = pages.page(session, campaign.slug, language=campaign.language)
    with_form = {official.id for official in page.officials if official.channel is Channel.WEB_FORM}
    rows = [
        row
        for row in unsent.messages_of(session, signature.id)
        if row.official_id in with_form and row.channel == Channel.WEB_FORM
    ]
    messages = written_messages(page, signature, rows, Mending())
    ids = {row.official_id: row.id for row in rows}
    codes = office_codes.codes_of(session, list(ids.values()))
    composed = compose_all(
        page,
        messages,
        context=context,
        codes={official: codes[id_] for official, id_ in ids.items() if id_ in codes},
    )
    return {ids[one.official.id]: one.rendered.text.strip() for one in composed}
