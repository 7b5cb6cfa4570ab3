"""A letter from the bytes of a file: text, Markdown, HTML, DOCX, ODT, PDF or EML."""

from campaign.documents.read_letter.formats.source import lines_of_file
from campaign.documents.read_letter.reader import read_lines
from campaign.domain.letter import Letter
from campaign.errors import RefusedError

MOST_ASKS = 2_000
MOST_SIGNATORIES = 50_000


def read_letter(data: bytes, *, name: str | None = None) -> Letter:
    """Read a file of at most 5 MB in this process; `name` is the file's, a hint for its kind.

    The warnings tell what the reader is unsure of and quote what is not in the record, except what its writer
    hid. Raises RefusedError for what is no letter. Files of strangers are for `read_letter_apart`.
    """
    letter = read_lines(lines_of_file(data, name=name))
    if len(letter.asks) > MOST_ASKS or len(letter.signatories) > MOST_SIGNATORIES:
        raise RefusedError(
            "The letter has more than %(asks)d asks or %(signatories)d signatories.",
            asks=MOST_ASKS,
            signatories=MOST_SIGNATORIES,
        )
    return letter
