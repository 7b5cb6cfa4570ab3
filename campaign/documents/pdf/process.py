"""The process that makes one PDF: a request as JSON on standard input, the PDF on standard output.

Its first line is JSON too: how many characters no font has, or why there is no PDF.
"""

import json
import sys
from pathlib import Path

from campaign.documents import limited_process
from campaign.documents.pdf.render import LONGEST_SECONDS, MOST_MEMORY, NoPdfError, render_pdf

NICENESS = 15  # behind everything that anybody waits for


def main() -> int:
    """Make the PDF; 1 when it cannot be made."""
    limited_process.limit(seconds=LONGEST_SECONDS, memory=MOST_MEMORY, niceness=NICENESS)
    request = json.load(sys.stdin.buffer)
    try:
        rendered = render_pdf(request["html"], request["css"], font_folder=Path(request["fonts"]))
    except NoPdfError as error:
        return limited_process.refuse(error)
    except MemoryError:
        return limited_process.refuse(NoPdfError("This PDF would take more memory than it may."))
    return limited_process.answer({"missing": rendered.missing}, rendered.pdf)


if __name__ == "__main__":
    sys.exit(main())
