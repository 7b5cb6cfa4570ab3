"""The public log of changes as somebody who is named in it, and somebody who watches it, would look at it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.letter import LetterAsk
from campaign.domain.letter_diff import IN, OUT, SAME, in_context
from campaign.domain.signature import Visibility
from campaign.errors import NotFoundError
from campaign.runtime import Runtime
from campaign.services.campaigns import change_log, changes, public_names
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE
from tests.web.test_progress import reword, words

NAMED = "Pay Ilham Niyaz, who lost her well."


@pytest.fixture
def taken_out(runtime: Runtime, page: CampaignPage, clock: Clock) -> Callable[[], int]:
    """A name was taken out of the letter; gives the entry which tells of that."""
    reword(runtime, clock, LetterAsk(NAMED))
    clock.forward(days=1)
    reword(runtime, clock, LetterAsk("Pay those who lost their wells."))

    def entry() -> int:
        with runtime.database.reading() as session:
            return change_log.latest(session, page.head.id)[0].id

    return entry


@pytest.mark.both_databases
def test_a_name_taken_out_of_the_letter_can_be_taken_out_of_the_log_and_the_entry_stays(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, taken_out: Callable[[], int]
) -> None:
    assert client.get(f"{PAGE}/changes").text.count("Ilham") == 2
    with runtime.database.transaction() as session:
        found = changes.entries_with(session, page.head.id, ["Ilham Niyaz"])
        assert len(found) == 2
        for entry in found:
            changes.withhold_words(session, make.SLUG, entry, actor=COMMAND_LINE, now=clock())
    told = words(client, f"{PAGE}/changes")
    assert "Ilham" not in told
    assert "November 24, 2026 The letter was reworded (English): ask 3. The words are withheld." in told
    with runtime.database.reading() as session:
        assert "Ilham" not in str(change_log.latest(session, page.head.id))


def test_only_entries_about_the_letters_words_have_words_to_withhold(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    opened = page.changes[-1].id
    for slug, entry in ((make.SLUG, opened), (make.SLUG, 999), ("nowhere", opened)):
        with runtime.database.transaction() as session, pytest.raises(NotFoundError):
            changes.withhold_words(session, slug, entry, actor=COMMAND_LINE, now=clock())


def test_hiding_all_names_hides_what_was_taken_out_of_the_letter_too(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, taken_out: Callable[[], int]
) -> None:
    for change, count in ((public_names.hide, 0), (public_names.show, 2)):
        with runtime.database.transaction() as session:
            change(session, make.SLUG, actor=COMMAND_LINE, now=clock())
        assert client.get(f"{PAGE}/changes").text.count("Ilham") == count
        assert "reworded (English): ask 3." in words(client, f"{PAGE}/changes")


@pytest.mark.parametrize("has_signed", [False, True])
def test_the_log_is_the_same_whether_or_not_somebody_unseen_has_signed(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, has_signed: bool
) -> None:
    if has_signed:
        make.sign_and_confirm(runtime, page, now=clock(), visibility=Visibility.HIDDEN, pages_follow=False)
    reword(runtime, clock, LetterAsk(NAMED))
    assert words(client, f"{PAGE}/changes").count("reworded") == 1


def test_a_draft_changes_without_a_trace(client: FlaskClient, runtime: Runtime, clock: Clock) -> None:
    make.campaign(runtime, now=clock(), slug="draft", publish=False)
    reword(runtime, clock, LetterAsk(NAMED), slug="draft")
    with runtime.database.reading() as session:
        assert all(entry.kind != "letter" for entry in change_log.latest(session, 2))


def test_a_long_log_comes_in_pages(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        for number in range(24):
            changes.add_note(session, make.SLUG, f"Note {number:02}.", actor=COMMAND_LINE, now=clock())
    first, second, third = (words(client, f"{PAGE}/changes{at}") for at in ("", "?page=2", "?page=3"))
    assert [told.count("Note ") for told in (first, second, third)] == [10, 10, 4]
    assert "Note 23." in first
    assert "Note 00." in third
    assert "Older" in first
    assert "Newer" not in first
    assert "Older" not in third
    assert "Newer" in third
    for number in ("4", "0", "99", "1000", "-1", "x", "٢"):
        assert client.get(f"{PAGE}/changes?page={number}").status_code == 404, number


def test_one_drawing_serves_all_who_read_the_log(
    client: FlaskClient, runtime: Runtime, taken_out: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(f"{PAGE}/changes")
    read: list[int] = []
    monkeypatch.setattr(change_log, "page_for_readers", lambda *_: read.append(1))
    again = client.get(f"{PAGE}/changes")
    assert again.text == first.text
    assert not read
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{PAGE}/changes", headers=tag).status_code == 304


def test_readers_see_a_change_with_the_words_around_it_and_not_the_whole_letter() -> None:
    long = "word " * 200
    shown = in_context([[SAME, f"First {long}"], [OUT, "old"], [IN, "new"], [SAME, f" {long}last."]])
    before, out, put_in, after = shown
    assert (out, put_in) == ([OUT, "old"], [IN, "new"])
    assert before[1].startswith("… word")
    assert len(before[1]) < 130
    assert after[1].endswith("word …")
    assert len(after[1]) < 130
    short = [[SAME, "Stop "], [IN, "all "], [SAME, "works."]]
    assert in_context(short) == short
