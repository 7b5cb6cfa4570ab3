"""What each block of a letter looks like: the features that the table of weights speaks of."""

import re

from campaign.documents.read_letter.addressees import POSTAL, reads_as_address
from campaign.documents.read_letter.affiliations import is_organization, is_person, is_role
from campaign.documents.read_letter.anchors import copies_begin, heads_inline_list, is_signatory_heading
from campaign.documents.read_letter.demanding import leads
from campaign.documents.read_letter.lines import display_width
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.shapes import date_line, is_prose, name_likeness, reads_as_name
from campaign.documents.read_letter.surroundings import DEEPEST_HEAD, Look, add_ask_runs, add_neighbours
from campaign.documents.read_letter.words.afterwords import AFTERWORD, CONTACT, CONTACT_ALONE, NOTES_HEADING
from campaign.documents.read_letter.words.demands import ASK_HEADING, CONCLUSION
from campaign.documents.read_letter.words.labels import (
    BLIND_COPY_LABEL,
    BYLINE,
    COPY_ALONE,
    FROM_LABEL,
    PAGE_DATE_LABEL,
    SUBJECT_LABEL,
    TO_LABEL,
    TO_SOMEBODY,
)
from campaign.documents.read_letter.words.people import HONORIFIC
from campaign.documents.read_letter.words.places import REGIONS
from campaign.documents.read_letter.words.signatures import SIGN_ROOT
from campaign.documents.read_letter.words.titles import LETTER_NOUN, LETTER_WORDS, OPENS_AS_LETTER
from campaign.documents.read_letter.words.web_pages import (
    BOILERPLATE,
    CALL_TO_SIGN,
    MAIL_HEAD,
    PRESENTS,
    SENT_BY,
)

_URL = re.compile(r"https?://\S+|www\.\S+")
_REFERENCE = re.compile(
    r"https?://|[“\"'‘«][^”\"»]{6,}[,.]?[”\"'’»].{0,60}\(?.{0,20}(?:19|20)\d\d|^\(.{0,24}(?:19|20)\d\d\)$"
)
_MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)|<!--.*-->|\[[^\]]{0,40}\]\(#[^)]*\)")
_COUNTED = re.compile(
    r"\d{1,4}\+? (?:\w+ ){0,3}(?:organi[sz]ations|groups|individuals|ngos|signatories)\b", re.IGNORECASE
)
_BRACKETED = re.compile(r"[\[(（].*[\])）]")
_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_TIME = re.compile(r"\d:\d\d")
_NAMES_APART = re.compile(r"\s*[;；、]\s*|\s{2,}|\u3000")
_HAN_NAMES = re.compile(r"(?:[\u4e00-\u9fff]{2,4}[\s\u3000]+){2,}[\u4e00-\u9fff]{2,4}(?:\s*[（(].*)?")
# In a list as long as this the words of names tell nothing that their shapes do not.
_DEEPEST_WORDS = 400


def looks_of(blocks: list[Paragraph], language: str | None) -> list[Look]:
    """The features of every block, in order."""
    looks = [_own(block, index, language) for index, block in enumerate(blocks)]
    add_neighbours(blocks, looks)
    places = ((at, look) for at, look in enumerate(looks))
    begin = next((at for at, look in places if "salutation" in look), None)
    if begin is None:
        begin = next((at for at, look in enumerate(looks) if look.get("prose", 0) >= 1), 0)
    add_ask_runs(blocks, looks, begin + 1)
    return looks


def _own(block: Paragraph, index: int, language: str | None) -> Look:
    """What a block shows by itself."""
    text = block.text.strip("*_ ") or block.mark
    width, cells = display_width(text), block.lines[0].cells
    look: Look = {"bias": 1.0}
    _add_shape(look, block, text, width)
    if width <= 160:
        _add_labels(look, text, language)
    if width <= 220:
        _add_words(look, block, text, index)
    in_head = index < DEEPEST_HEAD and width <= 160 and not look.keys() & {"date", "sentence"}
    ended = ends_sentence(text)
    _mark(
        look,
        leads=leads(text),
        conclusion_words=CONCLUSION.match(text),
        call_to_sign=width < 240 and CALL_TO_SIGN.match(text),
        presents=PRESENTS.search(text[-160:]),
        bracketed=width < 300 and _BRACKETED.fullmatch(text),
        afterword=AFTERWORD.match(text) or CONTACT.match(text) or NOTES_HEADING.fullmatch(text),
        url=not cells and _URL.search(text),
        reference=not cells and _REFERENCE.search(text[:400]),
        names_in_row=_are_names_in_a_row(text),
        address=in_head and not ended and reads_as_address(text),
        honorific=in_head and not ended and HONORIFIC.match(text),
        postal=in_head and width < 90 and POSTAL.search(text) and any(map(str.isdigit, text)),
    )
    return look


def _mark(look: Look, **features: object) -> None:
    look.update({feature: 1.0 for feature, there in features.items() if there})


def _add_shape(look: Look, block: Paragraph, text: str, width: int) -> None:
    cells, ended = block.lines[0].cells, ends_sentence(text)
    likeness = name_likeness(cells[0] if len(cells) > 2 else block.whole if _is_initial(block) else text)
    name = likeness >= 0.75
    heading = block.level > 0 or (not ended and LETTER_NOUN.search(" ".join(text.split()[:6])) is not None)
    heading = heading and width < 320
    strong = block.strong >= len(block.text) > 0
    capitals = text.isupper() and len(text.split()) > 3
    if likeness:
        look["name"] = likeness
    if not name and len(cells) <= 2 and not heading and is_prose(text):
        look["prose"] = 1.0
    elif not name and ended and len(text.split()) >= 5:
        look["prose"] = 0.7
    _mark(
        look,
        opens_as_letter=not ended and width < 320 and OPENS_AS_LETTER.match(text),
        long=width >= 150 and not heading and len(cells) <= 2,
        short=width < 60,
        sentence=ended and not name,
        level=block.level,
        strong=strong,
        capitals=capitals,
        stands_out=block.level or strong or capitals,
        marker=block.marker,
        colon=text.endswith((":", "：")),
        comma=text.endswith((",", "，", "،")),
        cells=any(line.cells for line in block.lines) and "\t" not in text,
        page_word=_MARKUP.fullmatch(text),
        no_words=not any(map(str.isalnum, text)),
    )


def _is_initial(block: Paragraph) -> bool:
    """Whether the mark of an item is the first initial of a name, as in “A. Quill”."""
    return block.marker is not None and block.marker.family[-2:-1] in ("A", "I") and len(block.mark) <= 3


def _are_names_in_a_row(text: str) -> bool:
    if _HAN_NAMES.fullmatch(text):
        return True
    parts = [part for part in _NAMES_APART.split(text) if part]
    return len(parts) >= 3 and all(len(part) <= 110 and reads_as_name(part) for part in parts[:40])


def _add_labels(look: Look, text: str, language: str | None) -> None:
    found = date_line(text, language)
    if found:
        rest = len(text) - (found.end - found.start)
        whole = found.end - found.start >= 0.4 * len(text) or rest <= 24
        beside = text[: found.start].split()
        if whole:
            look["date"] = 1.0
        if not whole or (len(beside) >= 3 and found.end >= len(text.rstrip(" .)"))):
            look["dated_end"] = 1.0
        if PAGE_DATE_LABEL.match(text) or BYLINE.match(text) or _TIME.search(text):
            look["page_date"] = 1.0
    for feature, form in (
        ("subject_label", SUBJECT_LABEL),
        ("blind_label", BLIND_COPY_LABEL),
        ("to_label", TO_LABEL),
        ("from_label", FROM_LABEL),
        ("byline", BYLINE),
        ("mail_head", MAIL_HEAD),
        ("way", SENT_BY),
        ("to_somebody", TO_SOMEBODY),
    ):
        if form.match(text):
            look[feature] = 1.0
    if CONTACT_ALONE.fullmatch(text):
        look["contact"] = 1.0
    elif _MAILBOX.search(text):
        look["contact"] = 0.5
    if BOILERPLATE.fullmatch(text):
        look["page_word"] = 0.5 if re.fullmatch(r"(?:[^\W\d]| ){1,12}", text) else 1.0


def _add_words(look: Look, block: Paragraph, text: str, index: int) -> None:
    line, copies = block.lines[0], copies_begin(block.lines[0])
    inline, short = heads_inline_list(line), len(text) <= 90
    heading = inline or is_signatory_heading(line)
    alone = COPY_ALONE.fullmatch(text.rstrip(":： ")) or (copies and re.fullmatch(r"[^:：]{1,24}[:：]", text))
    _mark(
        look,
        copy_alone=alone,
        copy_label=copies,
        ask_heading=short and ASK_HEADING.match(text) and not ends_sentence(text.rstrip(":")),
        sign_heading=heading,
        region=text.rstrip(":： ").lower() in REGIONS,
        inline_list=inline,
        sign_root=not heading and len(text) < 110 and (SIGN_ROOT.search(text) or _COUNTED.match(text)),
    )
    if index >= _DEEPEST_WORDS:
        return
    if LETTER_WORDS.search(text):
        look["letter_word"] = 1.0 if LETTER_NOUN.search(text) else 0.8
    organization = is_organization(text)
    name = short and look.get("name", 0.0) >= 0.75
    head = re.split(r"[,|(/–—]|\s-\s", text)[0].strip()
    _mark(
        look,
        person=name and not organization and is_person(head),
        organization=name and organization,
        role=short and is_role(text),
    )
