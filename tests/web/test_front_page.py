"""The front page: the letters anyone can sign, and below them those that are closed."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import LetterListed
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, front_page, progress, quiet_mode, translations
from campaign.services.campaigns.progress import CampaignTexts, ProgressDetails
from campaign.services.installation import publisher as publishers
from campaign.services.installation.publisher import PublisherDetails
from tests import make
from tests.conftest import Clock

CLOSED_BELOW = re.compile(r"(?s)(.*)<h2[^>]*>Closed letters</h2>(.*)")


def close(runtime: Runtime, clock: Clock, slug: str = make.SLUG) -> None:
    with runtime.database.transaction() as session:
        campaigns.set_state(session, slug, CampaignState.CLOSED, actor=COMMAND_LINE, now=clock())


def say(runtime: Runtime, clock: Clock, slug: str, *, closes_at: str = "", **summaries: str) -> None:
    texts = {code: CampaignTexts(summary) for code, summary in summaries.items()}
    details = ProgressDetails(goal="", closes_at=closes_at, closes_zone="Asia/Taipei", texts=texts)
    with runtime.database.transaction() as session:
        progress.change(session, slug, details, actor=COMMAND_LINE, now=clock())


def test_each_open_letter_says_what_it_is_about_how_far_it_is_and_until_when(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    make.campaign(runtime, now=clock(), slug="second")
    make.translate(runtime, "ug", now=clock())
    say(
        runtime,
        clock,
        "second",
        closes_at="2099-12-01 09:00",
        en="The hearing is in May.",
        ug="ئاڭلاش مايدا.",
    )
    text = client.get("/").text
    assert 'href="/c/second"' in text
    assert "The hearing is in May." in text
    assert "December 1, 2099, 09:00 (Taipei" in text
    assert text.count('<b class="count-number">2</b>') == 2
    in_uyghur = client.get("/ug/").text
    assert '<p class="lead" lang="ug" dir="rtl">ئاڭلاش مايدا.</p>' in in_uyghur
    assert re.search(r'<h2 lang="ug" dir="rtl"><a [^>]+>3 تەشكىلات', in_uyghur)
    assert '<h2 lang="en" dir="ltr">' in in_uyghur


def test_closed_letters_are_below_and_so_is_one_past_its_deadline(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    for slug in ("late", "open"):
        make.campaign(runtime, now=clock(), slug=slug)
    until = f"{clock() + timedelta(days=2):%Y-%m-%d %H:%M}"
    say(runtime, clock, "late", closes_at=until, en="Soon.")
    close(runtime, clock)
    clock.forward(days=3)
    parts = CLOSED_BELOW.match(client.get("/").text)
    assert parts
    assert re.findall(r'href="/c/([a-z-]+)"', parts[1]) == ["open"]
    assert re.findall(r'href="/c/([a-z-]+)"', parts[2]) == ["late", make.SLUG]
    assert "Open for signatures until" not in parts[2]


def test_where_no_letter_is_open_it_says_so_and_shows_the_closed_ones(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    close(runtime, clock)
    text = client.get("/").text
    assert "No letter is open for signatures at the moment." in text
    assert f'href="/c/{make.SLUG}"' in text


def test_a_quiet_letter_is_on_it_neither_open_nor_closed(
    client: FlaskClient, runtime: Runtime, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        quiet_mode.turn_on(session, make.SLUG, has_reply_domain=True, actor=COMMAND_LINE, now=clock())
    assert make.SLUG not in client.get("/").text
    close(runtime, clock)
    assert make.SLUG not in client.get("/").text


def test_it_says_who_publishes_here(client: FlaskClient, runtime: Runtime, clock: Clock) -> None:
    said = PublisherDetails(
        name="River <Watch>", legal_address="", contact="", time_zone="", privacy_notices={}
    )
    with runtime.database.transaction() as session:
        publishers.change(session, said, default=runtime.default_publisher, actor=COMMAND_LINE, now=clock())
    close(runtime, clock)
    head = client.get("/").text.split("<h1>")[0]
    assert 'Published by <a href="/about"><bdi>River &lt;Watch&gt;</bdi></a>.' in head


@pytest.mark.both_databases
def test_of_closed_letters_only_the_last_are_listed(
    runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_page, "MOST_CLOSED", 2)
    for slug in ("one", "two", "three"):
        clock.forward(minutes=1)
        make.campaign(runtime, now=clock(), slug=slug)
        close(runtime, clock, slug)
    make.campaign(runtime, now=clock())
    with runtime.database.reading() as session:
        listed = front_page.letters(session, language="en")
    assert [one.head.slug for one in listed] == [make.SLUG, "three", "two"]


def test_a_translated_title_is_shown_once_it_is_published_and_then_the_newest(
    runtime: Runtime, clock: Clock
) -> None:
    def first() -> LetterListed:
        with runtime.database.reading() as session:
            return front_page.letters(session, language="ug")[0]

    own = make.campaign(runtime, now=clock()).head.title
    say(runtime, clock, make.SLUG, en="The hearing is in May.")
    assert (first().summary, first().summary_language) == ("The hearing is in May.", "en")
    make.translate(runtime, "ug", now=clock(), publish=False)
    assert (first().title, first().title_language) == (own, "en")
    make.translate(runtime, "ug", now=clock())
    clock.forward(hours=1)
    with runtime.database.transaction() as session:
        reworded = replace(make.TRANSLATED["ug"], title="ئوندرا دەرياسى")
        translations.import_version(
            session, reworded, slug=make.SLUG, language="ug", publish=True, actor=COMMAND_LINE, now=clock()
        )
    assert (first().title, first().title_language) == ("ئوندرا دەرياسى", "ug")


def test_of_open_letters_the_newest_is_first(runtime: Runtime, clock: Clock) -> None:
    for slug in ("one", "two", "three"):
        make.campaign(runtime, now=clock(), slug=slug)
        clock.forward(minutes=1)
    with runtime.database.reading() as session:
        listed = front_page.letters(session, language="en")
    assert [one.head.slug for one in listed] == ["three", "two", "one"]
