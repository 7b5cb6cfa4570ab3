"""Photos and receipts, drawn anew from their pixels: where and with what they were taken stays behind."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from campaign.documents.picture import PictureLimits, read_pixels
from campaign.i18n import to_translate

# Enough to read a stamp on a receipt.
LONGEST_SIDE = 1_600
LIMITS = PictureLimits(
    largest_file=5 * 1024 * 1024,
    most_pixels=60_000_000,
    longest_side=2 * LONGEST_SIDE,
    too_large=to_translate("The picture can be at most 5 MB."),
    too_many_pixels=to_translate("The picture has too many pixels. Make it smaller first."),
    unreadable=to_translate("This picture can’t be read. Take a JPEG, PNG or WebP file."),
)


@dataclass(frozen=True)
class Photo:
    """A picture as JPEG, and a name for its content."""

    jpeg: bytes
    tag: str


def read_photo(data: bytes) -> Photo:
    """A picture from an uploaded file; RefusedError when it is no picture of a kind that is taken."""
    return _drawn(read_pixels(data, LIMITS))


def _drawn(pixels: Image.Image) -> Photo:
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", pixels.size, "white")
    clean.paste(pixels, mask=pixels.getchannel("A"))
    file = BytesIO()
    clean.save(file, "JPEG", quality=82, optimize=True)
    jpeg = file.getvalue()
    return Photo(jpeg, hashlib.sha256(jpeg).hexdigest()[:16])
