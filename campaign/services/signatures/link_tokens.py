"""Links in mails: each may do one thing to one signature."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from campaign.domain.signing import CONFIRM_WITHIN
from campaign.domain.tokens import TokenPurpose, new_token, token_hash
from campaign.errors import ConflictError, NotFoundError
from campaign.store.prepared import Prepared
from campaign.store.tables import LinkToken, Signature
from campaign.store.tables.core import link_token

_INSERT = Prepared(
    insert(link_token),
    columns=("token_hash", "purpose", "signature_id", "created_at", "expires_at"),
)


def new_links(*purposes: TokenPurpose) -> dict[TokenPurpose, str]:
    """A fresh token for each purpose."""
    return {purpose: new_token() for purpose in purposes}


def store_links(
    connection: Connection, links: Mapping[int, Mapping[TokenPurpose, str]], *, now: datetime
) -> None:
    """Make links work, by the id of their signature.

    All but the one that confirms are good for as long as the signature is.
    """
    _INSERT.many(
        connection,
        [
            {
                "token_hash": token_hash(token),
                "purpose": purpose,
                "signature_id": signature_id,
                "created_at": now,
                "expires_at": now + CONFIRM_WITHIN if purpose is TokenPurpose.CONFIRM else None,
            }
            for signature_id, tokens in links.items()
            for purpose, token in tokens.items()
        ],
    )


def open_link(session: Session, token: str, *purposes: TokenPurpose, now: datetime) -> int:
    """The id of the signature a link is for.

    NotFoundError when there is no such link for any of the purposes, ConflictError when it has expired.
    """
    link = session.get(LinkToken, token_hash(token))
    if link is None or link.purpose not in purposes:
        raise NotFoundError("This link is not known. Please use the whole link from the mail.")
    if link.expires_at is not None and link.expires_at <= now:
        raise ConflictError("This link has expired. Please sign again to get a new one.")
    return link.signature_id


def locked_signature(session: Session, signature_id: int) -> Signature:
    """The signature, which nobody else changes until the transaction ends.

    Its key is left free: rows that refer to it hold that shared while the worker changes them.
    """
    return session.get_one(Signature, signature_id, with_for_update={"key_share": True})
