"""What came for a signer of a quiet campaign: no email says it, so the page of their signature does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.documents.mail_markdown import mail_body
from campaign.domain.tokens import TokenPurpose
from campaign.domain.updates import NAME_PLACE, UpdateState
from campaign.services.signatures.link_tokens import open_link
from campaign.store.tables import Campaign, CampaignUpdate, Message, Official, Reply, Signature

# The newest of each; an office seldom answers twice, and news comes not often.
MOST_SHOWN = 20


@dataclass(frozen=True)
class QuietNews:
    """One thing that came: an update of the organizers, or what an office answered (then it has a name)."""

    at: datetime
    heading: str
    text: str
    official_name: str | None = None


def what_came(session: Session, token: str, *, now: datetime) -> Sequence[QuietNews]:
    """The news and answers for whoever a manage link belongs to, the newest first; none elsewhere."""
    signature = session.get_one(Signature, open_link(session, token, TokenPurpose.MANAGE, now=now))
    campaign = session.get_one(Campaign, signature.campaign_id)
    if campaign.quiet_at is None:
        return ()
    came = [
        *_answers(session, signature),
        *(_news(session, campaign, signature) if signature.updates else ()),
    ]
    return sorted(came, key=lambda one: one.at, reverse=True)


def _answers(session: Session, signature: Signature) -> list[QuietNews]:
    rows = session.execute(
        select(Reply.received_at, Reply.subject, Reply.written, Official.name)
        .join(Message, Message.id == Reply.message_id)
        .join(Official, Official.id == Reply.official_id)
        .where(
            Message.signature_id == signature.id,
            Reply.passed_on_at.is_not(None),
            Reply.emptied_at.is_(None),
        )
        .order_by(Reply.id.desc())
        .limit(MOST_SHOWN)
    )
    return [QuietNews(row.received_at, row.subject, row.written, row.name) for row in rows]


def _news(session: Session, campaign: Campaign, signature: Signature) -> list[QuietNews]:
    rows = session.scalars(
        select(CampaignUpdate)
        .where(
            CampaignUpdate.campaign_id == campaign.id,
            CampaignUpdate.state.in_((UpdateState.SENDING, UpdateState.SENT)),
        )
        .order_by(CampaignUpdate.id.desc())
        .limit(MOST_SHOWN)
    )
    return [_update(row, campaign, signature) for row in rows]


def _update(row: CampaignUpdate, campaign: Campaign, signature: Signature) -> QuietNews:
    text = row.texts.get(signature.language) or row.texts[campaign.language]
    body = mail_body(text["body"]).text.replace(NAME_PLACE, signature.name)
    return QuietNews(row.starts_at or row.edited_at, text["subject"], body)
