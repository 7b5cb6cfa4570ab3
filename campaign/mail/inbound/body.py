"""What a mail says, following how it is built (RFC 2046): nothing of a person's words is left out.

Parts one after the other are read in their order. Of parts that say the same in different ways it is the
fullest that counts, plain text before HTML where both say the same. Signed mail is unwrapped, and never
verified: nothing in a mail is trusted anyway.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaign.domain.charsets import text_of
from campaign.domain.names import clean_line
from campaign.domain.replies import LONGEST_TEXT, Attachment
from campaign.errors import RefusedError
from campaign.mail.inbound.header_lines import decoded_header
from campaign.mail.inbound.html_to_text import html_to_text
from campaign.mail.inbound.mime_parts import MimePart, parts_of
from campaign.mail.inbound.smime import signed_content

MAX_PARTS = 500
MAX_ATTACHMENTS = 50
# Signed mail inside signed mail, and parts inside parts, go no deeper.
MAX_DEPTH = 50
_LONGEST_PART = 2 * LONGEST_TEXT  # bytes
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_WRAPPED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_MAILS = frozenset({"message/rfc822", "message/global"})
# Said to a watch or to one web mail, of what another part beside them says to everybody.
_FOR_DEVICES = frozenset({"text/x-amp-html", "text/watch-html"})
_META_CHARSET = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-z0-9_:.-]{2,40})")
# A sign of a script that is written without spaces is as good as a word.
_WITHOUT_SPACES = "\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_WITHOUT_SPACES}]|[^\W{_WITHOUT_SPACES}]+")
_STUB = re.compile(r"(?i)\bhtml\b|\bmime\b|\bbrowser\b|navegador|navigateur|浏览器|瀏覽器")
_LONGEST_STUB = 600
# In so many ways, at most, is the same said.
_MOST_WAYS = 8
# What two ways of saying the same may differ in, of a hundred words.
_MAY_BE_MISSING = 5


@dataclass(frozen=True)
class MailBody:
    """A mail's words, and the files beside them by their names."""

    text: str
    attachments: tuple[Attachment, ...] = ()


def read_body(data: bytes) -> MailBody:
    """The body of a whole mail; RefusedError when it has too many parts."""
    return _BodyReader().of_mail(data, depth=0)


def richest(texts: Sequence[str]) -> str:
    """The text that counts among some that should say the same, the plainest first.

    It is the last that says anything, unless an earlier one says all of it. One that says far more, and not
    only that somebody's program shows no HTML, is put before it.
    """
    said = [text for text in texts if text.strip()][-_MOST_WAYS:]
    best = said[-1] if said else ""
    for text in reversed(said[:-1]):
        words, best_words = _words(text), _words(best)
        missing = len(best_words - words)
        if missing * 100 <= len(best_words) * _MAY_BE_MISSING:
            best = text
        elif len(words) > 3 * len(best_words) and not _is_stub(text):
            best = _joined((text, best))
    return best


def html_text(data: bytes, charset: str | None) -> str:
    """The words of a page, by the charset it was sent with or the one that it names itself."""
    named = _META_CHARSET.search(data[:4096])
    return html_to_text(text_of(data[:_LONGEST_PART], charset or (named[1].decode() if named else None)))


def _plain_text(data: bytes, charset: str | None) -> str:
    return text_of(data[:_LONGEST_PART], charset)


def _enriched_text(data: bytes, charset: str | None) -> str:
    """RFC 1896: words between commands, which are left out with their parameters."""
    text = re.sub(r"(?i)<param>[^<>]{0,2000}</param>", "", _plain_text(data, charset)).replace("<<", "\0")
    return re.sub(r"<[^<>\n]{1,60}>", "", text).replace("\0", "<")


_READERS: Mapping[str, Callable[[bytes, str | None], str]] = {
    "text/plain": _plain_text,
    "text/html": html_text,
    "application/xhtml+xml": html_text,
    "text/markdown": _plain_text,
    "text/x-markdown": _plain_text,
    "text/enriched": _enriched_text,
    "text/richtext": _enriched_text,
}


class _BodyReader:
    """Reads the parts of one mail, each once."""

    def __init__(self) -> None:
        self._parts_left = MAX_PARTS

    def of_mail(self, data: bytes, *, depth: int) -> MailBody:
        """A mail, or what was wrapped in one; where it says nothing, the words that came as files with it."""
        root = parts_of(data)
        body = self._of(root, depth=depth, is_root=True)
        if body.text.strip():
            return body
        return MailBody(self._words_in_files(root, depth=depth), body.attachments)

    def _of(self, part: MimePart, *, depth: int, is_root: bool = False) -> MailBody:
        self._parts_left -= 1
        if self._parts_left < 0:
            return MailBody("")
        if depth > MAX_DEPTH:
            raise RefusedError("This mail has too many parts inside each other.")
        if part.parts is not None:
            return self._of_parts(part, part.parts, depth=depth)
        if part.kind.startswith("multipart/"):  # its parts cannot be told from each other
            return MailBody(_plain_text(part.content, part.charset))
        if part.kind in _READERS and (is_root or not part.is_attachment):
            return MailBody(_READERS[part.kind](part.content, part.charset))
        attachment = MailBody("", (_attachment(part),))
        if part.kind in _WRAPPED or part.filename.lower().endswith(".p7m"):
            inner = signed_content(part.content)
            return attachment if inner is None else self.of_mail(inner, depth=depth + 1)
        return attachment

    def _of_parts(self, part: MimePart, parts: list[MimePart], *, depth: int) -> MailBody:
        match part.kind:
            case "multipart/encrypted":
                return MailBody("", (Attachment("", part.kind, sum(len(one.content) for one in parts)),))
            case "multipart/signed":
                parts = [one for one in parts if one.kind not in _SIGNATURES]
            case "multipart/alternative":
                parts = [one for one in parts if one.kind not in _FOR_DEVICES] or parts
        read = [self._of(one, depth=depth + 1) for one in parts]
        attachments = tuple(dict.fromkeys(one for body in read for one in body.attachments))
        texts = [body.text for body in read]
        text = richest(texts) if part.kind == "multipart/alternative" else _joined(texts)
        return MailBody(text, attachments[:MAX_ATTACHMENTS])

    def _words_in_files(self, root: MimePart, *, depth: int) -> str:
        """Of a mail without words of its own: those of text files, or of a mail that was passed on in it."""
        leaves = list(_leaves(root))
        text = _joined(
            _READERS[part.kind](part.content, part.charset) for part in leaves if part.kind in _READERS
        )
        mails = (part.content for part in leaves if part.kind in _MAILS)
        for inner in mails if not text.strip() and depth < MAX_DEPTH else ():
            text = self.of_mail(inner, depth=depth + 1).text
            if text.strip():
                break
        return text


def _leaves(root: MimePart) -> Iterable[MimePart]:
    waiting, seen = [root], 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop()
        seen += 1
        if part.parts is None:
            yield part
        elif part.kind != "multipart/encrypted":
            waiting += reversed(part.parts)


def _joined(texts: Iterable[str]) -> str:
    """Texts one after the other; one that says the same again is left out."""
    kept: dict[str, str] = {}
    for text in texts:
        if text.strip():
            kept.setdefault(" ".join(text.split()), text.strip("\r\n"))
    return "\n\n".join(kept.values())


def _is_stub(text: str) -> bool:
    return len(text) < _LONGEST_STUB and bool(_STUB.search(text))


def _words(text: str) -> set[str]:
    without_links = re.sub(r"<?\bhttps?:[^\s>]*>?|<mailto:[^\s>]*>", " ", text[:LONGEST_TEXT])
    return set(_WORD.findall(without_links.lower()))


def _attachment(part: MimePart) -> Attachment:
    name = decoded_header(part.filename)
    if not name and part.kind in _MAILS:
        name = _subject_of(part.content)
    return Attachment(clean_line(name)[:200], clean_line(part.kind)[:100], len(part.content))


def _subject_of(mail: bytes) -> str:
    """A mail inside a mail goes by its subject, as mail programs name it."""
    head = re.split(rb"\r?\n\r?\n", mail[:100_000], maxsplit=1)[0]
    found = re.search(rb"(?im)^subject:[ \t]*((?:.|\r?\n[ \t])*)", head)
    return decoded_header(found[1][:2000].decode("utf-8", "surrogateescape")) if found else ""
