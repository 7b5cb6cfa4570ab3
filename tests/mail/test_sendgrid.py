"""SendGrid: the request it gets, and what its answers mean."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from campaign.domain.outcomes import Accepted, NotSent, Outcome, Refused, Throttled, Unauthorized, Unknown
from campaign.mail.email import Email
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers import http
from campaign.mail.providers.http import Answer
from campaign.mail.providers.sendgrid import SendGridProvider, outcome_of
from tests.stand_in import Act, StandIn
from tests.waiting import PATIENCE_SECONDS, comes_true

SENDER = "Save the Ondra <campaign@ondra.example>"
FROM_ADDRESSES = FromAddresses(SENDER)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def make_provider() -> Iterator[Callable[..., SendGridProvider]]:
    made: list[SendGridProvider] = []

    def make(host: str, *, seconds: float = 5.0) -> SendGridProvider:
        made.append(
            SendGridProvider(host=host, api_key="key-1", from_addresses=FROM_ADDRESSES, seconds=seconds)
        )
        return made[-1]

    yield make
    for provider in made:
        provider.close()


@pytest.fixture
def provider(stand_in: StandIn, make_provider: Callable[..., SendGridProvider]) -> SendGridProvider:
    return make_provider(stand_in.url)


def test_the_request_is_what_the_api_asks_for(
    provider: SendGridProvider, stand_in: StandIn, email: Email, now: datetime
) -> None:
    provider.send(email, now=now)

    (request,) = stand_in.requests
    assert request.head.startswith(b"POST /v3/mail/send HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer key-1\r\n" in request.head
    assert b"\r\nContent-Type: application/json\r\n" in request.head
    assert request.json == {
        "from": {"email": "campaign@ondra.example", "name": "Rana Idris"},
        "reply_to": {"email": "rana@mail.example"},
        "subject": email.subject,
        "personalizations": [
            {
                "to": [{"email": "minister@waters.example", "name": "Mara Lindqvist"}],
                "custom_args": {"campaign_email_id": email.public_id},
            }
        ],
        "content": [
            {"type": "text/plain", "value": email.text},
            {"type": "text/html", "value": email.html},
        ],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
            "subscription_tracking": {"enable": False},
        },
    }


def test_an_answer_passed_on_says_that_a_machine_sent_it(provider: SendGridProvider, email: Email) -> None:
    assert "headers" not in provider.request(email)
    passed_on = provider.request(replace(email, kind="reply"))
    assert passed_on["headers"] == {"Auto-Submitted": "auto-generated"}


def test_nothing_empty_is_sent(provider: SendGridProvider, email: Email) -> None:
    body = provider.request(replace(email, to_name="", from_name="", reply_to=""))

    assert "name" not in body["personalizations"][0]["to"][0]
    assert body["from"]["name"] == "Save the Ondra"
    assert "reply_to" not in body


@pytest.mark.parametrize("empty", [{"subject": " "}, {"text": "\n"}, {"html": ""}])
def test_an_email_with_a_part_missing_is_refused_before_it_leaves(
    provider: SendGridProvider, stand_in: StandIn, email: Email, now: datetime, empty: dict[str, str]
) -> None:
    assert isinstance(provider.send(replace(email, **empty), now=now), Refused)  # type: ignore[arg-type]
    assert stand_in.requests == []


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (Act.ACCEPT, Accepted),
        (Act.DROP, Unknown),
        (Act.HALF, Unknown),
        (Act.DRIP, Unknown),
        (Act.RESET, Unknown),
        (Act.GARBAGE, Unknown),
        (Act.NO_ID, Unknown),
        (Act.TOO_LONG, Unknown),
        (Act.THROTTLE, Throttled),
        (Act.UNAUTHORIZED, Unauthorized),
        (Act.REFUSE, Refused),
        (Act.ERROR, Unknown),
        (Act.UNAVAILABLE, Unknown),
    ],
)
def test_every_answer_and_every_accident_has_its_meaning(
    stand_in: StandIn,
    make_provider: Callable[..., SendGridProvider],
    email: Email,
    now: datetime,
    act: Act,
    kind: type[Outcome],
) -> None:
    stand_in.choose = lambda email_id, attempt: act
    provider = make_provider(stand_in.url, seconds=0.5 if act is Act.DRIP else PATIENCE_SECONDS)

    assert isinstance(provider.send(email, now=now), kind)
    assert stand_in.attempts == {email.public_id: 1}


@pytest.mark.slow
def test_a_dripping_answer_ends_with_the_whole_calls_deadline(
    stand_in: StandIn, make_provider: Callable[..., SendGridProvider], email: Email, now: datetime
) -> None:
    stand_in.choose = lambda email_id, attempt: Act.DRIP
    started = time.monotonic()

    outcome = make_provider(stand_in.url, seconds=0.5).send(email, now=now)

    # The last byte would come after a minute, and each of them soon enough for itself.
    assert isinstance(outcome, Unknown)
    assert 0.4 < time.monotonic() - started < 45


def test_a_refusal_says_why_without_the_address(
    provider: SendGridProvider, stand_in: StandIn, email: Email, now: datetime
) -> None:
    stand_in.choose = lambda email_id, attempt: Act.REFUSE

    assert provider.send(email, now=now) == Refused("400: Does not contain a valid address: <address>")


def test_connections_are_kept_and_shared(
    provider: SendGridProvider, stand_in: StandIn, email: Email, now: datetime
) -> None:
    for _ in range(5):
        provider.send(email, now=now)

    assert stand_in.connections == 1


def test_a_connection_the_other_side_closed_while_idle_causes_no_doubt(
    provider: SendGridProvider, stand_in: StandIn, email: Email, now: datetime
) -> None:
    provider.send(email, now=now)
    stand_in.hang_up()
    assert comes_true(lambda: not stand_in.protocols)

    assert isinstance(provider.send(email, now=now), Accepted)
    assert stand_in.connections == 2


def test_a_connection_idle_for_too_long_is_not_trusted(
    provider: SendGridProvider,
    stand_in: StandIn,
    email: Email,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider.send(email, now=now)
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.0)
    provider.send(email, now=now)

    assert stand_in.connections == 2


def test_what_an_answer_has_too_much_is_not_taken_for_the_next_answer(
    provider: SendGridProvider, stand_in: StandIn, email: Email, now: datetime
) -> None:
    """The surplus is a complete 202: believing it would lose the second email."""
    acts = iter([Act.WRONG_LENGTH, Act.REFUSE])
    stand_in.choose = lambda email_id, attempt: next(acts)

    assert isinstance(provider.send(email, now=now), Accepted)
    assert isinstance(provider.send(email, now=now), Refused)


def test_a_certificate_nobody_vouches_for_stops_the_request(
    make_provider: Callable[..., SendGridProvider],
    email: Email,
    now: datetime,
    tls: ssl.SSLContext,
    certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_tls, args=(listener, tls, bodies), daemon=True)
        thread.start()
        host = f"https://localhost:{listener.getsockname()[1]}"

        assert isinstance(make_provider(host).send(email, now=now), NotSent)
        assert bodies == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert make_provider(host).send(email, now=now) == Accepted("over-tls")
        thread.join()
    assert len(bodies) == 1


def serve_tls(listener: socket.socket, tls: ssl.SSLContext, bodies: list[bytes]) -> None:
    while not bodies:
        plain, _ = listener.accept()
        try:
            with tls.wrap_socket(plain, server_side=True) as connection:
                received = connection.recv(65536)
                while b"}}" not in received:
                    received += connection.recv(65536)
                bodies.append(received)
                connection.sendall(b"HTTP/1.1 202 OK\r\nX-Message-Id: over-tls\r\nContent-Length: 0\r\n\r\n")
        except ssl.SSLError:
            plain.close()


def answer(status: int, body: object = None, **headers: str) -> Answer:
    lines = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Answer(status, lines, json.dumps(body).encode() if body is not None else b"")


class TestThrottling:
    def until(self, now: datetime, **headers: str) -> timedelta:
        outcome = outcome_of(answer(429, **headers), now=now)
        assert isinstance(outcome, Throttled)
        return outcome.until - now

    def test_the_reset_header_is_a_moment(self, now: datetime) -> None:
        moment = now + timedelta(seconds=90)
        assert self.until(now, X_RateLimit_Reset=str(int(moment.timestamp()))) == timedelta(seconds=90)

    def test_retry_after_is_seconds_or_a_date(self, now: datetime) -> None:
        date = format_datetime(now + timedelta(minutes=3), usegmt=True)
        assert self.until(now, Retry_After="45") == timedelta(seconds=45)
        assert self.until(now, Retry_After=date) == timedelta(minutes=3)

    def test_the_later_of_both_counts(self, now: datetime) -> None:
        reset = str(int(now.timestamp()) + 10)
        assert self.until(now, X_RateLimit_Reset=reset, Retry_After="20") == timedelta(seconds=20)

    @pytest.mark.parametrize("nonsense", ["", "soon", "-5", "0", "٣", "1e9"])
    def test_nonsense_means_a_minute(self, now: datetime, nonsense: str) -> None:
        headers = {"X_RateLimit_Reset": nonsense, "Retry_After": nonsense} if nonsense else {}
        assert self.until(now, **headers) == timedelta(minutes=1)

    @pytest.mark.parametrize("digits", ["3601", "1000000000", "9" * 11, "9" * 20, "9" * 5000])
    def test_no_answer_stops_the_mail_for_more_than_an_hour(self, now: datetime, digits: str) -> None:
        outcome = outcome_of(answer(429, Retry_After=digits), now=now)

        assert isinstance(outcome, Throttled)
        assert outcome.until == now + timedelta(hours=1)
        assert "more than an hour" in outcome.reason

    @pytest.mark.parametrize("digits", ["9" * 11, "9" * 20])
    def test_nor_does_a_reset_in_another_age(self, now: datetime, digits: str) -> None:
        assert self.until(now, X_RateLimit_Reset=digits) == timedelta(hours=1)

    @pytest.mark.parametrize(
        "odd",
        [
            "-1",
            "-99999999999999999999",
            "Fri, 01 Jan 1999 00:00:00 GMT",
            "Mon, 32 Nov 2026 25:61:61 GMT",
            "Mon, 01 Jan 2026 00:00:00 +99999999999999",
            "Mon, 01 Jan 0001 00:00:00 +2359",
            "Fri, 31 Dec 9999 23:59:59 -2359",
            "1 2 3 4 5 6",
            "\x00",
        ],
    )
    def test_a_time_that_cannot_be_is_said_and_means_a_minute(self, now: datetime, odd: str) -> None:
        outcome = outcome_of(answer(429, Retry_After=odd), now=now)

        assert isinstance(outcome, Throttled)
        assert outcome.until == now + timedelta(minutes=1)
        assert "none to come" in outcome.reason

    def test_a_date_years_away_is_an_hour(self, now: datetime) -> None:
        date = format_datetime(now + timedelta(days=4000), usegmt=True)
        assert self.until(now, Retry_After=date) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("begins", "kind"), [(b"429 Slow", Throttled), (b"401 No", Unauthorized), (b"202 OK", Unknown)]
)
def test_a_refusal_that_breaks_off_is_a_refusal_and_no_doubt(
    make_provider: Callable[..., SendGridProvider],
    email: Email,
    now: datetime,
    begins: bytes,
    kind: type[Outcome],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_in_part() -> None:
            connection, _ = listener.accept()
            with connection:
                received = b""
                while b"tracking_settings" not in received:
                    received += connection.recv(65536)
                connection.sendall(b"HTTP/1.1 " + begins + b"\r\nContent-Length: 100\r\n\r\n{")
                connection.shutdown(socket.SHUT_WR)
                connection.recv(65536)

        thread = threading.Thread(target=answer_in_part, daemon=True)
        thread.start()
        outcome = make_provider(f"http://127.0.0.1:{listener.getsockname()[1]}").send(email, now=now)
        thread.join()

    assert isinstance(outcome, kind)


@pytest.mark.parametrize("status", [401, 403, 404, 405, 415])
def test_answers_about_us_stop_the_provider_and_fail_no_email(now: datetime, status: int) -> None:
    assert isinstance(outcome_of(answer(status, {"errors": [{"message": "no"}]}), now=now), Unauthorized)


@pytest.mark.parametrize("status", [200, 201, 204, 301, 302, 408, 500, 502, 503, 504, 520])
def test_answers_that_leave_it_open_leave_it_open(now: datetime, status: int) -> None:
    assert isinstance(outcome_of(answer(status, X_Message_Id="1"), now=now), Unknown)


@pytest.mark.parametrize("body", [None, [], {"errors": "no"}, {"errors": [1]}, {"errors": []}, "text"])
def test_a_refusal_in_an_unknown_form_is_still_a_refusal(now: datetime, body: object) -> None:
    assert outcome_of(answer(400, body), now=now) == Refused("400: no explanation")


def test_a_long_or_broken_explanation_is_made_fit_to_keep(now: datetime) -> None:
    outcome = outcome_of(answer(413, {"errors": [{"message": "too\x00 long\n" * 500}]}), now=now)

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("413: too long too long")
    assert len(outcome.reason) < 320
