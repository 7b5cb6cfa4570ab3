"""The names under a letter that the public may read."""

from datetime import datetime

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from campaign.domain.campaign_page import SignatoriesPage, SignatoryShown
from campaign.domain.letter import SignatoryKind
from campaign.domain.names import initials
from campaign.domain.signature import Capacity, SignatureState, Visibility
from campaign.errors import NotFoundError
from campaign.store.tables import Signature


def latest(session: Session, campaign_id: int, *, limit: int = 20) -> tuple[SignatoryShown, ...]:
    """The newest names the public may read: one range of one index."""
    return tuple(map(_signatory_shown, session.execute(_public_signatures(campaign_id).limit(limit))))


def in_order(session: Session, campaign_id: int, *, limit: int) -> tuple[SignatoryShown, ...]:
    """The first names the public may read, in the order of signing: for print."""
    statement = _public_signatures(campaign_id).order_by(None)
    rows = session.execute(statement.order_by(Signature.confirmed_at, Signature.id).limit(limit))
    return tuple(map(_signatory_shown, rows))


def page(
    session: Session, campaign_id: int, *, after: str | None = None, limit: int = 100
) -> SignatoriesPage:
    """A page of names, newest first, from where the cursor `after` ended; NotFoundError for a false one."""
    statement = _public_signatures(campaign_id).limit(limit + 1)
    if after:
        try:
            seconds, signature_id = after.split("-")
            confirmed_at = datetime.fromisoformat(f"{seconds}+00:00")
            statement = statement.where(
                (Signature.confirmed_at < confirmed_at)
                | ((Signature.confirmed_at == confirmed_at) & (Signature.id < int(signature_id)))
            )
        except ValueError:
            raise NotFoundError("There is no such page of signatories.") from None
    rows = session.execute(statement).all()
    page_rows = rows[:limit]
    cursor = (
        f"{page_rows[-1].confirmed_at:%Y%m%dT%H%M%S.%f}-{page_rows[-1].id}" if len(rows) > limit else None
    )
    return SignatoriesPage(tuple(map(_signatory_shown, page_rows)), cursor)


def _public_signatures(
    campaign_id: int,
) -> Select[int, datetime | None, str, Capacity, str | None, str | None, str | None, Visibility]:
    return (
        select(
            Signature.id,
            Signature.confirmed_at,
            Signature.name,
            Signature.capacity,
            Signature.role,
            Signature.organization,
            Signature.country,
            Signature.visibility,
        )
        .where(
            Signature.campaign_id == campaign_id,
            Signature.state == SignatureState.CONFIRMED,
            Signature.visibility != Visibility.HIDDEN,
        )
        .order_by(Signature.confirmed_at.desc(), Signature.id.desc())
    )


def _signatory_shown(
    row: Row[int, datetime | None, str, Capacity, str | None, str | None, str | None, Visibility],
) -> SignatoryShown:
    in_full = row.visibility is Visibility.PUBLIC
    return SignatoryShown(
        kind=SignatoryKind.ORGANIZATION if row.capacity is Capacity.ORGANIZATION else SignatoryKind.PERSON,
        name=row.name if in_full else initials(row.name),
        title=row.role if in_full else None,
        organization=row.organization if in_full else None,
        country=row.country,
        initial=False,
    )
