"""The picture that a shared link shows: a letter's title in its own script, 1200 by 630 pixels.

Text is shaped by HarfBuzz through Raqm, so that Uyghur joins and Tibetan stacks. Where no font of the machine
can write a title, the picture has none: it shows a sheet of paper.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from campaign.documents.fonts import Font, fonts_for
from campaign.domain.title_breaks import balanced, title_words

WIDTH, HEIGHT = 1200, 630
# Changed with the look of the picture, so that stored ones are drawn anew.
DESIGN = 5
MARGIN = 80
SURFACE, INK, SOFT, ACCENT, LINE = "#faf8f3", "#1f2326", "#565d61", "#0f5257", "#d9d4c7"
# Who speaks stands above the double rule, what they say below it, how many they are at the foot.
SMALL, WORDS, FIGURE = 34, 36, 84
RULE = 108
TITLE_TOP, FOOT = 152, HEIGHT - 72
ROOM = WIDTH - 2 * MARGIN
SIZES = range(132, 47, -4)
TITLE_HEIGHT = FOOT - FIGURE - 30 - TITLE_TOP
# Line height by script: Tibetan stacks letters, Arabic script reaches far below the line.
_LEADING = {"bo": 1.75, "ug": 1.6, "ar": 1.6}
# Where a line has no room for a word of Han, it may end around each character, but not before the marks that
# close or after those that open.
_SIGNS = re.compile(
    "[\u0f00-\u0fff]*?[\u0f0b\u0f0d]+ *"
    "|[《「『（“]*[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][，。、；：？！》」』）”…—]* *"
    "|[^\\s\u0f0b\u0f0d\u2e80-\u9fff\uf900-\ufaff]+\\s*|\\s+|."
)


@dataclass(frozen=True, kw_only=True)
class ShareImage:
    """What a picture shows; two that are equal are the same picture.

    Lines end between parts of the title. Each of `counts` is a number and what it counts.
    """

    title_parts: tuple[str, ...]
    kicker: str
    host: str
    language: str
    direction: str
    accent: str = ACCENT
    counts: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """The whole of it."""
        return "".join(self.title_parts)


def draw(image: ShareImage, *, font_folder: Path) -> bytes:
    """The picture as PNG; takes about a tenth of a second."""
    canvas = Image.new("RGB", (WIDTH, HEIGHT), SURFACE)
    pen = ImageDraw.Draw(canvas)
    _paper(pen, image)
    fonts = fonts_for(image.title, image.language, own_folder=font_folder)
    if fonts:
        _title(pen, image, fonts)
        small = _written(image.kicker, SMALL, image, font_folder)
        if small and small.width <= ROOM:
            small.draw(pen, RULE - 22, image.accent)
        _foot(pen, image, font_folder)
    else:
        _lines(pen, image)
    file = BytesIO()
    canvas.quantize(128).save(file, "PNG", optimize=True)
    return file.getvalue()


def _paper(pen: ImageDraw.ImageDraw, image: ShareImage) -> None:
    """The double rule that every page opens with."""
    pen.rectangle((MARGIN, RULE, WIDTH - MARGIN, RULE + 11), fill=image.accent)
    pen.rectangle((MARGIN, RULE + 19, WIDTH - MARGIN, RULE + 22), fill=image.accent)


def _foot(pen: ImageDraw.ImageDraw, image: ShareImage, font_folder: Path) -> None:
    """The figures that the page has, each with its word; the address at the other side, if there is room."""
    filled = 0.0
    for number, word in image.counts:
        figure = _written(number, FIGURE, image, font_folder)
        words = _written(word, WORDS, image, font_folder)
        if figure and words and filled + figure.width + 18 + words.width <= ROOM:
            figure.draw(pen, FOOT, image.accent, after=filled)
            filled += figure.width + 18
            words.draw(pen, FOOT, INK, after=filled)
            filled += words.width + 48
    host = _written(image.host, SMALL, image, font_folder)
    room = ROOM - filled
    if host and host.width <= room:
        host.draw(pen, FOOT, SOFT, after=filled + room - host.width if filled else 0)


def _written(text: str, size: int, image: ShareImage, font_folder: Path) -> "_Line | None":
    fonts = fonts_for(text, image.language, own_folder=font_folder) if text else None
    return _Line(text, fonts, size, image) if fonts else None


def _lines(pen: ImageDraw.ImageDraw, image: ShareImage) -> None:
    for row in range(6):
        width = ROOM * (0.55 if row == 5 else 1)
        left = WIDTH - MARGIN - width if image.direction == "rtl" else MARGIN
        top = 184 + row * 62
        pen.rectangle((left, top, left + width, top + 14), fill=image.accent if row == 0 else LINE)


def _title(pen: ImageDraw.ImageDraw, image: ShareImage, fonts: Sequence[Font]) -> None:
    leading = _LEADING.get(image.language.partition("-")[0], 1.16)
    pieces = _pieces(image, tuple(fonts))
    size, lines = SIZES[-1], [image.title]
    for size in SIZES:
        lines = _broken(pieces, tuple(fonts), size, image)
        widest = max(_width(line, tuple(fonts), size, image) for line in lines)
        if len(lines) * size * leading <= TITLE_HEIGHT and widest <= ROOM:
            lines = _balanced(pieces, tuple(fonts), size, image, lines=len(lines))
            break
    most = int(TITLE_HEIGHT / (size * leading))
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip() + "…"]
    # Type with room between its lines has it above the first one too.
    top = TITLE_TOP + size * (leading - 1) / 2
    for row, line in enumerate(lines):
        _Line(line, fonts, size, image).draw(pen, top + row * size * leading + size, INK)


def _balanced(
    pieces: Sequence[str], fonts: tuple[Font, ...], size: int, image: ShareImage, *, lines: int
) -> list[str]:
    widths = [_width(piece, fonts, size, image) for piece in pieces]
    spaces = [
        width - _width(piece.rstrip(), fonts, size, image) if piece.endswith(" ") else 0.0
        for piece, width in zip(pieces, widths, strict=True)
    ]
    return list(balanced(pieces, widths, spaces, lines=lines, room=ROOM))


def _pieces(image: ShareImage, fonts: tuple[Font, ...]) -> list[str]:
    """What no line's end parts: words; where one of them is too long for a line, a line ends anywhere."""
    pieces = title_words(image.title_parts)
    if all(_width(piece.rstrip(), fonts, SIZES[-1], image) <= ROOM for piece in pieces):
        return pieces
    return _SIGNS.findall(" ".join(image.title.split()))


def _broken(pieces: Sequence[str], fonts: tuple[Font, ...], size: int, image: ShareImage) -> list[str]:
    """The pieces in as few lines as there can be."""
    lines, filled = [""], 0.0
    for piece in pieces:
        if lines[-1] and filled + _width(piece.rstrip(), fonts, size, image) > ROOM:
            lines.append("")
            filled = 0.0
        lines[-1] += piece
        filled += _width(piece, fonts, size, image)
    return [line.strip() for line in lines if line.strip()]


@lru_cache(maxsize=2048)
def _width(piece: str, fonts: tuple[Font, ...], size: int, image: ShareImage) -> float:
    """The width of one word in pixels; cached, because shaping text takes most of the time."""
    return _Line(piece, fonts, size, image).width


class _Line:
    """One line, in as many fonts as its characters need, in the order that its direction reads them."""

    def __init__(self, text: str, fonts: Sequence[Font], size: int, image: ShareImage) -> None:
        self._image = image
        self._runs = [(run, _loaded(font.path, font.index, size)) for run, font in runs_of(text, fonts)]

    @property
    def width(self) -> float:
        """In pixels."""
        return sum(self._length(run, font) for run, font in self._runs)

    def draw(self, pen: ImageDraw.ImageDraw, base: float, color: str, *, after: float = 0.0) -> None:
        """Put it on a line, so far from the side where its direction begins."""
        rtl = self._image.direction == "rtl"
        x = WIDTH - MARGIN - after - self.width if rtl else MARGIN + after
        for run, font in reversed(self._runs) if rtl else self._runs:
            pen.text(
                (x, base),
                run,
                fill=color,
                font=font,
                anchor="ls",
                direction=self._image.direction,
                language=self._image.language,
            )
            x += self._length(run, font)

    def _length(self, run: str, font: ImageFont.FreeTypeFont) -> float:
        return font.getlength(run, direction=self._image.direction, language=self._image.language)


def runs_of(text: str, fonts: Sequence[Font]) -> list[tuple[str, Font]]:
    """The text cut where another font is needed.

    A space goes on in the font before it, and so do figures and marks where that has them: "R." within a line
    that runs the other way is one run, whose order the shaper knows.
    """
    runs: list[tuple[str, Font]] = []
    for sign in text:
        font = next((one for one in fonts if one.can_write(sign)), fonts[0])
        stays = bool(runs) and (sign.isspace() or (not sign.isalpha() and runs[-1][1].can_write(sign)))
        if runs and (font is runs[-1][1] or stays):
            runs[-1] = (runs[-1][0] + sign, runs[-1][1])
        else:
            runs.append((sign, font))
    return runs


@lru_cache(maxsize=64)
def _loaded(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=index, layout_engine=ImageFont.Layout.RAQM)
