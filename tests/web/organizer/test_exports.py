"""Lists that leave the desk: chosen, encrypted, or made by the worker and fetched later."""

import csv
import io
from collections.abc import Callable

import pyrage
import pytest
from flask import Flask
from sqlalchemy import update

from campaign.domain import prepared_files as rules
from campaign.domain.actor import COMMAND_LINE, WORKER
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.documents import exports
from campaign.services.moderation import removal
from campaign.services.retention.purges import all_purges
from campaign.services.signatures import self_service
from campaign.store.tables import PreparedFile
from campaign.worker import files
from campaign.worker.retention import RetentionRun
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.web.organizer.conftest import PASSWORD

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]


@pytest.fixture
def signed(app: Flask, runtime: Runtime, clock: Clock) -> None:
    """Beside Rana, who wants no news: one who does, from France."""
    page = make.page(runtime)
    make.sign_and_confirm(
        runtime, page, now=clock(), name="Lin Ostrow", email="lin@mail.example", country="FR", updates=True
    )


@pytest.fixture
def lists_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if one row were too many for a download at once."""
    monkeypatch.setattr(exports, "MOST_ROWS_AT_ONCE", 0)


def names(data: bytes) -> list[str]:
    return [row["name"] for row in csv.DictReader(io.StringIO(data.decode(), newline=""))]


def taken(browser: Browser, **fields: object) -> bytes:
    answer = browser.send(browser.get(f"{HERE}/export"), "/export", format="csv", **fields)
    assert answer.status == 200, answer.text
    return answer.response.get_data()


def ordered(browser: Browser) -> Page:
    page = browser.send(browser.get(f"{HERE}/export"), "/export", format="csv")
    assert "Your file is being made" in page.text
    return page


def make_files(runtime: Runtime, clock: Clock) -> int:
    return files.make_all(runtime, clock=clock)


def test_a_program_that_writes_to_people_gets_only_those_who_agreed(signed: None, logged_in: LogIn) -> None:
    browser = logged_in(Role.OWNER)
    assert names(taken(browser)) == ["Rana Idris", "Lin Ostrow"]
    assert names(taken(browser, preset="civicrm")) == ["Lin Ostrow"]
    assert names(taken(browser, preset="civicrm", audience="everyone")) == ["Rana Idris", "Lin Ostrow"]
    assert names(taken(browser, audience="updates")) == ["Lin Ostrow"]


@pytest.mark.first_rows(2)
@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"country": "fr"}, ["Lin Ostrow"]),
        ({"since": "2026-11-24"}, []),
        ({"until": "2026-11-23"}, ["Rana Idris", "Lin Ostrow"]),
        ({"until": "2026-11-22"}, []),
        ({"language": "ug"}, []),
        ({"state": "suspected"}, []),
    ],
)
def test_a_list_can_be_of_some_of_them(
    signed: None, logged_in: LogIn, conditions: dict[str, str], found: list[str]
) -> None:
    assert names(taken(logged_in(Role.OWNER), **conditions)) == found


@pytest.mark.both_databases
def test_a_list_can_be_of_those_who_wrote_to_an_official_in_their_own_words(
    signed: None, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    page = make.page(runtime)
    official = page.officials[0].id
    writers = {
        "plain": {},
        "own": {"words": "I have fished there since I was seven, and the weir is in the way."},
    }
    for name, words in writers.items():
        make.sign_and_confirm(
            runtime,
            page,
            now=clock(),
            name=name,
            email=f"{name}@mail.example",
            officials=(official,),
            **words,
        )
    browser = logged_in(Role.OWNER)
    assert names(taken(browser, official=official)) == ["plain", "own"]
    assert names(taken(browser, official=official, own_words="y")) == ["own"]
    assert names(taken(browser, official=page.officials[1].id)) == []


def test_a_list_is_of_no_other_letter_s_official(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    other = make.campaign(runtime, now=clock(), slug="mill").officials[0].id
    browser = logged_in(Role.OWNER)
    page = browser.send(browser.get(f"{HERE}/export"), "/export", format="csv", official=other)
    assert (page.status, "There is no such official in this campaign." in page.text) == (422, True)


def test_only_the_chosen_columns_are_in_the_file(signed: None, logged_in: LogIn) -> None:
    data = taken(logged_in(Role.OWNER), columns=["name", "country"]).decode()
    assert data.splitlines() == ["name,country", "Rana Idris,", "Lin Ostrow,FR"]


def test_a_choice_is_saved_and_fills_the_form_next_time(signed: None, logged_in: LogIn) -> None:
    browser = logged_in(Role.OWNER)
    page = browser.send(
        browser.get(f"{HERE}/export"),
        "/export",
        button="save",
        format="xlsx",
        country="FR",
        columns=["email"],
        name="Friends in France",
    )
    assert "Saved." in page.text
    (link,) = page.tree.xpath("//section[@aria-labelledby='saved-title']//a/@href")
    again = browser.get(link)
    values = dict(again.form("/export").form_values())
    assert (values["format"], values["country"], values["columns"]) == ("xlsx", "FR", "email")
    gone = browser.send(again, "/delete")
    assert "Friends in France" not in gone.text


def test_a_passphrase_makes_a_file_that_age_opens(signed: None, logged_in: LogIn) -> None:
    browser = logged_in(Role.OWNER)
    page = browser.get(f"{HERE}/export")
    answer = browser.send(page, "/export", format="csv", passphrase="seven herons and a weir").response
    assert answer.headers["Content-Disposition"].endswith(".csv.age")
    opened = pyrage.passphrase.decrypt(answer.get_data(), "seven herons and a weir")
    assert names(opened) == ["Rana Idris", "Lin Ostrow"]


def test_a_file_for_a_key_opens_with_its_identity_alone(signed: None, logged_in: LogIn) -> None:
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    data = taken(logged_in(Role.OWNER), recipient=str(identity.to_public()))
    assert names(pyrage.decrypt(data, [identity])) == ["Rana Idris", "Lin Ostrow"]
    assert b"Rana" not in data
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(data, [other])


def test_a_long_list_is_made_by_the_worker_and_fetched_once_more_for_an_hour(
    signed: None, lists_are_large: None, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.OWNER)
    page = ordered(browser)
    assert "Being made" in page.text
    assert make_files(runtime, clock) == 1
    page = browser.get(f"{HERE}/export")
    assert "Ready" in page.text
    (file,) = runtime.settings.prepared_folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"Rana" not in file.read_bytes()
    assert names(browser.send(page, "/fetch").response.get_data()) == ["Rana Idris", "Lin Ostrow"]
    with runtime.database.reading() as session:
        assert audit_log.entries(session)[0].action == "file.fetch"
    clock.forward(minutes=59)
    browser = logged_in(Role.OWNER)
    page = browser.get(f"{HERE}/export")
    assert "Ready" in page.text
    clock.forward(minutes=2)
    assert browser.send(page, "/fetch").status == 404, "its hour is over"
    assert "Ready" not in browser.get(f"{HERE}/export").text
    purge(runtime, clock)
    assert list(runtime.settings.prepared_folder.iterdir()) == []


def purge(runtime: Runtime, clock: Clock) -> None:
    purges = all_purges(
        outbox=runtime.settings.outbox_folder, prepared_folder=runtime.settings.prepared_folder
    )
    run = RetentionRun(runtime.database, purges, actor=WORKER, now=clock())
    while run.step():
        pass


def test_a_file_is_fetched_only_by_whoever_ordered_it_and_with_a_fresh_password(
    signed: None, lists_are_large: None, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.OWNER)
    ordered(browser)
    make_files(runtime, clock)
    page = browser.get(f"{HERE}/export")
    clock.forward(minutes=6)
    assert browser.send(page, "/fetch").path == "/organizer/confirm-password"
    with runtime.database.transaction() as session:
        session.execute(update(PreparedFile).values(organizer_id=2))
    browser.send(browser.get(f"{HERE}/export"), "/confirm-password", password=PASSWORD)
    assert browser.send(page, "/fetch").status == 404
    assert "Ready" not in browser.get(f"{HERE}/export").text


@pytest.mark.both_databases
def test_who_erases_their_signature_or_is_removed_is_in_no_file_from_then_on(
    signed: None, lists_are_large: None, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.OWNER)
    ordered(browser)
    make_files(runtime, clock)
    page = browser.get(f"{HERE}/export")
    thanks = [email for email in make.emails(runtime, kind="thanks") if email.to_address.startswith("lin@")]
    with runtime.database.transaction() as session:
        self_service.erase(session, make.link(thanks[0], "manage"), now=clock())
    assert browser.send(page, "/fetch").status == 404
    assert "being made anew" in browser.get(f"{HERE}/export").text
    make_files(runtime, clock)
    page = browser.get(f"{HERE}/export")
    assert names(browser.send(page, "/fetch").response.get_data()) == ["Rana Idris"]
    with runtime.database.transaction() as session:
        campaign_id, rana = removal.signature_of(
            session, make.SLUG, "rana@mail.example", key=runtime.address_key
        )
        removal.remove(session, campaign_id, rana, reason="A joke", actor=COMMAND_LINE, now=clock())
    assert browser.send(page, "/fetch").status == 404
    make_files(runtime, clock)
    assert names(browser.send(browser.get(f"{HERE}/export"), "/fetch").response.get_data()) == []


def test_who_withdraws_is_in_no_file_that_was_made_before(
    signed: None, lists_are_large: None, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.OWNER)
    ordered(browser)
    make_files(runtime, clock)
    page = browser.get(f"{HERE}/export")
    (thanks,) = (mail for mail in make.emails(runtime, kind="thanks") if mail.to_address.startswith("lin@"))
    with runtime.database.transaction() as session:
        self_service.withdraw(session, make.link(thanks, "withdraw"), now=clock())

    assert browser.send(page, "/fetch").status == 404
    make_files(runtime, clock)
    assert names(browser.send(browser.get(f"{HERE}/export"), "/fetch").response.get_data()) == ["Rana Idris"]


@pytest.mark.slow
def test_nobody_waits_for_a_file_that_was_given_up(
    signed: None, lists_are_large: None, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.OWNER)
    page = ordered(browser)
    assert "The file was deleted." in browser.send(page, "/delete").text
    assert make_files(runtime, clock) == 0
    for _ in range(rules.MOST_FILES):
        browser = logged_in(Role.OWNER)  # so many looks at once would ask for the password
        page = ordered(browser)
    page = browser.send(browser.get(f"{HERE}/export"), "/export", format="csv")
    assert (page.status, "Delete one first." in page.text) == (409, True)
