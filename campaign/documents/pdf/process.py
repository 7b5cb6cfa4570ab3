"""The process that makes one PDF: a request as JSON on standard input, the PDF on standard output.

Its first line is JSON too: how many characters no font has, or why there is no PDF.
"""

import json
import os
import resource
import sys
from pathlib import Path

from campaign.documents.pdf.render import LONGEST_SECONDS, MOST_MEMORY, NoPdfError, render_pdf

NICENESS = 15  # behind everything that anybody waits for


def main() -> int:
    """Make the PDF; 1 when it cannot be made."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    request = json.load(sys.stdin.buffer)
    output = sys.stdout.buffer
    try:
        rendered = render_pdf(request["html"], request["css"], font_folder=Path(request["fonts"]))
    except NoPdfError as error:
        return _refused(error)
    except MemoryError:
        return _refused(NoPdfError("This PDF would take more memory than it may."))
    output.write(json.dumps({"missing": rendered.missing}).encode() + b"\n" + rendered.pdf)
    return 0


def _refused(error: NoPdfError) -> int:
    """Write the sentence in parts, so that it can be translated where it is shown."""
    sys.stdout.buffer.write(json.dumps({"message": error.message, "values": error.values}).encode() + b"\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
