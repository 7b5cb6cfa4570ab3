"""Organizers choose whether an official gets messages one by one or many in one mail."""

from collections.abc import Callable

import pytest

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.officials import directory
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}/officials"
LogIn = Callable[[Role], Browser]


@pytest.mark.both_databases
def test_a_threshold_is_set_and_the_page_says_what_waits_and_until_when(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    with runtime.database.reading() as session:
        mara = directory.by_name(session, make.SLUG, "Mara Lindqvist").id
    wrong = browser.send(browser.get(f"{HERE}/{mara}"), f"/{mara}/digest", digest="above", threshold="none")
    assert wrong.status == 422
    assert wrong.form(f"/{mara}/digest").fields["threshold"] == "none"
    assert "a whole number from 1 to 100,000" in wrong.text.replace("100000", "100,000")

    page = browser.send(wrong, f"/{mara}/digest", digest="above", threshold="20")

    assert "Saved." in page.text
    shown = " ".join(page.text.split())
    assert "together in one email when more than 20 wait in the morning" in shown
    assert "The next look: Nov 24, 2026, 08:00 GMT." in shown
    assert page.form(f"/{mara}/digest").fields["digest"] == "above"
    page = browser.send(page, f"/{mara}", time_zone="Asia/Tokyo")
    page = browser.send(page, f"/{mara}/digest", digest="daily")
    assert "The next one: Nov 24, 2026, 08:00 (Tokyo)." in " ".join(page.text.split())

    looking = logged_in(Role.VIEWER)
    assert "in one email a day" in looking.get(f"{HERE}/{mara}").text


@pytest.mark.both_databases
def test_what_the_next_email_with_many_messages_would_say_is_seen_before_it_goes(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    page = make.page(runtime)
    mara = page.officials[0].id
    browser = logged_in(Role.OWNER)
    assert "See what the next one would say" not in browser.get(f"{HERE}/{mara}").text
    daily = browser.send(browser.get(f"{HERE}/{mara}"), f"/{mara}/digest", digest="daily")
    empty = browser.get(daily.links("/next-digest$")[0])
    assert "Nothing is waiting." in empty.text
    for name in ("Lin Ostrow", "Omar Vell"):
        make.sign_and_confirm(
            runtime,
            page,
            now=clock(),
            name=name,
            email=f"{name[:3]}@mail.example",
            officials=(mara,),
            words=f"{name} would like the weir to go.",
        )
    shown = browser.get(f"{HERE}/{mara}/next-digest")
    assert "Lin Ostrow would like the weir to go." in shown.text
    assert "Omar Vell would like the weir to go." in shown.text
    assert "---" not in shown.text.replace("-" * 70, "")
    # Where messages are answered is for the office alone: a mailbox here, or a token that lets answers in.
    for email in make.emails(runtime, kind="message"):
        assert email.reply_to
        assert email.reply_to not in shown.text
    assert "To answer:" in shown.text
    assert make.emails(runtime, kind="digest") == []
    with runtime.database.reading() as session:
        entry = audit_log.entries(session)[0]
    assert (entry.action, entry.details["messages"]) == ("digest.preview", 2)
    assert logged_in(Role.VIEWER).get(f"{HERE}/{mara}/next-digest").status == 403
