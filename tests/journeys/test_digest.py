"""Sixty people write to a minister, who gets one mail; and each of them can see that theirs was in it."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.services.digests import settings
from campaign.services.digests.settings import DigestDetails
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails
from campaign.web import create_app
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock
from tests.journeys.test_supporter import Post, body


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime], clock: Clock) -> Runtime:
    runtime = make_runtime(official_rate=1)
    page = make.campaign(runtime, now=clock())
    with runtime.database.transaction() as session:
        details = OfficialDetails(time_zone="Europe/Paris")
        mara = directory.change_by_name(
            session, make.SLUG, "Mara Lindqvist", details, actor=COMMAND_LINE, now=clock()
        )
        settings.change(
            session, page.head.id, mara.id, DigestDetails("above", "50"), actor=COMMAND_LINE, now=clock()
        )
    return runtime


def write(runtime: Runtime, page: CampaignPage, clock: Clock, number: int) -> None:
    """Let so many people sign, write to the minister, and confirm."""
    forms = [
        make.new_form(
            page,
            now=clock(),
            name=f"Supporter {one:02}",
            email=f"supporter-{one}@mail.example",
            officials=(page.officials[0].id,),
            words=f"This is why number {one:02} writes.",
        )
        for one in range(1, number + 1)
    ]
    make.keep(runtime, *forms)
    make.settle(runtime, now=clock())
    for mail in make.emails(runtime, kind="confirmation"):
        make.press(runtime, make.link(mail, "confirm"), now=clock())
    make.write_out(runtime, now=clock())


@pytest.mark.slow
# What the databases could do differently is in the tests of the service, on both.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_flood_reaches_the_minister_as_one_mail_in_the_morning(runtime: Runtime, clock: Clock) -> None:
    write(runtime, make.page(runtime), clock, 61)
    post = Post(runtime, clock)
    # At one an hour the first goes by itself; sixty more would take days.
    (first,) = post.to("minister@waters.example")
    assert "This is why number 01 writes." in body(first)

    clock.forward(hours=19)
    (together,) = post.to("minister@waters.example")[1:]

    words = body(together)
    assert "What the letter asks:" in words
    assert words.count(f"- {make.page(runtime).asks[0].heading}\n") == 1
    assert "60 people have signed" in " ".join(words.split())
    for one in range(2, 62):
        assert words.count(f". Supporter {one:02}\n") == 1
        assert words.count(f"This is why number {one:02} writes.") == 1
        assert words.count(f"To answer: supporter-{one}@mail.example\n") == 1
    assert "Supporter 01" not in words
    assert together["Reply-To"] is None
    assert {row.state.value for row in make.emails(runtime, kind="message")} == {"accepted"}
    app: Flask = create_app(runtime, clock=clock)
    thanks = next(
        mail for mail in post.to("supporter-30@mail.example") if "Your signature counts" in body(mail)
    )
    manage = f"/manage/{body(thanks).split('/manage/')[1].split()[0]}"
    told = Browser(app).get(manage).text
    assert "sent together with others’ messages in one email on November 24, 2026" in " ".join(told.split())
    clock.forward(days=1)
    assert len(post.to("minister@waters.example")) == 2
