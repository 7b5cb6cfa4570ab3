"""The process that reads one letter: a file's name and the file come in, the letter as JSON goes out."""

import json
import sys

from campaign.documents import limited_process
from campaign.documents.read_letter.apart import LONGEST_SECONDS, MOST_MEMORY, plain
from campaign.documents.read_letter.read import read_with_roles
from campaign.errors import RefusedError


def main() -> int:
    """Read the letter; 1 when it cannot be read."""
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    limited_process.limit(seconds=LONGEST_SECONDS, memory=MOST_MEMORY)
    try:
        read = read_with_roles(data, **json.loads(head))
    except RefusedError as error:
        return limited_process.refuse(error)
    except MemoryError:
        return 1
    return limited_process.answer(plain(read))


if __name__ == "__main__":
    sys.exit(main())
