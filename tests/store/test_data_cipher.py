"""Values as lists read them, a whole column at once: no other than one alone would be."""

import pytest

from campaign.domain.data_keys import data_keys
from campaign.store.data_cipher import UNREADABLE, DataCipher, Place, UnreadableError

PLACE = Place("signature", "name")


@pytest.fixture
def cipher() -> DataCipher:
    return DataCipher(data_keys("k" * 40, ()))


def test_a_list_shows_nothing_that_somebody_without_the_key_put_into_the_database(cipher: DataCipher) -> None:
    good = cipher.seal("Rana Idris", PLACE, 1)
    others = [
        "Typed by hand",
        cipher.seal_unbound("Of an earlier version", PLACE),
        good,  # copied from the first row
        cipher.seal("Of another column", Place("signature", "role"), 5),
        good[:-8] + "AAAAAAA=",
    ]
    rows = range(1, len(others) + 2)
    assert cipher.open_column([good, *others], PLACE, rows) == ["Rana Idris", *[UNREADABLE] * len(others)]
    for row, value in enumerate(others, 2):
        with pytest.raises(UnreadableError):
            cipher.open(value, PLACE, row)


def test_where_values_of_earlier_versions_may_be_a_list_shows_them(cipher: DataCipher) -> None:
    cipher.reads_earlier = lambda: True
    earlier = ["Typed by hand", cipher.seal_unbound("Of an earlier version", PLACE), None, ""]
    shown = ["Typed by hand", "Of an earlier version", None, ""]
    assert cipher.open_column(earlier, PLACE, range(4)) == shown


def test_neither_bytes_nor_a_column_with_public_values_take_what_is_bound_to_no_row(
    cipher: DataCipher,
) -> None:
    office = Place("outbox_email", "to_address", may_be_public=True)
    assert cipher.open("minister@waters.example", office, 1) == "minister@waters.example"
    with pytest.raises(UnreadableError):
        cipher.open(cipher.seal_unbound("rana@mail.example", office), office, 1)
    for data in (b"put there by hand", cipher.seal_bytes_unbound(b"of an earlier version", PLACE)):
        with pytest.raises(UnreadableError):
            cipher.open_bytes(data, PLACE, 1)


def test_names_of_one_length_or_another_look_alike(cipher: DataCipher) -> None:
    lengths = {len(cipher.seal(name, PLACE, 1)) for name in ("Bo", "Rana Idris", "Mina Sato-Berg I")}
    assert len(lengths) == 1
