"""Sealing a form as it comes in, before anything of it is stored; and opening one, away from the server."""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pyrage import DecryptError, decrypt, encrypt, x25519

from campaign.domain.sealing import LONGEST_SEALED, fingerprint, no_identity, to_seal
from campaign.domain.signature import Capacity
from campaign.domain.signing import SignatureForm
from campaign.errors import RefusedError

_AGE = b"age-encryption.org/v1\n"


def sealed(form: SignatureForm, recipient: str) -> SignatureForm:
    """The form with all that tells who signs in one sealed text, and nowhere else."""
    return replace(
        form,
        name="",
        capacity=Capacity.MYSELF,
        organization=None,
        role=None,
        country=None,
        postal_code=None,
        source=None,
        subject="",
        words="",
        words_for={},
        officials=(),
        asks=(),
        updates=False,
        consent_wording="",
        sealed=seal_text(to_seal(vars(form)), recipient),
        sealed_to=fingerprint(recipient),
    )


def seal_text(text: bytes, recipient: str) -> str:
    """A text as an age file in Base64, in one line; `base64 -d | age -d -i KEY` opens it."""
    return b64encode(encrypt(text, [_recipient(recipient)])).decode()


def open_text(text: str, identity: str) -> bytes | None:
    """What was sealed; None when it was sealed to another key, RefusedError when it is damaged."""
    try:
        with_identity = x25519.Identity.from_str(identity)
    except Exception as error:
        raise no_identity() from error
    data = age_file(text)
    try:
        plain: bytes = decrypt(data, [with_identity])
    except DecryptError:
        return None
    return plain


def opened(text: str, identity: str) -> dict[str, Any] | None:
    """The fields that were sealed; None when they were sealed to another key."""
    plain = open_text(text, identity)
    if plain is None:
        return None
    fields: dict[str, Any] = json.loads(plain)
    return fields


def age_file(text: str) -> bytes:
    """The age file in a sealed text; RefusedError for what is none."""
    try:
        data = b64decode(text, validate=True) if len(text) <= LONGEST_SEALED else b""
    except ValueError:
        data = b""
    if not data.startswith(_AGE):
        raise RefusedError("A sealed text is damaged: it is no age file.")
    return data


@lru_cache(maxsize=64)
def _recipient(text: str) -> x25519.Recipient:
    return x25519.Recipient.from_str(text)
