"""How the tables of words are written."""

import re


def starts_with(*forms: str) -> re.Pattern[str]:
    """Any of the forms at the start of a single trimmed line, in any case."""
    return re.compile(rf"(?:{'|'.join(forms)})", re.IGNORECASE)


def words_in(text: str) -> frozenset[str]:
    """The words of a table written as running text."""
    return frozenset(text.split())
