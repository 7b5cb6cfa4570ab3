"""Numbers of list items as word processors print them."""

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_HAN = "〇一二三四五六七八九"
_LETTERS = frozenset(("lowerLetter", "upperLetter", "a", "A"))
_ROMANS = frozenset(("lowerRoman", "upperRoman", "i", "I"))
_CHINESE = ("chinese", "ideographDigital", "japanese", "taiwanese", "一")


def numeral(form: str, count: int) -> str:
    """A number in the form that Word (ST_NumberFormat), OpenDocument or HTML names, or else plain."""
    if form in _LETTERS and 0 < count <= 26 * 30:
        # Word goes on with aa, bb, cc.
        shown = chr(97 + (count - 1) % 26) * ((count - 1) // 26 + 1)
    elif form in _ROMANS and 0 < count < 4000:
        shown = _roman(count)
    elif form.startswith(_CHINESE) and 0 < count < 100:
        return _han(count)
    elif form == "decimalZero":
        return f"{count:02}"
    else:
        return str(count)
    return shown.upper() if form[0] in "uAI" else shown


def _roman(count: int) -> str:
    shown = ""
    for size, sign in _ROMAN:
        times, count = divmod(count, size)
        shown += sign * times
    return shown


def _han(count: int) -> str:
    tens, ones = divmod(count, 10)
    if not tens:
        return _HAN[ones]
    return ("" if tens == 1 else _HAN[tens]) + "十" + (_HAN[ones] if ones else "")
