"""Who publishes here, as an owner wrote it on the desk; until then, as the settings say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.documents.mark_image import MarkImage
from campaign.domain.actor import Actor
from campaign.domain.publisher import Mark, Publisher, read_notice
from campaign.i18n import LANGUAGES
from campaign.services.audit import audit_log
from campaign.store.database import Database
from campaign.store.tables import Campaign, Site

_COLUMNS = (
    Site.name,
    Site.legal_address,
    Site.contact,
    Site.time_zone,
    Site.mark_tag,
    Site.mark_width,
    Site.mark_height,
)
_WHO = select(*_COLUMNS).order_by(Site.id).limit(1)


@dataclass(frozen=True, kw_only=True)
class PublisherDetails:
    """The form as it was filled in; the mark stays as it is unless there is a new one or it is to go."""

    name: str
    legal_address: str
    contact: str
    time_zone: str
    privacy_notices: Mapping[str, str]
    new_mark: MarkImage | None = field(default=None, repr=False)
    drops_mark: bool = False


def current(session: Session, *, default: Publisher) -> Publisher:
    """Who publishes here; `default` is what the settings say, which holds until anything is stored."""
    row = session.execute(_WHO).one_or_none()
    return _publisher(row) if row else default


def peek(database: Database, *, default: Publisher) -> Publisher:
    """The same by one cheap read, for the head of every page."""
    row = database.peek(_WHO)
    return _publisher(row) if row else default


def privacy_notices(session: Session) -> Mapping[str, str]:
    """The privacy notice as Markdown, by language."""
    return dict(session.scalar(select(Site.privacy_notices).order_by(Site.id).limit(1)) or {})


def mark_png(session: Session, tag: str) -> bytes | None:
    """The mark of that name; None when there is none, or by now another."""
    return session.scalar(select(Site.mark).where(Site.mark_tag == tag))


def change(
    session: Session, details: PublisherDetails, *, default: Publisher, actor: Actor, now: datetime
) -> None:
    """Store who publishes; every page shows it from then on. RefusedError names the rule that is broken."""
    values = _values(details)
    row = session.scalar(select(Site).order_by(Site.id).limit(1).with_for_update())
    if row is None:
        row = _first_row(default, now=now)
        session.add(row)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    row.changed_at = now
    session.flush()
    if changed:
        # Every campaign's page names its publisher.
        session.execute(
            update(Campaign).values(version=Campaign.version + 1),
            execution_options={"synchronize_session": False},
        )
        fields = sorted({"mark" if name.startswith("mark") else name for name in changed})
        audit_log.record(session, action="site.publisher", actor=actor, details={"fields": fields}, now=now)


def _values(details: PublisherDetails) -> dict[str, Any]:
    said = Publisher.read(
        name=details.name,
        legal_address=details.legal_address,
        contact=details.contact,
        time_zone=details.time_zone,
    )
    notices = {
        language: notice
        for language, text in details.privacy_notices.items()
        if language in LANGUAGES and (notice := read_notice(text))
    }
    return {
        "name": said.name,
        "legal_address": said.legal_address,
        "contact": said.contact,
        "time_zone": said.time_zone,
        "privacy_notices": notices,
        **_mark_values(details),
    }


def _first_row(default: Publisher, *, now: datetime) -> Site:
    return Site(
        name=default.name,
        legal_address=default.legal_address,
        contact=default.contact,
        time_zone=default.time_zone,
        privacy_notices={},
        changed_at=now,
    )


def _mark_values(details: PublisherDetails) -> dict[str, Any]:
    mark = details.new_mark
    if mark:
        return {
            "mark": mark.png,
            "mark_tag": mark.tag,
            "mark_width": mark.width,
            "mark_height": mark.height,
        }
    if details.drops_mark:
        return dict.fromkeys(("mark", "mark_tag", "mark_width", "mark_height"))
    return {}


def _publisher(row: Any) -> Publisher:
    name, legal_address, contact, time_zone, tag, width, height = row
    return Publisher(name, legal_address, contact, time_zone, Mark(tag, width, height) if tag else None)
