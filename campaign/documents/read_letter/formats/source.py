"""From the bytes of a file to the lines its letter is read from, whatever kind of file it is."""

from campaign.documents.read_letter.formats.decoding import decode
from campaign.documents.read_letter.formats.docx import lines_of_docx, main_part
from campaign.documents.read_letter.formats.eml import is_eml, lines_of_eml, refuse_encoded_text
from campaign.documents.read_letter.formats.html import lines_of_html
from campaign.documents.read_letter.formats.kinds import (
    Kind,
    kind_of_text,
    refuse_by_length,
    refuse_by_size,
    refuse_other_archive,
    refuse_other_binaries,
    suffix_of,
)
from campaign.documents.read_letter.formats.markdown import lines_of_markdown
from campaign.documents.read_letter.formats.odt import MEDIA_TYPES, lines_of_odt
from campaign.documents.read_letter.formats.package import Package
from campaign.documents.read_letter.formats.pdf import is_pdf, lines_of_pdf
from campaign.documents.read_letter.formats.text import lines_of_text
from campaign.documents.read_letter.lines import Source, clean
from campaign.documents.read_letter.refusals import refuse_other_text


def lines_of_file(data: bytes, *, name: str | None = None) -> Source:
    """Lines of text, Markdown, HTML, DOCX, ODT, PDF or EML of at most 5 MB; `name` is a hint for its kind.

    Raises RefusedError, saying what it is and what to do, for what cannot be a letter.
    """
    refuse_by_size(data)
    refuse_other_binaries(data)
    if data.startswith(b"PK"):
        source = _of_archive(Package(data))
    elif is_pdf(data):
        source = lines_of_pdf(data)
    elif is_eml(data, suffix_of(name)):
        source = lines_of_eml(data)
    else:
        return _of_text(data, name)
    refuse_by_length(sum(len(line.text) for line in source.lines), len(source.lines))
    return source


def _of_archive(package: Package) -> Source:
    part = main_part(package)
    if part is not None and not package.is_locked:
        return lines_of_docx(package, part)
    if package.text("mimetype") in MEDIA_TYPES and not package.is_locked:
        return lines_of_odt(package)
    return refuse_other_archive(package)


def _of_text(data: bytes, name: str | None) -> Source:
    raw, warnings = decode(data, html=b"<" in data[:2000])
    refuse_other_text(raw, name)
    refuse_encoded_text(raw)
    text = clean(raw)
    refuse_by_length(len(text), text.count("\n"))
    match kind_of_text(text, name):
        case Kind.HTML:
            source = lines_of_html(text)
        case Kind.MARKDOWN:
            source = lines_of_markdown(text)
        case Kind.TEXT:
            source = lines_of_text(text)
    return Source(source.lines, (*warnings, *source.warnings))
