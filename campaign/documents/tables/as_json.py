"""Tables as one JSON array of objects, written piece by piece."""

import json
from collections.abc import Iterable, Iterator, Sequence

from campaign.documents.tables.batches import Batch

MEDIA_TYPE = "application/json"


def chunks(header: Sequence[str], batches: Iterable[Batch]) -> Iterator[bytes]:
    """The array in pieces: one object a line with the header's words as keys; an empty cell is null."""
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    start = "[\n"
    for batch in batches:
        rows = (encode(dict(zip(header, row, strict=True))) for row in zip(*batch, strict=True))
        piece = ",\n".join(rows)
        if piece:
            yield (start + piece).encode("utf-8", "replace")
            start = ",\n"
    yield b"\n]\n" if start == ",\n" else b"[]\n"
