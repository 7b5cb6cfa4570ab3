"""The process that reads one letter: a file's name and the file come in, the letter as JSON goes out."""

import json
import sys

from campaign.documents import limited_process
from campaign.documents.read_letter.apart import (
    LONGEST_SECONDS,
    MOST_LINES,
    MOST_MEMORY,
    MOST_SECONDS,
    SECONDS_A_LINE,
    plain,
)
from campaign.documents.read_letter.read import read_with_roles
from campaign.errors import RefusedError


def main() -> int:
    """Read the letter; 1 when it cannot be read."""
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    limited_process.limit(seconds=LONGEST_SECONDS, memory=MOST_MEMORY, most_seconds=MOST_SECONDS)
    try:
        read = read_with_roles(data, **json.loads(head), on_lines=_allow)
    except RefusedError as error:
        return limited_process.refuse(error)
    except MemoryError:
        return 1
    return limited_process.answer(plain(read))


def _allow(lines: int) -> None:
    """Give a long letter its time; RefusedError, which says what to do, for one that is longer than any."""
    if lines > MOST_LINES:
        raise RefusedError(
            "This has %(lines)s lines of text, and at most %(most)s can be read at once. Shorten the list of"
            " names at its end and try again.",
            lines=lines,
            most=MOST_LINES,
        )
    limited_process.allow(LONGEST_SECONDS + lines * SECONDS_A_LINE)


if __name__ == "__main__":
    sys.exit(main())
