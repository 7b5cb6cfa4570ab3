"""What each role of a letter's line is called, in the order in which one chooses."""

from collections.abc import Mapping

from campaign.documents.read_letter.roles import LetterRole
from campaign.i18n import to_translate

# The value of a line that belongs to the paragraph, name or ask of the line above it.
GOES_ON = "+"
ROLE_WORDS: Mapping[LetterRole, str] = {
    LetterRole.TITLE: to_translate("Title"),
    LetterRole.PAGE_DATE: to_translate("Date of the page"),
    LetterRole.DATE: to_translate("Date of the letter"),
    LetterRole.ADDRESSEE: to_translate("Addressee"),
    LetterRole.SUBJECT: to_translate("Subject"),
    LetterRole.SALUTATION: to_translate("Salutation"),
    LetterRole.TEXT: to_translate("Text"),
    LetterRole.LEAD: to_translate("Text that leads to the asks"),
    LetterRole.ASK: to_translate("Ask"),
    LetterRole.ASK_TEXT: to_translate("More of the ask above"),
    LetterRole.CONCLUSION: to_translate("Text after the asks"),
    LetterRole.CLOSING: to_translate("Closing"),
    LetterRole.LIST_HEADING: to_translate("Heading of the signatories"),
    LetterRole.SIGNATORY: to_translate("Signatory"),
    LetterRole.COPIED_HEADING: to_translate("Heading of the copies"),
    LetterRole.COPIED: to_translate("Official who gets a copy"),
    LetterRole.FURNITURE: to_translate("Left out: words of the page"),
    LetterRole.LEDE: to_translate("Left out: text before the letter"),
    LetterRole.SENDER: to_translate("Left out: letterhead"),
    LetterRole.NOTE: to_translate("Left out: text after the letter"),
    LetterRole.FOOTNOTE: to_translate("Left out: footnote"),
    LetterRole.BLIND_COPY: to_translate("Left out: blind copy"),
    LetterRole.ANSWER: to_translate("Left out: another letter below"),
}
GOES_ON_WORDS = to_translate("Continues the line above")
