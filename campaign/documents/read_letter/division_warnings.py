"""Warnings where another division of the letter is nearly as good as the best."""

from collections.abc import Sequence

from campaign.documents.read_letter.division import Placed
from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.documents.read_letter.lines import excerpt
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.roles import Role
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
    Role.TITLE: _TITLE,
    Role.DATE: _DATE,
    Role.PAGE_DATE: _DATE,
    Role.ADDRESSEE: _ADDRESSEES,
    Role.SUBJECT: _SUBJECT,
    Role.SALUTATION: _SALUTATION,
    Role.TEXT: _BODY,
    Role.LEAD: _BODY,
    Role.CONCLUSION: _BODY,
    Role.LEDE: _BODY,
    Role.ANSWER: _BODY,
    Role.ASK: _ASKS,
    Role.ASK_TEXT: _ASKS,
    Role.CLOSING: _CLOSING,
    Role.SIGNATORY: _SIGNATORIES,
    Role.LIST_HEADING: _SIGNATORIES,
    Role.COPIED: _COPIED,
    Role.COPIED_HEADING: _COPIED,
}
# What stays out of the record either way, or goes into the same part of it.
_OUT = frozenset(
    (Role.FURNITURE, Role.LEDE, Role.SENDER, Role.NOTE, Role.FOOTNOTE, Role.BLIND_COPY, Role.ANSWER)
)


def warn_of_close_calls(
    blocks: Sequence[Paragraph], placed: Sequence[Placed], accounting: LineAccounting
) -> None:
    """One warning for each stretch of blocks whose role is uncertain, and for each part that it concerns."""
    before: tuple[Role, Role | None] | None = None
    for block, place in zip(blocks, placed, strict=True):
        pair = (place.role, place.other)
        close = place.margin < CLOSE and not {place.role, place.other or place.role} <= _OUT
        if close and pair != before:
            for message in _messages(place):
                accounting.warn(block.lines[0].number, message, text=excerpt(block.whole))
        before = pair if close else None


def _messages(place: Placed) -> list[str]:
    concerned = [_PARTS[role] for role in (place.role, place.other) if role in _PARTS]
    if len(set(concerned)) == 1 and len(concerned) == 2:
        return []
    telling = [message for message in concerned if message is not _BODY]
    return list(dict.fromkeys(telling or concerned))
