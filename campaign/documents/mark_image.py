"""The publisher's logo: drawn anew from its pixels, so that nothing else of the file comes along."""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from campaign.errors import RefusedError

# SVG can hold scripts and links; other kinds are rare, and their readers have been attacked more often.
KINDS = ("PNG", "JPEG", "WEBP")
LARGEST_FILE = 2 * 1024 * 1024
MOST_PIXELS = 25_000_000
# As a page shows it; the picture has twice as many pixels, for fine screens.
WIDTH, HEIGHT = 240, 56
FINER = 2


@dataclass(frozen=True)
class MarkImage:
    """A logo as PNG, a name for its content, and its size on a page."""

    png: bytes
    tag: str
    width: int
    height: int


def read_mark(data: bytes) -> MarkImage:
    """A logo from an uploaded file; RefusedError when it is no picture of a kind that is taken."""
    if len(data) > LARGEST_FILE:
        raise RefusedError("The logo can be at most 2 MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=KINDS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise RefusedError("The logo has too many pixels. Make it smaller first.")
                pixels = picture.convert("RGBA")
    except RefusedError:
        raise
    except Exception as error:  # what a damaged picture raises is anybody's guess
        raise RefusedError("This picture can’t be read. A logo is a PNG, JPEG or WebP file.") from error
    return _drawn(pixels)


def _drawn(pixels: Image.Image) -> MarkImage:
    box = pixels.getchannel("A").getbbox()
    if box is None:
        raise RefusedError("This picture is empty: every pixel is transparent.")
    pixels = pixels.crop(box)
    pixels.thumbnail((WIDTH * FINER, HEIGHT * FINER), Image.Resampling.LANCZOS)
    clean = Image.new("RGBA", pixels.size)
    clean.paste(pixels)
    file = BytesIO()
    clean.save(file, "PNG", optimize=True)
    png = file.getvalue()
    return MarkImage(
        png,
        hashlib.sha256(png).hexdigest()[:16],
        width=max(1, round(clean.width / FINER)),
        height=max(1, round(clean.height / FINER)),
    )
