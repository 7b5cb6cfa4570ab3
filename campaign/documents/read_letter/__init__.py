"""Reads a joint letter from a file of any usual kind into the record of `campaign.domain.letter`.

Each kind of file becomes a list of lines with hints (`from_text`, `from_markdown`, `from_html`, `from_docx`);
one reader (`reader`) finds the parts of the letter in them.
"""

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
from campaign.documents.read_letter.reader import read_lines
from campaign.documents.read_letter.refusals import refuse_other_text
from campaign.domain.letter import Letter

__all__ = ["read_letter"]


def read_letter(data: bytes, *, name: str | None = None) -> Letter:
    """Read plain text, Markdown, HTML or DOCX of at most 5 MB; `name` is the file's, a hint for its kind.

    What the reader is unsure of, and every text it did not take into the record, is among the warnings with
    its line. Raises RefusedError with one sentence for what is no letter.
    """
    refuse_by_size(data)
    if is_docx(data):
        document = lines_of_docx(data)
        refuse_by_length(sum(len(line.text) for line in document.lines), len(document.lines))
        return read_lines(document)
    raw, warnings = decode(data, html=b"<" in data[:2000])
    refuse_other_text(raw, name)
    text = clean(raw)
    refuse_by_length(len(text), text.count("\n"))
    source = _lines(text, kind_of_text(text, name))
    return read_lines(Source(source.lines, (*warnings, *source.warnings)))


def _lines(text: str, kind: Kind) -> Source:
    match kind:
        case Kind.HTML:
            return lines_of_html(text)
        case Kind.MARKDOWN:
            return lines_of_markdown(text)
        case _:
            return lines_of_text(text)
