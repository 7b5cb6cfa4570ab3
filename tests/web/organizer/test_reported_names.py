"""A reader reports a name, and an organizer decides: nothing happens to a name, or is told, by itself."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.name_reports import MOST_OF_A_NAME, ReportReason
from campaign.domain.roles import Role
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.moderation import name_reports, removal
from campaign.store.tables import NameReport, OutboxBody, OutboxEmail, Signature
from campaign.web.public import name_reports as page_of_reports
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

LogIn = Callable[[Role], Browser]
PAGE = f"/c/{make.SLUG}"
MODERATION = f"/organizer/campaigns/{make.SLUG}/moderation"


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return app.test_client()


def found(reader: FlaskClient, text: str) -> dict[str, str]:
    """Whom the search finds, with the address of the form for each."""
    answer = reader.get(f"{PAGE}/report?q={quote(text)}", headers={"Accept-Language": "en"})
    assert answer.headers["Cache-Control"] == "no-store"
    return {
        name: address.replace("&amp;", "&")
        for address, name in re.findall(r'<a href="([^"]+name=[^"]+)"[^>]*><bdi>(.*?)</bdi>', answer.text)
    }


def become(runtime: Runtime, values: dict[str, str]) -> None:
    with runtime.database.transaction() as session:
        signature = session.scalars(select(Signature)).one()
        for name, value in values.items():
            setattr(signature, name, value)


def send(
    reader: FlaskClient, address: str, network: str = "192.0.2.1", words: str = "", reason: str = "false"
) -> TestResponse:
    form = reader.get(address).text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form))
    return reader.post(
        f"{PAGE}/report",
        data={**fields, "reason": reason, "words": words},
        headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"},
        environ_overrides={"REMOTE_ADDR": network},
    )


@pytest.mark.both_databases
def test_a_report_hides_nothing_and_waits_for_an_organizer_who_can_take_the_decision_back(
    app: Flask, runtime: Runtime, logged_in: LogIn, reader: FlaskClient, clock: Clock
) -> None:
    at = found(reader, "rana")["Rana Idris"]
    missing = send(reader, at, reason="", words="I know her.")
    assert (missing.status_code, "I know her." in missing.text) == (422, True)
    assert send(reader, at, words="I am Rana <b>Idris</b> and signed nothing.").status_code == 303
    for number in range(2, 9):
        assert send(reader, at, f"198.51.{number}.1").headers["Location"].endswith("/reported")
    assert "Rana Idris" in reader.get(f"{PAGE}/signatures").text
    with runtime.database.reading() as session:
        assert len(session.scalars(select(NameReport)).all()) == 5

    browser = logged_in(Role.EDITOR)
    page = browser.get(MODERATION)
    assert "I am Rana <b>Idris</b> and signed nothing." in page.text
    assert "Made up: 5" in page.text
    page = browser.send(page, "/reports", decision="hide")
    assert "Rana Idris" not in reader.get(f"{PAGE}/signatures").text
    page = browser.send(page, "/reports/undo", decision="hide")
    assert "Rana Idris" in reader.get(f"{PAGE}/signatures").text
    page = browser.send(page, "/reports", decision="remove")
    assert "Rana Idris" not in reader.get(f"{PAGE}/signatures").text
    page = browser.send(page, "/reports/undo", decision="remove")
    page = browser.send(page, "/reports", decision="leave")
    assert "No name is reported." in page.text
    assert send(reader, at, "198.51.100.1").status_code == 303
    assert "No name is reported." in browser.get(MODERATION).text
    assert send(reader, at, "198.51.101.1", reason="offensive").status_code == 303
    assert "Offensive: 1" in browser.get(MODERATION).text

    with runtime.database.reading() as session:
        told = select(OutboxBody.text).join(OutboxEmail).where(OutboxEmail.kind == "correction")
        hidden, shown = session.scalars(told.order_by(OutboxEmail.id)).all()
        assert "no longer show your name" in hidden
        assert "show your name on this letter again" in shown
        assert "signed nothing" not in hidden
        actions = [entry.action for entry in audit_log.entries(session) if "report" in entry.action]
    assert actions == [
        *("name_report.leave", "name_report.ask_again", "name_report.remove"),
        *("name_report.ask_again", "name_report.hide"),
    ]


def test_the_link_to_a_name_follows_nobody_who_hides_renames_or_withdraws(
    app: Flask, runtime: Runtime, reader: FlaskClient
) -> None:
    at = found(reader, "rana")["Rana Idris"]
    never = reader.get(at.replace("name=", "name=A")).text
    as_it_was = {"name": "Rana Idris", "visibility": Visibility.PUBLIC, "state": "confirmed"}
    for change in (
        {"visibility": Visibility.HIDDEN},
        {"visibility": Visibility.INITIALS},
        {"name": "Somebody Else"},
        {"state": "withdrawn"},
    ):
        become(runtime, {**as_it_was, **change})
        answer = reader.get(at)
        assert answer.status_code == 404
        assert re.sub(r"[0-9A-Za-z_-]{12,}", "", answer.text) == re.sub(r"[0-9A-Za-z_-]{12,}", "", never)
        assert "Rana" not in answer.text
        assert "Somebody" not in answer.text
    become(runtime, {**as_it_was, "visibility": Visibility.HIDDEN})
    assert found(reader, "rana") == {}


def test_one_network_reports_three_names_an_hour_and_no_other_site_sends_one(
    app: Flask, reader: FlaskClient, clock: Clock
) -> None:
    at = found(reader, "rana")["Rana Idris"]
    assert [send(reader, at).status_code for _ in range(4)] == [303, 303, 303, 429]
    assert send(reader, at, "203.0.113.9").status_code == 303
    clock.forward(hours=2)
    assert send(reader, at).status_code == 303
    answer = reader.post(f"{PAGE}/report", data={"name": at.rpartition("=")[2], "reason": "false"})
    assert answer.status_code == 403


def test_a_full_list_says_so(app: Flask, reader: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.services.moderation.name_reports.MOST_WAITING", 1)
    at = found(reader, "rana")["Rana Idris"]
    assert send(reader, at).status_code == 303
    full = send(reader, at, "203.0.113.9", words="Please look.")
    assert full.status_code == 429
    assert "no more reports can be taken right now" in full.text
    assert "Please look." in full.text
    assert page_of_reports.PER_HOUR < page_of_reports.PER_HOUR_WITH_PROOF


@pytest.mark.slow
def test_a_flood_is_set_aside_with_one_press_and_comes_back_with_another(
    app: Flask,
    runtime: Runtime,
    logged_in: LogIn,
    reader: FlaskClient,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = make.page(runtime)
    make.sign_and_confirm(runtime, page, now=clock(), name="Lin Ostrow", email="lin@mail.example")
    monkeypatch.setattr(name_reports.waiting, "__kwdefaults__", {"limit": 1})
    rana, lin = found(reader, "rana")["Rana Idris"], found(reader, "lin")["Lin Ostrow"]
    for number, address in enumerate((rana, rana, lin)):
        send(reader, address, f"198.51.{number}.1")
    browser = logged_in(Role.EDITOR)
    shown = browser.get(MODERATION)
    assert "Lin Ostrow" not in shown.text
    assert "1 more name follows" in shown.text
    dropped = browser.send(shown, "/reports/drop")
    assert "more name" not in dropped.text
    assert "Made up: 2" in dropped.text, "what several have said waits on"
    assert "1 more name follows" in browser.send(dropped, "/reports/undrop").text
    browser.send(browser.get(MODERATION), "/reports/drop")
    assert send(reader, lin, "203.0.113.7").status_code == 303
    assert "1 more name follows" in browser.get(MODERATION).text


def test_undoing_a_decision_restores_nothing_that_was_removed_for_another_reason_since(
    runtime: Runtime, logged_in: LogIn, reader: FlaskClient, clock: Clock
) -> None:
    send(reader, found(reader, "rana")["Rana Idris"])
    browser = logged_in(Role.EDITOR)
    decided = browser.send(browser.get(MODERATION), "/reports", decision="remove")
    with runtime.database.transaction() as session:
        signature = session.scalars(select(Signature)).one()
        of = signature.campaign_id, signature.id
        removal.restore(session, *of, actor=COMMAND_LINE, now=clock())
        removal.remove(session, *of, reason="A court said so", actor=COMMAND_LINE, now=clock())
    assert browser.send(decided, "/reports/undo", decision="remove").status == 409
    assert "Rana Idris" not in reader.get(f"{PAGE}/signatures").text


@pytest.mark.both_databases
def test_readers_at_the_same_moment_keep_to_the_bounds_together(
    app: Flask, runtime: Runtime, make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    other = make_runtime()
    with runtime.database.reading() as session:
        signature = session.scalars(select(Signature)).one()
        of = signature.campaign_id, signature.id
    start = threading.Barrier(MOST_OF_A_NAME * 2)

    def report(process: Runtime) -> None:
        start.wait()
        with process.database.transaction() as session:
            name_reports.report(session, *of, reason=ReportReason.FALSE, words="", now=clock())

    with ThreadPoolExecutor(MOST_OF_A_NAME * 2) as pool:
        list(pool.map(report, [runtime, other] * MOST_OF_A_NAME))
    with runtime.database.reading() as session:
        assert len(session.scalars(select(NameReport)).all()) == MOST_OF_A_NAME
