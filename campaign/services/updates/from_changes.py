"""An update begun from what a campaign's public change log tells: a draft in the letter's own language.

Nothing of it is ever sent by itself.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.changes import ChangeKind, ChangeShown
from campaign.domain.letter_diff import IN, OUT
from campaign.domain.updates import LONGEST_SUBJECT, UpdateText
from campaign.i18n import catalogue, moment, to_translate
from campaign.services.campaigns import campaigns, change_log
from campaign.services.updates import drafts
from campaign.store.tables import Campaign, CampaignUpdate

# What is news to those who signed; that a letter was opened they know.
WORTH_TELLING = frozenset(ChangeKind) - {ChangeKind.OPENED}
MOST_OFFERED = 10

_HELLO = to_translate("Hello {{name}},")
_SUBJECT = to_translate("What has changed: %(title)s")
_OUTCOME_SUBJECT = to_translate("What came of it: %(title)s")
_REWORDED = to_translate("The letter you signed reads differently now.")
_NO_LONGER = to_translate("It no longer says:")
_NOW = to_translate("It now says:")
_GOAL = to_translate("The goal is now this many people: %(after)s.")
_NO_GOAL = to_translate("The letter no longer has a goal.")
_REACHED = to_translate("The goal is reached. This many people have signed: %(goal)s.")
_DEADLINE = to_translate("The letter is now open for signatures until %(time)s.")
_NO_DEADLINE = to_translate("The letter no longer has a deadline.")
_CLOSED = to_translate("The letter is closed: nobody can sign it anymore. Thank you for signing it.")
_OUTCOME = to_translate("This is what came of the letter you signed:")
# What would be read as a mark in Markdown, where it stands in words of the letter.
_MARKS = re.compile(r"([\\`*_\[\]<>#])")


def offered(session: Session, campaign_id: int) -> tuple[ChangeShown, ...]:
    """What the change log tells since the last update was begun, the newest first."""
    last = session.scalar(
        select(CampaignUpdate.created_at)
        .where(CampaignUpdate.campaign_id == campaign_id, CampaignUpdate.asks_wording.is_(None))
        .order_by(CampaignUpdate.id.desc())
        .limit(1)
    )
    entries = change_log.latest(session, campaign_id, limit=MOST_OFFERED)
    return tuple(
        entry for entry in entries if entry.kind in WORTH_TELLING and (last is None or entry.at > last)
    )


def create(session: Session, slug: str, change_id: int, *, actor: Actor, now: datetime) -> int:
    """Begin an update about an entry of the change log; an entry that is gone begins an empty one."""
    campaign = campaigns.campaign_row(session, slug)
    entries = change_log.latest(session, campaign.id)
    entry = next((one for one in entries if one.id == change_id), None)
    texts = {campaign.language: _text(campaign, entry)} if entry else {}
    return drafts.create(session, slug, texts, actor=actor, now=now)


def create_on_closing(session: Session, slug: str, *, actor: Actor, now: datetime) -> int:
    """Begin an update that tells of the close, and of what came of the letter where that is known."""
    campaign = campaigns.campaign_row(session, slug)
    say = catalogue(campaign.language).gettext
    paragraphs = [say(_CLOSED)]
    if campaign.outcome:
        paragraphs += [say(_OUTCOME), _plain(campaign.outcome)]
    title = _OUTCOME_SUBJECT if campaign.outcome else _SUBJECT
    texts = {campaign.language: _letter(campaign, title, paragraphs)}
    return drafts.create(session, slug, texts, actor=actor, now=now)


def difference_of(campaign: Campaign, entry: ChangeShown) -> str:
    """What an entry about the letter tells, before and after, in the letter's own language."""
    if entry.details.get("withheld"):
        return ""
    say = catalogue(campaign.language).gettext
    return "\n\n".join(_differences(say(_NO_LONGER), say(_NOW), entry.details))


def _text(campaign: Campaign, entry: ChangeShown) -> UpdateText:
    is_outcome = entry.kind is ChangeKind.OUTCOME
    return _letter(
        campaign, _OUTCOME_SUBJECT if is_outcome else _SUBJECT, _paragraphs(campaign, entry, entry.details)
    )


def _letter(campaign: Campaign, subject: str, paragraphs: list[str]) -> UpdateText:
    say = catalogue(campaign.language).gettext
    line = say(subject) % {"title": re.sub(r"\{\{\w+\}\}", str(campaign.shown_count), campaign.title)}
    return UpdateText(line[:LONGEST_SUBJECT].rstrip(), "\n\n".join((say(_HELLO), *paragraphs)))


def _paragraphs(campaign: Campaign, entry: ChangeShown, told: Mapping[str, Any]) -> list[str]:
    say = catalogue(campaign.language).gettext
    match entry.kind:
        case ChangeKind.GOAL:
            return [say(_GOAL) % {"after": told["after"]} if told.get("after") else say(_NO_GOAL)]
        case ChangeKind.REACHED:
            return [say(_REACHED) % {"goal": told["goal"]}]
        case ChangeKind.DEADLINE:
            if not told.get("after"):
                return [say(_NO_DEADLINE)]
            until = datetime.fromisoformat(told["after"])
            return [say(_DEADLINE) % {"time": moment(until, campaign.language, time_zone=told.get("zone"))}]
        case ChangeKind.LETTER:
            return [say(_REWORDED), *_differences(say(_NO_LONGER), say(_NOW), told)]
        case ChangeKind.OUTCOME:
            return [say(_OUTCOME), _plain(campaign.outcome or "")]
        case ChangeKind.CLOSED:
            return [say(_CLOSED)]
        case _:
            return [_plain(told.get("text", ""))]


def _differences(no_longer: str, says_now: str, told: Mapping[str, Any]) -> list[str]:
    paragraphs = []
    for part in told["parts"]:
        for words, left_out in ((no_longer, IN), (says_now, OUT)):
            text = "".join(piece for kind, piece in part["difference"] if kind != left_out).strip()
            if text:
                quoted = "\n".join(f"> {line}".rstrip() for line in _plain(text).split("\n"))
                paragraphs += [words, quoted]
    return paragraphs


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", text).replace("{{", "{ {").replace("}}", "} }")
