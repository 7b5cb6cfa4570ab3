"""Logging in: right and wrong passwords, guessing slowed down, and organizers who are never kept out."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE, Actor, Via
from campaign.domain.roles import Role
from campaign.errors import ConflictError, RefusedError
from campaign.runtime import Runtime
from campaign.services.accounts import code_tries, logins, organizers, sessions
from campaign.services.accounts.passwords import PASSWORDS, Passwords
from campaign.services.accounts.throttling import TooManyTriesError
from campaign.services.audit import audit_log
from campaign.store.database import Database
from campaign.store.tables import LoginAttempt, Organizer
from tests.conftest import Clock

pytestmark = pytest.mark.slow_on_postgresql

EMAIL, PASSWORD = "olga@desk.example", "marble otter kiosk plum"
CHEAP = Passwords(memory=8, passes=1, lanes=1)
Try = Callable[..., bool]


@pytest.fixture
def organizer_id(database: Database, clock: Clock) -> int:
    with database.transaction() as session:
        return organizers.add(
            session,
            "Olga@Desk.example",
            role=Role.OWNER,
            password=PASSWORD,
            actor=COMMAND_LINE,
            now=clock(),
            passwords=CHEAP,
        ).id


@pytest.fixture
def attempt(database: Database, clock: Clock, organizer_id: int) -> Try:
    """Try to log in; says whether it worked, and raises what the throttle says."""

    def attempt(
        email: str = EMAIL,
        password: str = PASSWORD,
        *,
        network: str = "203.0.113.0/24",
        device: str = "",
        passwords: Passwords = CHEAP,
    ) -> bool:
        with database.transaction() as session:
            begun = logins.begin(session, email, network=network, device=device, key=b"k" * 32, now=clock())
        checked = logins.check(begun, password, passwords)
        with database.transaction() as session:
            if checked.is_right:
                assert logins.succeed(session, begun, checked, action="login", now=clock()) == organizer_id
            else:
                logins.fail(session, begun, action="login.refused", now=clock())
        return checked.is_right

    return attempt


def test_the_right_password_logs_in_however_the_address_is_written(attempt: Try) -> None:
    assert attempt()
    assert attempt(" OLGA@desk.EXAMPLE ")
    assert not attempt(password=PASSWORD.upper())
    assert not attempt("nobody@desk.example")


def test_a_disabled_organizer_cannot_log_in(database: Database, attempt: Try, clock: Clock) -> None:
    with database.transaction() as session:
        session.scalars(select(Organizer)).one().disabled_at = clock()
    assert not attempt()


def test_after_five_wrong_tries_a_minute_has_to_pass(attempt: Try, clock: Clock) -> None:
    for _ in range(5):
        assert not attempt(password="wrong")
        clock.forward(seconds=1)
    with pytest.raises(RefusedError, match=r"Wait \d+ seconds"):
        attempt()
    clock.forward(seconds=60)
    assert attempt()


@pytest.mark.slow
def test_the_wait_grows_and_never_beyond_a_minute(attempt: Try, clock: Clock) -> None:
    waits = []
    for _ in range(14):
        waited = 0
        while True:
            try:
                assert not attempt(password="wrong")
                break
            except RefusedError:
                clock.forward(seconds=1)
                waited += 1
        waits.append(waited)
    assert waits == [0, 0, 0, 0, 0, 60, 2, 4, 8, 16, 32, 60, 60, 60]
    clock.forward(seconds=60)
    assert attempt()


def test_tries_that_were_refused_unseen_do_not_prolong_the_wait(attempt: Try, clock: Clock) -> None:
    for _ in range(5):
        attempt(password="wrong")
    for _ in range(50):
        clock.forward(seconds=1)
        with pytest.raises(RefusedError):
            attempt(password="wrong")
    clock.forward(seconds=15)
    assert attempt()


def test_a_browser_known_from_before_is_not_kept_out_by_strangers_in_its_network(attempt: Try) -> None:
    for number in range(20):
        attempt(EMAIL if number < 5 else f"guess{number}@desk.example", "wrong", network="192.0.2.0/24")
    with pytest.raises(RefusedError):
        attempt(network="192.0.2.0/24")
    assert attempt(network="192.0.2.0/24", device="her own laptop")


def test_a_known_browser_gets_no_more_tries_than_others(attempt: Try) -> None:
    for _ in range(5):
        attempt(password="wrong", device="a stolen laptop")
    with pytest.raises(RefusedError):
        attempt(device="a stolen laptop")
    assert attempt()


def test_strangers_elsewhere_keep_nobody_out_for_a_moment(attempt: Try, clock: Clock) -> None:
    for minute in range(60):
        attempt(password="wrong", network=f"198.51.{minute}.0/24")
        clock.forward(seconds=59)
    assert not attempt(password="a slip", network="192.0.2.0/24")
    assert not attempt(password="another", network="192.0.2.0/24")
    assert attempt(network="192.0.2.0/24")


def test_from_its_fourth_try_on_a_network_waits_as_all_others_do(attempt: Try) -> None:
    for number in range(5):
        attempt(password="wrong", network=f"198.51.{number}.0/24")
    for _ in range(3):
        attempt(password="wrong", network="192.0.2.0/24")
    with pytest.raises(RefusedError, match=r"Wait \d+ seconds"):
        attempt(network="192.0.2.0/24")


def test_one_network_gets_twenty_tries_a_minute_over_all_accounts(attempt: Try, clock: Clock) -> None:
    for number in range(20):
        attempt(f"guess{number}@desk.example")
    with pytest.raises(RefusedError):
        attempt("guess21@desk.example")
    assert attempt(network="192.0.2.0/24")
    clock.forward(seconds=61)
    assert attempt()


def test_success_wipes_out_its_own_try_and_old_tries_are_forgotten(
    attempt: Try, clock: Clock, database: Database
) -> None:
    attempt(password="wrong")
    clock.forward(days=1, minutes=1)
    assert attempt()
    with database.reading() as session:
        assert session.scalars(select(LoginAttempt)).all() == []


def test_a_hash_of_another_cost_is_made_anew_at_login(attempt: Try, database: Database) -> None:
    dearer = Passwords(memory=16, passes=1, lanes=1)
    assert attempt(passwords=dearer)
    with database.reading() as session:
        assert "m=16," in session.scalars(select(Organizer.password_hash)).one()
    assert attempt(passwords=dearer)


def test_an_unknown_account_costs_a_hash_too() -> None:
    class Counting(Passwords):
        checked = 0

        def matches(self, stored: str | None, password: str) -> bool:
            self.checked += 1
            return super().matches(stored, password)

    counting = Counting(memory=8, passes=1, lanes=1)
    assert not logins.check(logins.LoginTry(1, "h", "n", None, None), PASSWORD, counting).is_right
    assert counting.checked == 1
    assert not counting.matches(None, PASSWORD)


def test_real_hashes_have_the_cost_that_was_decided_on() -> None:
    stored = PASSWORDS.hashed(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORDS.matches(stored, PASSWORD)


def test_every_login_and_every_refusal_is_in_the_audit_log(attempt: Try, database: Database) -> None:
    attempt()
    attempt(password="wrong")
    attempt("nobody@desk.example")
    with database.reading() as session:
        entries = audit_log.entries(session)[:3]
        assert audit_log.verify(session).entries == 4
    assert [(entry.action, entry.organizer) for entry in entries] == [
        ("login.refused", None),
        ("login.refused", EMAIL),
        ("login", EMAIL),
    ]
    assert "nobody" not in str(entries[0].details)


def test_what_a_stranger_tries_again_and_again_fills_no_log(
    attempt: Try, database: Database, clock: Clock
) -> None:
    for number in range(60):
        clock.forward(seconds=10)
        with suppress(TooManyTriesError):
            attempt(f"guess{number % 30}@desk.example", "wrong")
    with database.reading() as session:
        entries = audit_log.entries(session)
    assert [entry.action for entry in entries] == ["login.refused", "organizer.add"]
    assert "guess" not in str(entries[0].details)


def test_that_tries_are_not_looked_at_is_written_down_once_an_hour(
    attempt: Try, database: Database, clock: Clock
) -> None:
    for _ in range(30):
        clock.forward(seconds=1)
        try:
            attempt(password="wrong")
        except TooManyTriesError as error:
            with database.transaction() as session:
                logins.record_throttled(session, error, action="login.throttled", now=clock())
    with database.reading() as session:
        entries = audit_log.entries(session)
    assert [(entry.action, entry.organizer) for entry in entries] == [
        ("login.throttled", EMAIL),
        *[("login.refused", EMAIL)] * 5,
        ("organizer.add", None),
    ]


def test_one_address_has_one_login(database: Database, organizer_id: int, clock: Clock) -> None:
    with database.transaction() as session, pytest.raises(ConflictError):
        organizers.add(
            session,
            EMAIL,
            role=Role.VIEWER,
            password=PASSWORD,
            actor=COMMAND_LINE,
            now=clock(),
            passwords=CHEAP,
        )


def test_a_session_ends_after_half_an_hour_of_rest_and_after_twelve_hours(
    database: Database, organizer_id: int, clock: Clock
) -> None:
    with database.transaction() as session:
        token = sessions.start(session, organizer_id, now=clock())
    begun = clock()
    with database.transaction() as session:
        assert sessions.find(session, token, now=begun + timedelta(minutes=31)) is None
        clock.forward(minutes=20)
        while clock() <= begun + timedelta(hours=12):
            found = sessions.find(session, token, now=clock())
            assert found
            sessions.record_use(session, found.session_hash, now=clock())
            clock.forward(minutes=20)
        assert sessions.find(session, token, now=clock()) is None


def test_an_owner_who_logs_in_gives_a_thief_of_the_password_no_new_tries_at_codes(
    database: Database, organizer_id: int, clock: Clock
) -> None:
    def try_code(device: str) -> int:
        with database.transaction() as session:
            return code_tries.begin(session, organizer_id, device=device, key=b"k" * 32, now=clock())

    assert [try_code(""), try_code(""), try_code("laptop")] == [1, 2, 1]
    with database.transaction() as session:
        code_tries.succeed(session, organizer_id, device="laptop", key=b"k" * 32)
    assert [try_code("laptop"), try_code("")] == [1, 3]


def test_who_came_in_at_the_moment_their_login_was_disabled_opens_nothing(
    database: Database, organizer_id: int, clock: Clock
) -> None:
    with database.transaction() as session:
        session.get_one(Organizer, organizer_id).disabled_at = clock()
        token = sessions.start(session, organizer_id, now=clock())
    with database.reading() as session:
        assert sessions.find(session, token, now=clock()) is None


def test_a_new_password_ends_all_other_sessions(
    database: Database, runtime: Runtime, organizer_id: int, clock: Clock
) -> None:
    with database.transaction() as session:
        here, there = (sessions.start(session, organizer_id, now=clock()) for _ in range(2))
        kept = sessions.find(session, here, now=clock())
        assert kept
        organizers.change_password(
            session,
            organizer_id,
            password_hash="new",
            keep=kept.session_hash,
            context=runtime.organizer_mail,
            actor=Actor(organizer_id, Via.DESK),
            now=clock(),
        )
        assert sessions.find(session, here, now=clock())
        assert sessions.find(session, there, now=clock()) is None
