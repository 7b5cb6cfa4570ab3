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

WIDTH, HEIGHT = 1200, 630
# Changed with the look of the picture, so that stored ones are drawn anew.
DESIGN = 3
MARGIN = 80
SURFACE, INK, SOFT, ACCENT, LINE = "#fffefb", "#1f2326", "#565d61", "#0f5257", "#d9d4c7"
SIZES = range(96, 43, -4)
TITLE_HEIGHT = 348
COUNT_HEIGHT = 48
SMALL = 32
# Line height by script: Tibetan stacks letters, Arabic script reaches far below the line.
_LEADING = {"bo": 1.75, "ug": 1.6, "ar": 1.6}
# A text may be broken at spaces, after Tibetan's dot and stroke, and around Han characters but not before
# the marks that close or after those that open.
_PIECES = re.compile(
    "[\u0f00-\u0fff]*?[\u0f0b\u0f0d]+ *"
    "|[《「『（“]*[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff][，。、；：？！》」』）”…—]* *"
    "|[^\\s\u0f0b\u0f0d\u2e80-\u9fff\uf900-\ufaff]+\\s*|\\s+|."
)


@dataclass(frozen=True, kw_only=True)
class ShareImage:
    """What a picture shows; two that are equal are the same picture."""

    title: str
    kicker: str
    host: str
    language: str
    direction: str
    accent: str = ACCENT
    count: str = ""


def draw(image: ShareImage, *, font_folder: Path) -> bytes:
    """The picture as PNG; takes about a tenth of a second."""
    canvas = Image.new("RGB", (WIDTH, HEIGHT), SURFACE)
    pen = ImageDraw.Draw(canvas)
    _paper(pen, image)
    fonts = fonts_for(image.title, image.language, own_folder=font_folder)
    if fonts:
        _title(pen, image, fonts)
        for text, top, color in (
            (image.kicker, 84, image.accent),
            (image.count, HEIGHT - 156, INK),
            (image.host, HEIGHT - 92, SOFT),
        ):
            small = fonts_for(text, image.language, own_folder=font_folder) if text else None
            if small:
                _Line(text, small, SMALL, image).draw(pen, top, color)
    else:
        _lines(pen, image)
    file = BytesIO()
    canvas.quantize(128).save(file, "PNG", optimize=True)
    return file.getvalue()


def _paper(pen: ImageDraw.ImageDraw, image: ShareImage) -> None:
    """The double rule that every page opens with, and a hair line above the address."""
    pen.rectangle((MARGIN, 56, WIDTH - MARGIN, 63), fill=image.accent)
    pen.rectangle((MARGIN, 69, WIDTH - MARGIN, 71), fill=image.accent)
    pen.rectangle((MARGIN, HEIGHT - 106, WIDTH - MARGIN, HEIGHT - 105), fill=LINE)


def _lines(pen: ImageDraw.ImageDraw, image: ShareImage) -> None:
    for row in range(6):
        width = (WIDTH - 2 * MARGIN) * (0.55 if row == 5 else 1)
        left = WIDTH - MARGIN - width if image.direction == "rtl" else MARGIN
        top = 160 + row * 62
        pen.rectangle((left, top, left + width, top + 14), fill=image.accent if row == 0 else LINE)


def _title(pen: ImageDraw.ImageDraw, image: ShareImage, fonts: Sequence[Font]) -> None:
    leading = _LEADING.get(image.language.partition("-")[0], 1.16)
    size, lines = SIZES[-1], [image.title]
    height = TITLE_HEIGHT - (COUNT_HEIGHT if image.count else 0)
    for size in SIZES:
        lines = _broken(image.title, fonts, size, image)
        widest = max(_width(line, tuple(fonts), size, image) for line in lines)
        if len(lines) * size * leading <= height and widest <= WIDTH - 2 * MARGIN:
            break
    lines = _balanced(lines, fonts, size, image)
    most = int(height / (size * leading))
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1].rstrip() + "…"]
    top = 158
    for row, line in enumerate(lines):
        _Line(line, fonts, size, image).draw(pen, top + row * size * leading, INK)


def _balanced(lines: list[str], fonts: Sequence[Font], size: int, image: ShareImage) -> list[str]:
    """The same text in as many lines, none of them a single word if that can be."""
    for width in range(WIDTH - 2 * MARGIN - 100, 500, -100):
        narrower = _broken(image.title, fonts, size, image, width=width)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def _broken(
    text: str, fonts: Sequence[Font], size: int, image: ShareImage, *, width: int = WIDTH - 2 * MARGIN
) -> list[str]:
    lines, filled = [""], 0.0
    for piece in _PIECES.findall(" ".join(text.split())):
        if lines[-1] and filled + _width(piece.rstrip(), tuple(fonts), size, image) > width:
            lines.append("")
            filled = 0.0
        lines[-1] += piece
        filled += _width(piece, tuple(fonts), size, image)
    return [line.strip() for line in lines if line.strip()]


@lru_cache(maxsize=2048)
def _width(piece: str, fonts: tuple[Font, ...], size: int, image: ShareImage) -> float:
    """The width of one word in pixels; cached, because shaping text takes most of the time."""
    return _Line(piece, fonts, size, image).width


class _Line:
    """One line, in as many fonts as its characters need, in the order that its direction reads them."""

    def __init__(self, text: str, fonts: Sequence[Font], size: int, image: ShareImage) -> None:
        self._image = image
        self._runs = [(run, _loaded(font.path, font.index, size)) for run, font in _runs(text, fonts)]
        self._size = size

    @property
    def width(self) -> float:
        """In pixels."""
        return sum(self._length(run, font) for run, font in self._runs)

    def draw(self, pen: ImageDraw.ImageDraw, top: float, color: str) -> None:
        """Put it at the side where its direction begins."""
        rtl = self._image.direction == "rtl"
        x = WIDTH - MARGIN - self.width if rtl else float(MARGIN)
        for run, font in reversed(self._runs) if rtl else self._runs:
            pen.text(
                (x, top + self._size),
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


def _runs(text: str, fonts: Sequence[Font]) -> list[tuple[str, Font]]:
    """The text cut where another font is needed; a space goes on in the font before it."""
    runs: list[tuple[str, Font]] = []
    for sign in text:
        font = next((one for one in fonts if one.can_write(sign)), fonts[0])
        if runs and (font is runs[-1][1] or sign.isspace()):
            runs[-1] = (runs[-1][0] + sign, runs[-1][1])
        else:
            runs.append((sign, font))
    return runs


@lru_cache(maxsize=64)
def _loaded(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, index=index, layout_engine=ImageFont.Layout.RAQM)
