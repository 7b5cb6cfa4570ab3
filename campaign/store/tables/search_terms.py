"""By what the desk finds signatures: the words of names and organizations, folded."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKey, Index, LargeBinary, delete, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from campaign.domain.name_search import terms_of, twin_term
from campaign.store.statements import insert_for
from campaign.store.tables.base import Base, table_of
from campaign.store.tables.signatures import Signature

_FOUND_BY = ("name", "organization", "postal_code")


class SearchTerm(Base):
    """One way to come upon a signature, as `domain.name_search` says; it goes with its signature."""

    __tablename__ = "search_term"
    __table_args__ = (
        Index("ix_search_term_signature_id", "signature_id", "term"),
        {"sqlite_with_rowid": False},
    )

    campaign_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    term: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    signature_id: Mapped[int] = mapped_column(
        ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


@dataclass(frozen=True)
class NamedSignature:
    """A signature with what it is found by."""

    campaign_id: int
    signature_id: int
    name: str
    organization: str | None
    postal_code: str | None

    @property
    def terms(self) -> Iterable[bytes]:
        """All of its terms."""
        twin = twin_term(self.name, self.postal_code)
        return terms_of(self.name, self.organization) | ({twin} if twin else set())


def store_terms(connection: Connection, signatures: Iterable[NamedSignature]) -> None:
    """Have signatures found by name and organization, and their twins by name and postal code.

    For what is written past the mapped class, which has its terms by itself. What is there already stays.
    """
    rows = [
        {"campaign_id": one.campaign_id, "term": term, "signature_id": one.signature_id}
        for one in signatures
        for term in one.terms
    ]
    if rows:
        table = table_of(SearchTerm)
        connection.execute(insert_for(connection.dialect.name, table).on_conflict_do_nothing(), rows)


@event.listens_for(Signature, "after_insert")
@event.listens_for(Signature, "after_update")
def _keep_terms(_mapper: Mapper[Signature], connection: Connection, signature: Signature) -> None:
    """Whoever signs or changes a name need not think of how it is found."""
    changes = inspect(signature).attrs
    if any(changes[name].history.has_changes() for name in _FOUND_BY):
        connection.execute(delete(SearchTerm).where(SearchTerm.signature_id == signature.id))
        found_by = {name: getattr(signature, name) for name in _FOUND_BY}
        store_terms(connection, [NamedSignature(signature.campaign_id, signature.id, **found_by)])
