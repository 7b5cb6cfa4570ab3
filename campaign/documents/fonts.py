"""Fonts for pictures: found among those of the machine and of this program, by what they can write."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "~/.local/share/fonts",
    "~/.fonts",
)
# By the beginning of their file names, the best first. Headings have one weight, since Tibetan has no other.
_PREFERRED = (
    ("NotoSerif-Regular.", "Palatino.", "Georgia.", "LiberationSerif-Regular.", "DejaVuSerif."),
    ("NotoNaskhArabic-Regular.", "NotoNaskhArabic", "noto-naskh-arabic", "Amiri-Regular.", "ScheherazadeNew"),
    (
        "NotoSerifTibetan-Regular.",
        "NotoSerifTibetan",
        "noto-serif-tibetan",
        "Jomolhari",
        "DDC_Uchen",
        "Kailasa",
    ),
    (
        *("NotoSerifCJK-Regular.", "NotoSerifCJK", "NotoSansCJK-Regular.", "NotoSansCJK", "SourceHanSerif"),
        *("Songti.", "PingFang.", "wqy-microhei.", "wqy-zenhei.", "uming.", "DroidSansFallback"),
    ),
)
_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".woff2"})
# In collections of one typeface for several countries, the face that draws characters as each writes them.
_FACE = {"zh-Hans": "SC", "zh-Hant": "TC"}


@dataclass(frozen=True)
class Font:
    """One font file, the face to take out of a collection, and the characters it can write."""

    path: str
    index: int
    characters: frozenset[int]

    def can_write(self, sign: str) -> bool:
        """Whether it has this character."""
        return ord(sign) in self.characters


def fonts_for(text: str, language: str, *, own_folder: Path) -> tuple[Font, ...] | None:
    """Fonts that write a text between them, the first being the one that writes most of it.

    None when some of its characters none can write: a picture of empty boxes is worse than none.
    """
    signs = {sign for sign in text if not sign.isspace()}
    fonts = _known_fonts(language, str(own_folder))
    by_use = sorted(fonts, key=lambda font: -sum(map(font.can_write, signs)))
    chosen: list[Font] = []
    for font in by_use:
        missing = {sign for sign in signs if not any(one.can_write(sign) for one in chosen)}
        if any(map(font.can_write, missing)):
            chosen.append(font)
    if signs and all(any(font.can_write(sign) for font in chosen) for sign in signs):
        return tuple(chosen)
    return None


@lru_cache(maxsize=16)
def _known_fonts(language: str, own_folder: str) -> tuple[Font, ...]:
    """The best font of each script; looked for once in a process."""
    files = _files((*_FOLDERS, own_folder))
    fonts = []
    for names in _PREFERRED:
        font = next(filter(None, (_opened(path, language) for path in _matching(files, names))), None)
        if font:
            fonts.append(font)
    return tuple(fonts)


def _files(folders: Sequence[str]) -> list[Path]:
    return sorted(
        Path(parent, name)
        for folder in folders
        for parent, _, names in os.walk(Path(folder).expanduser())
        for name in names
        if Path(name).suffix.lower() in _SUFFIXES
    )


def _matching(files: Sequence[Path], names: Sequence[str]) -> list[Path]:
    return [path for name in names for path in files if path.name.startswith(name)]


def _opened(path: Path, language: str) -> Font | None:
    """The font with its characters; None for a file that is none."""
    try:
        index = _face(path, language)
        with path.open("rb") as file, TTFont(file, fontNumber=index, lazy=True) as font:
            return Font(str(path), index, frozenset(font.getBestCmap() or ()))
    except (OSError, TTLibError):
        return None


def _face(path: Path, language: str) -> int:
    wanted = _FACE.get(language)
    if path.suffix.lower() != ".ttc" or wanted is None:
        return 0
    for index in range(16):
        try:
            with path.open("rb") as file, TTFont(file, fontNumber=index, lazy=True) as font:
                if f" {wanted}" in (font["name"].getDebugName(1) or ""):
                    return index
        except TTLibError:
            break
    return 0
