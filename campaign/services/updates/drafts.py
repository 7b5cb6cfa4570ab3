"""Updates as organizers write them: begun, changed, deleted, and shown."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.documents.mail_markdown import mail_body
from campaign.domain.actor import Actor
from campaign.domain.affirming import check_in_short
from campaign.domain.campaign import CampaignShown
from campaign.domain.updates import (
    HAS_ENDED,
    SMALLEST_NUMBER_TOLD,
    USUAL_RATE,
    Audience,
    AudienceNumber,
    UpdateState,
    UpdateText,
    may_follow,
    told_number,
)
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, versions
from campaign.services.updates import audience as audiences
from campaign.store.tables import CampaignUpdate

# More than a campaign of years will have; the page of them reads no further.
MOST_SHOWN = 100


@dataclass(frozen=True)
class UpdateDetails:
    """An update as it was filled in: its texts by language, whom it is for, and how fast it is sent."""

    texts: Mapping[str, UpdateText]
    audience: Audience = field(default_factory=Audience)
    hourly_rate: int = USUAL_RATE


@dataclass(frozen=True, kw_only=True)
class UpdateFigures:
    """How far an update has come, in numbers; those of what became of it are as of `counted_at`."""

    recipients: int
    written: int
    passed_over: int
    unsubscribed: int
    sent: int
    delivered: int
    bounced: int
    failed: int
    in_doubt: int
    counted_at: datetime | None
    affirmed: int
    stayed: int
    withdrew: int


@dataclass(frozen=True, kw_only=True)
class UpdateShown:
    """An update as the desk shows it."""

    id: int
    campaign_id: int
    state: UpdateState
    texts: Mapping[str, UpdateText]
    audience: Audience
    hourly_rate: int
    edition: int
    title: str
    written_by: int | None
    asked_by: int | None
    created_at: datetime
    edited_at: datetime
    asked_at: datetime | None
    approved_at: datetime | None
    starts_at: datetime | None
    ended_at: datetime | None
    asks_wording: int | None
    figures: UpdateFigures

    @property
    def unanswered(self) -> int:
        """Of those who were asked, how many have said nothing: they stay counted for what they signed."""
        answered = self.figures.affirmed + self.figures.stayed + self.figures.withdrew
        return max(self.figures.written - answered, 0)

    @property
    def is_for_few(self) -> bool:
        """Whether a narrow choice put so few on the list that no number of them is told."""
        is_narrow = not self.audience.is_everybody
        return is_narrow and self.figures.recipients < SMALLEST_NUMBER_TOLD

    @property
    def told_as(self) -> AudienceNumber:
        """How many are on the list, as far as that is told."""
        return told_number(self.figures.recipients, is_exact=True, is_narrow=not self.audience.is_everybody)


def languages(session: Session, campaign: CampaignShown) -> tuple[str, ...]:
    """The languages an update may be written in: the campaign's own first, then those of its letter."""
    return (campaign.language, *versions.published_languages(session, campaign.id))


def create(
    session: Session,
    slug: str,
    texts: Mapping[str, UpdateText],
    *,
    asks_wording: int | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Begin an update with these texts, which may be empty, or a question; gives its number."""
    campaign = campaigns.campaign_row(session, slug)
    row = CampaignUpdate(
        campaign_id=campaign.id,
        state=UpdateState.DRAFT,
        texts=_stored(texts),
        audience=Audience().as_json(),
        hourly_rate=USUAL_RATE,
        asks_wording=asks_wording,
        # Not one that somebody has looked at under the number of an update that was deleted.
        edition=1 + secrets.randbits(30),
        written_by=actor.organizer_id,
        created_at=now,
        edited_at=now,
    )
    session.add(row)
    session.flush()
    if asks_wording is None:
        record(session, "update.create", row, actor=actor, now=now)
    else:
        record(session, "update.question", row, actor=actor, now=now, wording=asks_wording)
    return row.id


def change(
    session: Session, slug: str, update_id: int, details: UpdateDetails, *, actor: Actor, now: datetime
) -> None:
    """Store a draft; ConflictError for one that is no draft any more."""
    row = locked(session, slug, update_id)
    if row.state is not UpdateState.DRAFT:
        raise ConflictError("This update is no longer a draft. Take it back before you change it.")
    audiences.check(session, row.campaign_id, details.audience)
    if row.asks_wording is not None:
        _check_question(details)
    texts, audience = _stored(details.texts), details.audience.as_json()
    before = (row.texts, row.audience, row.hourly_rate)
    if before == (texts, audience, details.hourly_rate):
        return
    if before[:2] != (texts, audience):
        row.written_by = actor.organizer_id
    row.texts, row.audience, row.hourly_rate = texts, audience, details.hourly_rate
    row.edition += 1
    row.edited_at = now
    session.flush()
    record(session, "update.change", row, actor=actor, now=now)


def remove(session: Session, slug: str, update_id: int, *, actor: Actor, now: datetime) -> None:
    """Delete a draft of which nothing was ever sent; ConflictError for any other."""
    row = locked(session, slug, update_id)
    if row.state is not UpdateState.DRAFT or row.written:
        raise ConflictError("Only a draft of which nothing has been sent can be deleted.")
    record(session, "update.delete", row, actor=actor, now=now)
    session.execute(delete(CampaignUpdate).where(CampaignUpdate.id == row.id))


def listed(session: Session, campaign_id: int) -> tuple[UpdateShown, ...]:
    """A campaign's updates, the newest first."""
    rows = session.scalars(
        select(CampaignUpdate)
        .where(CampaignUpdate.campaign_id == campaign_id)
        .order_by(CampaignUpdate.id.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(_shown(row) for row in rows)


def found(session: Session, slug: str, update_id: int) -> UpdateShown:
    """One update of this campaign; NotFoundError for any other's."""
    return _shown(_row(session, slug, update_id))


def locked(session: Session, slug: str, update_id: int) -> CampaignUpdate:
    """The row, which nobody else changes until the transaction ends; NotFoundError for another campaign's."""
    row = _row(session, slug, update_id)
    session.refresh(row, with_for_update=True)
    return row


def move(row: CampaignUpdate, to: UpdateState, *, now: datetime) -> None:
    """Let an update be in another state; ConflictError where it has moved on meanwhile."""
    if not may_follow(row.state, to):
        raise ConflictError("This update has changed in the meantime. Look at it again.")
    row.state = to
    if to in HAS_ENDED:
        row.ended_at = now


def record(
    session: Session, action: str, row: CampaignUpdate, *, actor: Actor, now: datetime, **more: object
) -> None:
    """Enter into the audit log what was done with an update."""
    details = {"campaign": row.campaign_id, "update": row.id, **more}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)


def texts_of(row: CampaignUpdate) -> dict[str, UpdateText]:
    """An update's texts by language."""
    return {language: UpdateText(**text) for language, text in row.texts.items()}


def _check_question(details: UpdateDetails) -> None:
    """RefusedError for what a question may not hold: it is for all who signed an earlier version."""
    if not details.audience.is_everybody:
        raise RefusedError("Everyone who signed an earlier version is asked: nobody can be left out.")
    check_in_question(details.texts)


def check_in_question(texts: Mapping[str, UpdateText]) -> None:
    """RefusedError where a question leads anywhere, in whatever way its words have come into it."""
    for text in texts.values():
        check_in_short(text.body, as_read=mail_body(text.body).text)


def _row(session: Session, slug: str, update_id: int) -> CampaignUpdate:
    campaign = campaigns.campaign_row(session, slug)
    row = session.get(CampaignUpdate, update_id)
    if row is None or row.campaign_id != campaign.id:
        raise NotFoundError("There is no such update in this campaign.")
    return row


def _stored(texts: Mapping[str, UpdateText]) -> dict[str, dict[str, str]]:
    return {language: vars(text) for language, text in texts.items() if not text.is_empty}


def _shown(row: CampaignUpdate) -> UpdateShown:
    texts = texts_of(row)
    copied = (
        *(
            "id",
            "campaign_id",
            "state",
            "hourly_rate",
            "edition",
            "written_by",
            "asked_by",
            "created_at",
            "edited_at",
        ),
        *("asked_at", "approved_at", "starts_at", "ended_at", "asks_wording"),
    )
    figures = UpdateFigures(**{name: getattr(row, name) for name in UpdateFigures.__dataclass_fields__})
    return UpdateShown(
        **{name: getattr(row, name) for name in copied},
        texts=texts,
        audience=Audience.from_json(row.audience),
        title=next((text.subject for text in texts.values() if text.subject), ""),
        figures=figures,
    )
