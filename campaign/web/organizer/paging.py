"""Where a page of rows begins, as the address says it."""

from flask import request

from campaign.errors import NotFoundError

LARGEST_ID = 2**31 - 1  # what an INTEGER column holds on both databases


def row_named(parameter: str) -> int | None:
    """The row's number as it was sent, None where there is none; NotFoundError for what no row has."""
    text = request.values.get(parameter, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_ID):
        raise NotFoundError("There is no such page of this list.")
    return int(text)
