"""A key for sealed signatures: whole, in shares, and put together again."""

from itertools import combinations

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pyrage import x25519

from campaign.domain.sealing import (
    LONGEST_SEALED,
    PAD_TO,
    ShareCount,
    identity_of,
    read_identity,
    read_share_count,
    secret_of,
    to_seal,
)
from campaign.errors import RefusedError
from campaign.services.seals import keys
from campaign.services.seals.sealing import open_text, seal_text


@given(secret=some.binary(min_size=32, max_size=32))
def test_any_secret_is_spelled_as_age_spells_it(secret: bytes) -> None:
    identity = identity_of(secret)
    assert str(x25519.Identity.from_str(identity)) == identity
    assert secret_of(identity) == secret


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(needed=some.integers(2, 4), more=some.integers(0, 2), chosen=some.randoms(use_true_random=False))
def test_any_shares_that_are_enough_open_and_one_less_give_nothing(needed: int, more: int, chosen) -> None:
    identity = str(x25519.Identity.generate())
    shares = list(keys.split(identity, ShareCount(needed, needed + more)))
    assert len(shares) == needed + more
    chosen.shuffle(shares)
    assert keys.combine(shares[:needed]) == identity
    with pytest.raises(RefusedError):
        keys.combine(shares[: needed - 1])


def test_every_choice_of_three_in_five_opens_what_was_sealed() -> None:
    made = keys.new_key(ShareCount(3, 5))
    assert made.identity is None
    sealed = seal_text(b"words", made.recipient)
    for three in combinations(made.shares, 3):
        assert open_text(sealed, keys.combine(three)) == b"words"


def test_two_shares_of_one_key_and_one_of_another_give_nothing() -> None:
    one, other = keys.new_key(ShareCount(3, 5)), keys.new_key(ShareCount(3, 5))
    with pytest.raises(RefusedError):
        keys.combine([*one.shares[:2], other.shares[2]])
    with pytest.raises(RefusedError):
        keys.combine([*one.shares[:2], one.shares[1]])


def test_a_share_with_a_slip_of_the_pen_is_refused_with_a_reason() -> None:
    shares = list(keys.new_key(ShareCount(2, 3)).shares)
    first, *rest = shares[0].split()
    shares[0] = " ".join([*rest[:5], first, *rest[5:]])
    with pytest.raises(RefusedError, match="do not give a key"):
        keys.combine(shares[:2])


@pytest.mark.parametrize("text", ["", "3", "1/3", "4/3", "2/17", "two/three", "-2/3", "3/5/7"])
def test_shares_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        read_share_count(text)


@pytest.mark.parametrize("text", ["", "age1qqqq", "AGE-SECRET-KEY-1QQQQ", "# only a comment"])
def test_what_is_no_identity_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        read_identity(text)


def test_an_identity_with_one_sign_wrong_is_refused() -> None:
    identity = str(x25519.Identity.generate())
    wrong = "Q" if identity[20] != "Q" else "P"
    with pytest.raises(RefusedError):
        secret_of(identity[:20] + wrong + identity[21:])


def test_a_short_and_a_long_name_are_equally_long_once_they_are_sealed() -> None:
    short, long = (
        {"name": "王", "words": ""},
        {"name": "ئايگۈل " * 30, "organization": "Ondra"},
    )
    assert len(to_seal(short)) == len(to_seal(long)) == PAD_TO


def test_the_longest_form_fits_a_cell_of_a_spreadsheet() -> None:
    widest = "\U00020000"
    form = {"name": widest * 200, "organization": widest * 200, "role": widest * 200, "words": widest * 5_000}
    sealed = seal_text(to_seal(form), keys.new_key().recipient)
    assert len(sealed) < 32_767 < LONGEST_SEALED


def test_the_printed_key_opens_with_age_itself() -> None:
    """The standard tool reads a file with comments and one identity; pyrage is its library."""
    made = keys.new_key()
    assert made.identity is not None
    data = pyrage.encrypt(b"words", [x25519.Recipient.from_str(made.recipient)])
    assert (
        pyrage.decrypt(data, [x25519.Identity.from_str(read_identity(f"# note\n{made.identity}\n"))])
        == b"words"
    )
