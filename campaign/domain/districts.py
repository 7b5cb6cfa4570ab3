"""Districts: which officials somebody's postal code is in. Never guessed from anything else."""

import re
from collections.abc import Iterable, Sequence

from campaign.errors import RefusedError

MOST_CODES = 2_000
LONGEST_CODE = 12
_CODE = re.compile(rf"[A-Z0-9]{{1,{LONGEST_CODE}}}")


def clean_code(text: str) -> str:
    """A postal code as it is compared: capitals and digits, without what stands between them."""
    return re.sub(r"[\s-]+", "", text).upper()


def read_postal_codes(text: str) -> list[str]:
    """A district as it is typed: postal codes, or what they begin with, one a line or between commas.

    RefusedError names the first that is none. A code with a space in it (SW1A 1AA) takes a line or a place
    between commas of its own; in a line of several without commas each word is one.
    """
    codes: dict[str, None] = {}
    for entry in re.split(r"[,;\n]+", text):
        words = entry.split()
        # "SW1A 1AA" is one code, "94110 94114" are two.
        joined = "".join(words)
        for word in [joined] if len(words) == 2 and not joined.isdigit() else words:
            code = clean_code(word)
            if not code:
                continue
            if not _CODE.fullmatch(code):
                raise RefusedError("“%(code)s” is not a postal code or the beginning of one.", code=word[:40])
            codes[code] = None
    if len(codes) > MOST_CODES:
        raise RefusedError("A district can have at most %(most)d postal codes.", most=MOST_CODES)
    return sorted(codes)


def is_in_district(postal_code: str, codes: Iterable[str]) -> bool:
    """Whether a postal code is one of these, or begins with one."""
    code = clean_code(postal_code)
    return bool(code) and any(code.startswith(beginning) for beginning in codes)


def own_officials(postal_code: str, districts: Sequence[tuple[int, Iterable[str]]]) -> frozenset[int]:
    """Of officials and the postal codes of their districts, the ids of those a postal code is in."""
    return frozenset(id_ for id_, codes in districts if is_in_district(postal_code, codes))
