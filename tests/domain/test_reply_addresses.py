from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.addresses import clean_address
from campaign.domain.reply_addresses import ReplyAddresses

KEY, OLD = b"k" * 32, b"o" * 32
ADDRESSES = ReplyAddresses("replies.letters.example", (KEY, OLD))
IDS = st.integers(1, 2**31 - 1)


@given(IDS, IDS)
def test_an_address_leads_to_its_message_in_any_case_and_tells_nobody_which(one: int, other: int) -> None:
    address = ADDRESSES.address_of(one)
    assert address is not None
    assert clean_address(address) == address == address.lower()
    assert len(address.partition("@")[0]) <= 64
    assert ADDRESSES.message_of(address) == ADDRESSES.message_of(f" <{address.upper()}> ") == one
    assert (address == ADDRESSES.address_of(other)) == (one == other)


@given(st.integers(2, 25), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_an_address_changed_in_any_letter_is_nobody_s(place: int, letter: str) -> None:
    address = ADDRESSES.address_of(7)
    assert address is not None
    changed = address[:place] + letter + address[place + 1 :]
    assert ADDRESSES.message_of(changed) == (7 if changed == address else None)


def test_addresses_outlive_a_change_of_the_secret_and_of_the_domain() -> None:
    before = ReplyAddresses("answers.letters.example", (OLD,)).address_of(7)
    assert before is not None
    assert ADDRESSES.message_of(before) == 7
    assert ReplyAddresses("answers.letters.example", (KEY,)).message_of(before) is None


def test_without_a_domain_there_are_no_addresses() -> None:
    off = ReplyAddresses("", (KEY,))
    assert off.address_of(7) is None
    for strange in ("", "r+@", "r+" + "a" * 24, "r+" + "1" * 24 + "@x.example", "r+ａ" + "a" * 23 + "@x"):
        assert off.message_of(strange) is None
