"""Letters of many layouts and languages come out as the records beside them."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

from campaign.documents.read_letter.read import read_letter
from campaign.domain.letter import Letter

LETTERS = Path(__file__).parent.parent / "letters"
SOURCES = sorted(path for path in LETTERS.iterdir() if path.suffix != ".json")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_letter_of_any_layout_comes_out_as_the_record_beside_it(source):
    expected = json.loads(source.with_suffix(".json").read_text(encoding="utf-8"))
    read = json.loads(json.dumps(read_letter(source.read_bytes(), name=source.name).as_json()))
    for part in expected:
        assert read[part] == expected[part], part


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_line_put_anywhere_into_a_letter_is_in_its_record_or_in_a_warning(source):
    lines = source.read_text(encoding="utf-8").split("\n")
    every = 1 + len(lines) // 40
    inside = range(12, min(33, len(lines))) if source.suffix == ".html" else range(0, len(lines), every)
    for at in inside:
        changed = [*lines[:at], "The Quillwort assembly met at noon", *lines[at:]]
        letter = read_letter("\n".join(changed).encode(), name=source.name)
        assert "Quillwort" in " ".join(texts_of(letter.as_json())), at


def texts_of(record):
    """Every text in a record, however deep."""
    if isinstance(record, dict | list | tuple):
        parts = record.values() if isinstance(record, dict) else record
        return [text for part in parts for text in texts_of(part)]
    return [record] if isinstance(record, str) else []


def test_counts_written_as_tokens_stay_as_they_are():
    letter = read_letter((LETTERS / "tokens.txt").read_bytes())
    assert (
        "{{organization_count}} organizations and {{signatory_count}} signatories" in letter.introduction[0]
    )


def test_a_date_that_could_be_two_days_is_left_open_with_a_warning():
    letter = read_letter((LETTERS / "ambiguous-date.txt").read_bytes())
    assert letter.dated_on is None
    assert any(
        "2021-03-04 or 2021-04-03" in warning.sentence and warning.line == 1 for warning in letter.warnings
    )


@pytest.mark.parametrize(
    ("copied", "is_told"),
    [
        ("Jonas Reil, City Engineer; Carla Menden, Inspector General", True),
        ("Jonas Reil, City Engineer; Ms. CARLA  MENDEN", True),
        ("Jonas Reil, City Engineer; Carl Menden, Ombudsman", False),
    ],
)
def test_an_addressee_who_is_also_to_receive_a_copy_is_kept_as_both_with_a_warning(copied, is_told):
    text = (LETTERS / "cc-on-top.txt").read_text(encoding="utf-8").split("\n")
    text = [f"CC: {copied}" if line.startswith("CC:") else line for line in text]
    text = ["Carla Menden" if line == "Inspector General Carla Menden" else line for line in text]
    letter = read_letter("\n".join(text).encode())
    assert [one.name for one in letter.addressees] == ["Carla Menden"]
    assert len(letter.copied) == 2
    told = [
        one for one in letter.warnings if "is an addressee, and in the list of copies too" in one.sentence
    ]
    assert [text[one.line - 1].startswith("CC:") for one in told] == [True] * is_told


def test_asks_and_signatories_are_never_made_up():
    letter = read_letter((LETTERS / "no-asks.txt").read_bytes())
    assert (letter.asks, letter.signatories) == ((), ())
    said = " ".join(warning.sentence for warning in letter.warnings)
    assert "No asks" in said
    assert "No signatories" in said


def test_blind_copies_are_left_out_and_never_quoted():
    text = (
        "Bcc: secret@nest.example\nTo: Minister Ada Byrne\n\nDear Minister,\n\n"
        "The herons of the upper lake have lost their nests, and we write to ask for help.\n\n"
        "Sincerely,\n\nHeron Trust\n"
    )
    record = json.dumps(read_letter(text.encode()).as_json())
    assert "secret" not in record
    assert "blind copies" in record


def test_the_same_letter_reads_the_same_in_every_encoding():
    text = (LETTERS / "french.txt").read_text(encoding="utf-8")
    plain = read_letter(text.encode("utf-8"))
    assert read_letter(b"\xef\xbb\xbf" + text.encode("utf-8")) == plain
    assert read_letter(b"\xff\xfe" + text.encode("utf-16-le")) == plain
    assert read_letter(text.replace("\n", "\r\n").encode("utf-8")) == plain
    legacy = read_letter(text.encode("cp1252"))
    assert legacy.asks == plain.asks
    assert any("Windows-1252" in warning.sentence for warning in legacy.warnings)


def test_a_chinese_letter_in_an_old_encoding_is_read_with_a_warning():
    text = (LETTERS / "zh-hans-petition.txt").read_text(encoding="utf-8")
    letter = read_letter(text.encode("gb18030"))
    assert [ask.title for ask in letter.asks] == ["公开规划。", "停止夜间施工。", "与居民代表对话。"]
    assert any("GB18030" in warning.sentence for warning in letter.warnings)


def test_every_part_of_a_record_is_in_its_json():
    letter = read_letter((LETTERS / "congress-numbered.txt").read_bytes())
    assert set(json.loads(json.dumps(letter.as_json()))) == {field.name for field in fields(Letter)}


def test_hidden_controls_go_and_joiners_stay():
    word = "\u0646\u0645\u06cc\u200c\u062f\u0627\u0646\u0645"
    text = (
        f"Dear Minister Noor\u202e,\n\nWe write about the {word} wells\u0007 of four villages, now dry.\n\n"
        "Sincerely,\n\nWell Keepers Union\nVillage Water Trust\n"
    )
    letter = read_letter(text.encode())
    assert letter.salutation == "Dear Minister Noor,"
    assert "\u200c" in letter.introduction[0]
    assert "\u0007" not in letter.introduction[0]
