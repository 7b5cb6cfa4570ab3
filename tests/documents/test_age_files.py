import errno
import io
import os

import pyrage
import pytest

from campaign.documents.age_file import write_for_recipients
from campaign.documents.age_opening import open_for_identity
from campaign.errors import RefusedError

IDENTITY = pyrage.x25519.Identity.generate()


class FullDisk(io.BytesIO):
    """A file on a disk with no room left."""

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told_from_a_wrong_key_and_from_a_damaged_file() -> None:
    file = io.BytesIO()
    with pytest.raises(OSError, match="No space left"):
        write_for_recipients([b"rows" * 50_000], FullDisk(), [str(IDENTITY.to_public())])
    write_for_recipients([b"rows" * 50_000], file, [str(IDENTITY.to_public())])
    file.seek(0)
    with pytest.raises(OSError, match="No space left"):
        open_for_identity(file, FullDisk(), str(IDENTITY))


def test_a_head_without_an_end_is_refused_before_the_library_reads_it_for_hours() -> None:
    hostile = io.BytesIO(b"age-encryption.org/v1\n" + b"-> X25519 abc\nAAAA\n" * 50_000)
    with pytest.raises(RefusedError, match="damaged"):
        open_for_identity(hostile, io.BytesIO(), str(IDENTITY))
