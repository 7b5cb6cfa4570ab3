"""What is waited for, and what no waiting mends, by the words of servers and drivers."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from campaign.errors import UnavailableError
from campaign.store.outages import is_outage

SERVER = 'connection failed: connection to server at "127.0.0.1", port 5432 failed: '


def unavailable(cause: Exception, wrapper: type[OperationalError] | type[ProgrammingError]) -> Exception:
    """What leaves the store: a sentence, made from SQLAlchemy's error, made from the driver's."""
    wrapped = wrapper("SELECT 1", {}, cause)
    wrapped.__cause__ = cause
    error = UnavailableError("The database cannot be used right now.")
    error.__cause__ = wrapped
    return error


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "words",
    [
        f"{SERVER}Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?",
        'connection is bad: connection to server on socket "/run/.s.5432" failed: No such file or directory',
        "failed to resolve host 'db.internal': [Errno -3] Temporary failure in name resolution",
        f"{SERVER}FATAL:  the database system is starting up",
        f"{SERVER}FATAL:  the database system is shutting down",
        f"{SERVER}FATAL:  sorry, too many clients already",
        f"{SERVER}致命错误:  数据库系统启动中",
        "terminating connection due to administrator command",
        "no answer within 5.0 seconds",
    ],
)
def test_a_server_that_is_away_is_waited_for(words: str) -> None:
    assert is_outage(unavailable(psycopg.OperationalError(words), OperationalError))


@pytest.mark.parametrize(
    "words",
    [
        f'{SERVER}FATAL:  password authentication failed for user "campaign"',
        f'{SERVER}FATAL:  database "campaing" does not exist',
        f'{SERVER}FATAL:  role "campaing" does not exist',
        f'{SERVER}FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "campaign", database "campaign"',
        f"{SERVER}server does not support SSL, but SSL was required",
        f"{SERVER}received invalid response to SSL negotiation: H",
        f"{SERVER}fe_sendauth: no password supplied",
        'connection is bad: invalid sslmode value: "requir"',
        f'{SERVER}root certificate file "/etc/ssl/none.crt" does not exist',
        f"{SERVER}FATAL:  no such user: campaing",
    ],
)
def test_a_setting_that_is_wrong_is_not(words: str) -> None:
    assert not is_outage(unavailable(psycopg.OperationalError(words), OperationalError))


def test_an_option_no_driver_knows_is_not_waited_for() -> None:
    cause = psycopg.ProgrammingError('invalid connection option "sslmod"')
    assert not is_outage(unavailable(cause, ProgrammingError))


@pytest.mark.parametrize(
    ("code", "is_waited_for"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_IOERR_SHMSIZE, True),
        (sqlite3.SQLITE_CANTOPEN, False),
        (sqlite3.SQLITE_READONLY, False),
        (sqlite3.SQLITE_ERROR, False),
    ],
)
def test_a_file_that_is_locked_or_has_no_room_is_waited_for(code: int, is_waited_for: bool) -> None:
    assert is_outage(unavailable(sqlite_error(code), OperationalError)) is is_waited_for


def test_a_sentence_without_a_database_behind_it_is_not_waited_for() -> None:
    assert not is_outage(UnavailableError("A backup is being restored. Try again when that is done."))
