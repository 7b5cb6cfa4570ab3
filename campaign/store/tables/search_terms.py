"""By what the desk finds signatures: the words of names and organizations, folded."""

from collections.abc import Iterable

from sqlalchemy import Connection, ForeignKey, Index, LargeBinary, delete, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from campaign.domain.name_search import terms_of
from campaign.store.statements import insert_for
from campaign.store.tables.base import Base, table_of
from campaign.store.tables.signatures import Signature


class SearchTerm(Base):
    """One way to come upon a signature, as `domain.name_search` says; it goes with its signature."""

    __tablename__ = "search_term"
    __table_args__ = (Index("ix_search_term_signature_id", "signature_id"), {"sqlite_with_rowid": False})

    campaign_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    term: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


def store_terms(connection: Connection, signatures: Iterable[tuple[int, int, str, str | None]]) -> None:
    """Have signatures found by name and organization; each is its campaign, its id and both.

    For what is written past the mapped class, which has its terms by itself. What is there already stays.
    """
    rows = [
        {"campaign_id": campaign_id, "term": term, "signature_id": signature_id}
        for campaign_id, signature_id, name, organization in signatures
        for term in terms_of(name, organization)
    ]
    if rows:
        table = table_of(SearchTerm)
        connection.execute(insert_for(connection.dialect.name, table).on_conflict_do_nothing(), rows)


@event.listens_for(Signature, "after_insert")
@event.listens_for(Signature, "after_update")
def _keep_terms(_mapper: Mapper[Signature], connection: Connection, signature: Signature) -> None:
    """Whoever signs or changes a name need not think of how it is found."""
    changes = inspect(signature).attrs
    if any(changes[name].history.has_changes() for name in ("name", "organization")):
        connection.execute(delete(SearchTerm).where(SearchTerm.signature_id == signature.id))
        row = (signature.campaign_id, signature.id, signature.name, signature.organization)
        store_terms(connection, [row])
