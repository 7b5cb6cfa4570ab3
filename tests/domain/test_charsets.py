"""The labels that mail gives its charsets, and bytes that fit none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.charsets import codec_of, text_of


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-8-i", "iso8859_8", "המים בבאר"),
        ("ISO_8859-6-E", "iso8859_6", "ماء البئر"),
        ("x-sjis", "cp932", "井戸①㈱"),
        ("Windows-31J", "cp932", "～ｶﾅ"),
        ("windows-874", "cp874", "น้ำในบ่อ“”"),
        ("tis-620", "cp874", "น้ำ"),
        ("cp-850", "cp850", "ñé"),
        ("ibm866", "cp866", "вода"),
        ("x-cp1251", "cp1251", "вода"),
        ("win-1250", "cp1250", "studňa"),
        ("ks_c_5601-1987", "cp949", "우물뷁"),
        ("unicode-1-1-utf-7", "utf-7", "Brunnen für 水"),
        ("gb2312", "gb18030", "镕水"),
        ("x-x-big5", "big5hkscs", "水井啫"),
        ("hz-gb-2312", "hz", "水井"),
        ("euc-jp", "euc_jp", "井戸"),
        ("iso-2022-jp", "iso2022_jp", "井戸の水"),
        ("koi8-ru", "koi8_u", "їжак"),
        ("macintosh", "mac_roman", "fuentes “ñ”"),
        ("latin1", "cp1252", "“well” – €"),
        ("iso-8859-9", "cp1254", "kuyu ışığı “"),
        ("utf-16", "utf-16", "井"),
        ('"utf-8', "utf-8", "井"),
        ("iso-8859-15; format=flowed", "iso8859_15", "€ ŽŠ"),
        ("unknown-8bit", "utf-8", "井"),
        ("us-ascii", "cp1252", "café"),
        ("", "utf-8", "أ"),
    ],
)
def test_every_label_that_mail_carries_is_read(label: str, codec: str, text: str) -> None:
    assert text_of(text.encode(codec), label) == text


@pytest.mark.parametrize(
    "label", ["punycode", "idna", "unicode_escape", "rot13", "zlib", "undefined", "x" * 9000, "\ud800"]
)
def test_no_codec_that_is_no_charset_is_ever_used(label: str) -> None:
    assert codec_of(label) is None
    assert text_of(b"a\\x41-b", label) == "a\\x41-b"


def test_bytes_that_cannot_be_read_are_kept() -> None:
    assert text_of(b"gauge \xff, 3 m", "utf-8") == "gauge \\xff, 3 m"
    assert text_of("井 ".encode() + b"\xfe", "x-nobody-knows") == "井 \\xfe"
    assert text_of(b"\x8eleb \x93x\x94", "iso-8859-2") == "Žleb “x”"


@given(
    st.binary(max_size=80),
    st.sampled_from(["utf-8", "x-sjis", "iso-2022-jp", "utf-7", "hz", "johab", "utf-16"]),
)
def test_no_bytes_are_too_much(data: bytes, label: str) -> None:
    text_of(data, label)
