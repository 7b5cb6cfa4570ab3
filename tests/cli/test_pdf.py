"""The letter and the sheet as files, at the command line."""

import stat
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import Result

from campaign.documents.pdf.render import RenderedPdf, missing_packages

Campaign = Callable[..., Result]
EXAMPLE = files("campaign") / "examples" / "human-rights-first.txt"


@pytest.fixture
def published(campaign: Campaign, migrated: Path) -> str:
    arguments = ("letter", "import", str(EXAMPLE), "--slug", "first", "--publish", "--despite-checks")
    assert campaign(*arguments).exit_code == 0
    return "first"


@pytest.mark.slow
@pytest.mark.skipif(bool(missing_packages()), reason="PDFs need Pango on this machine")
def test_letter_and_sheet_are_written_as_pdf_for_their_owner_only(
    campaign: Campaign, published: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = tmp_path / "letter.pdf"
    written = campaign("letter", "pdf", published, "--output", str(letter))
    assert (written.exit_code, written.stderr) == (0, "")
    assert letter.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(letter.stat().st_mode) == 0o600
    again = campaign("letter", "pdf", published, "--output", str(letter))
    assert again.exit_code == 1
    assert "exists already" in again.stderr
    # The sheet is made the same way; what it shows is tested with the other PDFs.
    printed: list[str] = []
    monkeypatch.setattr(
        "campaign.cli.letter.render_pdf",
        lambda html, *_, **__: printed.append(html) or RenderedPdf(b"%PDF-", 0),
    )
    sheet = campaign(
        "letter", "sheet", published, "--language", "ZH-hant", "--output", str(letter), "--replace"
    )
    assert sheet.exit_code == 0
    assert 'lang="zh-Hant"' in printed[0]
    assert letter.read_bytes() == b"%PDF-"


@pytest.mark.slow
def test_what_cannot_be_printed_is_refused_in_one_sentence(
    campaign: Campaign, published: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.documents.pdf.render.missing_packages", lambda: ("libpango-1.0-0",))
    assert campaign("letter", "import", str(EXAMPLE), "--slug", "draft").exit_code == 0
    output = tmp_path / "out.pdf"
    for arguments, sentence in (
        ((published,), "PDFs cannot be made on this machine: install libpango-1.0-0."),
        ((published, "--language", "tlh"), "There is no language tlh: choose one of en, zh-Hans"),
        (("draft",), "draft is a draft: publish it before you print it."),
        (("nothing",), "There is no campaign named nothing."),
    ):
        refused = campaign("letter", "pdf", *arguments, "--output", str(output))
        assert refused.exit_code == 1
        assert sentence in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert not output.exists()
