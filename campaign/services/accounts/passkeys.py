"""Passkeys (WebAuthn level 2) as the second step of a login.

The password was right before one is asked for, so a touch is enough. A challenge is good for a few minutes
and one answer, and only in the browser session that it was made for.
"""

import ipaddress
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.tokens import token_hash
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.i18n import to_translate
from campaign.services.accounts.mails import OrganizerMail, SecurityNotice, tell
from campaign.services.audit import audit_log
from campaign.store.statements import inserting, rows_changed
from campaign.store.tables.core import organizer, passkey, passkey_challenge

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor
    from webauthn.registration.verify_registration_response import VerifiedRegistration

# The library is imported where it is used: it takes 24 MB, which only a process needs that sees a passkey.
GOOD_FOR = timedelta(minutes=5)
LONGEST_NAME = 60
MOST = 10
NOT_ADDED = to_translate("This passkey could not be added. Try again, or set up an authenticator app.")

# What the library raises beside errors of its own for what is no answer of a browser's.
_MALFORMED = (ValueError, KeyError, TypeError, RecursionError)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PasskeySite:
    """What browsers bind a passkey to: the host of the public address, and the whole of its origin."""

    host: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> "PasskeySite":
        """By the public address alone, never by what a request says."""
        parts = urlsplit(public_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")

    @property
    def is_possible(self) -> bool:
        """Whether browsers make passkeys here: for a host by name, and over https or on this machine."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return self.origin.startswith("https://") or self.host == "localhost"
        return False


@dataclass(frozen=True)
class PasskeyShown:
    """One passkey of one's own."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


def listed(session: Session, organizer_id: int) -> tuple[PasskeyShown, ...]:
    """An organizer's passkeys, the oldest first."""
    columns = (passkey.c.id, passkey.c.name, passkey.c.created_at, passkey.c.used_at)
    rows = session.execute(
        select(*columns).where(passkey.c.organizer_id == organizer_id).order_by(passkey.c.id)
    )
    return tuple(PasskeyShown(*row) for row in rows)


def creation_options(
    session: Session, organizer_id: int, *, site: PasskeySite, bound_to: str, now: datetime
) -> str:
    """What a browser makes a passkey by, as JSON; its challenge is good for the session `bound_to`."""
    import webauthn

    email = session.scalars(select(organizer.c.email).where(organizer.c.id == organizer_id)).one()
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.host,
        user_name=email,
        user_id=token_hash(f"passkeys of {organizer_id}").encode()[:32],
        exclude_credentials=_descriptors(session, organizer_id),
    )
    _remember(session, options.challenge, bound_to=f"create {bound_to}", now=now)
    return webauthn.options_to_json(options)


def add(
    session: Session,
    organizer_id: int,
    answer: str,
    *,
    name: str,
    site: PasskeySite,
    bound_to: str,
    context: OrganizerMail,
    actor: Actor,
    now: datetime,
) -> None:
    """Store the passkey that a browser has made; RefusedError for one that was made for anything else.

    Whose login it is is told by mail. A verb of `second_factors` ends the other sessions.
    """
    if len(listed(session, organizer_id)) >= MOST:
        raise RefusedError("You have ten passkeys. Remove one first.")
    challenge = _used_up(session, bound_to=f"create {bound_to}", now=now)
    verified = _verified(answer, challenge, site)
    known = select(passkey.c.id).where(passkey.c.credential_id == verified.credential_id)
    if session.scalar(known) is not None:
        raise RefusedError(NOT_ADDED)
    session.execute(
        insert(passkey).values(
            organizer_id=organizer_id,
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            name=name.strip()[:LONGEST_NAME],
            created_at=now,
        )
    )
    tell(session, context, organizer_id, SecurityNotice.PASSKEY_ADDED, now=now)
    audit_log.record(session, action="passkey.add", actor=actor, details={"organizer": organizer_id}, now=now)


def request_options(
    session: Session, organizer_id: int, *, site: PasskeySite, bound_to: str, now: datetime
) -> str:
    """What a browser asks for one of an organizer's passkeys by, as JSON; empty when they have none."""
    import webauthn

    allowed = _descriptors(session, organizer_id)
    if not allowed or not site.is_possible:
        return ""
    options = webauthn.generate_authentication_options(rp_id=site.host, allow_credentials=allowed)
    _remember(session, options.challenge, bound_to=f"get {bound_to}", now=now)
    return webauthn.options_to_json(options)


def check(
    session: Session, organizer_id: int, answer: str, *, site: PasskeySite, bound_to: str, now: datetime
) -> bool:
    """Whether a browser has answered the challenge of this session with a passkey of this organizer's.

    The challenge is used up, right or wrong. A copy of a passkey gives itself away by counting anew.
    """
    import webauthn

    try:
        challenge = _used_up(session, bound_to=f"get {bound_to}", now=now)
        credential = webauthn.helpers.parse_authentication_credential_json(answer)
        row = session.execute(
            select(passkey).where(
                passkey.c.organizer_id == organizer_id, passkey.c.credential_id == credential.raw_id
            )
        ).one_or_none()
        if row is None:
            return False
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
        )
    except (webauthn.helpers.exceptions.WebAuthnException, RefusedError, *_MALFORMED) as error:
        log.info("a passkey was refused: %s", type(error).__name__)
        return False
    used = update(passkey).where(passkey.c.id == row.id, passkey.c.sign_count == row.sign_count)
    return bool(rows_changed(session, used.values(sign_count=verified.new_sign_count, used_at=now)))


def remove(session: Session, organizer_id: int, passkey_id: int, *, actor: Actor, now: datetime) -> None:
    """Forget one of one's own passkeys; ConflictError for the last way to give a second factor."""
    has_app = select(organizer.c.factor_secret.is_not(None)).where(organizer.c.id == organizer_id)
    if not session.scalar(has_app) and len(listed(session, organizer_id)) == 1:
        raise ConflictError("This is your only second factor. Add another one first.")
    mine = delete(passkey).where(passkey.c.id == passkey_id, passkey.c.organizer_id == organizer_id)
    if not rows_changed(session, mine):
        raise NotFoundError("There is no such passkey.")
    audit_log.record(
        session, action="passkey.remove", actor=actor, details={"organizer": organizer_id}, now=now
    )


def _verified(answer: str, challenge: bytes, site: PasskeySite) -> "VerifiedRegistration":
    """The passkey that a browser has made for this challenge and site; RefusedError for anything else."""
    import webauthn

    try:
        return webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except (webauthn.helpers.exceptions.WebAuthnException, *_MALFORMED) as error:
        log.info("a passkey was not added: %s", type(error).__name__)
        raise RefusedError(NOT_ADDED) from None


def _descriptors(session: Session, organizer_id: int) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    ids = session.scalars(select(passkey.c.credential_id).where(passkey.c.organizer_id == organizer_id))
    return [PublicKeyCredentialDescriptor(id=credential_id) for credential_id in ids]


def _remember(session: Session, challenge: bytes, *, bound_to: str, now: datetime) -> None:
    """Keep the one challenge that a session may answer; those that nobody answered go."""
    session.execute(delete(passkey_challenge).where(passkey_challenge.c.expires_at < now))
    values = {"challenge": challenge, "expires_at": now + GOOD_FOR}
    row = inserting(session, passkey_challenge).values(bound_to=token_hash(bound_to), **values)
    session.execute(row.on_conflict_do_update(index_elements=["bound_to"], set_=values))


def _used_up(session: Session, *, bound_to: str, now: datetime) -> bytes:
    """The challenge that this session was given, which is gone then; RefusedError when there is none."""
    challenge: bytes | None = session.scalar(
        delete(passkey_challenge)
        .where(passkey_challenge.c.bound_to == token_hash(bound_to), passkey_challenge.c.expires_at > now)
        .returning(passkey_challenge.c.challenge)
    )
    if challenge is None:
        raise RefusedError("This page was open too long. Try again.")
    return challenge
