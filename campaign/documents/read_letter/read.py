"""A letter from the bytes of a file: Markdown, HTML, DOCX or plain text."""

from campaign.documents.read_letter.formats.decoding import decode
from campaign.documents.read_letter.formats.docx import lines_of_docx
from campaign.documents.read_letter.formats.html import lines_of_html
from campaign.documents.read_letter.formats.kinds import (
    Kind,
    is_docx,
    kind_of_text,
    refuse_by_length,
    refuse_by_size,
)
from campaign.documents.read_letter.formats.markdown import lines_of_markdown
from campaign.documents.read_letter.formats.text import lines_of_text
from campaign.documents.read_letter.lines import Source, clean
from campaign.documents.read_letter.reader import ReadLetter, lines_of_letter, read_lines
from campaign.documents.read_letter.refusals import refuse_other_text
from campaign.documents.read_letter.roles import from_role_file
from campaign.domain.letter import Letter


def read_letter(data: bytes, *, name: str | None = None) -> Letter:
    """Read plain text, Markdown, HTML or DOCX of at most 5 MB; `name` is the file's, a hint for its kind.

    The warnings tell what the reader is unsure of and quote every text that is not in the record. Raises
    RefusedError for what is no letter.
    """
    return read_with_roles(data, name=name).letter


def read_with_roles(data: bytes, *, name: str | None = None, roles: str | None = None) -> ReadLetter:
    """Read a letter, and say what each of its lines is; `roles` is a file of roles that a person corrected.

    Raises RefusedError as `read_letter` does, and for roles of another letter.
    """
    source = _source(data, name)
    given = from_role_file(roles, lines_of_letter(source)) if roles is not None else None
    return read_lines(source, given)


def _source(data: bytes, name: str | None) -> Source:
    refuse_by_size(data)
    if is_docx(data):
        document = lines_of_docx(data)
        refuse_by_length(sum(len(line.text) for line in document.lines), len(document.lines))
        return document
    raw, warnings = decode(data, html=b"<" in data[:2000])
    refuse_other_text(raw, name)
    text = clean(raw)
    refuse_by_length(len(text), text.count("\n"))
    source = _lines(text, kind_of_text(text, name))
    return Source(source.lines, (*warnings, *source.warnings))


def _lines(text: str, kind: Kind) -> Source:
    match kind:
        case Kind.HTML:
            return lines_of_html(text)
        case Kind.MARKDOWN:
            return lines_of_markdown(text)
        case _:
            return lines_of_text(text)
