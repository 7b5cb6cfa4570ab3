"""The key that opens what is sealed: made, split into shares and put together, all without a database.

The server keeps the recipient, by which anything can be sealed and nothing opened. The identity, which opens,
is printed once and kept nowhere here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pyrage import RecipientError, x25519
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from campaign.domain.sealing import ShareCount, identity_of, no_identity, secret_of
from campaign.errors import RefusedError


@dataclass(frozen=True)
class NewKey:
    """A key that was just made; `shares` are empty where it is not split, `identity` where it is."""

    recipient: str
    identity: str | None
    shares: tuple[str, ...] = ()


def new_key(shares: ShareCount | None = None) -> NewKey:
    """A new key, whole or in shares of which some number opens and one less tells nothing."""
    made = x25519.Identity.generate()
    identity, recipient = str(made), str(made.to_public())
    return NewKey(recipient, None, split(identity, shares)) if shares else NewKey(recipient, identity)


def split(identity: str, shares: ShareCount) -> tuple[str, ...]:
    """The shares of an identity in words, by SLIP-0039: Shamir's scheme over the key's own 32 bytes."""
    # The rounds slow down guesses of a passphrase, and there is none.
    (words,) = generate_mnemonics(
        1, [(shares.needed, shares.total)], secret_of(identity), iteration_exponent=0
    )
    return tuple(words)


def combine(shares: Iterable[str]) -> str:
    """The identity that was split; RefusedError when these shares do not give one."""
    try:
        secret = combine_mnemonics([" ".join(share.lower().split()) for share in shares])
    except (MnemonicError, ValueError, IndexError) as error:
        raise RefusedError("These shares do not give a key: %(reason)s", reason=str(error)) from error
    if len(secret) != 32:
        raise RefusedError("These shares are of something else than a key for sealed signatures.")
    return identity_of(secret)


def recipient_of(identity: str) -> str:
    """The recipient that an identity opens for; RefusedError when it is no identity."""
    try:
        return str(x25519.Identity.from_str(identity).to_public())
    except Exception as error:
        raise no_identity() from error


def read_recipient(text: str) -> str:
    """A recipient as age spells it; RefusedError when it is none."""
    try:
        return str(x25519.Recipient.from_str(text.strip()))
    except RecipientError as error:
        raise RefusedError("This is no age recipient: it begins with age1.") from error
