"""A stolen password: codes are tried, half a login is kept for later, an open session is abused."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.code_tries import FREE_TRIES, LONGEST_WAIT, wait_after
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers, password_resets, second_factors
from campaign.store.tables import CodeFailure
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.web.organizer.conftest import CHEAP, PASSWORD, enter
from tests.web.organizer.test_second_factor import OWNER, WRONG, is_in, set_up

LogIn = Callable[[Role], Browser]


def notices(runtime: Runtime) -> list[str]:
    return [mail.subject for mail in make.emails(runtime, kind="security_notice", to_address=OWNER)]


def guess(thief: Browser, page: Page, times: int) -> list[Page]:
    return [thief.send(page, "/login", code=f"00000{turn}") for turn in range(times)]


def test_each_wrong_code_waits_longer_up_to_a_day() -> None:
    assert wait_after(FREE_TRIES - 1) == timedelta(0)
    assert [wait_after(FREE_TRIES + more).total_seconds() / 60 for more in range(4)] == [1, 2, 4, 8]
    assert wait_after(50) == wait_after(10_000) == LONGEST_WAIT


@pytest.mark.slow
def test_a_month_of_guessing_is_some_forty_tries(
    app: Flask,
    logged_in: LogIn,
    clock: Clock,
    runtime: Runtime,
) -> None:
    set_up(logged_in(Role.OWNER), clock)
    looked_at = 0
    for _ in range(30 * 3):
        thief = Browser(app)
        looked_at += sum(WRONG in page.text for page in guess(thief, enter(thief, OWNER), 1))
        clock.forward(hours=8)
    assert looked_at <= 45


@pytest.mark.both_databases
def test_whose_password_it_is_hears_of_it_by_mail_and_the_desk_says_so(
    app: Flask,
    logged_in: LogIn,
    clock: Clock,
    runtime: Runtime,
) -> None:
    mine = logged_in(Role.OWNER)
    set_up(mine, clock)
    thief = Browser(app)
    answers = guess(thief, enter(thief, OWNER), 7)
    assert sum(WRONG in page.text for page in answers) == FREE_TRIES
    assert notices(runtime).count("Somebody has your password and is trying codes") == 1
    assert "then several wrong codes" in mine.get("/organizer/").text
    assert "then several wrong codes" not in logged_in(Role.EDITOR).get("/organizer/").text


def test_the_owner_is_let_in_by_their_own_browser_while_a_thief_waits(
    app: Flask,
    logged_in: LogIn,
    clock: Clock,
    runtime: Runtime,
) -> None:
    mine = logged_in(Role.OWNER)
    phone, _ = set_up(mine, clock)
    thief = Browser(app)
    guess(thief, enter(thief, OWNER), 6)
    mine.send(mine.get("/organizer/account"), "/logout")
    assert is_in(mine.send(enter(mine, OWNER), "/login", code=phone.code()))
    clock.forward(minutes=1)
    guess(thief, enter(thief, OWNER), 1)
    with runtime.database.reading() as session:
        thiefs = select(CodeFailure.failures).where(CodeFailure.device_hash == "")
        assert session.scalars(thiefs).one() == FREE_TRIES + 1, "what the owner does makes no try free"


def test_who_has_no_password_makes_nobody_wait(
    app: Flask,
    logged_in: LogIn,
    clock: Clock,
) -> None:
    phone, _ = set_up(logged_in(Role.OWNER), clock)
    stranger = Browser(app)
    for _ in range(6):
        enter(stranger, OWNER, "not the password at all")
    clock.forward(minutes=2)
    fresh = Browser(app)
    assert is_in(fresh.send(enter(fresh, OWNER), "/login", code=phone.code()))


def test_a_new_password_ends_the_wait_and_the_thief(
    app: Flask,
    logged_in: LogIn,
    clock: Clock,
    runtime: Runtime,
) -> None:
    phone, _ = set_up(logged_in(Role.OWNER), clock)
    thief = Browser(app)
    half_in = enter(thief, OWNER)
    guess(thief, half_in, 6)
    new = "harbour lantern thistle quill"
    with runtime.database.transaction() as session:
        token = password_resets.start(session, OWNER, actor=COMMAND_LINE, now=clock())
    with runtime.database.transaction() as session:
        password_resets.finish(
            session,
            token,
            password_hash=CHEAP.hashed(new),
            context=runtime.organizer_mail,
            now=clock(),
        )
    assert thief.send(half_in, "/login", code=phone.code()).path == "/organizer/login"
    owner = Browser(app)
    assert is_in(owner.send(enter(owner, OWNER, new), "/login", code=phone.code()))


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("what", ["reset", "disabled", "factor"])
def test_half_a_login_is_worth_nothing_once_the_login_has_changed(
    app: Flask,
    logged_in: LogIn,
    clock: Clock,
    runtime: Runtime,
    what: str,
) -> None:
    phone, codes = set_up(logged_in(Role.EDITOR), clock)
    email = "editor@desk.example"
    thief = Browser(app)
    half_in = enter(thief, email)
    assert "Enter the code" in half_in.text
    changes = {
        "reset": lambda session: password_resets.start(session, email, actor=COMMAND_LINE, now=clock()),
        "disabled": lambda session: organizers.disable(session, email, actor=COMMAND_LINE, now=clock()),
        "factor": lambda session: second_factors.take_off(
            session, email, context=runtime.organizer_mail, actor=COMMAND_LINE, now=clock()
        ),
    }
    with runtime.database.transaction() as session:
        changes[what](session)
    for code in (phone.code(), codes[0]):
        assert thief.send(half_in, "/login", code=code).path == "/organizer/login"
    assert not is_in(thief.get("/organizer/"))


def test_a_login_from_a_new_browser_is_told_and_one_from_a_known_one_is_not(
    app: Flask,
    runtime: Runtime,
) -> None:
    first = Browser(app)
    enter(first, OWNER, PASSWORD)
    assert notices(runtime) == [], "the first time of all is no news"
    first.send(first.get("/organizer/account"), "/logout")
    enter(first, OWNER, PASSWORD)
    assert notices(runtime) == []
    enter(Browser(app), OWNER, PASSWORD)
    assert notices(runtime) == ["New login to the organizers’ desk"]


@pytest.mark.slow
@pytest.mark.both_databases
def test_a_list_of_people_is_not_copied_page_by_page_without_the_password(
    app: Flask,
    logged_in: LogIn,
    clock: Clock,
) -> None:
    browser = logged_in(Role.EDITOR)
    supporters = f"/organizer/campaigns/{make.SLUG}/supporters"
    pages = [browser.get(supporters) for _ in range(21)]
    assert [page.path for page in pages[:20]] == [supporters] * 20
    assert pages[20].path == "/organizer/confirm-password"
    page = browser.send(pages[20], "/confirm-password", password=PASSWORD)
    assert page.path == supporters
    for _ in range(10):
        browser.get(supporters)
    clock.forward(minutes=14)
    for path in ("export", "imports", "imports/sheet"):
        browser.get(f"/organizer/campaigns/{make.SLUG}/{path}")  # nobody is shown there
    assert [browser.get(supporters).path for _ in range(9)] == [supporters] * 9
    clock.forward(minutes=2)
    pages = [browser.get(supporters) for _ in range(12)]
    assert [page.path for page in pages[:11]] == [supporters] * 11
    assert pages[11].path == "/organizer/confirm-password", "those of the last quarter of an hour count still"


def test_email_to_an_official_goes_elsewhere_only_with_a_fresh_password_and_owners_hear_of_it(
    app: Flask,
    logged_in: LogIn,
    clock: Clock,
    runtime: Runtime,
) -> None:
    browser = logged_in(Role.EDITOR)
    at = f"/organizer/campaigns/{make.SLUG}/officials"
    page = browser.get(at)
    (field,) = [
        name for name, value in page.form("/officials").fields.items() if value == "minister@waters.example"
    ]
    clock.forward(minutes=6)
    refused = browser.send(page, "/officials", **{field: "thief@elsewhere.example"})
    assert refused.status == 422
    assert refused.form("/officials").fields[field] == "thief@elsewhere.example", "nothing typed is lost"
    assert make.emails(runtime, kind="security_notice") == []
    (there,) = refused.links("confirm-password")
    done = browser.send(browser.get(there), "/confirm-password", password=PASSWORD)
    assert "Close this tab" in done.text
    assert "Saved." in browser.send(refused, "/officials").text
    (told,) = make.emails(runtime, kind="security_notice")
    assert told.to_address == OWNER
    assert "editor@desk.example changed where email to officials goes" in told.text
    assert "Mara Lindqvist" in told.text
