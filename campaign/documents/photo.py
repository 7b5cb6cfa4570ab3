"""Photos and receipts, drawn anew from their pixels: where and with what they were taken stays behind."""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from campaign.errors import RefusedError

KINDS = ("JPEG", "PNG", "WEBP")
LARGEST_FILE = 5 * 1024 * 1024
MOST_PIXELS = 60_000_000
# Enough to read a stamp on a receipt.
LONGEST_SIDE = 1_600


@dataclass(frozen=True)
class Photo:
    """A picture as JPEG, and a name for its content."""

    jpeg: bytes
    tag: str


def read_photo(data: bytes) -> Photo:
    """A picture from an uploaded file; RefusedError when it is no picture of a kind that is taken."""
    if len(data) > LARGEST_FILE:
        raise RefusedError("The picture can be at most 5 MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=KINDS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise RefusedError("The picture has too many pixels. Make it smaller first.")
                # A large JPEG is read at a fraction of its size at once.
                picture.draft("RGB", (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
                pixels = ImageOps.exif_transpose(picture).convert("RGBA")
    except RefusedError:
        raise
    except Exception as error:  # what a damaged picture raises is anybody's guess
        raise RefusedError("This picture can’t be read. Take a JPEG, PNG or WebP file.") from error
    return _drawn(pixels)


def _drawn(pixels: Image.Image) -> Photo:
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", pixels.size, "white")
    clean.paste(pixels, mask=pixels.getchannel("A"))
    file = BytesIO()
    clean.save(file, "JPEG", quality=82, optimize=True)
    jpeg = file.getvalue()
    return Photo(jpeg, hashlib.sha256(jpeg).hexdigest()[:16])
