"""What the names of charsets in files and mail stand for."""

import codecs
import re

import webencodings

from campaign.errors import RefusedError
from campaign.i18n import to_translate

UNKNOWN = to_translate(
    "The file says that its text is in “%(encoding)s”, which is unknown here; save it as UTF-8 and try again."
)
DAMAGED = to_translate("The file says that it is %(encoding)s, but its bytes are damaged.")
# Names that the Encoding Standard has no place for, and Python or mail programs do.
_OTHERS = {
    "iso-8859-8-e": "iso-8859-8",
    "cp850": "cp850",
    "cp437": "cp437",
    "utf-32": "utf-32",
    "utf-32le": "utf-32-le",
    "utf-32be": "utf-32-be",
    "tis620": "cp874",
    "windows874": "cp874",
    "x-cp1251": "cp1251",
    "koi8": "koi8_r",
    "ansi": "cp1252",
    "macroman": "mac_roman",
}
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,40}")
# Python's names of what programs mean where they say less: they write the larger set under the smaller's
# name.
_LARGER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_NO_TEXT = frozenset(("x-user-defined", "replacement"))


def codec_of(label: str) -> str | None:
    """Python's name of a charset by any label that web and mail use for it; None where nobody knows it."""
    label = label.strip(" \t\r\n\"'").lower()
    if label in _OTHERS:
        return _OTHERS[label]
    found = webencodings.lookup(label)
    if found is not None and found.name not in _NO_TEXT:
        name = str(found.codec_info.name)
        return _LARGER.get(name.replace("-", "_"), name)
    # Python also has codecs that are no charsets (base64, rot13), and UTF-7, in which text can hide from
    # checks.
    if not _PLAIN.fullmatch(label) or "utf-7" in label.replace("_", "-"):
        return None
    try:
        known = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return known.name if known._is_text_encoding else None


def decoded(data: bytes, label: str) -> str:
    """The text in a declared charset. Raises RefusedError where it is unknown, or the bytes are not in it."""
    codec = codec_of(label)
    if codec is None:
        raise RefusedError(UNKNOWN, encoding=label[:40])
    if codec == "cp1252":
        # Five bytes that stand for nothing are in many a page, and browsers show nothing for them.
        data = data.translate(None, b"\x81\x8d\x8f\x90\x9d")
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, ValueError):
        raise RefusedError(DAMAGED, encoding=label[:40].upper()) from None
