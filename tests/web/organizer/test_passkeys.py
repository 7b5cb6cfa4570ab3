"""Passkeys: made with a fresh password, asked for after it, and bound to one site and one browser."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers, passkeys, sessions
from campaign.services.accounts.passkeys import PasskeySite
from campaign.services.audit import audit_log
from campaign.store.tables import Organizer, Passkey, PasskeyChallenge
from campaign.web import create_app
from tests import make
from tests.conftest import Clock
from tests.soft_passkey import SoftPasskey
from tests.web.organizer.conftest import CHEAP, PASSWORD

ORIGIN = "https://letters.example"
EMAIL = "olga@desk.example"
SITE = PasskeySite("letters.example", ORIGIN)


class Desk:
    """A browser on the desk of a site on https, where passkeys can be."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str) -> str:
        return self.client.get(path, base_url=ORIGIN, follow_redirects=True).get_data(as_text=True)

    def send(self, page: str, path: str, **fields: str) -> str:
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.client.post(
            path,
            data={"csrf_token": token, **fields},
            base_url=ORIGIN,
            headers={"Origin": ORIGIN},
            follow_redirects=True,
        ).get_data(as_text=True)

    def enter(self) -> str:
        """What follows the right password."""
        page = self.get("/organizer/login")
        return self.send(page, "/organizer/login", email=EMAIL, password=PASSWORD)

    def give(self, page: str, answer: str = "", code: str = "") -> str:
        pending = page.split('name="pending" value="')[1].split('"')[0]
        return self.send(page, "/organizer/login", pending=pending, passkey=answer, code=code)


def options(page: str) -> str:
    """What the page's script is given."""
    held = page.split('data-passkey="')[1].split('"')[0]
    return held.replace("&#34;", '"')


@pytest.fixture
def secure(make_runtime: Callable[..., Runtime], clock: Clock) -> tuple[Flask, Runtime]:
    runtime = make_runtime(public_url=ORIGIN)
    make.campaign(runtime, now=clock())
    with runtime.database.transaction() as session:
        organizers.add(
            session,
            EMAIL,
            role=Role.OWNER,
            password=PASSWORD,
            actor=COMMAND_LINE,
            now=clock(),
            passwords=CHEAP,
        )
    app = create_app(runtime, clock=clock)
    app.extensions["campaign_passwords"] = CHEAP
    return app, runtime


@pytest.fixture
def with_passkey(secure: tuple[Flask, Runtime]) -> tuple[SoftPasskey, list[str]]:
    """A passkey of the owner's, and the recovery codes that came with it."""
    desk, key = Desk(secure[0]), SoftPasskey(ORIGIN)
    assert "Second factor" in desk.enter(), "it is due before anything else"
    page = desk.get("/organizer/account/passkeys")
    made = desk.send(page, "/organizer/account/passkeys", name="My phone", passkey=key.made(options(page)))
    codes = [part.split("</code>")[0] for part in made.split("<main")[1].split("<code")[1:]]
    codes = [code.rpartition(">")[2] for code in codes]
    assert len(codes) == 10
    assert "Campaigns" in desk.get("/organizer/"), "it counts as the factor that is due"
    return key, codes


@pytest.mark.both_databases
def test_a_passkey_is_the_second_step_of_a_login(
    secure: tuple[Flask, Runtime], with_passkey: tuple[SoftPasskey, list[str]]
) -> None:
    key, codes = with_passkey
    app, runtime = secure
    desk = Desk(app)
    page = desk.enter()
    assert "Use your passkey" in page
    assert "Log in" in desk.get("/organizer/"), "the password alone opens nothing"
    page = desk.enter()
    assert "Log out" in desk.give(page, key.signed(options(page)))
    another = Desk(app)
    assert "Log out" in another.give(another.enter(), code=codes[0]), "a recovery code does too"
    with runtime.database.reading() as session:
        (stored,) = session.scalars(select(Passkey)).all()
        actions = [entry.action for entry in audit_log.entries(session)]
    assert (stored.name, stored.sign_count) == ("My phone", 1)
    assert "passkey.add" in actions
    told = [mail.subject for mail in make.emails(runtime, kind="security_notice")]
    assert "A passkey was added to your login" in told


def test_an_answer_is_good_once(
    secure: tuple[Flask, Runtime], with_passkey: tuple[SoftPasskey, list[str]]
) -> None:
    key, _ = with_passkey
    desk = Desk(secure[0])
    page = desk.enter()
    answer = key.signed(options(page))
    assert "Log out" in desk.give(page, answer)
    thief = Desk(secure[0])
    assert "This passkey was not accepted." in thief.give(thief.enter(), answer)


def test_a_challenge_of_one_browser_is_answered_in_no_other(
    secure: tuple[Flask, Runtime], with_passkey: tuple[SoftPasskey, list[str]]
) -> None:
    key, _ = with_passkey
    desk, thief = Desk(secure[0]), Desk(secure[0])
    mine, theirs = desk.enter(), thief.enter()
    assert "This passkey was not accepted." in thief.give(theirs, key.signed(options(mine)))
    assert "Log out" not in thief.get("/organizer/")


@pytest.mark.parametrize("origin", ["https://letters.example.evil.example", "http://letters.example"])
def test_a_passkey_asked_for_by_another_site_opens_nothing(
    secure: tuple[Flask, Runtime], with_passkey: tuple[SoftPasskey, list[str]], origin: str
) -> None:
    key, _ = with_passkey
    desk = Desk(secure[0])
    page = desk.enter()
    key.origin = origin
    assert "This passkey was not accepted." in desk.give(page, key.signed(options(page)))


def test_a_copy_that_counts_anew_is_refused(
    secure: tuple[Flask, Runtime], with_passkey: tuple[SoftPasskey, list[str]]
) -> None:
    key, _ = with_passkey
    for count, is_in in ((4, True), (2, False)):
        desk = Desk(secure[0])
        page = desk.enter()
        key.count = count
        assert ("Log out" in desk.give(page, key.signed(options(page)))) == is_in


def test_somebody_elses_passkey_opens_nothing(
    secure: tuple[Flask, Runtime], with_passkey: tuple[SoftPasskey, list[str]], clock: Clock
) -> None:
    app, runtime = secure
    with runtime.database.transaction() as session:
        other = organizers.add(
            session,
            "other@desk.example",
            role=Role.VIEWER,
            password=PASSWORD,
            actor=COMMAND_LINE,
            now=clock(),
            passwords=CHEAP,
        )
        theirs = SoftPasskey(ORIGIN)
        token = sessions.start(session, other.id, now=clock())
        bound = {"site": SITE, "bound_to": token, "now": clock()}
        asked = passkeys.creation_options(session, other.id, **bound)  # type: ignore[arg-type]
        passkeys.add(
            session,
            other.id,
            theirs.made(asked),
            name="",
            context=runtime.organizer_mail,
            actor=COMMAND_LINE,
            **bound,  # type: ignore[arg-type]
        )
    desk = Desk(app)
    page = desk.enter()
    assert "This passkey was not accepted." in desk.give(page, theirs.signed(options(page)))


@pytest.mark.first_rows(2)
@pytest.mark.parametrize(
    "answer", ["{}", "null", "[]", "not json", '{"id": 1, "rawId": []}', "\x00" * 40, "[" * 50_000]
)
def test_nonsense_for_a_passkey_is_refused_and_counted(
    secure: tuple[Flask, Runtime], with_passkey: tuple[SoftPasskey, list[str]], answer: str
) -> None:
    desk = Desk(secure[0])
    page = desk.enter()
    for _ in range(5):
        page = desk.give(page, answer)
    assert "This passkey was not accepted." in page
    assert "Too many attempts" in desk.give(page, answer)


def test_the_last_factor_is_not_removed_by_its_owner_and_goes_when_an_owner_says_so(
    secure: tuple[Flask, Runtime], with_passkey: tuple[SoftPasskey, list[str]]
) -> None:
    app, runtime = secure
    key, _ = with_passkey
    desk = Desk(app)
    page = desk.enter()
    desk.give(page, key.signed(options(page)))
    with runtime.database.reading() as session:
        passkey_id = session.scalars(select(Passkey.id)).one()
        organizer_id = session.scalars(select(Organizer.id)).one()
    page = desk.get("/organizer/account/passkeys")
    answer = desk.send(page, f"/organizer/account/passkeys/{passkey_id}/remove")
    assert "This is your only second factor." in answer
    page = desk.get(f"/organizer/people/{organizer_id}")
    desk.send(page, f"/organizer/people/{organizer_id}/second-factor")
    with runtime.database.reading() as session:
        assert session.scalars(select(Passkey.id)).all() == []


@pytest.mark.slow
def test_challenges_that_nobody_answered_are_not_kept(
    secure: tuple[Flask, Runtime], with_passkey: tuple[SoftPasskey, list[str]], clock: Clock
) -> None:
    app, runtime = secure
    for _ in range(3):
        Desk(app).enter()
    clock.forward(minutes=6)
    Desk(app).enter()
    with runtime.database.reading() as session:
        assert len(session.scalars(select(PasskeyChallenge.bound_to)).all()) == 1


@pytest.mark.parametrize(
    ("url", "possible"),
    [
        ("https://letters.example", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("http://letters.example", False),
    ],
)
def test_passkeys_are_offered_where_browsers_make_them(url: str, possible: bool) -> None:
    assert PasskeySite.of(url).is_possible == possible
