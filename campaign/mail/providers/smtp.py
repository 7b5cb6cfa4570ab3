"""Mail servers by SMTP: kept connections, one deadline for a whole email, and a meaning for every reply."""

import smtplib
import socket
import ssl
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from campaign.domain.addresses import clean_address
from campaign.domain.names import clean_line
from campaign.domain.outbox import EmailKind
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
from campaign.domain.rejections import is_no_such_mailbox
from campaign.errors import RefusedError
from campaign.mail.email import Email
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.deadline_sockets import Deadline, TimedReader, connect
from campaign.mail.providers.mime import FOR_SMTP, internet_message, message_id
from campaign.mail.verp import ReturnAddress

WHOLE_CALL_SECONDS = 30.0
IDLE_SECONDS = 15.0
# 421 closes the channel without saying until when; servers count by the minute.
CLOSED_CHANNEL_PAUSE = timedelta(minutes=1)


class SmtpProvider:
    """Sends through one mail server, over as many kept connections as there are calls at a time."""

    name = "smtp"

    def __init__(
        self,
        url: str,
        *,
        from_addresses: FromAddresses,
        return_address: ReturnAddress | None = None,
        seconds: float = WHOLE_CALL_SECONDS,
    ) -> None:
        """`url` is `smtp://user:password@host:587?starttls=1`, or `smtps://…` for TLS from the start.

        What cannot be delivered comes back to the `return_address`, or without one to the sender.
        """
        parts = urlsplit(url)
        self._host = parts.hostname or "localhost"
        is_smtps = parts.scheme == "smtps"
        self._port = parts.port or (465 if is_smtps else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        wants_tls = parse_qs(parts.query).get("starttls", ["0"])[-1] not in {"0", "no", "false", ""}
        context = ssl.create_default_context() if is_smtps or wants_tls else None
        self._tls = context if is_smtps else None
        self._starttls = None if is_smtps else context
        self._from_addresses = from_addresses
        self._own_name = self._from_addresses.of(EmailKind.MESSAGE).address.rpartition("@")[2]
        self._return_address = return_address
        self._seconds = seconds
        self._idle: deque[_SmtpConnection] = deque()

    def send(self, email: Email, *, now: datetime) -> Outcome:
        """One transaction: MAIL, RCPT, DATA; only after the final dot can anything be unknown."""
        sender = self._from_addresses.of(email.kind)
        try:
            content = bytes(internet_message(email, sender=sender, now=now, policy=FOR_SMTP))
            returns_to = self._return_address and self._return_address.for_email(email.public_id)
            transaction = _Transaction(returns_to or sender.address, clean_address(email.to_address), content)
        except RefusedError as error:
            return Refused(error.sentence)
        except ValueError as error:  # nothing has left, and nothing of it ever can
            return Refused(f"the email cannot be written: {type(error).__name__}")
        deadline = Deadline(self._seconds)
        idle = self._idle_connection(deadline)
        if idle is not None:
            # A server may hang up on a kept connection at any time: nothing has left, and a new one serves.
            with suppress(_BrokenConnectionError):
                return self._send_over(idle, email, transaction, now)
        try:
            return self._send_over(self._new_connection(deadline), email, transaction, now)
        except _BrokenConnectionError as broken:
            return NotSent(str(broken))
        except _SignInRefusedError as refusal:
            return Unauthorized(str(refusal))

    def close(self) -> None:
        """Close the kept connections."""
        while self._idle:
            self._idle.pop().close()

    def _send_over(
        self, connection: "_SmtpConnection", email: Email, transaction: "_Transaction", now: datetime
    ) -> Outcome:
        """Hand the message over and keep the connection.

        Raises _BrokenConnectionError when it broke before the end.
        """
        refusal = _run_transaction(connection, transaction, now)
        if refusal is not None:
            connection.close()
            return refusal
        connection.used_at = time.monotonic()
        self._idle.append(connection)
        return Accepted(message_id(email, sender=self._from_addresses.of(email.kind)))

    def _idle_connection(self, deadline: Deadline) -> "_SmtpConnection | None":
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            connection.deadline = deadline
            if connection.is_reusable():
                return connection
            connection.close()

    def _new_connection(self, deadline: Deadline) -> "_SmtpConnection":
        """A connection that is signed in; raises _BrokenConnectionError or _SignInRefusedError."""
        connection = _SmtpConnection(self._host, self._own_name, deadline, tls=self._tls)
        try:
            code, words = connection.connect(self._host, self._port)
            if code != 220:
                raise _BrokenConnectionError(f"the server does not greet: {_reply(code, words)}")
            connection.ehlo_or_helo_if_needed()
            if self._starttls is not None:
                connection.starttls(context=self._starttls)
            if self._user:
                connection.login(_Utf8(self._user), _Utf8(self._password))
        except smtplib.SMTPAuthenticationError as error:
            connection.close()
            reason = f"sign-in refused: {_reply(error.smtp_code, error.smtp_error)}"
            is_temporary = 400 <= error.smtp_code < 500
            raise (_BrokenConnectionError if is_temporary else _SignInRefusedError)(reason) from error
        except smtplib.SMTPNotSupportedError as error:
            connection.close()
            raise _SignInRefusedError("the server offers no sign-in or no TLS that we know") from error
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            connection.close()
            raise _BrokenConnectionError(f"no connection: {type(error).__name__}") from error
        except _BrokenConnectionError:
            connection.close()
            raise
        return connection


@dataclass(frozen=True)
class _Transaction:
    """What a transaction is about: the envelope's two addresses, and the message."""

    sender: str
    recipient: str
    content: bytes


class _BrokenConnectionError(Exception):
    """The connection came to nothing before a whole message had left."""


class _SignInRefusedError(Exception):
    """The server does not let us in."""


class _Utf8(str):
    """A text that the library sends in UTF-8 where it would refuse all but ASCII (RFC 4616 wants UTF-8)."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:  # noqa: ARG002
        return super().encode("utf-8", errors)


class _SmtpConnection(smtplib.SMTP):
    """The library's client with a deadline over all it reads and writes."""

    def __init__(self, host: str, own_name: str, deadline: Deadline, *, tls: ssl.SSLContext | None) -> None:
        # Without a name of our own the library looks this machine's up for every connection.
        super().__init__(local_hostname=own_name)
        self._host = host  # what a certificate shown after STARTTLS must be for
        self.deadline = deadline
        self.used_at = time.monotonic()
        self._tls = tls
        self._raw: TimedReader | None = None

    def is_reusable(self) -> bool:
        """Whether it was used a moment ago and the server has not closed it since."""
        reader = self.file
        if time.monotonic() - self.used_at > IDLE_SECONDS or self._raw is None or reader is None:
            return False
        return self._raw.is_quiet(reader)

    def send(self, s: object) -> None:
        """Send within what is left of the deadline."""
        if self.sock is not None:
            self.sock.settimeout(self.deadline.remaining())
        super().send(s)  # type: ignore[arg-type]

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply within what is left of the deadline."""
        if self.file is None and self.sock is not None:
            self._raw = TimedReader(self.sock)
            self.file = BufferedReader(self._raw)
        if self._raw is not None:
            self._raw.deadline = self.deadline
        return super().getreply()

    def auth(self, mechanism: str, authobject: Any, *, initial_response_ok: bool = True) -> tuple[int, bytes]:
        """Sign in with a name and a password of any letters."""

        def answer(challenge: bytes | None = None) -> Any:
            said = authobject(challenge)
            return None if said is None else _Utf8(said)

        return super().auth(mechanism, answer, initial_response_ok=initial_response_ok)

    def _get_socket(self, host: str, port: int, _: float) -> socket.socket:
        return connect(host, port, deadline=self.deadline, tls=self._tls)


def _run_transaction(connection: _SmtpConnection, transaction: _Transaction, now: datetime) -> Outcome | None:
    """None when the server took the message over, else what became of it; raises _BrokenConnectionError."""
    code, words = _command(connection, f"MAIL FROM:<{transaction.sender}>")
    if code != 250:
        return _outcome_of_mail_reply(code, words, now)
    code, words = _command(connection, f"RCPT TO:<{transaction.recipient}>")
    if code not in (250, 251):
        outcome = _outcome_of_email_reply(code, words, now)
        if isinstance(outcome, Refused):
            said = f"{code} {words.decode('utf-8', 'replace')}"
            return Refused(outcome.reason, no_such_mailbox=is_no_such_mailbox(said))
        return outcome
    code, words = _command(connection, "DATA")
    if code != 354:
        return _outcome_of_email_reply(code, words, now)
    try:
        # The final dot is the last of it: without it the server has nothing that it may deliver.
        connection.send(_dot_stuffed(transaction.content))
    except (smtplib.SMTPException, OSError) as error:
        connection.close()
        raise _BrokenConnectionError("the connection broke before the message was whole") from error
    try:
        code, words = connection.getreply()
    except (smtplib.SMTPException, OSError):
        return Unknown("the server did not answer to the message")
    if 200 <= code < 300:
        return None
    if 400 <= code < 600:
        return _outcome_of_email_reply(code, words, now)
    return Unknown("the server's answer to the message is not SMTP")


def _command(connection: _SmtpConnection, command: str) -> tuple[int, bytes]:
    try:
        return connection.docmd(command)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        connection.close()
        raise _BrokenConnectionError("the connection broke before the message was sent") from error


def _outcome_of_mail_reply(code: int, words: bytes, now: datetime) -> Outcome:
    """A reply to MAIL: it is about us, as the sender is the same for every email; but for its size."""
    if code == 421:
        return Throttled(now + CLOSED_CHANNEL_PAUSE, _reply(code, words))
    if 500 <= code < 600:
        return Refused(_reply(code, words)) if code == 552 else Unauthorized(_reply(code, words))
    return NotSent(_reply(code, words))


def _outcome_of_email_reply(code: int, words: bytes, now: datetime) -> Outcome:
    """A reply to RCPT, DATA or the message: a plain "no" to one email, for now or for good."""
    if code == 421:
        return Throttled(now + CLOSED_CHANNEL_PAUSE, _reply(code, words))
    return Refused(_reply(code, words)) if 500 <= code < 600 else Deferred(_reply(code, words))


def _reply(code: int, words: bytes | str) -> str:
    """The code and the enhanced status; a server's words may quote addresses."""
    text = words.decode("latin-1") if isinstance(words, bytes) else words
    first = clean_line(text).split(" ")[0]
    return f"{code} {first}" if first[:2] in {"4.", "5."} else str(code)


def _dot_stuffed(content: bytes) -> bytes:
    """The message as DATA takes it: lines that begin with a dot get a second one, and a lone dot ends it."""
    lines = content if content.endswith(b"\r\n") else content + b"\r\n"
    dotted = lines.replace(b"\r\n.", b"\r\n..")
    return (b"." + dotted if dotted.startswith(b".") else dotted) + b".\r\n"
