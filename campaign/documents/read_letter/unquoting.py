"""Lines without what mail programs and keyboards put around a text."""

import re
from collections.abc import Sequence
from dataclasses import replace

from campaign.documents.read_letter.lines import Line

_QUOTED = re.compile(r"(?:>\s?)+")
_DIRECTION = "\u200e\u200f\u061c \u00a0\u3000\u200b"


def unquoted(lines: Sequence[Line]) -> list[Line]:
    """The lines without marks of quoting, where most have them, and without direction marks around them."""
    filled = [line for line in lines if line.text]
    quoted = sum(line.text.startswith(">") for line in filled) > 0.5 * len(filled)
    return [_bare(line, quoted=quoted) for line in lines]


def _bare(line: Line, *, quoted: bool) -> Line:
    text = line.text.strip(_DIRECTION)
    if quoted and (mark := _QUOTED.match(text)):
        rest = text[mark.end() :]
        text = rest.strip(_DIRECTION)
        return replace(line, text=text, indent=len(rest) - len(rest.lstrip()))
    return line if text == line.text else replace(line, text=text)
