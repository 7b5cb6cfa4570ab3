"""Plain texts as DOCX: the few parts of ECMA-376 (WordprocessingML) that a word processor needs."""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Signs that XML 1.0 cannot hold (section 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_PARTS}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_PARTS}.styles+xml"/></Types>'
)
_ROOT = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
)
_OF_DOCUMENT = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
# A4, with margins of 2.5 cm, in twentieths of a point.
_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="708" w:footer="708"'
    ' w:gutter="0"/></w:sectPr>'
)


@dataclass(frozen=True)
class TextBlock:
    """Some text, whose line ends are kept; `style` is Normal, Title or Heading1."""

    text: str
    style: str = "Normal"
    on_new_page: bool = False


def docx(paragraphs: Iterable[TextBlock], *, language: str, is_rtl: bool) -> bytes:
    """The document, in one language."""
    body = "".join(_paragraph(one, is_rtl) for one in paragraphs)
    document = f'<w:document xmlns:w="{_MAIN}"><w:body>{body}{_PAGE}</w:body></w:document>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _ROOT),
            ("word/document.xml", document),
            ("word/_rels/document.xml.rels", _OF_DOCUMENT),
            ("word/styles.xml", _styles(language, is_rtl)),
        ):
            package.writestr(name, (_DECLARATION + part).encode())
    return file.getvalue()


def _paragraph(paragraph: TextBlock, is_rtl: bool) -> str:
    properties = f'<w:pStyle w:val="{paragraph.style}"/>'
    properties += "<w:pageBreakBefore/>" if paragraph.on_new_page else ""
    properties += "<w:bidi/>" if is_rtl else ""
    run = "<w:rPr><w:rtl/></w:rPr>" if is_rtl else ""
    lines = _NOT_XML.sub("", paragraph.text).split("\n")
    words = "<w:br/>".join(f'<w:t xml:space="preserve">{_escaped(line)}</w:t>' for line in lines)
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r>{run}{words}</w:r></w:p>"


def _styles(language: str, is_rtl: bool) -> str:
    both = f' w:bidi="{language}"' if is_rtl else ""
    tongue = f'<w:lang w:val="{language}"{both}/>'
    sized = (
        ("Title", "Title", 36, 240),
        ("Heading1", "heading 1", 28, 200),
        ("Heading2", "heading 2", 24, 160),
    )
    headings = "".join(
        f'<w:style w:type="paragraph" w:styleId="{id_}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/>'
        f'<w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="{space}" w:after="120"/></w:pPr>'
        f'<w:rPr><w:b/><w:bCs/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
        for id_, name, size, space in sized
    )
    return (
        f'<w:styles xmlns:w="{_MAIN}"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/>'
        f'<w:szCs w:val="22"/>{tongue}</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
        '<w:spacing w:after="160" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        f"{headings}</w:styles>"
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
