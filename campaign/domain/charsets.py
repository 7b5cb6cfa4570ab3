"""Which characters bytes stand for, by the label that a mail gives their charset.

Labels are those of the Encoding Standard (WHATWG) and what mail programs write beside them. Nothing but a
known charset is ever decoded by: Python has codecs for other purposes, some of which take quadratic time.
"""

import re

# What says nothing: the bytes are looked at instead.
_SAYS_NOTHING = frozenset(
    {
        "",
        "ascii",
        "usascii",
        "ansix341968",
        "ansix31101983",
        "iso646us",
        "isoir6",
        "default",
        "defaultcharset",
    }
    | {"unknown", "unknown8bit", "xunknown", "8bit", "7bit", "binary", "autodetect", "autodetectall", "none"}
    | {"xuserdefined", "charset", "utf8mb4", "cp20127"}
)
# The wider charset where programs name the narrower one and mean it, and what Python has no name for.
_CODECS = {
    **dict.fromkeys(("utf8", "unicode11utf8", "unicode20utf8", "xunicode20utf8", "cp65001"), "utf-8"),
    **dict.fromkeys(("utf7", "unicode11utf7", "unicode20utf7", "xunicode20utf7", "cp65000"), "utf-7"),
    **dict.fromkeys(("utf16", "unicode", "iso10646ucs2", "ucs2", "csunicode", "unicodefeff"), "utf-16"),
    **dict.fromkeys(("utf16le", "cp1200", "utf16be", "unicodefffe", "cp1201"), "utf-16"),
    **dict.fromkeys(("utf32", "utf32le", "utf32be", "ucs4", "iso10646ucs4"), "utf-32"),
    **dict.fromkeys(("latin1", "l1", "isoir100", "csisolatin1", "ibm819", "cp819", "cp28591"), "cp1252"),
    **dict.fromkeys(("ansi", "ansicp1252", "winlatin1", "csiso88591"), "cp1252"),
    **dict.fromkeys(("latin2", "l2", "isoir101", "csisolatin2"), "iso8859_2"),
    **dict.fromkeys(("latin3", "l3", "isoir109", "csisolatin3"), "iso8859_3"),
    **dict.fromkeys(("latin4", "l4", "isoir110", "csisolatin4"), "iso8859_4"),
    **dict.fromkeys(("cyrillic", "isoir144", "csisolatincyrillic"), "iso8859_5"),
    **dict.fromkeys(("arabic", "isoir127", "csisolatinarabic", "asmo708", "ecma114"), "iso8859_6"),
    **dict.fromkeys(("greek", "greek8", "isoir126", "csisolatingreek", "elot928", "suneugreek"), "iso8859_7"),
    **dict.fromkeys(("hebrew", "isoir138", "csisolatinhebrew", "logical", "visual"), "iso8859_8"),
    **dict.fromkeys(("latin5", "l5", "isoir148", "csisolatin5", "turkish"), "cp1254"),
    **dict.fromkeys(("latin6", "l6", "isoir157", "csisolatin6"), "iso8859_10"),
    **dict.fromkeys(("latin9", "l9", "csisolatin9"), "iso8859_15"),
    **dict.fromkeys(("tis620", "thai", "iso885911", "dosthai"), "cp874"),
    **dict.fromkeys(("koi8r", "koi8", "koi", "cskoi8r", "cp20866"), "koi8_r"),
    **dict.fromkeys(("koi8u", "koi8ru", "cp21866"), "koi8_u"),
    **dict.fromkeys(("macintosh", "mac", "macroman", "xmacroman", "csmacintosh", "cp10000"), "mac_roman"),
    **dict.fromkeys(("maccyrillic", "xmaccyrillic", "xmacukrainian", "cp10007"), "mac_cyrillic"),
    **dict.fromkeys(("xmacgreek", "macgreek"), "mac_greek"),
    **dict.fromkeys(("xmacturkish", "macturkish"), "mac_turkish"),
    **dict.fromkeys(("xmacce", "maccentraleurope", "maclatin2"), "mac_latin2"),
    **dict.fromkeys(("gb2312", "csgb2312", "gb231280", "isoir58", "csiso58gb231280", "chinese"), "gb18030"),
    **dict.fromkeys(
        ("gbk", "xgbk", "gb18030", "gb180302000", "euccn", "xeuccn", "cp936", "cp54936"), "gb18030"
    ),
    **dict.fromkeys(("hz", "hzgb2312", "cp52936"), "hz"),
    **dict.fromkeys(("big5", "cnbig5", "csbig5", "xxbig5", "xbig5", "big5hkscs", "big5eten"), "big5hkscs"),
    **dict.fromkeys(("cp950", "big5tw"), "big5hkscs"),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "xshiftjis", "csshiftjis", "mskanji", "cp932"), "cp932"),
    **dict.fromkeys(("windows31j", "cswindows31j", "ms932", "cp943"), "cp932"),
    **dict.fromkeys(("eucjp", "xeucjp", "xeuc", "cseucpkdfmtjapanese", "ujis", "cp51932"), "euc_jis_2004"),
    **dict.fromkeys(
        ("iso2022jp", "csiso2022jp", "iso2022jp1", "iso2022jp2", "jis", "jis7"), "iso2022_jp_2004"
    ),
    **dict.fromkeys(("iso2022jpms", "cp50220", "cp50221", "cp50222", "iso2022jpesc"), "iso2022_jp_2004"),
    **dict.fromkeys(("euckr", "cseuckr", "ksc56011987", "ksc56011989", "ksc5601", "ksx1001"), "cp949"),
    **dict.fromkeys(("korean", "isoir149", "csksc56011987", "uhc", "xuhc", "cp949", "cp51949"), "cp949"),
    **dict.fromkeys(("iso2022kr", "csiso2022kr", "cp50225"), "iso2022_kr"),
    **dict.fromkeys(("johab", "cp1361"), "johab"),
    **dict.fromkeys(("ptcp154", "csptcp154", "cyrillicasian"), "ptcp154"),
    **dict.fromkeys(("kz1048", "strk1048", "rk1048"), "kz1048"),
}
_NUMBERED = re.compile(r"(?:x|ms|cs)?(?:windows|win|wincp|cp|ibm|dos|oem|codepage|ccsid)?0*(\d{2,5})")
_ISO = re.compile(r"(?:cs)?iso8859(\d{1,2})(?:19\d\d|[ie])?")
# Code pages of Windows and DOS that Python knows.
_PAGES = frozenset(
    (
        *(37, 424, 437, 500, 720, 737, 775, 850, 852, 855, 856, 857, 858, 860, 861, 862, 863, 864, 865, 866),
        *(869, 874, 1006, 1026, 1125, 1140, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258),
    )
)
_WIDER_ISO = {1: "cp1252", 9: "cp1254", 11: "cp874"}
_MOST_ISO = 16
_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# No text has the controls of ISO 8859, and all of Windows' code pages have quotation marks and dashes there.
_AS_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or f"\\x{code:02x}" for code in range(128, 160)}
_KANJI_OF_1990, _KANJI_OF_2004 = (b"\x1b$B", b"\x1b$@"), b"\x1b$(Q"


def text_of(data: bytes, label: str | None) -> str:
    """Bytes as text, by the charset that is declared, else as UTF-8, else as Windows' Latin.

    A byte that stands for nothing there is kept as `\\xNN`: whoever knows better can still read it.
    """
    codec = codec_of(label or "")
    if codec is None:
        return _undeclared(data)
    if codec == "iso2022_jp_2004":
        # Programs write signs that came later under the name of the older set.
        for escape in _KANJI_OF_1990:
            data = data.replace(escape, _KANJI_OF_2004)
    if codec == "utf-16":
        data, codec = _wide(data, label or "")
    text = data.decode(codec, "backslashreplace")
    return text.translate(_AS_WINDOWS) if codec.startswith("iso8859") else text


def codec_of(label: str) -> str | None:
    """Python's name for the charset behind a label; None for one that says nothing, or that nobody knows."""
    # Some programs forget where the label ends.
    key = re.sub(r"[^a-z0-9]", "", re.split(r"[;,]", label.lower()[:60], maxsplit=1)[0])
    if key in _SAYS_NOTHING:
        return None
    if key in _CODECS:
        return _CODECS[key]
    if found := _ISO.fullmatch(key):
        number = int(found[1])
        known = 1 <= number <= _MOST_ISO and number != 12
        return _WIDER_ISO.get(number, f"iso8859_{number}") if known else None
    if found := _NUMBERED.fullmatch(key):
        return _of_page(int(found[1]))
    return None


def _of_page(number: int) -> str | None:
    by_name = _CODECS.get(f"cp{number}")
    if by_name:
        return by_name
    if 28591 <= number <= 28606:
        return codec_of(f"iso-8859-{number - 28590}")
    return f"cp{number:03}" if number in _PAGES else None


def _undeclared(data: bytes) -> str:
    # Letters of UTF-8 come about by no chance: what is broken beside them is a single byte or two.
    is_utf8 = data.isascii() or _UTF8_LETTER.search(data)
    return data.decode("utf-8" if is_utf8 else "cp1252", "backslashreplace")


def _wide(data: bytes, label: str) -> tuple[bytes, str]:
    """Bytes and codec of UTF-16: by their mark, else as the label says, which without a word on it is big."""
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return data[2:], codec
    return data, "utf-16-le" if re.search(r"(?i)le\b|1200", label) else "utf-16-be"
