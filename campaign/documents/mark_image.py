"""The publisher's logo: drawn anew from its pixels, so that nothing else of the file comes along."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from campaign.documents.picture import PictureLimits, read_pixels
from campaign.errors import RefusedError
from campaign.i18n import to_translate

# As a page shows it; the picture has twice as many pixels, for fine screens.
WIDTH, HEIGHT = 240, 56
FINER = 2
LIMITS = PictureLimits(
    largest_file=2 * 1024 * 1024,
    most_pixels=25_000_000,
    too_large=to_translate("The logo can be at most 2 MB."),
    too_many_pixels=to_translate("The logo has too many pixels. Make it smaller first."),
    unreadable=to_translate("This picture can’t be read. A logo is a PNG, JPEG or WebP file."),
)


@dataclass(frozen=True)
class MarkImage:
    """A logo as PNG, a name for its content, and its size on a page."""

    png: bytes
    tag: str
    width: int
    height: int


def read_mark(data: bytes) -> MarkImage:
    """A logo from an uploaded file; RefusedError when it is no picture of a kind that is taken."""
    return _drawn(read_pixels(data, LIMITS))


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
