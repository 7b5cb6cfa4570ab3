"""Pictures that somebody uploaded, read for their pixels alone: what else stands in the file stays behind."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from campaign.errors import RefusedError

# SVG can hold scripts and links; other kinds are rare, and their readers have been attacked more often.
KINDS = ("PNG", "JPEG", "WEBP")
# What is taken apart in memory, at four bytes each. A photo of more is a JPEG, which is read at a fraction.
MOST_PIXELS_READ = 25_000_000


@dataclass(frozen=True, kw_only=True)
class PictureLimits:
    """What a picture may be, in bytes and pixels, and what to say of one that is more, or none.

    `longest_side` is how large it has to be read, where less will do than it has.
    """

    largest_file: int
    most_pixels: int
    longest_side: int | None = None
    too_large: str
    too_many_pixels: str
    unreadable: str


def read_pixels(data: bytes, limits: PictureLimits) -> Image.Image:
    """The picture, upright, with its transparency; RefusedError for what the limits do not allow."""
    if len(data) > limits.largest_file:
        raise RefusedError(limits.too_large)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=KINDS) as picture:
                is_too_large = _pixels(picture) > limits.most_pixels
                if limits.longest_side:
                    share = limits.longest_side / max(picture.size)
                    picture.draft("RGB", (round(picture.width * share), round(picture.height * share)))
                if is_too_large or _pixels(picture) > MOST_PIXELS_READ:
                    raise RefusedError(limits.too_many_pixels)
                return ImageOps.exif_transpose(picture).convert("RGBA")
    except RefusedError:
        raise
    except Exception as error:  # what a damaged picture raises is anybody's guess
        raise RefusedError(limits.unreadable) from error


def _pixels(picture: Image.Image) -> int:
    return picture.width * picture.height
