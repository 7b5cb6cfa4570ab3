"""Photos of receipts: what they cost to read is bounded, whatever kind they are."""

from io import BytesIO

import pytest
from PIL import Image

from campaign.documents.photo import LONGEST_SIDE, read_photo
from campaign.errors import RefusedError


def file_of(size: tuple[int, int], kind: str) -> bytes:
    file = BytesIO()
    Image.new("L", size, 200).save(file, kind)
    return file.getvalue()


@pytest.mark.slow
def test_a_large_photo_is_made_smaller() -> None:
    photo = Image.open(BytesIO(read_photo(file_of((6_400, 4_800), "JPEG")).jpeg))
    assert max(photo.size) == LONGEST_SIDE


@pytest.mark.parametrize(("size", "kind"), [((6_400, 4_800), "PNG"), ((9_000, 8_000), "JPEG")])
def test_a_small_file_of_very_many_pixels_is_refused_before_they_are_in_memory(
    size: tuple[int, int], kind: str
) -> None:
    data = file_of(size, kind)
    assert len(data) < 2_000_000
    with pytest.raises(RefusedError, match="too many pixels"):
        read_photo(data)
