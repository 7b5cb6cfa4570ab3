"""Warnings about parts that most letters have and one lacks."""

from campaign.documents.read_letter.line_accounting import LineAccounting
from campaign.domain.letter import Letter
from campaign.i18n import to_translate

NO_DATE = to_translate("No date of the letter was found.")
NO_ADDRESSEE = to_translate("No addressee was found.")
NO_SIGNATORIES = to_translate("No signatories were found.")


def warn_of_missing_parts(letter: Letter, accounting: LineAccounting, *, begin: int, end: int) -> None:
    """Warn of each part the letter lacks; its text begins at the line `begin`, and the file ends at `end`."""
    head = max(1, begin - 1)
    if not letter.title:
        accounting.warn(1, "No title was found.")
    if not letter.dated_on:
        accounting.warn(head, NO_DATE)
    if not letter.addressees:
        accounting.warn(head, NO_ADDRESSEE)
    if not letter.salutation:
        accounting.warn(begin, "No salutation was found.")
    if not letter.asks:
        accounting.warn(begin, "No asks were found; the whole text is in the introduction.")
    if not letter.closing:
        accounting.warn(end, "No closing was found.")
    if not letter.signatories:
        accounting.warn(end, NO_SIGNATORIES)
    if not letter.language:
        accounting.warn(begin, "The language of the text was not recognized.")
