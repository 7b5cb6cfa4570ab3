"""A mail's parts: how it is built, told without opening what is inside another mail, in linear time.

The library's older policy is on purpose: its newer one parses every header into parts, and raises on many
that are not well formed.
"""

import re
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from functools import partial
from typing import Any

from campaign.domain.charsets import text_of
from campaign.errors import RefusedError

MAX_DIVIDERS = 10_000  # lines that may part one part from the next
MAX_LINES = 1_000_000  # attachments of 30 MB have 400,000
# Every line is compared with the dividers of all the parts around it.
MAX_COMPARED = 5_000_000
MAX_PARAMETERS = 2_000  # characters of the headers that say what a part is
_MULTIPART = re.compile(rb"(?i)multipart/")
_PARAMETRIC = frozenset({"content-type", "content-disposition"})


class _CautiousPolicy(Compat32):
    """Cuts the headers that are taken apart into parameters, for which the library takes quadratic time."""

    def header_source_parse(self, sourcelines: Any) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_PARAMETERS] if name.lower() in _PARAMETRIC else value


class MimePart(Message):
    """One part; a mail inside it stays bytes, and the library's parser does not see that it is one."""

    def get_content_type(self) -> str:
        """What the library's parser goes by; `kind` is the true one."""
        kind = self.kind
        return f"x-{kind}" if kind.startswith("message/") else kind

    @property
    def kind(self) -> str:
        """Its media type."""
        return super().get_content_type()

    @property
    def parts(self) -> "list[MimePart] | None":
        """The parts of a multipart; None for one that has content of its own."""
        # Of a text the library would give back what any codec makes of it that the mail names.
        if self.get_content_maintype() != "multipart" or not self.is_multipart():
            return None
        return self.get_payload()  # type: ignore[return-value]

    @property
    def content(self) -> bytes:
        """Its content, decoded as far as its encoding goes."""
        payload: Any = self.get_payload(decode=True)
        return payload if isinstance(payload, bytes) else b""

    @property
    def charset(self) -> str | None:
        """The label of its charset."""
        return self._parameter("charset", "content-type")

    @property
    def filename(self) -> str:
        """The name of a file, by RFC 2231; what is encoded by RFC 2047 instead is left so."""
        return (
            self._parameter("filename", "content-disposition")
            or self._parameter("name", "content-type")
            or ""
        )

    @property
    def is_attachment(self) -> bool:
        """Whether it says that it is to be shown apart."""
        return str(self.get("content-disposition", "")).strip().lower().startswith("attachment")

    def _parameter(self, name: str, header: str) -> str | None:
        value: Any = self.get_param(name, None, header)
        if isinstance(value, tuple):  # charset, language and value: the library would take any codec for it
            charset, _, encoded = value
            return text_of(str(encoded).encode("latin-1", "replace"), charset)
        return None if value is None else str(value)


def parts_of(data: bytes) -> MimePart:
    """A mail's parts; RefusedError when there are too many, or too many inside each other."""
    lines = data.count(b"\n")
    nested = len(_MULTIPART.findall(data))
    # Before anything is built of it: a line a header and a part a few bytes would fill the memory.
    if lines > MAX_LINES or data.count(b"\n--") > MAX_DIVIDERS or lines * nested > MAX_COMPARED:
        raise RefusedError("This mail has too many parts or lines.")
    try:
        parser: Any = BytesParser(partial(MimePart), policy=_CautiousPolicy())
        return parser.parsebytes(data)  # type: ignore[no-any-return]
    except RecursionError:
        raise RefusedError("This mail has too many parts inside each other.") from None
