"""Campaigns: one public page each."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.campaign import CampaignState
from campaign.store.tables.base import Base, UtcDateTime, word


class Campaign(Base):
    """One public page with a letter, its asks and its officials.

    `signature_count` is the number of confirmed signatures, kept in step by whoever changes one, so that no
    page counts rows. Pages show `shown_count` of them: who is named on them at once, the others in steps, the
    last of which was at `shown_until` (`domain.shown_count`). `version` goes up with every change a page
    could show, and keys its cache; `name_additions` of its steps were names added and nothing else. Rate,
    zone, times and limit are about messages to its officials, each of whom may have others. `accent` is the
    colour as `#rrggbb`, `embed_sites` the origins whose pages may show the form in a frame. `retention_days`
    is how long after the close it is known who signed, None for as long as usual; with `keep_public_names`
    the names that pages show in full stay.
    `purged_at` is when all the rest had been deleted. `names_hidden_at` is since when no name is public.
    `quiet_at` is since when its emails to supporters tell nothing, and have a code in place of links.
    `seal_recipient` is the age recipient to which sealed signatures are encrypted, since `seal_recipient_at`.
    `entered_count` of the signatures were entered by organizers, from paper or another list, and pages say so
    of `shown_entered_count`. `first_organizations` and `first_people` count who signed before the page
    opened. The `goal` is a number of people, reached at `goal_reached_at`; `closes_at` is the deadline, by
    the clocks of `closes_zone`.
    Of those that pages count `shown_earlier_count` signed an earlier wording of the letter and are counted
    for it, as it was on `shown_earlier_on`.
    `summary` and `outcome` are in the campaign's language, `translated_texts` has both in others.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    state: Mapped[CampaignState] = mapped_column(word(CampaignState), default=CampaignState.DRAFT)
    language: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    translated_texts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    goal: Mapped[int | None]
    goal_reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_zone: Mapped[str | None] = mapped_column(String(64))
    official_rate: Mapped[int | None]
    time_zone: Mapped[str | None] = mapped_column(String(64))
    sending_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sending_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    daily_limit: Mapped[int | None]
    sending_paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signature_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    shown_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    entered_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    shown_entered_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    first_organizations: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    first_people: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    shown_earlier_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    shown_earlier_on: Mapped[date | None]
    shown_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    name_additions: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accent: Mapped[str | None] = mapped_column(String(7))
    embed_sites: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    retention_days: Mapped[int | None]
    keep_public_names: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seal_recipient: Mapped[str | None] = mapped_column(String(80))
    seal_recipient_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    names_hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quiet_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
