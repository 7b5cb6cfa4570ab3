"""The second factor of organizers: setting it up, asking for it at the login, and losing it."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import ColumnElement, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor, Via
from campaign.domain.recovery_codes import new_recovery_codes, plain_recovery_code
from campaign.domain.tokens import derived_key
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.i18n import to_translate
from campaign.services.accounts import code_tries, organizers, passkeys, sessions
from campaign.services.accounts.authenticator import step_of
from campaign.services.accounts.mails import OrganizerMail, SecurityNotice, tell
from campaign.services.accounts.passkeys import PasskeySite
from campaign.services.audit import audit_log
from campaign.settings import Settings
from campaign.store.statements import rows_changed
from campaign.store.tables import Organizer
from campaign.store.tables.core import organizer, passkey, recovery_code

WRONG_CODE = to_translate(
    "This code is wrong, or was used before. Wait for the next one your app shows, and enter that."
)


@dataclass(frozen=True)
class FactorKeys:
    """What secrets are encrypted with, the newest key first, and what recovery codes are hashed with."""

    encrypting: tuple[bytes, ...] = field(repr=False)
    hashing: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "FactorKeys":
        """The keys of an installation."""
        keys = (settings.secret_key, *settings.secret_key_fallbacks)
        return cls(
            tuple(derived_key(key, "second factor") for key in keys),
            derived_key(settings.first_secret_key, "recovery codes"),
        )

    def encrypted(self, organizer_id: int, secret: str) -> bytes:
        """A secret as it is stored: of use to nobody who has the database alone, nor in another's row."""
        return AESSIV(self.encrypting[0]).encrypt(secret.encode(), [str(organizer_id).encode()])

    def decrypted(self, organizer_id: int, stored: bytes) -> str:
        """The secret again, whichever key it was stored with; ConflictError when none fits."""
        for key in self.encrypting:
            try:
                return AESSIV(key).decrypt(stored, [str(organizer_id).encode()]).decode()
            except InvalidTag:
                continue
        raise ConflictError(
            "The second factor of this login cannot be read: the secret key has changed."
            " Whoever runs the server can remove it with: campaign organizer reset"
        )

    def code_hash(self, organizer_id: int, code: str) -> str:
        """What is stored of a recovery code."""
        text = f"{organizer_id}:{plain_recovery_code(code)}"
        return hmac.digest(self.hashing, text.encode("utf-8", "replace"), "sha256").hex()


def is_set(session: Session, organizer_id: int) -> bool:
    """Whether logging in takes more than the password."""
    return bool(session.scalar(select(has_any()).where(Organizer.id == organizer_id)))


def has_app(session: Session, organizer_id: int) -> bool:
    """Whether an authenticator app makes codes for this login."""
    of_organizer = select(organizer.c.factor_secret.is_not(None)).where(organizer.c.id == organizer_id)
    return bool(session.scalar(of_organizer))


def has_any() -> ColumnElement[bool]:
    """The condition that an organizer has a second factor of any kind."""
    has_passkey = exists().where(passkey.c.organizer_id == Organizer.id).correlate(Organizer)
    return Organizer.factor_secret.is_not(None) | has_passkey


def recovery_codes_left(session: Session, organizer_id: int) -> int:
    """How many recovery codes are unused."""
    codes = select(recovery_code.c.code_hash).where(recovery_code.c.organizer_id == organizer_id)
    return len(session.execute(codes).all())


def set_up(
    session: Session,
    organizer_id: int,
    *,
    secret: str,
    code: str,
    keep: str,
    keys: FactorKeys,
    actor: Actor,
    now: datetime,
) -> Sequence[str]:
    """Ask for codes of this secret from now on; the new recovery codes, which are shown once.

    Every session but `keep` ends. RefusedError when `code` is not the secret's.
    """
    step = step_of(secret, code, after=0, now=now)
    if step is None:
        raise RefusedError(WRONG_CODE)
    session.execute(
        update(organizer)
        .where(organizer.c.id == organizer_id)
        .values(factor_secret=keys.encrypted(organizer_id, secret), factor_step=step)
    )
    codes = _new_recovery_codes(session, organizer_id, keys)
    _record(session, "second_factor.set", organizer_id, keep=keep, actor=actor, now=now)
    return codes


def set_up_passkey(
    session: Session,
    organizer_id: int,
    answer: str,
    *,
    name: str,
    site: PasskeySite,
    keep: str,
    keys: FactorKeys,
    context: OrganizerMail,
    actor: Actor,
    now: datetime,
) -> Sequence[str]:
    """Take a passkey as a second factor; new recovery codes, shown once, unless there are some already.

    Every session but `keep`, which it was made for, ends. RefusedError for an answer that is not good.
    """
    passkeys.add(
        session,
        organizer_id,
        answer,
        name=name,
        site=site,
        bound_to=keep,
        context=context,
        actor=actor,
        now=now,
    )
    sessions.delete_others(session, organizer_id, keep=keep)
    if recovery_codes_left(session, organizer_id):
        return ()
    return _new_recovery_codes(session, organizer_id, keys)


def renew_recovery_codes(
    session: Session, organizer_id: int, *, keys: FactorKeys, actor: Actor, now: datetime
) -> Sequence[str]:
    """Ten new recovery codes in place of all earlier ones; ConflictError without a second factor."""
    if not is_set(session, organizer_id):
        raise ConflictError("Set up the second factor first.")
    codes = _new_recovery_codes(session, organizer_id, keys)
    audit_log.record(
        session,
        action="second_factor.codes",
        actor=actor,
        details={"organizer": organizer_id},
        now=now,
    )
    return codes


def check(session: Session, organizer_id: int, code: str, *, keys: FactorKeys, now: datetime) -> bool:
    """Whether this is a code of the app that was not used yet, or an unused recovery code; it is used up."""
    row = session.execute(
        select(organizer.c.factor_secret, organizer.c.factor_step).where(organizer.c.id == organizer_id)
    ).one()
    if row.factor_secret is None:
        return _use_recovery_code(session, organizer_id, code, keys=keys, now=now)
    step = step_of(keys.decrypted(organizer_id, row.factor_secret), code, after=row.factor_step, now=now)
    if step is None:
        return _use_recovery_code(session, organizer_id, code, keys=keys, now=now)
    used = update(organizer).where(organizer.c.id == organizer_id, organizer.c.factor_step < step)
    return bool(rows_changed(session, used.values(factor_step=step)))


def take_off(session: Session, email: str, *, context: OrganizerMail, actor: Actor, now: datetime) -> None:
    """Let somebody who has lost app and codes log in by the password alone; every session of theirs ends.

    They are told by mail. NotFoundError when there is no such login, or it has no second factor.
    """
    found: Organizer = organizers.locked(session, email)
    if not is_set(session, found.id):
        raise NotFoundError("This login has no second factor.")
    found.factor_secret, found.factor_step = None, 0
    session.flush()
    session.execute(delete(passkey).where(passkey.c.organizer_id == found.id))
    session.execute(delete(recovery_code).where(recovery_code.c.organizer_id == found.id))
    code_tries.forget(session, found.id)
    tell(session, context, found.id, SecurityNotice.FACTOR_REMOVED, now=now)
    _record(session, "second_factor.off", found.id, keep="", actor=actor, now=now)


def _use_recovery_code(
    session: Session, organizer_id: int, code: str, *, keys: FactorKeys, now: datetime
) -> bool:
    used = rows_changed(
        session,
        delete(recovery_code).where(
            recovery_code.c.organizer_id == organizer_id,
            recovery_code.c.code_hash == keys.code_hash(organizer_id, code),
        ),
    )
    if used:
        details = {"left": recovery_codes_left(session, organizer_id)}
        actor = Actor(organizer_id, Via.DESK)
        audit_log.record(session, action="second_factor.recovery", actor=actor, details=details, now=now)
    return bool(used)


def _new_recovery_codes(session: Session, organizer_id: int, keys: FactorKeys) -> Sequence[str]:
    codes = new_recovery_codes()
    session.execute(delete(recovery_code).where(recovery_code.c.organizer_id == organizer_id))
    session.execute(
        insert(recovery_code),
        [{"organizer_id": organizer_id, "code_hash": keys.code_hash(organizer_id, code)} for code in codes],
    )
    return codes


def _record(
    session: Session, action: str, organizer_id: int, *, keep: str, actor: Actor, now: datetime
) -> None:
    ended = sessions.delete_others(session, organizer_id, keep=keep)
    details = {"organizer": organizer_id, "sessions_ended": ended}
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
