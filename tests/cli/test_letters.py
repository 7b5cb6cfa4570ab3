"""A letter's way from a file to an open campaign, at the command line."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import Result

from campaign.documents.read_letter.read import read_letter
from tests.waiting import PATIENCE_SECONDS

Campaign = Callable[..., Result]
EXAMPLE = files("campaign") / "examples" / "human-rights-first.txt"


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_bytes(EXAMPLE.read_bytes())
    return path


@pytest.fixture
def imported(campaign: Campaign, migrated: Path, letter: Path) -> str:
    assert campaign("letter", "import", str(letter), "--slug", "first").exit_code == 0
    return "first"


def test_parsing_prints_the_record_and_needs_no_database(
    campaign: Campaign, letter: Path, instance: Path
) -> None:
    result = campaign("letter", "parse", str(letter))
    assert (result.exit_code, result.stderr) == (0, "")
    record = json.loads(result.stdout)
    assert len(record["asks"]) == 8
    assert "China’s surveillance state" in result.stdout
    assert not instance.exists()


def test_a_letter_can_be_piped_in(campaign: Campaign, letter: Path) -> None:
    piped = campaign("letter", "parse", "-", stdin=letter.read_bytes())
    assert piped.stdout == campaign("letter", "parse", str(letter)).stdout


def test_what_is_no_letter_is_refused_in_one_sentence_with_its_own_exit_status(
    campaign: Campaign, tmp_path: Path
) -> None:
    (tmp_path / "list.txt").write_text("milk, eggs, bread\n")
    result = campaign("letter", "parse", str(tmp_path / "list.txt"))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("missing.txt", "There is no file"), (".", "is a folder, not a file."), ("huge.txt", "is too large")],
)
def test_a_file_that_cannot_be_read_is_told_why(
    campaign: Campaign, tmp_path: Path, name: str, sentence: str
) -> None:
    (tmp_path / "huge.txt").write_bytes(b"Dear Minister,\n" * 400_000)
    for command in (["parse"], ["import", "--slug", "x"]):
        result = campaign("letter", command[0], str(tmp_path / name), *command[1:])
        assert result.exit_code == 2
        assert sentence in result.stderr


def test_importing_never_publishes_unless_told_to(campaign: Campaign, migrated: Path, letter: Path) -> None:
    draft = campaign("letter", "import", str(letter), "--slug", "first")
    assert "first: 8 asks, 24 signatories, 10 officials." in draft.stdout
    assert "It is a draft." in draft.stdout
    published = campaign("letter", "import", str(letter), "--slug", "second", "--publish", "--despite-checks")
    assert "It is open at http://127.0.0.1:8000/c/second" in published.stdout


def test_the_roles_of_lines_are_printed_and_taken_back_as_corrected(
    campaign: Campaign, letter: Path, tmp_path: Path
) -> None:
    printed = campaign("letter", "parse", str(letter), "--roles")
    assert "\tsalutation\tDear President Biden," in printed.stdout
    assert campaign("letter", "parse", "--roles", str(letter)).stdout == printed.stdout
    corrected = tmp_path / "roles.tsv"
    corrected.write_text(printed.stdout.replace("\tclosing\t", "\tconclusion\t"), encoding="utf-8")
    record = json.loads(campaign("letter", "parse", str(letter), "--roles", str(corrected)).stdout)
    assert (record["closing"], record["conclusion"][-1]) == (None, "Respectfully,")
    assert len(record["asks"]) == 8
    corrected.write_text("1\ttitle\tAnother letter\n", encoding="utf-8")
    refused = campaign("letter", "parse", str(letter), "--roles", str(corrected))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "another letter" in refused.stderr


def test_what_is_stored_is_what_was_parsed(campaign: Campaign, imported: str, letter: Path) -> None:
    stored = campaign("letter", "show", imported, "--json")
    assert stored.stdout == campaign("letter", "parse", str(letter)).stdout


def test_a_stored_letter_is_shown_as_text_that_reads_back_to_the_same(
    campaign: Campaign, imported: str, letter: Path
) -> None:
    text = campaign("letter", "show", imported).stdout
    assert "\n1. Give human rights a fixed place" in text
    again, first = read_letter(text.encode()), read_letter(letter.read_bytes())
    assert replace(again, warnings=()) == replace(first, warnings=())


def test_a_campaign_is_opened_and_closed_by_its_name(campaign: Campaign, imported: str) -> None:
    opened = campaign("letter", "publish", "first", "--despite-checks")
    assert "first is open: http://127.0.0.1:8000/c/first" in opened.stdout
    assert "first is closed" in campaign("letter", "close", "first").stdout


@pytest.mark.slow
def test_a_draft_is_looked_at_by_a_private_link_and_opens_at_a_time(
    campaign: Campaign, imported: str
) -> None:
    soon = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d}"
    first, second = (campaign("draft", "preview-link", imported).stdout.strip() for _ in range(2))
    assert first.startswith("http://127.0.0.1:8000/preview/")
    assert first != second, "the earlier one has ended"
    opened = campaign("draft", "open-at", imported, f"{soon} 09:00", "--time-zone", "Europe/Brussels")
    assert f"opens on {soon} 09:00 Europe/Brussels" in opened.stdout
    assert "does not open automatically" in campaign("draft", "call-off", imported).stdout
    past = campaign("draft", "open-at", imported, "2020-01-01 09:00")
    assert (past.exit_code, "must be in the future" in past.stderr) == (1, True)
    campaign("letter", "publish", imported, "--despite-checks")
    assert campaign("draft", "preview-link", imported).exit_code == 1


def test_an_official_gets_messages_together_or_one_by_one(campaign: Campaign, imported: str) -> None:
    above = campaign("official", "digest", imported, "sung kim", "above", "--threshold", "20")
    assert (
        above.stdout == "Sung Kim: messages go together in one email when more than 20 wait in the morning.\n"
    )
    assert "in one email a day." in campaign("official", "digest", imported, "Sung Kim", "daily").stdout
    assert "above 20" not in campaign("official", "list", imported).stdout
    assert "one email a day" in campaign("official", "list", imported).stdout
    assert "one by one." in campaign("official", "digest", imported, "Sung Kim", "never").stdout
    refused = campaign("official", "digest", imported, "Sung Kim", "daily", "--threshold", "5")
    assert refused.exit_code == 2
    assert "--threshold goes with the mode 'above'" in refused.stderr


@pytest.mark.first_rows(2)
@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["letter", "show", "nowhere"], "There is no campaign named nowhere."),
        (["letter", "publish", "nowhere"], "There is no campaign named nowhere."),
        (["official", "list", "nowhere"], "There is no campaign named nowhere."),
        (["official", "set", "first", "Nobody", "--email", "a@b.example"], "has no official named Nobody."),
        (["official", "set", "first", "Sung Kim", "--email", "kim"], "Enter an email address like"),
        (["letter", "import", "letter.txt", "--slug", "first"], "There is already a campaign named first."),
        (
            ["letter", "import", "letter.txt", "--slug", "Is this a slug?"],
            "lowercase letters, digits and hyphens",
        ),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    campaign: Campaign,
    imported: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = campaign(*command)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


def test_an_official_gets_an_address_whatever_the_case_of_the_name(campaign: Campaign, imported: str) -> None:
    assert "Sung Kim\t" in (before := campaign("official", "list", "first").stdout)
    assert before.count("printed and handed over") == 10
    said = campaign("official", "set", "first", "sung kim", "--email", "sung.kim@STATE.example").stdout
    assert said == "Messages to Sung Kim go to sung.kim@state.example.\n"
    assert "sung.kim@state.example" in campaign("official", "list", "first").stdout


def test_the_queue_of_a_new_installation_is_empty(campaign: Campaign, migrated: Path) -> None:
    assert json.loads(campaign("outbox", "status", "--json").stdout) == {
        "counts": {},
        "oldest_due_at": None,
        "waiting": {"not_due": 0, "paused": 0, "for_digest": 0},
        "forms": {"waiting": 0},
    }
    assert campaign("outbox", "status").stdout == "Nothing is due.\n"


def test_a_reader_that_has_seen_enough_causes_no_complaint(
    program: Callable[..., object], letter: Path
) -> None:
    process = program("letter", "parse", str(letter))
    process.stdout.close()  # type: ignore[attr-defined]
    process.wait(timeout=PATIENCE_SECONDS)  # type: ignore[attr-defined]
    assert process.stderr.read() == ""  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_letter_in_another_language_becomes_the_campaign_s_translation(
    campaign: Campaign, imported: str, tmp_path: Path
) -> None:
    french = tmp_path / "fr.md"
    french.write_bytes((files("campaign") / "examples" / "human-rights-first.fr.md").read_bytes())
    said = campaign("letter", "import", str(french), "--slug", "first", "--language", "FR").stdout
    assert "first in fr, version 1: a translation, a draft." in said
    assert campaign("letter", "translations", "first").stdout == "en\t1\toriginal\nfr\t1\tdraft\n"
    for state in ("reviewed", "published"):
        moved = campaign("letter", "translation", "first", "--language", "fr", "--state", state)
        assert moved.stdout == f"first in fr is {state}.\n"
    shown = campaign("letter", "show", "first", "--language", "fr", "--json").stdout
    assert json.loads(shown)["asks"] == json.loads(campaign("letter", "parse", str(french)).stdout)["asks"]
    assert len(json.loads(shown)["signatories"]) == 24
    again = campaign("letter", "import", str(french), "--slug", "first", "--language", "fr", "--publish")
    assert (
        "version 2: a published translation, to be read at http://127.0.0.1:8000/fr/c/first" in again.stdout
    )
    as_spanish = campaign("letter", "import", str(french), "--slug", "first", "--language", "es")
    assert "line 1: The text reads as fr, and was imported as es." in as_spanish.stderr
    corrected = campaign(
        "letter", "import", str(tmp_path / "letter.txt"), "--slug", "first", "--language", "en"
    )
    assert "first in en, version 2: a correction of the original" in corrected.stdout
    assert (
        "fr\t2\tpublished\tthe original changed since\n" in campaign("letter", "translations", "first").stdout
    )


def test_a_translation_that_does_not_match_is_refused_in_a_sentence(
    campaign: Campaign, imported: str, tmp_path: Path
) -> None:
    (tmp_path / "short.txt").write_text(
        "Monsieur le Président,\n\nNous vous demandons :\n\n1. La paix.\n\nCordialement,\n"
    )
    for language, sentence in (
        ("fr", "1 in this letter, 8 in the original"),
        ("tlh", "The platform doesn’t support tlh"),
    ):
        refused = campaign(
            "letter", "import", str(tmp_path / "short.txt"), "--slug", "first", "--language", language
        )
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert sentence in refused.stderr
    assert campaign("letter", "show", "first", "--language", "fr").exit_code == 1


def test_an_officials_times_are_set_in_local_time_and_listed(campaign: Campaign, imported: str) -> None:
    said = campaign(
        *("official", "set", imported, "Sung Kim", "--time-zone", "America/New_York"),
        *("--from", "2026-12-01 09:00", "--daily-limit", "40", "--rate", "6"),
    ).stdout

    assert (
        said == "Sung Kim: America/New_York, 6 an hour, 40 a day, from 2026-12-01 09:00 America/New_York.\n"
    )
    assert "\tAmerica/New_York, 6 an hour" in campaign("official", "list", imported).stdout
    refused = campaign("official", "set", imported, "Sung Kim", "--time-zone", "Mars")
    assert (refused.exit_code, "region and city" in refused.stderr) == (1, True)
    assert campaign("official", "set", imported, "Sung Kim").exit_code == 2


def test_how_messages_to_an_official_begin_is_listed_set_and_suggested_again(
    campaign: Campaign, imported: str
) -> None:
    suggested = [part for part in campaign("official", "list", imported).stdout.split("\t") if "Dear" in part]
    assert suggested
    said = campaign("official", "set", imported, "Sung Kim", "--salutation", "Dear Ambassador Kim,")
    assert said.stdout == "Messages to Sung Kim begin: Dear Ambassador Kim,\n"
    assert "\tDear Ambassador Kim," in campaign("official", "list", imported).stdout
    again = campaign("official", "set", imported, "Sung Kim", "--salutation", "").stdout
    assert again.startswith("Messages to Sung Kim begin: Dear ")
    assert "Ambassador" not in again


def test_an_address_and_a_pace_are_set_together_and_an_address_can_be_taken_back(
    campaign: Campaign, imported: str
) -> None:
    set_ = ("official", "set", imported, "Sung Kim")
    assert campaign(*set_, "--email", "kim@office.example", "--rate", "0").stdout == (
        "Messages to Sung Kim go to kim@office.example.\nSung Kim: no hourly limit.\n"
    )
    assert campaign(*set_, "--email", "").stdout == "Messages to Sung Kim are printed and handed over.\n"


def test_a_campaigns_delivery_is_set_and_shown_in_its_own_time_zone(
    campaign: Campaign, imported: str
) -> None:
    delivery = ("letter", "delivery", imported)
    assert campaign(*delivery).stdout == "first: as usual.\n"

    said = campaign(
        *(*delivery, "--from", "2026-12-01 09:00", "--until", "2026-12-11"),
        *("--time-zone", "europe/brussels", "--rate", "12", "--daily-limit", "200"),
    ).stdout

    plan = "Europe/Brussels, 12 an hour, 200 a day, from 2026-12-01 09:00 Europe/Brussels"
    assert said == f"first: {plan}, until 2026-12-11 00:00 Europe/Brussels.\n"
    assert campaign(*delivery, "--until", "").stdout == f"first: {plan}.\n"
    assert campaign(*delivery).stdout == f"first: {plan}.\n"
    refused = campaign(*delivery, "--until", "2026-11-30")
    assert (refused.exit_code, refused.stderr) == (1, "Sending has to begin before it ends.\n")


def test_goal_deadline_and_outcome_are_set_and_what_is_not_named_stays(
    campaign: Campaign, imported: str
) -> None:
    typed = ("--goal", "5000", "--closes", "2190-03-31 23:59", "--time-zone", "Europe/Brussels")
    first = campaign("letter", "progress", imported, *typed)
    assert first.output.splitlines()[:2] == ["goal: 5000", "closes: 2190-03-31 23:59 Europe/Brussels"]
    second = campaign("letter", "progress", imported, "--outcome", "The works have stopped.")
    assert second.output.splitlines() == [*first.output.splitlines()[:3], "outcome: The works have stopped."]
    past = campaign("letter", "progress", imported, "--closes", "2020-01-01 10:00")
    assert (past.exit_code, past.output) == (1, "The deadline must be in the future.\n")
    assert campaign("letter", "note", imported, "The hearing is in May.").exit_code == 0


def test_a_draft_opens_by_the_rule_of_the_desk_unless_told_otherwise(
    campaign: Campaign, imported: str
) -> None:
    refused = campaign("letter", "publish", imported)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "must be mended: Nobody stands behind the letter yet." in refused.stderr
    assert "look at this: There is no goal." in refused.stderr
    assert "To open it all the same, add --despite-checks." in refused.stderr
    assert "It is a draft" not in refused.stderr
    told = campaign("letter", "publish", imported, "--despite-checks")
    assert f"{imported} is open" in told.stdout
    assert "must be mended: Nobody stands behind the letter yet." in told.stderr
    campaign("letter", "close", imported)
    again = campaign("letter", "publish", imported)
    assert (again.exit_code, again.stderr) == (0, "")


def test_a_letter_that_may_not_open_is_not_imported_either(
    campaign: Campaign, migrated: Path, letter: Path
) -> None:
    arguments = ("letter", "import", str(letter), "--slug", "first", "--publish")
    assert "cannot open yet" in campaign(*arguments).stderr
    assert "There is no campaign named first." in campaign("letter", "show", "first").stderr
    assert "It is open" in campaign(*arguments, "--despite-checks").stdout
