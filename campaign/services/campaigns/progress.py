"""How far a campaign is to come, by when, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import WORKER, Actor
from campaign.domain.campaign import CampaignState
from campaign.domain.changes import LONGEST_OUTCOME, ChangeKind, read_goal, read_summary
from campaign.domain.names import clean_text
from campaign.domain.sending_plan import read_moment, read_time_zone
from campaign.errors import ConflictError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, change_log
from campaign.store.tables import Campaign


@dataclass(frozen=True)
class CampaignTexts:
    """A campaign's summary and outcome in one language, as they were typed."""

    summary: str = ""
    outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class ProgressDetails:
    """The form as it was filled in; None, or a language that is left out, changes nothing."""

    goal: str | None = None
    closes_at: str | None = None
    closes_zone: str | None = None
    texts: Mapping[str, CampaignTexts] = field(default_factory=dict)


@dataclass(frozen=True)
class ProgressShown:
    """The same as it is stored, for the desk."""

    goal: int | None
    goal_reached_at: datetime | None
    closes_at: datetime | None
    closes_zone: str | None
    texts: Mapping[str, CampaignTexts]


def read_outcome(text: str) -> str:
    """What came of a campaign, in paragraphs; it may be empty."""
    outcome = clean_text(text)
    if len(outcome) > LONGEST_OUTCOME:
        raise RefusedError("The outcome can have at most %(most)d characters.", most=LONGEST_OUTCOME)
    return outcome


def stored(session: Session, slug: str) -> ProgressShown:
    """What a campaign has now."""
    campaign = campaigns.campaign_row(session, slug)
    own = CampaignTexts(campaign.summary or "", campaign.outcome or "")
    others = {language: CampaignTexts(**texts) for language, texts in campaign.translated_texts.items()}
    return ProgressShown(
        campaign.goal,
        campaign.goal_reached_at,
        campaign.closes_at,
        campaign.closes_zone,
        {campaign.language: own, **others},
    )


def change(session: Session, slug: str, details: ProgressDetails, *, actor: Actor, now: datetime) -> None:
    """Store it. Once the campaign has been open, each other goal or deadline is an entry of its public log.

    RefusedError for what breaks a rule; ConflictError for a new deadline of a closed campaign.
    """
    campaign = campaigns.campaign_row(session, slug)
    before = {name: getattr(campaign, name) for name in _KEPT}
    if details.goal is not None:
        _set_goal(session, campaign, read_goal(details.goal), now=now)
    if details.closes_zone is not None:
        campaign.closes_zone = read_time_zone(details.closes_zone)
    if details.closes_at is not None:
        _set_deadline(session, campaign, details.closes_at, now=now)
    for language, texts in details.texts.items():
        _set_texts(session, campaign, language, texts, now=now)
    session.flush()
    changed = sorted(name for name, value in before.items() if getattr(campaign, name) != value)
    if changed:
        campaigns.raise_version(session, campaign.id)
        values: dict[str, Any] = {"campaign": campaign.id, "fields": changed}
        if "goal" in changed:
            values |= {"goal_before": before["goal"] or 0, "goal": campaign.goal or 0}
        audit_log.record(session, action="campaign.progress", actor=actor, details=values, now=now)


_KEPT = ("goal", "closes_at", "closes_zone", "summary", "outcome", "translated_texts")


def are_due(session: Session, *, now: datetime) -> bool:
    """Whether any campaign has come to its deadline or its goal: reads one row a campaign."""
    return bool(_at_deadline(session, now) or _at_goal(session))


def follow(session: Session, *, now: datetime) -> None:
    """Close the campaigns whose deadline has come, and write down which goals have been reached.

    Pages stop taking signatures at the deadline by themselves; this makes it last.
    """
    for campaign in _at_goal(session):
        campaign.goal_reached_at = now
        change_log.record(session, campaign.id, ChangeKind.REACHED, {"goal": campaign.goal}, at=now)
        campaigns.raise_version(session, campaign.id)
    for campaign in _at_deadline(session, now):
        # Closed when it said it would be: what was promised counts from then.
        campaign.closed_at = campaign.closes_at
        campaigns.set_state(session, campaign.slug, CampaignState.CLOSED, actor=WORKER, now=now)


def _at_deadline(session: Session, now: datetime) -> list[Campaign]:
    is_due = (Campaign.state == CampaignState.OPEN) & (Campaign.closes_at <= now)
    return list(session.scalars(select(Campaign).where(is_due).order_by(Campaign.id)))


def _at_goal(session: Session) -> list[Campaign]:
    people = Campaign.first_people + Campaign.shown_count
    is_reached = (
        (Campaign.state == CampaignState.OPEN)
        & Campaign.goal_reached_at.is_(None)
        & (people >= Campaign.goal)
    )
    return list(session.scalars(select(Campaign).where(is_reached).order_by(Campaign.id)))


def _set_goal(session: Session, campaign: Campaign, goal: int | None, *, now: datetime) -> None:
    if goal == campaign.goal:
        return
    if campaign.opened_at:
        details = {"before": campaign.goal, "after": goal}
        change_log.record(session, campaign.id, ChangeKind.GOAL, details, at=now)
    campaign.goal, campaign.goal_reached_at = goal, None


def _set_deadline(session: Session, campaign: Campaign, text: str, *, now: datetime) -> None:
    closes_at = read_moment(text, time_zone=campaign.closes_zone)
    if closes_at == campaign.closes_at:
        return
    if campaign.state is CampaignState.CLOSED:
        raise ConflictError("The campaign is closed. Open it again before you set another deadline.")
    if closes_at and closes_at <= now:
        raise RefusedError("The deadline must be in the future.")
    if campaign.opened_at:
        details = {
            "before": campaign.closes_at and campaign.closes_at.isoformat(),
            "after": closes_at and closes_at.isoformat(),
            "zone": campaign.closes_zone,
        }
        change_log.record(session, campaign.id, ChangeKind.DEADLINE, details, at=now)
    campaign.closes_at = closes_at


def _set_texts(
    session: Session, campaign: Campaign, language: str, texts: CampaignTexts, *, now: datetime
) -> None:
    summary, outcome = read_summary(texts.summary), read_outcome(texts.outcome)
    had_outcome = _has_outcome(campaign)
    if language == campaign.language:
        campaign.summary, campaign.outcome = summary or None, outcome or None
    else:
        others = {name: value for name, value in campaign.translated_texts.items() if name != language}
        if summary or outcome:
            others[language] = {"summary": summary, "outcome": outcome}
        campaign.translated_texts = others
    if _has_outcome(campaign) == had_outcome:
        return
    campaign.outcome_at = None if had_outcome else now
    if campaign.opened_at and not had_outcome:
        change_log.record(session, campaign.id, ChangeKind.OUTCOME, {}, at=now)


def _has_outcome(campaign: Campaign) -> bool:
    return bool(campaign.outcome or any(texts["outcome"] for texts in campaign.translated_texts.values()))
