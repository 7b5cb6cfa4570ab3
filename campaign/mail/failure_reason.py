"""The words with which others explain what became of a mail, as they may be kept and shown."""

import re

from campaign.domain.names import clean_line

MAX_REASON = 500
# Servers like to repeat the recipient in their refusals; the reason is kept longer than the address may be.
_ADDRESS = re.compile(r"[^\s<>@]{0,64}@[^\s<>]{0,320}")


def redacted_reason(words: str) -> str | None:
    """The words on one line, without addresses and what no database keeps; None when nothing is left."""
    # JSON can spell NUL, and halves of characters.
    storable = words.replace("\x00", "").encode("utf-8", "replace").decode()
    return _ADDRESS.sub("<address>", clean_line(storable))[:MAX_REASON] or None
