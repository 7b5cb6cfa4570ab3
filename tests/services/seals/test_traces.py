"""The search for what is left of somebody, in files that are read a piece at a time."""

from pathlib import Path

import pytest

from campaign.domain.traces import traced
from campaign.services.seals import traces


@pytest.mark.parametrize("before", range(9))
def test_a_text_is_found_once_wherever_a_piece_of_the_file_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    monkeypatch.setattr(traces, "_PIECE", 8)
    (tmp_path / "old.log").write_bytes(b"." * before + b"Rana Idris" + b"." * 20)
    (found,) = traces.in_files([tmp_path], traced(["Rana Idris"]))
    assert found.number == 1
