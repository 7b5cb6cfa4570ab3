"""Warnings where another division of the letter is nearly as good as the best."""

from collections.abc import Sequence

from campaign.documents.read_letter.division import Placed
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import excerpt
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.roles import LetterRole
from campaign.documents.read_letter.weights import CLOSE
from campaign.i18n import to_translate

_TITLE = to_translate("Check whether “%(text)s” is the title: another reading is nearly as likely.")
_DATE = to_translate(
    "Check whether “%(text)s” is the date of the letter: another reading is nearly as likely."
)
_ADDRESSEES = to_translate(
    "Check whether “%(text)s” names an addressee: another reading is nearly as likely."
)
_SUBJECT = to_translate("Check whether “%(text)s” is the subject: another reading is nearly as likely.")
_SALUTATION = to_translate("Check whether “%(text)s” is the salutation: another reading is nearly as likely.")
_BODY = to_translate("Check whether “%(text)s” belongs to the text: another reading is nearly as likely.")
_ASKS = to_translate("Check whether “%(text)s” belongs to the asks: another reading is nearly as likely.")
_CLOSING = to_translate("Check whether “%(text)s” is the closing: another reading is nearly as likely.")
_SIGNATORIES = to_translate(
    "Check whether “%(text)s” belongs to the signatories: another reading is nearly as likely."
)
_COPIED = to_translate("Check whether “%(text)s” receives a copy: another reading is nearly as likely.")
_PARTS = {
    LetterRole.TITLE: "title",
    LetterRole.DATE: "date",
    LetterRole.PAGE_DATE: "date",
    LetterRole.ADDRESSEE: "addressees",
    LetterRole.SUBJECT: "subject",
    LetterRole.SALUTATION: "salutation",
    LetterRole.TEXT: "body",
    LetterRole.LEAD: "body",
    LetterRole.CONCLUSION: "body",
    LetterRole.LEDE: "body",
    LetterRole.ANSWER: "body",
    LetterRole.ASK: "asks",
    LetterRole.ASK_TEXT: "asks",
    LetterRole.CLOSING: "closing",
    LetterRole.SIGNATORY: "signatories",
    LetterRole.LIST_HEADING: "signatories",
    LetterRole.COPIED: "copied",
    LetterRole.COPIED_HEADING: "copied",
}
# What stays out of the record either way, or goes into the same part of it.
_OUT = frozenset(
    (
        LetterRole.FURNITURE,
        LetterRole.LEDE,
        LetterRole.SENDER,
        LetterRole.NOTE,
        LetterRole.FOOTNOTE,
        LetterRole.BLIND_COPY,
        LetterRole.ANSWER,
    )
)


def warn_of_close_calls(
    blocks: Sequence[Paragraph], placed: Sequence[Placed], accounting: LineAccounting
) -> None:
    """One warning for each stretch of blocks whose role is uncertain, and for each part that it concerns."""
    before: tuple[LetterRole, LetterRole | None] | None = None
    for block, place in zip(blocks, placed, strict=True):
        pair = (place.role, place.other)
        close = place.margin < CLOSE and not {place.role, place.other or place.role} <= _OUT
        if close and pair != before:
            for part in _parts(place):
                _warn(part, block.lines[0].number, excerpt(block.whole), accounting)
        before = pair if close else None


def _parts(place: Placed) -> list[str]:
    """The parts of the record that the block may belong to, the text only where it is the only one."""
    concerned = [_PARTS[role] for role in (place.role, place.other) if role in _PARTS]
    if len(set(concerned)) == 1 and len(concerned) == 2:
        return []
    telling = [part for part in concerned if part != "body"]
    return list(dict.fromkeys(telling or concerned))


def _warn(part: str, number: int, text: str, accounting: LineAccounting) -> None:
    match part:
        case "title":
            accounting.warn(number, _TITLE, text=text)
        case "date":
            accounting.warn(number, _DATE, text=text)
        case "addressees":
            accounting.warn(number, _ADDRESSEES, text=text)
        case "subject":
            accounting.warn(number, _SUBJECT, text=text)
        case "salutation":
            accounting.warn(number, _SALUTATION, text=text)
        case "body":
            accounting.warn(number, _BODY, text=text)
        case "asks":
            accounting.warn(number, _ASKS, text=text)
        case "closing":
            accounting.warn(number, _CLOSING, text=text)
        case "signatories":
            accounting.warn(number, _SIGNATORIES, text=text)
        case "copied":
            accounting.warn(number, _COPIED, text=text)
