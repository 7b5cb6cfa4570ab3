"""The names under a letter that the public may read: none while they are hidden.

Every page, document and feed reads supporters' names here, so that hiding them is one rule in one statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Row, Select, exists, select, type_coerce
from sqlalchemy.orm import Session

from campaign.domain.campaign_page import SignatoryShown
from campaign.domain.letter import SignatoryKind
from campaign.domain.names import initials
from campaign.domain.signature import SignatureState, Visibility
from campaign.store.tables import Campaign, InitialSignatory, Signature
from campaign.store.tables.encrypted import ShownText
from campaign.store.tables.signatures import IS_NAMED

SignatureRow = Row[int, datetime | None, str, str | None, str | None, Visibility]
SHOWN_COLUMNS = (
    Signature.id,
    Signature.confirmed_at,
    type_coerce(Signature.name, ShownText("signature.name")).label("name"),
    type_coerce(Signature.organization, ShownText("signature.organization")).label("organization"),
    Signature.country,
    Signature.visibility,
)


@dataclass(frozen=True)
class Position:
    """A signature's place in the list of names; it holds when somebody confirmed, which no page may tell."""

    confirmed_at: datetime
    signature_id: int


@dataclass(frozen=True)
class SignatoriesPage:
    """Some names, newest first; `last` is the place of the last of them, None at the end of the list."""

    signatories: tuple[SignatoryShown, ...]
    last: Position | None


def latest(session: Session, campaign_id: int, *, limit: int = 20) -> tuple[SignatoryShown, ...]:
    """The newest names the public may read: one range of one index."""
    return signatories_shown(session.execute(_shown_signatures(campaign_id).limit(limit)))


def page(
    session: Session, campaign_id: int, *, after: Position | None = None, limit: int = 100
) -> SignatoriesPage:
    """A page of names, newest first, from the one after a place on."""
    statement = _shown_signatures(campaign_id).limit(limit + 1)
    if after:
        statement = statement.where(
            (Signature.confirmed_at < after.confirmed_at)
            | ((Signature.confirmed_at == after.confirmed_at) & (Signature.id < after.signature_id))
        )
    rows = session.execute(statement).all()
    page_rows = rows[:limit]
    last = page_rows[-1] if len(rows) > limit else None
    return SignatoriesPage(
        signatories_shown(page_rows),
        Position(last.confirmed_at, last.id) if last and last.confirmed_at else None,
    )


def _shown_signatures(
    campaign_id: int,
) -> Select[int, datetime | None, str, str | None, str | None, Visibility]:
    return (
        select(*SHOWN_COLUMNS)
        .where(
            is_of_public_names(campaign_id),
            Signature.state == SignatureState.CONFIRMED,
            IS_NAMED,
            # Who is shown among the first is not named a second time.
            ~exists().where(InitialSignatory.signature_id == Signature.id),
        )
        .order_by(Signature.confirmed_at.desc(), Signature.id.desc())
    )


def is_of_public_names(campaign_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """The condition that a signature is of a campaign which shows names at all.

    It stands in every statement that reads any for the public. While names are hidden there is no campaign to
    look for in the index: a condition beside it would let SQLite walk through all of its signatures.
    """
    shows_names = select(Campaign.id).where(Campaign.id == campaign_id, Campaign.names_hidden_at.is_(None))
    return Signature.campaign_id == shows_names.scalar_subquery()


def signatories_shown(rows: Iterable[SignatureRow]) -> tuple[SignatoryShown, ...]:
    """What the form has promised of each; one whose name no key opens is left out."""
    return tuple(_signatory_shown(row) for row in rows if row.name)


def _signatory_shown(row: SignatureRow) -> SignatoryShown:
    """A name with its organization, or initials with a country."""
    in_full = row.visibility is Visibility.PUBLIC
    return SignatoryShown(
        kind=SignatoryKind.PERSON,
        name=row.name if in_full else initials(row.name),
        title=None,
        organization=row.organization if in_full else None,
        country=None if in_full else row.country,
        initial=False,
    )
