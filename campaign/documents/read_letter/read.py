"""A letter from the bytes of a file: text, Markdown, HTML, DOCX, ODT, PDF or EML."""

from collections.abc import Callable

from campaign.documents.read_letter.formats.source import lines_of_file
from campaign.documents.read_letter.reader import ReadLetter, lines_of_letter, read_lines
from campaign.documents.read_letter.roles import from_role_file
from campaign.domain.letter import Letter
from campaign.errors import RefusedError

MOST_ASKS = 2_000
MOST_SIGNATORIES = 50_000


def read_letter(data: bytes, *, name: str | None = None) -> Letter:
    """Read a file of at most 5 MB in this process; `name` is the file's, a hint for its kind.

    The warnings tell what the reader is unsure of and quote what is not in the record, except what its writer
    hid. Raises RefusedError for what is no letter. Files of strangers are for `read_letter_apart`.
    """
    return read_with_roles(data, name=name).letter


def read_with_roles(
    data: bytes,
    *,
    name: str | None = None,
    roles: str | None = None,
    on_lines: Callable[[int], None] = lambda _: None,
) -> ReadLetter:
    """Read a letter, and say what each of its lines is; `roles` is a file of roles that a person corrected.

    `on_lines` is told how many lines with text there are, before their reading takes its time.

    Raises RefusedError as `read_letter` does, and for roles of another letter.
    """
    source = lines_of_file(data, name=name)
    on_lines(sum(not line.blank for line in source.lines))
    given = from_role_file(roles, lines_of_letter(source)) if roles is not None else None
    read = read_lines(source, given)
    if len(read.letter.asks) > MOST_ASKS or len(read.letter.signatories) > MOST_SIGNATORIES:
        raise RefusedError(
            "The letter has more than %(asks)d asks or %(signatories)d signatories.",
            asks=MOST_ASKS,
            signatories=MOST_SIGNATORIES,
        )
    return read
