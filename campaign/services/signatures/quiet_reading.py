"""What came for a signer of a quiet campaign: no email says it, so the page of their signature does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.documents.mail_markdown import mail_body
from campaign.domain.tokens import TokenPurpose
from campaign.domain.updates import NAME_PLACE, UpdateState
from campaign.i18n import catalogue, to_translate
from campaign.services.signatures.link_tokens import open_link
from campaign.store.tables import (
    Campaign,
    CampaignUpdate,
    Message,
    Official,
    Reply,
    Signature,
    SignatureChange,
)

_CORRECTED = to_translate("The organizers corrected your signature.")
_CORRECTION_UNDONE = to_translate("The organizers took back a correction of your signature.")
_HIDDEN = to_translate("The organizers no longer show your name on this letter.")
_SHOWN_AGAIN = to_translate("The organizers show your name on this letter again.")
_FIELDS: Mapping[str, str] = {
    "name": to_translate("Name"),
    "organization": to_translate("Organization"),
    "role": to_translate("Role"),
}
_WAS, _REASON = to_translate("It was:"), to_translate("Their reason:")
# The newest of each; an office seldom answers twice, and news comes not often.
MOST_SHOWN = 20


@dataclass(frozen=True)
class QuietNews:
    """One thing that came: news, a correction, or what an office answered (then it has a name)."""

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
        *_corrections(session, signature),
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


def _corrections(session: Session, signature: Signature) -> Iterator[QuietNews]:
    """What organizers changed of the signature, and how it was: elsewhere an email tells it."""
    say = catalogue(signature.language).gettext
    of_theirs = select(SignatureChange).where(
        SignatureChange.signature_id == signature.id, SignatureChange.before.is_not(None)
    )
    for row in session.scalars(of_theirs.order_by(SignatureChange.id.desc()).limit(MOST_SHOWN)):
        is_hidden, before = "visibility" in row.fields, row.before or {}
        lines = [
            f"{say(_FIELDS[name])}: {say(_WAS)} {value or '–'}"
            for name, value in before.items()
            if name in _FIELDS
        ]
        if row.reason:
            lines.append(f"{say(_REASON)} {row.reason}")
        yield QuietNews(row.changed_at, say(_HIDDEN if is_hidden else _CORRECTED), "\n".join(lines))
        if row.undone_at:
            yield QuietNews(row.undone_at, say(_SHOWN_AGAIN if is_hidden else _CORRECTION_UNDONE), "")


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
