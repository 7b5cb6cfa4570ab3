"""What is asked and how far it is: counts, goal, deadline, outcome, and the public log of changes."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.letter import LetterAsk
from campaign.domain.signature import Capacity, Visibility
from campaign.errors import RefusedError
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, changes, progress, translations
from campaign.services.campaigns.progress import CampaignTexts, ProgressDetails
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE

Set = Callable[..., None]


@pytest.fixture
def set_(runtime: Runtime, clock: Clock) -> Set:
    """Sets what the desk's form sets."""

    def change(*, outcome: str | None = None, **typed: str) -> None:
        texts = {} if outcome is None else {"en": CampaignTexts("", outcome)}
        with runtime.database.transaction() as session:
            details = ProgressDetails(**typed, texts=texts)
            progress.change(session, make.SLUG, details, actor=COMMAND_LINE, now=clock())

    return change


def follow(runtime: Runtime, clock: Clock) -> None:
    """What a worker does every few seconds; once is enough."""
    with runtime.database.transaction() as session:
        progress.follow(session, now=clock())
        assert not progress.are_due(session, now=clock())


def reword(runtime: Runtime, clock: Clock, *asks: LetterAsk, slug: str = make.SLUG) -> None:
    """Other words for the last asks, as a correction of the letter."""
    letter = replace(make.LETTER, asks=(*make.LETTER.asks[: 3 - len(asks)], *asks))
    with runtime.database.transaction() as session:
        translations.import_version(
            session, letter, slug=slug, language="en", actor=COMMAND_LINE, now=clock()
        )


def words(client: FlaskClient, at: str = PAGE) -> str:
    text = re.sub(r"(?s)<(script|style|select).*?</\1>|<[^>]+>", " ", client.get(at).text)
    return " ".join(text.split())


@pytest.mark.both_databases
def test_organizations_and_people_are_counted_apart_and_alike_everywhere(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    # A stranger's word that they sign for an organization makes no organization.
    make.sign_and_confirm(
        runtime, page, now=clock(), capacity=Capacity.ORGANIZATION, organization="Everybody Inc"
    )
    make.sign_and_confirm(
        runtime, page, now=clock(), email="h@mail.example", visibility=Visibility.HIDDEN, pages_follow=False
    )
    for at in (PAGE, "/", f"/embed{PAGE}"):
        assert re.search(r"2 organizations · 2 people", words(client, at)), at
    assert "Friends of the Ondra" in words(client).split("What we ask")[0]
    counts = client.get(f"{PAGE}.json").json["counts"]
    live = client.get(f"{PAGE}/count.json").json
    assert (counts["organizations"], counts["people"]) == (live["organizations"], live["people"]) == (2, 2)
    assert (counts["signatures"], live["words"]) == (1, "people")


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.INITIALS, Visibility.HIDDEN])
def test_who_is_named_hears_the_number_of_the_page_and_who_is_not_that_it_moves_in_steps(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, visibility: Visibility
) -> None:
    for number in range(3):  # who hides is in no number that a signer hears
        make.sign_and_confirm(
            runtime,
            page,
            now=clock(),
            email=f"h{number}@mail.example",
            visibility=Visibility.HIDDEN,
            pages_follow=False,
        )
    make.sign(runtime, page, now=clock(), visibility=visibility)
    address = f"/confirm/{make.link(make.last_question(runtime), 'confirm')}"
    told = re.sub(r"<[^>]+>", "", client.post(address).text)
    assert ("You are number 2 of the people" in told) == (visibility is not Visibility.HIDDEN)
    assert ("moves in steps" in told) == (visibility is Visibility.HIDDEN)
    clock.forward(seconds=10)
    assert client.get(f"{PAGE}/count.json").json["people"] == 1 + (visibility is not Visibility.HIDDEN)
    assert "You are number" not in client.post(address).text


@pytest.mark.both_databases
def test_a_goal_that_moves_leaves_its_trace_and_one_that_is_reached_its_day(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, set_: Set
) -> None:
    set_(goal="2")
    assert 'max="2" value="1"' in client.get(PAGE).text
    clock.forward(days=1)
    make.sign_and_confirm(runtime, page, now=clock())
    follow(runtime, clock)
    assert "The goal of 2 people was reached on November 24, 2026." in words(client)
    clock.forward(days=1)
    set_(goal="1,000")
    told = words(client, f"{PAGE}/changes")
    assert re.search(
        "November 25, 2026 The goal is now 1,000 people; it was 2. "
        "November 24, 2026 The goal of 2 people is reached. "
        "November 23, 2026 The goal is 2 people. "
        "November 23, 2026 The letter opened for signatures.",
        told,
    )
    assert "The goal is now 1,000 people; it was 2." in words(client)
    assert client.get(f"{PAGE}.json").json["counts"]["goal"] == 1000


def test_before_it_opens_everything_changes_freely(
    runtime: Runtime, client: FlaskClient, clock: Clock
) -> None:
    make.campaign(runtime, now=clock(), slug="draft", publish=False)
    with runtime.database.transaction() as session:
        for goal in ("500", "800"):
            details = ProgressDetails(goal=goal)
            progress.change(session, "draft", details, actor=COMMAND_LINE, now=clock())
        campaigns.set_state(session, "draft", CampaignState.OPEN, actor=COMMAND_LINE, now=clock())
    told = words(client, "/c/draft/changes")
    assert "The goal is 800 people." in told
    assert "500" not in told


@pytest.mark.both_databases
def test_a_letter_closes_at_its_deadline_by_the_clocks_of_its_zone_and_opens_again_without_it(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, set_: Set
) -> None:
    set_(closes_zone="Asia/Taipei", closes_at="2026-11-30T18:00")
    assert "Open for signatures until November 30, 2026, 18:00 (Taipei, GMT+08:00)" in words(client)
    assert client.get(f"{PAGE}.json").json["closes_at"] == "2026-11-30T10:00:00+00:00"
    clock.time = datetime(2026, 11, 30, 10, 3, tzinfo=UTC)
    assert "This letter is closed" in words(client)
    follow(runtime, clock)
    with runtime.database.reading() as session:
        closed = campaigns.by_slug(session, make.SLUG)
    assert closed.state is CampaignState.CLOSED
    assert closed.retention.closed_at == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert "November 30, 2026 The letter closed." in words(client)
    with runtime.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, CampaignState.OPEN, actor=COMMAND_LINE, now=clock())
    follow(runtime, clock)
    assert "The letter reopened for signatures." in words(client)
    assert 'name="email"' in client.get(PAGE).text
    with pytest.raises(RefusedError):
        set_(closes_at="2026-11-29T18:00")


def test_what_came_of_it_stands_above_the_letter_and_in_the_readers_language_where_it_can(
    client: FlaskClient, runtime: Runtime, clock: Clock, set_: Set
) -> None:
    make.translate(runtime, "zh-Hant", now=clock())
    set_(outcome="The works have stopped.\n\nThank you.")
    with runtime.database.transaction() as session:
        texts = {"zh-Hant": CampaignTexts("水壩", "工程已停。")}
        details = ProgressDetails(texts=texts)
        progress.change(session, make.SLUG, details, actor=COMMAND_LINE, now=clock())
    english = client.get(PAGE).text
    assert english.index("The works have stopped.") < english.index("<h1")
    chinese = client.get(f"/zh-hant{PAGE}").text
    assert '<div lang="zh-Hant" dir="ltr">\n<p>工程已停。' in chinese
    assert '<p class="lead" lang="zh-Hant" dir="ltr">水壩' in chinese
    assert '<div lang="en" dir="ltr">\n<p>The works' in client.get(f"/ug{PAGE}").text
    assert client.get(f"{PAGE}.json").json["outcome"] == "The works have stopped.\n\nThank you."


@pytest.mark.both_databases
def test_a_letter_that_has_been_open_shows_how_it_was_reworded(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    reword(runtime, clock, LetterAsk("Pay those who lost their fields."))
    clock.forward(days=2)
    reword(runtime, clock, LetterAsk("Pay all who lost their fields <b>."))
    assert "November 25, 2026 The letter was reworded (English): ask 3." in words(client)
    assert (
        "Pay <del>those </del><ins>all </ins>who lost their <del>fields.</del><ins>fields &lt;b&gt;.</ins>"
        in client.get(f"{PAGE}/changes").text
    )


def test_organizers_add_words_of_their_own_and_take_only_those_back(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        changes.add_note(session, make.SLUG, "The hearing is in May.", actor=COMMAND_LINE, now=clock())
    assert "The hearing is in May." in words(client)
    note, opened = make.page(runtime).changes
    for entry, is_own in ((opened, False), (note, True)):
        with runtime.database.transaction() as session:
            if is_own:
                changes.remove_note(session, make.SLUG, entry.id, actor=COMMAND_LINE, now=clock())
            else:
                with pytest.raises(Exception, match="no such entry"):
                    changes.remove_note(session, make.SLUG, entry.id, actor=COMMAND_LINE, now=clock())
    assert "The hearing is in May." not in words(client, f"{PAGE}/changes")


def test_no_entry_of_the_log_tells_the_hour(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, set_: Set
) -> None:
    clock.forward(minutes=13, seconds=37)
    set_(goal="1")
    follow(runtime, clock)
    for at in (PAGE, f"{PAGE}/changes", f"{PAGE}.json"):
        assert not re.search(r"12:13|T1213|:37\b", client.get(at).text), at


def test_the_number_that_signers_hear_is_the_pages_and_no_counter_of_its_own(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    """Two mailboxes of one watcher learn no more than the page shows anybody."""

    def number(email: str) -> int:
        make.sign(runtime, page, now=clock(), email=email)
        link = make.link(make.last_question(runtime), "confirm")
        told = re.sub(r"<[^>]+>", "", client.post(f"/confirm/{link}").text)
        make.write_out(runtime, now=clock())
        return int(told.split("You are number ")[1].split()[0])

    first = number("watch1@mail.example")
    make.sign_and_confirm(
        runtime, page, now=clock(), email="h@mail.example", visibility=Visibility.HIDDEN, pages_follow=False
    )
    clock.forward(minutes=1)
    assert number("watch2@mail.example") == first + 1
