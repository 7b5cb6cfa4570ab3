"""Warnings about officials whom a letter addresses, and names again among those who receive a copy."""

from collections.abc import Sequence

from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import Line
from campaign.documents.read_letter.words.people import HONORIFIC
from campaign.domain.letter import Letter
from campaign.domain.name_order import fold_name


def warn_of_named_twice(letter: Letter, accounting: LineAccounting, copies: Sequence[Line]) -> None:
    """Warn of each addressee in the list of copies, whose lines are `copies`; both stay in the record."""
    addressees = [addressee.name for addressee in letter.addressees]
    for copied in letter.copied:
        if any(_is_same(copied.name, name) for name in addressees):
            place = next((line for line in copies if copied.name in line.text), copies[0])
            accounting.warn(
                place.number,
                "“%(text)s” is an addressee, and in the list of copies too; check it.",
                text=copied.name,
            )


def _is_same(one: str, other: str) -> bool:
    """Whether two names are the same; one of them may have a form of address before it.

    Not each its own: “Mr. Orr” and “Ms. Orr” are two people.
    """
    first, second = fold_name(one), fold_name(other)
    return first in (second, fold_name(HONORIFIC.sub("", other, 1))) or second == fold_name(
        HONORIFIC.sub("", one, 1)
    )
