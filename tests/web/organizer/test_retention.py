"""Organizers say how long it is known who signed, and see when it ends."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.retention import purge
from campaign.services.retention.purges import all_purges
from campaign.store.tables import OutboxEmail
from campaign.worker import retention
from campaign.worker.retention import RetentionJob
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]


@pytest.mark.both_databases
def test_the_days_can_be_fewer_and_not_more_once_somebody_signed(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(HERE)
    assert page.form("/retention").fields["retention_days"] == "90"
    wrong = browser.send(page, "/retention", retention_days="91")
    assert wrong.status == 409
    assert "People who signed were told less." in wrong.text
    assert wrong.form("/retention").fields["retention_days"] == "91"
    wrong = browser.send(page, "/retention", retention_days="soon")
    assert wrong.status == 422
    assert "from 28 to 3650" in wrong.text
    page = browser.send(wrong, "/retention", retention_days="60")
    assert "Saved." in page.text
    assert page.form("/retention").fields["retention_days"] == "60"


def test_a_viewer_sees_the_days_and_cannot_change_them(logged_in: LogIn) -> None:
    page = logged_in(Role.VIEWER).get(HERE)
    assert "deleted 90 days after the letter closes" in page.text
    with pytest.raises((AssertionError, LookupError, KeyError, StopIteration)):
        page.form("/retention")


def test_the_desk_names_the_day_and_afterwards_shows_nobody(
    logged_in: LogIn, runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SECONDS_AT_A_TIME", 60)
    browser = logged_in(Role.EDITOR)
    browser.send(browser.get(f"{HERE}/close"), "/close", begins_update=None)
    assert "On February 21, 2027 everything that says who signed will be deleted" in browser.get(HERE).text
    with runtime.database.transaction() as session:
        session.execute(update(OutboxEmail).values(state="cancelled", settled_at=clock()))
    clock.forward(days=90)
    RetentionJob(runtime.database, runtime.settings.outbox_folder, runtime.settings.prepared_folder).go_on(
        clock()
    )
    browser = logged_in(Role.EDITOR)
    assert "Who signed is no longer known" in browser.get(HERE).text
    listed = browser.get(f"{HERE}/supporters")
    assert "Name deleted" in listed.text
    assert "Rana" not in listed.text


def test_the_desk_says_when_what_should_be_gone_is_there(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        purge.begin(
            session,
            all_purges(
                outbox=runtime.settings.outbox_folder, prepared_folder=runtime.settings.prepared_folder
            )[0],
            now=clock(),
        )
    browser = logged_in(Role.EDITOR)
    sentence = "should have been deleted two days ago"
    assert sentence not in browser.get("/organizer/").text
    clock.forward(days=2)
    assert sentence in logged_in(Role.EDITOR).get("/organizer/").text
