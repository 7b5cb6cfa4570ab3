"""What an office hands in to be checked: typed, pasted, or as files, told apart by what is in them."""

from dataclasses import dataclass

from flask import request

from campaign.domain.charsets import text_of
from campaign.domain.office_check import shown_codes_in
from campaign.domain.office_manifest import FILE_NAME, SIGNATURE_NAME
from campaign.domain.ssh_signatures import BEGIN, END
from campaign.errors import RefusedError
from campaign.mail.inbound.kept_mail import is_mail, read_kept_mail

# An email with as many messages as there may be in one, in both its forms and encoded, and its files.
LARGEST_CHECK = 8 * 1024 * 1024
MOST_FILES = 5
# ZIP, and so DOCX; PDF; the mail format of Outlook: none of them is text.
_NOT_READ = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")


@dataclass
class HandedIn:
    """What was handed in; a part that was not is empty. `texts` should say the same in different forms.

    With `was_inside` one of them came in another mail, which is not looked at; nor are, with `has_unread`,
    files or pictures that came along.

    What was `typed` goes back into the form, and what came as a file does not.
    """

    code: str = ""
    typed_text: str = ""
    typed_manifest: str = ""
    texts: tuple[str, ...] = ()
    manifest: str = ""
    signature: str = ""
    was_inside: bool = False
    has_unread: bool = False


def typed() -> HandedIn:
    """What was typed or pasted."""
    code, text, manifest = (request.form.get(name, "") for name in ("code", "text", "manifest"))
    given = HandedIn(code=code.strip(), typed_text=text, typed_manifest=manifest)
    _take_text(given, text)
    _take_text(given, manifest)
    return given


def add_files(given: HandedIn) -> None:
    """Add the files of this request; RefusedError for one that cannot be read as text or email."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if len(files) > MOST_FILES:
        raise RefusedError("Choose at most %(most)d files at once.", most=MOST_FILES)
    for file in files:
        _take_file(given, file.stream.read(LARGEST_CHECK))
    if not given.code:
        # At its end: somebody's own words may hold what looks like one.
        given.code = next((codes[-1] for text in given.texts if (codes := shown_codes_in(text))), "")


def _take_file(given: HandedIn, data: bytes) -> None:
    if is_mail(data):
        mail = read_kept_mail(data, wanted=frozenset({FILE_NAME, SIGNATURE_NAME}))
        given.texts += mail.texts
        given.was_inside |= mail.was_inside
        given.has_unread |= mail.has_unread
        given.manifest = given.manifest or mail.files.get(FILE_NAME, "")
        given.signature = given.signature or mail.files.get(SIGNATURE_NAME, "")
    elif data.startswith(_NOT_READ) or _is_binary(data):
        raise RefusedError(
            "Only saved emails (.eml), plain text (.txt) and the two files of a manifest can be read here."
        )
    else:
        _take_text(given, text_of(data, None))


def _take_text(given: HandedIn, text: str) -> None:
    """A manifest, its signature, both one after the other, or a message."""
    text = text.removeprefix("\ufeff")
    begin = text.find(BEGIN)
    end = text.find(END, begin) if begin >= 0 else -1
    below = ""
    if end >= 0:
        given.signature = given.signature or text[begin : end + len(END)]
        text, below = text[:begin], text[end + len(END) :]
    is_manifest = text.lstrip().startswith("{")
    if is_manifest and (not given.manifest or text.split() == given.manifest.split()):
        given.manifest, text = given.manifest or text, ""
    # All else is compared, whatever it looks like: an office reads it.
    given.texts += tuple(words for words in (text, below) if words.strip())


def _is_binary(data: bytes) -> bool:
    """Whether bytes are no text: in UTF-16, which is one, every other byte of Latin letters is zero."""
    return data.count(b"\0") > len(data) // 2 + 1
