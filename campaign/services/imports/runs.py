"""Runs of imports as the desk shows them: where each comes from and how far it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from campaign.domain.imports import IMPORT_MOVES, UNDER_WAY, ImportSource, ImportState
from campaign.store.tables import Organizer, SignatureImport


@dataclass(frozen=True)
class ImportShown:
    """One run: where it comes from and how far it is."""

    id: int
    source: ImportSource
    state: ImportState
    note: str
    organizer: str | None
    asks_to_confirm: bool
    begun_at: datetime
    expected: int
    looked_at: int
    entered: int
    known: int
    undone: int

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to be done."""
        return self.state in UNDER_WAY

    @property
    def may_be_undone(self) -> bool:
        """Whether all of it can be taken out again; not where people were asked and answer for themselves."""
        return not self.asks_to_confirm and ImportState.UNDOING in IMPORT_MOVES[self.state]


def latest(session: Session, campaign_id: int, *, limit: int = 50) -> tuple[ImportShown, ...]:
    """The runs of a campaign, the last begun first."""
    rows = session.execute(
        select(SignatureImport, Organizer.email)
        .outerjoin(Organizer, Organizer.id == SignatureImport.organizer_id)
        .where(SignatureImport.campaign_id == campaign_id)
        .order_by(SignatureImport.id.desc())
        .limit(limit)
        .options(defer(SignatureImport.rows))
    )
    names = ("id", "source", "state", "note", "asks_to_confirm", "begun_at")
    numbers = ("expected", "looked_at", "entered", "known", "undone")
    return tuple(
        ImportShown(organizer=email, **{name: getattr(run, name) for name in (*names, *numbers)})
        for run, email in rows
    )
