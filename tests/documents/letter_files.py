"""Files of word processors, made sign by sign, so that each test says what is odd about its file."""

import io
import zipfile
from collections.abc import Iterable, Mapping

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_WORD = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_ODF_NAMES = "".join(
    f' xmlns:{prefix}="{_ODF}{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "fo": "xsl-fo-compatible",
    }.items()
)


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip file of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return buffer.getvalue()


def relationships(targets: Iterable[tuple[str, str]], office: str = OFFICE) -> str:
    """The part that says where the parts of a document are, by kind and target."""
    entries = "".join(
        f'<Relationship Id="r{at}" Type="{office}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{entries}</Relationships>'


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    return (
        f"<w:p><w:pPr>{properties}</w:pPr>"
        f'<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def docx(
    body: str,
    *,
    main: str = "word/document.xml",
    target: str | None = None,
    word: str = WORD,
    office: str = OFFICE,
    parts: Mapping[str, str] | None = None,
    related: Iterable[tuple[str, str]] = (),
) -> bytes:
    """A Word document whose text is in `main`, which the package says is at `target`."""
    folder, _, file = main.rpartition("/")
    names = f'xmlns:w="{word}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relationships([("officeDocument", target or main)], office),
            main: f"<w:document {names}><w:body>{body}</w:body></w:document>",
            f"{folder}/_rels/{file}.rels": relationships(related, office),
            **{name: part.replace("@names", names) for name, part in (parts or {}).items()},
        }
    )


def odt(body: str, styles: str = "") -> bytes:
    """An OpenDocument text with these automatic styles."""
    content = (
        f"<office:document-content{_ODF_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def pdf(pages: Iterable[Iterable[tuple[float, float, float, str]]], *, more: bytes = b"") -> bytes:
    """A PDF of pages with texts in Helvetica: left end, base line, size, words; `more` is in each."""
    contents = [b"\n".join(_shown(*text) for text in page) + more for page in pages]
    numbers = [4 + 2 * at for at in range(len(contents))]
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(contents)),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    }
    for number, content in zip(numbers, contents, strict=True):
        objects[number] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>"
            b"/Contents %d 0 R>>" % (number + 1)
        )
        objects[number + 1] = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    return pdf_of_objects(objects)


def pdf_of_objects(objects: Mapping[int, bytes]) -> bytes:
    """A PDF of numbered objects, the first of which is its catalogue."""
    out, places = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = max(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % places[number] for number in range(1, size))
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size %d>>\n" % (size, table, size)
        + b"startxref\n%d\n%%%%EOF" % len(out)
    )


def _shown(left: float, base: float, size: float, words: str) -> bytes:
    escaped = words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252")
    return b"BT /F %.1f Tf %.1f %.1f Td (%s) Tj ET" % (size, left, base, escaped)
