"""Links in emails: each may do one thing, to one signature or to one kept form."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session, defer

from campaign.domain.signing_form import CONFIRM_WITHIN
from campaign.domain.tokens import TokenPurpose, new_token, token_hash
from campaign.errors import ConflictError, NotFoundError
from campaign.store.prepared import Prepared
from campaign.store.tables import LinkToken, Signature
from campaign.store.tables.core import link_token
from campaign.store.tables.encrypted import EncryptedText

_INSERT = Prepared(
    insert(link_token),
    columns=("token_hash", "purpose", "signature_id", "form_id", "created_at", "expires_at"),
)
_UNREAD = [
    defer(getattr(Signature, column.name))
    for column in Signature.__table__.columns
    if isinstance(column.type, EncryptedText)
]

Links = Mapping[TokenPurpose, str]


def new_links(*purposes: TokenPurpose) -> dict[TokenPurpose, str]:
    """A fresh token for each purpose."""
    return {purpose: new_token() for purpose in purposes}


def store_links(
    connection: Connection, links: Mapping[int, Links], *, now: datetime, until: datetime | None = None
) -> None:
    """Make links work, by the id of their signature, for as long as it is there, or `until` then."""
    rows = _rows(links, now, until)
    _INSERT.many(connection, [row | {"signature_id": id_, "form_id": None} for id_, row in rows])


def store_form_links(
    connection: Connection, links: Mapping[int, Links], *, now: datetime, until: datetime | None = None
) -> None:
    """Make links work, by the id of their form; the one that confirms for CONFIRM_WITHIN, or `until` then."""
    rows = _rows(links, now, until)
    _INSERT.many(connection, [row | {"signature_id": None, "form_id": id_} for id_, row in rows])


def _rows(
    links: Mapping[int, Links], now: datetime, until: datetime | None
) -> Iterator[tuple[int, dict[str, Any]]]:
    for owner_id, tokens in links.items():
        for purpose, token in tokens.items():
            yield (
                owner_id,
                {
                    "token_hash": token_hash(token),
                    "purpose": purpose,
                    "created_at": now,
                    "expires_at": until
                    or (now + CONFIRM_WITHIN if purpose is TokenPurpose.CONFIRM else None),
                },
            )


def open_link(session: Session, token: str, *purposes: TokenPurpose, now: datetime) -> int:
    """The id of the signature a link is for; NotFoundError when there is none for any of the purposes."""
    link = _known(session, token, purposes)
    if link.signature_id is None:
        raise _unknown()
    _check_time(link, now)
    return link.signature_id


def open_form_link(session: Session, token: str, purpose: TokenPurpose, *, now: datetime) -> int | None:
    """The id of the kept form a link is for; None where it is for a signature.

    NotFoundError when there is none for this purpose.
    """
    link = _known(session, token, (purpose,))
    # Of others the form's own time says what has become of it.
    if _is_short(link):
        _check_time(link, now)
    return link.form_id


def locked_signature(session: Session, signature_id: int, *, unread: bool = False) -> Signature:
    """The signature, which nobody else changes until the transaction ends; NotFoundError when it is gone.

    Its key is left free: rows that refer to it hold that shared while the worker changes them.
    With `unread` its texts stay in the database: one that no key opens keeps nobody from leaving.
    """
    options = _UNREAD if unread else ()
    signature = session.get(Signature, signature_id, with_for_update={"key_share": True}, options=options)
    if signature is None:
        raise NotFoundError("This signature no longer exists. You can sign again.")
    return signature


def _known(session: Session, token: str, purposes: tuple[TokenPurpose, ...]) -> LinkToken:
    link = session.get(LinkToken, token_hash(token))
    if link is None or link.purpose not in purposes:
        raise _unknown()
    return link


def _is_short(link: LinkToken) -> bool:
    """Whether it leads to a page of a quiet campaign, for as long as its owner looks at it."""
    return link.expires_at is not None and link.expires_at < link.created_at + CONFIRM_WITHIN


def _check_time(link: LinkToken, now: datetime) -> None:
    if link.expires_at is None or link.expires_at > now:
        return
    if _is_short(link):
        raise ConflictError(
            "This page is closed by now, so that nobody finds it later. Type a new code and your secret words"
            " to come back to it."
        )
    raise ConflictError("This link has expired. Please sign again to get a new one.")


def _unknown() -> NotFoundError:
    return NotFoundError("This link is not known. Please use the whole link from the email.")
