"""A second factor: set up, asked for at the login, replaced by a recovery code, and taken off."""

from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest
from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.errors import ConflictError
from campaign.runtime import Runtime
from campaign.services.accounts import organizers, second_factors
from campaign.services.accounts.second_factors import FactorKeys
from campaign.services.audit import audit_log
from campaign.store.tables import Organizer
from campaign.web import create_app
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.web.organizer.conftest import CHEAP, PASSWORD, enter

OWNER = "owner@desk.example"
LogIn = Callable[[Role], Browser]
WRONG = "This code is wrong"


class Phone:
    """An authenticator app with the secret that the page has shown."""

    def __init__(self, page: Page, clock: Clock) -> None:
        self._codes = pyotp.TOTP(page.tree.xpath("string(//ol//code)").replace(" ", ""))
        self._clock = clock

    def code(self) -> str:
        return self._codes.at(self._clock())


def set_up(browser: Browser, clock: Clock) -> tuple[Phone, list[str]]:
    page = browser.get("/organizer/account/second-factor")
    phone = Phone(page, clock)
    page = browser.send(page, "/second-factor", code=phone.code())
    codes = [code.text_content() for code in page.tree.xpath("//main//code")]
    assert len(codes) == 10, page.text
    clock.forward(seconds=30)
    return phone, codes


def is_in(page: Page) -> bool:
    return page.path == "/organizer/"


@pytest.mark.both_databases
def test_the_login_asks_for_a_code_that_is_good_once(app: Flask, logged_in: LogIn, clock: Clock) -> None:
    phone, codes = set_up(logged_in(Role.OWNER), clock)
    browser = Browser(app)
    page = enter(browser, OWNER)
    assert "Enter the code" in page.text
    assert browser.get("/organizer/").path == "/organizer/login", "the password alone opens nothing"
    page = enter(browser, OWNER)
    assert WRONG in browser.send(page, "/login", code="000000").text
    code = phone.code()
    assert is_in(browser.send(page, "/login", code=code))
    another = Browser(app)
    page = enter(another, OWNER)
    assert WRONG in another.send(page, "/login", code=code).text, "a code that was used"
    assert is_in(another.send(page, "/login", code=codes[0].upper())), "a recovery code"
    third = Browser(app)
    page = enter(third, OWNER)
    assert WRONG in third.send(page, "/login", code=codes[0]).text, "a recovery code that was used"


def test_whose_password_was_right_stays_with_the_browser_and_the_minutes(
    app: Flask, logged_in: LogIn, clock: Clock
) -> None:
    phone, _ = set_up(logged_in(Role.OWNER), clock)
    page = enter(Browser(app), OWNER)
    pending = page.tree.xpath("string(//input[@name='pending']/@value)")
    thief = Browser(app)
    form = thief.get("/organizer/login")
    stolen = thief.send(form, "/login", pending=pending, code=phone.code())
    assert stolen.path == "/organizer/login"
    assert not is_in(thief.get("/organizer/"))
    late = Browser(app)
    page = enter(late, OWNER)
    clock.forward(minutes=11)
    assert late.send(page, "/login", code=phone.code()).path == "/organizer/login"


def test_guessing_codes_is_slowed_down_and_keeps_nobody_out_who_has_no_password(
    app: Flask, logged_in: LogIn, clock: Clock, runtime: Runtime
) -> None:
    phone, _ = set_up(logged_in(Role.OWNER), clock)
    guesser = Browser(app)
    page = enter(guesser, OWNER)
    answers = [guesser.send(page, "/login", code=f"00000{turn}").text for turn in range(8)]
    assert sum(WRONG in answer for answer in answers) == 5
    assert "Too many attempts" in answers[-1]
    clock.forward(minutes=2)
    browser = Browser(app)
    assert is_in(browser.send(enter(browser, OWNER), "/login", code=phone.code()))
    with runtime.database.reading() as session:
        actions = [entry.action for entry in audit_log.entries(session)]
    assert actions.count("login.code.refused") == 5
    assert "login.code.throttled" in actions


def test_a_factor_is_changed_only_with_password_and_code_of_a_moment_ago(
    app: Flask, logged_in: LogIn, clock: Clock
) -> None:
    browser = logged_in(Role.OWNER)
    phone, codes = set_up(browser, clock)
    clock.forward(minutes=6)
    page = browser.get("/organizer/account/second-factor")
    assert page.path == "/organizer/confirm-password"
    assert "Enter the code" in browser.send(page, "/confirm-password", password=PASSWORD).text
    page = browser.send(page, "/confirm-password", password=PASSWORD, code=phone.code())
    assert page.path == "/organizer/account/second-factor"
    another, fresh = set_up(browser, clock)
    other = Browser(app)
    page = enter(other, OWNER)
    assert WRONG in other.send(page, "/login", code=codes[1]).text, "old recovery codes have ended"
    assert is_in(other.send(page, "/login", code=another.code()))
    renewed = browser.send(browser.get("/organizer/account"), "/recovery-codes")
    assert fresh[0] not in renewed.text


def test_what_stands_in_the_database_makes_no_code_and_outlives_a_new_key(
    app: Flask, logged_in: LogIn, clock: Clock, runtime: Runtime
) -> None:
    page = logged_in(Role.OWNER).get("/organizer/account/second-factor")
    secret = page.tree.xpath("string(//ol//code)").replace(" ", "")
    phone, codes = set_up(logged_in(Role.OWNER), clock)
    with runtime.database.reading() as session:
        organizer = session.query(Organizer).filter_by(email=OWNER).one()
        stored, id_ = organizer.factor_secret, organizer.id
    assert stored
    assert secret.encode() not in stored
    assert codes[0].encode() not in stored
    renewed = replace(
        runtime.settings, secret_key="k" * 43, secret_key_fallbacks=(runtime.settings.secret_key,)
    )
    with runtime.database.transaction() as session:
        keys = FactorKeys.of(renewed)
        assert second_factors.check(session, id_, phone.code(), keys=keys, now=clock())
        assert second_factors.check(session, id_, codes[3], keys=keys, now=clock())
    foreign = FactorKeys.of(replace(renewed, secret_key_fallbacks=()))
    with pytest.raises(ConflictError, match="secret key has changed"):
        foreign.decrypted(id_, stored)


def test_on_https_who_sees_people_sets_one_up_before_anything_else(
    app: Flask, make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    runtime = make_runtime(public_url="https://127.0.0.1")
    secure = create_app(runtime, clock=clock)
    secure.extensions["campaign_passwords"] = CHEAP
    reads = {"role": Role.VIEWER, "sees_people": True, "password": PASSWORD, "passwords": CHEAP}
    with runtime.database.transaction() as session:
        organizers.add(session, "reader@desk.example", actor=COMMAND_LINE, now=clock(), **reads)
    for email, must in (
        (OWNER, True),
        ("editor@desk.example", True),
        ("reader@desk.example", True),
        ("viewer@desk.example", False),
    ):
        client = secure.test_client()
        form = client.get("/organizer/login", base_url="https://127.0.0.1").text
        token = form.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post(
            "/organizer/login",
            data={"csrf_token": token, "email": email, "password": PASSWORD},
            base_url="https://127.0.0.1",
            headers={"Origin": "https://127.0.0.1"},
        )
        assert answer.status_code == 303
        for path in ("/organizer/", "/organizer/queue", "/organizer/account"):
            answer = client.get(path, base_url="https://127.0.0.1")
            sent_on = answer.location == "/organizer/account/second-factor"
            assert sent_on == must, (email, path)
        assert client.get("/organizer/account/second-factor", base_url="https://127.0.0.1").status_code == 200


def test_who_lost_everything_is_let_in_again_by_whoever_runs_the_server(
    app: Flask, logged_in: LogIn, clock: Clock, runtime: Runtime
) -> None:
    browser = logged_in(Role.OWNER)
    set_up(browser, clock)
    with runtime.database.transaction() as session:
        second_factors.take_off(
            session, OWNER, context=runtime.organizer_mail, actor=COMMAND_LINE, now=clock()
        )
    assert browser.get("/organizer/").path == "/organizer/login", "every session has ended"
    assert is_in(enter(Browser(app), OWNER))
    told = [mail.subject for mail in make.emails(runtime, kind="security_notice", to_address=OWNER)]
    assert "Your second factor was removed" in told, "they learn of it, whoever asked for it"
