"""The wall of names: who is named, in the order of their scripts and letters, a page at a time.

It tells nobody when somebody signed: its order is the names' own. Who shows initials stands in a part of its
own, ordered by these; who is hidden has no key, so that no look at the wall, and no search, comes upon them.
Each look is a few ranges of one index, whatever the number of signatures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Integer, LargeBinary, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.domain.campaign_page import SignatoryShown, WallGroup
from campaign.domain.han_variants import spellings
from campaign.domain.name_order import WallHeading, after_all, heading_of, place_of, search_key
from campaign.domain.signature import SignatureState
from campaign.services.campaigns.signatories import SHOWN_COLUMNS, is_of_public_names, signatories_shown
from campaign.store.prepared import Prepared
from campaign.store.tables import Signature

MOST_FOUND = 100
# Each is two looks at an index; three signs of two forms each have eight.
MOST_SPELLINGS = 8
# Alphabets have up to fifty letters; what else people write with shall not make a look long.
MOST_HEADINGS = 250


@dataclass(frozen=True)
class WallPosition:
    """A name's place on the wall; the signature's id holds who signed before whom, which no page tells."""

    key: bytes
    signature_id: int


@dataclass(frozen=True)
class WallPage:
    """Some names; `last` is the place of the last of them, None at the wall's end."""

    groups: tuple[WallGroup, ...]
    last: WallPosition | None


@dataclass(frozen=True)
class Found:
    """The names that begin so, or whose last part does; `is_cut` when there are more of them."""

    names: tuple[SignatoryShown, ...]
    is_cut: bool


def headings(session: Session, campaign_id: int) -> tuple[WallHeading, ...]:
    """Under which letters names stand: one look at the index for each."""
    return tuple(_headings(session, campaign_id))


def page(
    session: Session,
    campaign_id: int,
    *,
    heading: WallHeading | None = None,
    after: WallPosition | None = None,
    limit: int,
) -> WallPage:
    """A page of the wall: from its beginning, from a heading, or from the name after a place on."""
    statement = _named(campaign_id).order_by(Signature.wall_key, Signature.id).limit(limit + 1)
    if after:
        statement = statement.where(
            Signature.wall_key >= after.key,
            (Signature.wall_key > after.key) | (Signature.id > after.signature_id),
        )
    elif heading:
        statement = statement.where(Signature.wall_key >= place_of(heading.script, heading.letter))
    rows = session.execute(statement).all()
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return WallPage(_grouped(shown), WallPosition(last.wall_key, last.id) if last else None)


def on_paper(session: Session, campaign_id: int, *, limit: int) -> tuple[WallGroup, ...]:
    """Those of the named who signed first, in the order of the wall: paper too tells nobody who was earlier.

    Where there are more than `limit`, no alphabet is left out for standing last.
    """
    first = _named(campaign_id).with_only_columns(Signature.id)
    first = first.order_by(Signature.confirmed_at, Signature.id).limit(limit)
    statement = _named(campaign_id).where(Signature.id.in_(first))
    return _grouped(session.execute(statement.order_by(Signature.wall_key, Signature.id)).all())


def search(session: Session, campaign_id: int, text: str) -> Found:
    """Who is named in full and called so, whatever the case, the accents and the way of writing Han signs.

    Initials are never looked at.
    """
    rows = _found(session, campaign_id, text)
    return Found(signatories_shown(rows[:MOST_FOUND]), is_cut=len(rows) > MOST_FOUND)


def search_rows(session: Session, campaign_id: int, text: str) -> tuple[tuple[int, SignatoryShown], ...]:
    """The same names, each with its signature's id, which no page may tell."""
    rows = _found(session, campaign_id, text)[:MOST_FOUND]
    return tuple(zip((row.id for row in rows), signatories_shown(rows), strict=True))


def _found(session: Session, campaign_id: int, text: str) -> Sequence[Any]:
    keys = {search_key(spelling) for spelling in spellings(text, most=MOST_SPELLINGS)}
    rows = {
        row.id: row
        for key in keys
        if key
        for column in (Signature.wall_key, Signature.last_key)
        for row in _beginning(session, campaign_id, column, key)
        if row.name
    }
    return sorted(rows.values(), key=lambda row: (row.wall_key, row.id))


def _grouped(rows: Sequence[Any]) -> tuple[WallGroup, ...]:
    return tuple(
        WallGroup(heading, signatories_shown(names))
        for heading, names in groupby(rows, key=lambda row: WallHeading(*heading_of(row.wall_key)))
    )


def _beginning(
    session: Session, campaign_id: int, column: InstrumentedAttribute[bytes | None], key: bytes
) -> Sequence[Any]:
    statement = _named(campaign_id).where(column.is_not(None), column >= key, column < after_all(key))
    return session.execute(statement.order_by(column, Signature.id).limit(MOST_FOUND + 1)).all()


def _headings(session: Session, campaign_id: int) -> Iterator[WallHeading]:
    connection, at = session.connection(), b""
    for _ in range(MOST_HEADINGS):
        first = _FIRST_KEY.one(connection, {"of_campaign": campaign_id, "at": at})
        if first is None:
            return
        heading = WallHeading(*heading_of(bytes(first[0])))
        yield heading
        at = after_all(place_of(heading.script, heading.letter))


def _named(campaign_id: int | BindParameter[int]) -> Any:
    return select(*SHOWN_COLUMNS, Signature.wall_key).where(
        is_of_public_names(campaign_id),
        Signature.state == SignatureState.CONFIRMED,
        Signature.wall_key.is_not(None),
    )


# Run once for each letter, where SQLAlchemy's own work would be ten times the look itself.
_FIRST_KEY = Prepared(
    _named(bindparam("of_campaign", type_=Integer))
    .with_only_columns(Signature.wall_key)
    .where(Signature.wall_key >= bindparam("at", type_=LargeBinary))
    .order_by(Signature.wall_key)
    .limit(1),
    columns=("of_campaign", "at"),
)
