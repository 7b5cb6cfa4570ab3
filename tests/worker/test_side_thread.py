"""What is made beside the sending of mail goes on, whatever one thing comes upon."""

import threading

import pytest

from campaign.worker import side_thread
from tests import waiting


def test_one_thing_that_cannot_be_made_does_not_end_the_making_of_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(side_thread, "BACKOFF_SECONDS", 0.0)
    made: list[str] = []
    names = iter(["of Rana Idris", "of Tom Abel"])

    def make_one() -> None:
        name = next(names, None)
        if name == "of Rana Idris":
            raise OSError(f"no memory for the file {name}")
        if name:
            made.append(name)

    with side_thread.running(make_one, name="file-worker", stop=threading.Event()):
        waiting.comes_true(lambda: made)

    assert "file-worker: OSError" in caplog.text
    assert "Rana" not in caplog.text
