"""By what the desk finds signatures: stems of the words of names and organizations, as keyed hashes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKey, Index, LargeBinary, delete, event, inspect, select
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from campaign.domain.name_search import TWINS_FROM, stems_of, twin_text
from campaign.store.data_cipher import DataCipher, cipher_of
from campaign.store.legible import legible
from campaign.store.statements import insert_for
from campaign.store.tables.base import Base, table_of
from campaign.store.tables.signatures import Signature

_WORDS_FROM = b"w"
# Few enough that the index stays small: what two words share by chance, the names themselves tell apart.
_HASH_BYTES = 8
_FOUND_BY = ("name", "organization", "postal_code")


class SearchTerm(Base):
    """One way to come upon a signature, as `domain.name_search` says; it goes with its signature.

    A `term` is a hash under a key that is not in the database, and another one in each campaign.
    """

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

    def terms(self, cipher: DataCipher) -> Iterable[bytes]:
        """All of its terms."""
        for stem in stems_of(self.name, self.organization):
            yield term_of(cipher, self.campaign_id, stem)
        twin = twin_text(self.name, self.postal_code)
        if twin:
            yield TWINS_FROM + _hashed(cipher, self.campaign_id, twin)


def term_of(cipher: DataCipher, campaign_id: int, stem: str) -> bytes:
    """The term for the stem of a word."""
    return _WORDS_FROM + _hashed(cipher, campaign_id, stem)


def _hashed(cipher: DataCipher, campaign_id: int, text: str) -> bytes:
    return cipher.blind(f"{campaign_id}|{text}".encode(), length=_HASH_BYTES)


def store_terms(connection: Connection, signatures: Iterable[NamedSignature]) -> None:
    """Have signatures found by name and organization, and their twins by name and postal code.

    For what is written past the mapped class, which has its terms by itself. What is there already stays.
    """
    cipher = cipher_of(connection.dialect)
    rows = [
        {"campaign_id": one.campaign_id, "term": term, "signature_id": one.signature_id}
        for one in signatures
        for term in one.terms(cipher)
    ]
    if rows:
        table = table_of(SearchTerm)
        connection.execute(insert_for(connection.dialect.name, table).on_conflict_do_nothing(), rows)


def find_again(session: Session, signature_ids: Sequence[int]) -> None:
    """Make the terms of some signatures anew: earlier versions had others."""
    # What no key opens finds nobody, and stops no walk.
    found_by = (legible(table_of(Signature).c[name]) for name in _FOUND_BY)
    of_these = select(Signature.campaign_id, Signature.id, *found_by)
    rows = session.execute(of_these.where(Signature.id.in_(signature_ids))).all()
    session.execute(delete(SearchTerm).where(SearchTerm.signature_id.in_(signature_ids)))
    store_terms(session.connection(), [NamedSignature(*row) for row in rows])


@event.listens_for(Signature, "after_insert")
@event.listens_for(Signature, "after_update")
def _keep_terms(_mapper: Mapper[Signature], connection: Connection, signature: Signature) -> None:
    """Whoever signs or changes a name need not think of how it is found."""
    changes = inspect(signature).attrs
    if any(changes[name].history.has_changes() for name in _FOUND_BY):
        connection.execute(delete(SearchTerm).where(SearchTerm.signature_id == signature.id))
        found_by = {name: getattr(signature, name) for name in _FOUND_BY}
        store_terms(connection, [NamedSignature(signature.campaign_id, signature.id, **found_by)])
