"""Mail servers: every reply and every way of vanishing has its meaning."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from campaign.domain.outcomes import (
    Accepted,
    Deferred,
    NotSent,
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unknown,
)
from campaign.mail.email import Email
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers import smtp
from campaign.mail.providers.smtp import SmtpProvider
from campaign.mail.verp import ReturnAddress
from tests.mail.conftest import MailServer, only_rana
from tests.waiting import PATIENCE_SECONDS

SENDER = "Save the Ondra <campaign@ondra.example>"
# What a script ends with whose last answer never comes to its end.
DRIP = b"DRIP"
FROM_ADDRESSES = FromAddresses(SENDER)


@pytest.fixture
def make_provider() -> Iterator[Callable[..., SmtpProvider]]:
    made: list[SmtpProvider] = []

    def make(
        server: MailServer | int, *, scheme: str = "smtp", user: str = "", **options: Any
    ) -> SmtpProvider:
        port = server if isinstance(server, int) else server.port
        query = options.pop("query", "")
        options.setdefault("seconds", 5.0)
        made.append(
            SmtpProvider(
                f"{scheme}://{user}localhost:{port}{query}", from_addresses=FROM_ADDRESSES, **options
            )
        )
        return made[-1]

    yield make
    for provider in made:
        provider.close()


@pytest.fixture
def server(mail_server: Callable[..., MailServer]) -> MailServer:
    return mail_server()


@pytest.fixture
def provider(server: MailServer, make_provider: Callable[..., SmtpProvider]) -> SmtpProvider:
    return make_provider(server)


def test_the_envelope_is_the_campaigns_and_the_officials(
    provider: SmtpProvider, server: MailServer, email: Email, now: datetime
) -> None:
    outcome = provider.send(email, now=now)

    assert outcome == Accepted(f"<{email.public_id}@ondra.example>")
    assert server.kept.envelopes == [("campaign@ondra.example", ["minister@waters.example"])]
    assert server.kept.names == {"ondra.example"}


def test_a_second_attempt_has_the_same_message_id(
    provider: SmtpProvider, server: MailServer, email: Email, now: datetime
) -> None:
    first, second = provider.send(email, now=now), provider.send(email, now=now + timedelta(hours=1))

    assert first == second
    assert f"Message-ID: {first.provider_message_id}".encode() in server.kept.taken[1]  # type: ignore[union-attr]


def test_connections_are_kept(
    provider: SmtpProvider, server: MailServer, email: Email, now: datetime
) -> None:
    for _ in range(5):
        provider.send(email, now=now)

    assert len(server.kept.taken) == 5
    assert len(server.kept.sessions) == 1


def test_a_connection_idle_for_too_long_is_not_used_again(
    provider: SmtpProvider,
    server: MailServer,
    email: Email,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider.send(email, now=now)
    monkeypatch.setattr(smtp, "IDLE_SECONDS", 0.0)

    assert isinstance(provider.send(email, now=now), Accepted)


@pytest.mark.parametrize(
    ("command", "reply", "kind"),
    [
        ("MAIL", "421 4.3.2 closing", Throttled),
        ("MAIL", "451 4.3.0 later", NotSent),
        ("MAIL", "552 5.3.4 too large", Refused),
        ("MAIL", "550 5.7.1 not your domain", Unauthorized),
        ("MAIL", "530 5.7.0 sign in first", Unauthorized),
        ("RCPT", "421 4.7.0 too many", Throttled),
        ("RCPT", "450 4.2.1 greylisted", Deferred),
        ("RCPT", "550 5.1.1 no such person", Refused),
        ("DATA", "451 4.3.0 later", Deferred),
        ("DATA", "554 5.7.1 looks like spam", Refused),
    ],
)
def test_every_reply_has_its_meaning(
    provider: SmtpProvider,
    server: MailServer,
    email: Email,
    now: datetime,
    command: str,
    reply: str,
    kind: type[Outcome],
) -> None:
    server.kept.replies[command] = reply

    outcome = provider.send(email, now=now)

    assert isinstance(outcome, kind)
    assert outcome.reason == reply[:9]  # type: ignore[union-attr]
    server.kept.replies.clear()
    assert isinstance(provider.send(email, now=now), Accepted)


def test_an_address_nobody_can_be_written_to_at_is_refused(
    provider: SmtpProvider, server: MailServer, email: Email, now: datetime
) -> None:
    evil = "a@b.example>\r\nRCPT TO:<c@d.example"
    assert isinstance(provider.send(replace(email, to_address=evil), now=now), Refused)
    assert server.kept.envelopes == []


def test_a_server_that_vanishes_with_the_message_leaves_doubt(
    provider: SmtpProvider, server: MailServer, email: Email, now: datetime
) -> None:
    server.kept.replies["VANISH"] = "yes"

    assert isinstance(provider.send(email, now=now), Unknown)
    assert len(server.kept.taken) == 1


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ([b"554 5.7.1 go away\r\n"], NotSent),
        ([b""], NotSent),
        ([b"220 hi\r\n", b"250 hi\r\n", b""], NotSent),
        ([b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b""], NotSent),
        ([b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b""], Unknown),
        ([b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"<html>\r\n"], Unknown),
        pytest.param(
            [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", DRIP],
            Unknown,
            marks=pytest.mark.slow,
        ),
        pytest.param([b"220 hi\r\n", b"250 hi\r\n", DRIP], NotSent, marks=pytest.mark.slow),
    ],
)
def test_where_the_conversation_breaks_decides_what_is_known(
    make_provider: Callable[..., SmtpProvider],
    email: Email,
    now: datetime,
    script: list[bytes],
    kind: type[Outcome],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=recite, args=(listener, script), daemon=True)
        thread.start()
        # Only what never ends has to be waited for: its call's limit is what ends it.
        seconds = 2.0 if DRIP in script else PATIENCE_SECONDS
        provider = make_provider(listener.getsockname()[1], seconds=seconds)

        assert isinstance(provider.send(email, now=now), kind)
        thread.join()


def recite(listener: socket.socket, script: list[bytes]) -> None:
    """Answers each command with the next line of the script; empty hangs up, DRIP never comes to an end."""
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as lines:
        for position, line in enumerate(script):
            if position and script[position - 1][:3] == b"354":
                while lines.readline() not in (b".\r\n", b""):
                    pass
            elif position:
                lines.readline()
            if line == DRIP:
                drip(connection)
            elif line:
                connection.sendall(line)
        if script[-1] and script[-1] != DRIP:
            lines.readline()


def drip(connection: socket.socket) -> None:
    try:
        while True:
            connection.sendall(b"2")
            time.sleep(0.05)
    except OSError:
        return


class TestSignIn:
    def test_over_starttls(
        self,
        mail_server: Callable[..., MailServer],
        make_provider: Callable[..., SmtpProvider],
        email: Email,
        now: datetime,
        tls: ssl.SSLContext,
        certificate: tuple[Path, Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        server = mail_server(tls_context=tls, authenticator=only_rana, auth_required=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

        good = make_provider(server, user="rana:p%40ss%20word@", query="?starttls=1")
        wrong = make_provider(server, user="rana:guess@", query="?starttls=1")

        assert isinstance(good.send(email, now=now), Accepted)
        assert isinstance(wrong.send(email, now=now), Unauthorized)

    def test_no_password_goes_to_a_server_nobody_vouches_for(
        self,
        mail_server: Callable[..., MailServer],
        make_provider: Callable[..., SmtpProvider],
        email: Email,
        now: datetime,
        tls: ssl.SSLContext,
    ) -> None:
        server = mail_server(tls_context=tls, authenticator=only_rana)
        provider = make_provider(server, user="rana:p%40ss%20word@", query="?starttls=1")

        assert isinstance(provider.send(email, now=now), NotSent)

    def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(
        self, server: MailServer, make_provider: Callable[..., SmtpProvider], email: Email, now: datetime
    ) -> None:
        assert isinstance(make_provider(server, query="?starttls=1").send(email, now=now), Unauthorized)
        assert server.kept.taken == []

    def test_a_server_without_sign_in_is_not_used_with_a_password(
        self, server: MailServer, make_provider: Callable[..., SmtpProvider], email: Email, now: datetime
    ) -> None:
        assert isinstance(make_provider(server, user="rana:secret@").send(email, now=now), Unauthorized)


def test_undeliverable_mail_comes_back_to_an_address_that_says_which_it_was(
    server: MailServer, make_provider: Callable[..., SmtpProvider], email: Email, now: datetime
) -> None:
    returns = ReturnAddress("bounce@ondra.example", keys=[b"key"])
    assert isinstance(make_provider(server, return_address=returns).send(email, now=now), Accepted)
    assert isinstance(make_provider(server).send(email, now=now), Accepted)

    signed, plain = (sender for sender, _ in server.kept.envelopes)
    assert returns.email_in(signed) == email.public_id
    assert plain == "campaign@ondra.example"


@pytest.mark.parametrize(
    ("reply", "is_dead"),
    [
        ("550 5.1.1 no such user", True),
        ("550 no such user", True),
        ("550 5.1.1 looks like spam", False),
        ("550 5.7.1 not from you", False),
        ("550 no", False),
    ],
)
def test_a_recipient_that_does_not_exist_is_told_from_one_that_is_refused(
    server: MailServer, provider: SmtpProvider, email: Email, now: datetime, reply: str, is_dead: bool
) -> None:
    server.kept.replies["RCPT"] = reply
    outcome = provider.send(email, now=now)
    assert isinstance(outcome, Refused)
    assert outcome.no_such_mailbox is is_dead


@pytest.mark.parametrize("without", ["LOGIN", "PLAIN"])
def test_a_name_and_a_password_may_have_any_letters(
    mail_server: Callable[..., MailServer],
    make_provider: Callable[..., SmtpProvider],
    email: Email,
    now: datetime,
    without: str,
) -> None:
    name, password, signed_in = "jörg", "pässwörd 水", []

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        good = data == LoginPassword(name.encode(), password.encode())
        signed_in.append(good)
        return AuthResult(success=good, handled=good)

    server = mail_server(authenticator=known, auth_require_tls=False, auth_exclude_mechanism=[without])
    provider = make_provider(server, user=f"{quote(name)}:{quote(password)}@")
    assert isinstance(provider.send(email, now=now), Accepted)
    assert signed_in == [True]


def test_what_cannot_be_written_has_not_left_and_is_never_in_doubt(
    server: MailServer, email: Email, now: datetime
) -> None:
    for sender in ("Jörg <jörg@river.example>", "Rana <rana@bürger.example>"):
        provider = SmtpProvider(f"smtp://localhost:{server.port}", from_addresses=FromAddresses(sender))
        assert not isinstance(provider.send(email, now=now), Unknown)
        provider.close()
    assert all(sender.isascii() for sender, _ in server.kept.envelopes)
