"""The process that makes one PDF: an order as JSON on standard input, the PDF on standard output.

Its first line is JSON too: how many characters no font could write, or the problem that left it without one.
"""

import json
import os
import resource
import sys
from pathlib import Path

from campaign.documents.pdf.render import LONGEST_SECONDS, MOST_MEMORY, NoPdfError, print_here

NICENESS = 15  # behind everything that anybody waits for


def main() -> int:
    """Print what was ordered; 1 when it cannot be."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    order = json.load(sys.stdin.buffer)
    answer = sys.stdout.buffer
    try:
        printed = print_here(order["html"], order["css"], font_folder=Path(order["fonts"]))
    except NoPdfError as error:
        return _refused(error)
    except MemoryError:
        return _refused(NoPdfError("This PDF would take more memory than it may."))
    answer.write(json.dumps({"missing": printed.missing}).encode() + b"\n" + printed.pdf)
    return 0


def _refused(error: NoPdfError) -> int:
    """Tell the sentence in parts, so that it can be translated where it is shown."""
    sys.stdout.buffer.write(json.dumps({"message": error.message, "values": error.values}).encode() + b"\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
