"""Writes emails into the outbox and looks at what became of them."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select

from campaign.domain.campaign import CampaignState
from campaign.domain.official import OfficialRole
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.services.outbox import enqueue as outbox
from campaign.store.database import Database, Session
from campaign.store.tables import Campaign, Official, OutboxBody, OutboxEmail


def new_email(now: datetime, **changes: Any) -> outbox.NewEmail:
    """A message to an official, due now, unless told otherwise."""
    return outbox.NewEmail(
        **{
            "kind": EmailKind.MESSAGE,
            "state": OutboxState.QUEUED,
            "due_at": now,
            "to_address": "minister@waters.example",
            "to_name": "Mara Lindqvist",
            "from_name": "Rana Idris",
            "reply_to": "rana@mail.example",
            "language": "en",
            "subject": "The dam at Upper Ondra",
            "text": "Dear Minister,\n\nplease stop the works.\n",
            "html": "<p>Dear Minister,</p>\n<p>please stop the works.</p>\n",
            **changes,
        }
    )


def enqueue(database: Database, now: datetime, number: int = 1, **changes: Any) -> None:
    """Emails to the address that their official has, unless told otherwise."""
    with database.transaction() as session:
        if "official_id" in changes and "to_address" not in changes:
            changes["to_address"] = session.get_one(Official, changes["official_id"]).email
        outbox.enqueue(session, [new_email(now, **changes) for _ in range(number)], now=now)


def stored(database: Database, **having: Any) -> list[Any]:
    """The outbox in the order of writing, those rows that have these values."""
    with database.reading() as session:
        rows = with_words(session)
        return [row for row in rows if all(getattr(row, name) == value for name, value in having.items())]


def with_words(session: Session, *conditions: ColumnElement[bool]) -> list[Any]:
    """The outbox in the order of writing, each row with its words: empty where they have been deleted."""
    found = session.execute(
        select(OutboxEmail, OutboxBody)
        .outerjoin(OutboxBody, OutboxBody.email_id == OutboxEmail.id)
        .where(*conditions)
        .order_by(OutboxEmail.id)
    )
    rows: list[Any] = []
    for row, body in found:
        row.text, row.html = (body.text, body.html) if body else ("", "")
        row.unsubscribe_url = body.unsubscribe_url if body else None
        rows.append(row)
    return rows


def states(database: Database) -> dict[str, int]:
    return dict(Counter(row.state.value for row in stored(database)))


def campaign_with_officials(
    database: Database, now: datetime, number: int = 2, *, slug: str = "dam", **changes: Any
) -> tuple[int, list[int]]:
    """An open campaign; gives its id and its officials' ids. `changes` are to the officials."""
    with database.transaction() as session:
        campaign_id = session.execute(
            insert(Campaign)
            .values(slug=slug, state=CampaignState.OPEN, language="en", title="The dam", created_at=now)
            .returning(Campaign.id)
        ).scalar_one()
        rows = [
            {
                "campaign_id": campaign_id,
                "position": position,
                "role": OfficialRole.COPIED,
                "name": f"Official {position}",
                "address": [],
                "email": f"office-{position}@waters.example",
                **changes,
            }
            for position in range(number)
        ]
        return campaign_id, list(session.scalars(insert(Official).returning(Official.id), rows))
