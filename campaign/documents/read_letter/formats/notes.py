"""What a reader of files tells of what it left out: each thing once."""

from campaign.domain.letter import LetterWarning
from campaign.i18n import to_translate

_MOST = 200
HIDDEN = to_translate("Hidden text was left out.")
DELETED = to_translate("A tracked deletion in this paragraph was left out.")
MOVED = to_translate("Text that was moved from here was left out where it stood before.")
STRUCK = to_translate("Text that was struck out was left out.")
FOOTNOTE = to_translate("A footnote hangs on this paragraph and was left out.")
FOOTNOTES = to_translate("The numbers of footnotes were left out of the text.")
FOOTNOTE_TEXT = to_translate("A footnote was left out: “%(text)s”.")
AROUND = to_translate("Text around the letter was left out: “%(text)s”.")
OUTSIDE = to_translate("Text outside the main part of the page was left out: “%(text)s”.")
COMMENTS = to_translate("Comments in the margin were left out.")
FURNITURE = to_translate("Text at the top or the bottom of every page was left out: “%(text)s”.")
STAMP = to_translate("Text in a box above the letter was left out: “%(text)s”.")
ELSEWHERE = to_translate("A part that comes from another file was left out.")


class Notes:
    """The warnings of a reader, in order; the same one about the same line is said once.

    What somebody hid, deleted or struck out is not quoted: it may be what nobody was to see.
    """

    def __init__(self) -> None:
        self.warnings: list[LetterWarning] = []
        self._said: set[tuple[int, str, str]] = set()

    def add(self, line: int, message: str, text: str | None = None) -> None:
        """Say something about a line, with a quotation where the sentence has a place for it."""
        shown = " ".join(text.split()) if text else ""
        shown = shown if len(shown) <= 80 else shown[:79] + "…"
        key = (line if "%" not in message else 0, message, shown)
        if key not in self._said and len(self.warnings) < _MOST:
            self._said.add(key)
            self.warnings.append(LetterWarning(max(1, line), message, {"text": shown} if text else {}))
