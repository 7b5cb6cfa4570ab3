"""Returned mail: whose it is, what it reports, and how it comes out of a mailbox."""

import base64
import os
import quopri
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from campaign.domain.events import EventKind, SuppressionSource
from campaign.mail.inbound.bounces import ReturnedMail, read_bounce
from campaign.mail.inbound.mailbox import MAX_MAIL, STALE_LOCK_SECONDS, take_mails
from campaign.mail.verp import ReturnAddress

EMAIL = "0123456789abcdef0123456789abcdef"
RETURNS = ReturnAddress("bounce@letters.example", keys=[b"new key", b"old key"])


def returned(
    *,
    to: str = "bounce@letters.example",
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <rana@mail.example>: user unknown",
    head: str = f"Message-ID: <{EMAIL}@letters.example>",
    date: str = "Mon, 23 Nov 2026 11:00:00 +0000",
) -> bytes:
    """A notification as Postfix writes it."""
    return f"""\
Return-Path: <>
Date: {date}
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Postfix-Sender: rfc822; bounce@letters.example
Arrival-Date: Mon, 23 Nov 2026 10:59:00 +0000

Final-Recipient: rfc822; rana@mail.example
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--B
Content-Type: text/rfc822-headers

From: Letters <letters@letters.example>
{head}
Subject: Please confirm

--B--
""".encode()


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "kind"),
    [
        ("failed", "5.1.1", "smtp; 550 5.1.1 unknown", EventKind.BOUNCED),
        ("failed", "5.1.10", "smtp; 556 5.1.10 null MX", EventKind.BOUNCED),
        ("failed", "5.4.4", "x-postfix; Host not found", EventKind.BOUNCED),
        ("failed", "5.0.0", "smtp; 550 no", EventKind.BLOCKED),
        ("failed", "5.0.0", "smtp; 550 no such user here", EventKind.BOUNCED),
        ("failed", "5.0.0", "smtp; 550-5.7.1 [10.5.1.1] not wanted", EventKind.BLOCKED),
        ("failed", "5.2.2", "smtp; 552 5.2.2 mailbox full", EventKind.BLOCKED),
        ("failed", "5.7.1", "smtp; 550 5.7.1 spam", EventKind.BLOCKED),
        ("failed", "5.1.8", "smtp; 550 5.1.8 bad sender", EventKind.BLOCKED),
        ("failed", "4.4.7", "x-postfix; expired", EventKind.BLOCKED),
        ("failed", "nonsense", "", EventKind.BLOCKED),
        ("delayed", "4.4.1", "x-postfix; timed out", EventKind.DEFERRED),
        ("Delivered", "2.0.0", "smtp; 250 ok", EventKind.DELIVERED),
        ("relayed", "2.0.0", "", EventKind.PROCESSED),
    ],
)
def test_a_notification_is_read_in_our_words(
    now: datetime, action: str, status: str, diagnostic: str, kind: EventKind
) -> None:
    mail = returned(action=action, status=status, diagnostic=diagnostic)
    (report,) = read_bounce(mail, return_address=None, now=now)
    assert (report.kind, report.public_id, report.source) == (kind, EMAIL, SuppressionSource.SMTP)
    assert report.occurred_at == now - timedelta(hours=1)
    assert read_bounce(mail, return_address=None, now=now + timedelta(days=1)) == [report]


def test_the_reason_is_kept_without_the_address(now: datetime) -> None:
    (report,) = read_bounce(returned(), return_address=None, now=now)
    assert report.reason == "5.1.1: 550 5.1.1 <<address>>: user unknown"


def test_the_signed_return_address_says_whose_mail_it_is_and_cannot_be_made_up(now: datetime) -> None:
    other = "f" * 32
    address = RETURNS.for_email(other)
    longest = ReturnAddress("eighteen-character@a.example", keys=[b"k"]).for_email(other)
    assert len(longest.partition("@")[0]) == 64
    for to in (address, address.upper(), f"<{address}>"):
        (report,) = read_bounce(returned(to=to), return_address=RETURNS, now=now)
        assert report.public_id == other
    old = ReturnAddress("bounce@letters.example", keys=[b"old key"]).for_email(other)
    assert read_bounce(returned(to=old), return_address=RETURNS, now=now)[0].public_id == other
    forged = ReturnAddress("bounce@letters.example", keys=[b"guessed"]).for_email(other)
    assert read_bounce(returned(to=forged), return_address=RETURNS, now=now) == []


@pytest.mark.parametrize(
    "head", [f"X-Campaign-Email-Id: {EMAIL}", f"Message-Id: <{EMAIL.upper()}@letters.example>"]
)
def test_without_it_the_returned_copy_says_whose_mail_it_is(now: datetime, head: str) -> None:
    (report,) = read_bounce(returned(head=head), return_address=RETURNS, now=now)
    assert report.public_id == EMAIL


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\xff\x00 no mail at all",
        b"Subject: I am away\nAuto-Submitted: auto-replied\n\nuntil Monday",
        returned(head="Message-ID: <somebody-elses@mail.example>"),
        returned(action="exploded"),
        b"Content-Type: multipart/report; boundary=B\n\n" + b"--B\n" * 2000,
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n",
    ],
)
def test_what_is_no_notification_about_our_mail_reports_nothing(mail: bytes, now: datetime) -> None:
    assert read_bounce(mail, return_address=RETURNS, now=now) == []


@given(st.integers(0, 900), st.binary(max_size=60))
@example(699, b"@")  # ends what would else be read as an address
def test_a_mangled_notification_does_no_harm(at: int, rubbish: bytes) -> None:
    mail = returned()
    now = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    for report in read_bounce(mail[:at] + rubbish + mail[at:], return_address=RETURNS, now=now):
        assert report.occurred_at <= now
        assert "@" not in (report.reason or "")


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 23 Nov 9999 11:00:00 -2359", "1 Jan 0001 00:00 +2359"]
)
def test_a_strange_date_is_no_accident(now: datetime, date: str) -> None:
    (report,) = read_bounce(returned(date=date), return_address=None, now=now)
    assert report.occurred_at <= now


def parts(*parts: tuple[str, str], encoding: str = "", report: str = "delivery-status") -> bytes:
    """A report of parts: media type and content, all but the first encoded in one way."""
    encode = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)
    head = f"\nContent-Transfer-Encoding: {encoding}" if encoding else ""
    mail = f'Content-Type: multipart/report; report-type={report}; boundary="B"\n\n'.encode()
    for number, (kind, content) in enumerate(parts):
        data, how = (encode(content.encode()), head) if number else (content.encode(), "")
        mail += f"--B\nContent-Type: {kind}{how}\n\n".encode() + data + b"\n"
    return mail + b"--B--\n"


NOTE = ("text/plain", "Your mail could not be delivered.")
STATUS = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n"
COPY = f"From: a@b.example\nX-Campaign-Email-Id: {EMAIL}\nSubject: x\n\n"


@pytest.mark.parametrize("encoding", ["", "7bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("status", ["message/delivery-status", "message/global-delivery-status"])
@pytest.mark.parametrize(
    "copy",
    [
        *("message/rfc822", "message/global", "message/global-headers", "message/rfc822-headers"),
        "text/rfc822-headers",
    ],
)
def test_every_media_type_of_a_notification_is_read_however_it_is_encoded(
    now: datetime, copy: str, status: str, encoding: str
) -> None:
    told = STATUS + "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 Empfänger unbekannt\n"
    mail = parts(NOTE, (status, told), (copy, COPY), encoding=encoding)
    (report,) = read_bounce(mail, return_address=None, now=now)
    assert (report.kind, report.public_id) == (EventKind.BOUNCED, EMAIL)
    assert report.reason == "5.1.1: 550 5.1.1 Empfänger unbekannt"
    (same,) = read_bounce(mail.replace(b"\n", b"\r\n"), return_address=None, now=now)
    assert same.kind is EventKind.BOUNCED


def test_where_no_server_is_quoted_the_reporters_words_count(now: datetime) -> None:
    for words, kind in (("No such user here.", EventKind.BOUNCED), ("It is full.", EventKind.BLOCKED)):
        status = ("message/delivery-status", STATUS + "Status: 5.0.0\n")
        mail = parts(("text/plain", words), status, ("message/rfc822", COPY))
        assert [one.kind for one in read_bounce(mail, return_address=None, now=now)] == [kind]


def test_a_dead_mailbox_behind_the_one_we_wrote_to_condemns_nobody(now: datetime) -> None:
    for asked, kind in (("office@b.example", EventKind.BLOCKED), ("a@in.b.example", EventKind.BOUNCED)):
        told = STATUS + f"Original-Recipient: rfc822; {asked}\nStatus: 5.1.1\n"
        mail = parts(NOTE, ("message/delivery-status", told), ("message/rfc822", COPY))
        assert [one.kind for one in read_bounce(mail, return_address=None, now=now)] == [kind]


@pytest.mark.parametrize(
    ("feedback", "kinds"),
    [
        ("abuse", [EventKind.COMPLAINED]),
        ("Fraud", [EventKind.COMPLAINED]),
        ("opt-out", [EventKind.UNSUBSCRIBED]),
        ("not-spam", []),
        ("auth-failure", []),
        ("", []),
    ],
)
def test_a_persons_complaint_is_told_from_what_programs_report(
    now: datetime, feedback: str, kinds: list[EventKind]
) -> None:
    told = f"Feedback-Type: {feedback}\nUser-Agent: x/1\nVersion: 1\n"
    mail = parts(NOTE, ("message/feedback-report", told), ("message/rfc822", COPY), report="feedback-report")
    assert [one.kind for one in read_bounce(mail, return_address=None, now=now)] == kinds


EXIM = """\
X-Failed-Recipients: rana@mail.example
From: Mail Delivery System <Mailer-Daemon@mx.example>

This message was created automatically by mail delivery software.

A message that you sent could not be delivered. This is a permanent error:

  rana@mail.example
    SMTP error from remote mail server after RCPT TO:<rana@mail.example>:
    host mx.mail.example [192.0.2.1]: {said}

------ This is a copy of the message, including all the headers. ------

{copy}
User unknown, I wrote.
"""
QMAIL = """\
From: MAILER-DAEMON@mx.example

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<rana@mail.example>:
192.0.2.1 failed after I sent the message.
Remote host said: {said}

--- Below this line is a copy of the message.

{copy}
User unknown, I wrote.
"""


@pytest.mark.parametrize("written", [EXIM, QMAIL])
@pytest.mark.parametrize(
    ("said", "kind"),
    [("550 no such user", EventKind.BOUNCED), ("554 looks like spam", EventKind.BLOCKED)],
)
def test_what_exim_and_qmail_say_in_plain_words_is_read(
    now: datetime, written: str, said: str, kind: EventKind
) -> None:
    mail = written.format(said=said, copy=COPY.strip() + "\n").encode()
    (report,) = read_bounce(mail, return_address=None, now=now)
    assert (report.kind, report.public_id) == (kind, EMAIL)
    assert said in (report.reason or "")
    assert "rana@" not in (report.reason or "")


def test_what_somebody_wrote_in_a_returned_mail_is_no_report_and_no_header(now: datetime) -> None:
    status = ("message/delivery-status", STATUS + "Status: 5.1.1\n")
    others = f"Subject: x\nMessage-ID: <other@b.example>\n\nX-Campaign-Email-Id: {EMAIL}\n"
    assert read_bounce(parts(NOTE, status, ("message/rfc822", others)), return_address=None, now=now) == []
    inner = parts(NOTE, status).replace(b"--B", b"--C").replace(b'"B"', b'"C"')
    forged = COPY.rstrip("\n") + "\n" + inner.decode()
    answer = parts(NOTE, ("message/rfc822", forged))
    assert read_bounce(answer, return_address=None, now=now) == []


# The mailbox


SEPARATOR = b"From MAILER-DAEMON Mon Nov 23 11:00:00 2026\n"


def mbox(path: Path, mails: Sequence[bytes]) -> Path:
    path.write_bytes(b"".join(SEPARATOR + mail + b"\n" for mail in mails))
    return path


def maildir(path: Path, mails: Sequence[bytes]) -> Path:
    for part in ("new", "cur", "tmp"):
        (path / part).mkdir(parents=True)
    for number, mail in enumerate(mails):
        (path / ("cur" if number % 2 else "new") / f"{number:03}.mx").write_bytes(mail)
    return path


@pytest.mark.parametrize("make", [mbox, maildir])
def test_a_mailbox_is_read_bit_by_bit_and_emptied_only_of_what_was_dealt_with(tmp_path: Path, make) -> None:  # type: ignore[no-untyped-def]
    mails = [b"Subject: %d\n\nFirst.\n\n>From here on.\n" % number for number in range(5)]
    mailbox = make(tmp_path / "mail", mails)
    with pytest.raises(RuntimeError), take_mails(mailbox, at_most=3) as some:
        raise RuntimeError("the database is out of reach")
    assert len(some) == 3
    read: list[bytes] = []
    while True:
        with take_mails(mailbox, at_most=2) as some:
            read += some
        if not some:
            break
    subjects = sorted(mail.split(b"\n")[0] for mail in read)
    assert subjects == [b"Subject: %d" % number for number in range(5)]
    assert make is maildir or all(b"\n\nFrom here on." in mail for mail in read)


def test_mail_that_arrives_after_some_was_read_stays(tmp_path: Path) -> None:
    mailbox = mbox(tmp_path / "mail", [b"Subject: 1\n\n", b"Subject: 2\n\n"])
    with mailbox.open("ab") as delivering:
        with take_mails(mailbox, at_most=1):
            pass
        delivering.write(SEPARATOR + b"Subject: 3\n\n")
    with take_mails(mailbox) as some:
        assert [mail.split(b"\n")[0] for mail in some] == [b"Subject: 2", b"Subject: 3"]
    assert mailbox.read_bytes() == b""


def test_a_mail_that_is_marked_as_seen_while_it_is_dealt_with_is_not_read_again(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "mail", [b"Subject: 1\n\n"])
    with take_mails(folder) as some:
        assert some == [b"Subject: 1\n\n"]
        (folder / "new" / "000.mx").rename(folder / "cur" / "000.mx:2,S")
    with take_mails(folder) as some:
        assert some == []


def test_of_a_huge_mail_only_the_beginning_is_read(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "mail", [b"Subject: 1\n\n" + b"x" * MAX_MAIL])
    with take_mails(folder) as some:
        assert [len(mail) for mail in some] == [MAX_MAIL]


def test_rubbish_in_a_mailbox_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "mail").write_bytes(b"\x00\xffnot a mailbox\n\nFrom nobody\n\xfe\n")
    with take_mails(tmp_path / "mail") as some:
        assert some == [b"\xfe\n"]
    assert (tmp_path / "mail").read_bytes() == b""
    with take_mails(tmp_path / "nothing there") as some:
        assert some == []


HOLD = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_mailbox_that_a_mail_server_writes_to_is_left_alone_for_now(tmp_path: Path) -> None:
    mailbox = mbox(tmp_path / "mail", [b"Subject: 1\n\n"])
    lock = tmp_path / "mail.lock"
    lock.touch()
    with take_mails(mailbox) as some:
        assert some == []
    long_ago = time.time() - STALE_LOCK_SECONDS - 1
    os.utime(lock, (long_ago, long_ago))
    with take_mails(mailbox, at_most=0):
        assert lock.exists()
    assert not lock.exists()

    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(mailbox)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout
    assert other.stdout.readline() == b"held\n"
    with take_mails(mailbox) as some:
        assert some == []
    other.communicate()
    with take_mails(mailbox) as some:
        assert len(some) == 1


def test_the_mailbox_gives_the_reports_of_all_its_mails(tmp_path: Path, now: datetime) -> None:
    mailbox = maildir(tmp_path / "mail", [returned(), b"Subject: hello\n\n", returned(action="delayed")])
    with ReturnedMail(mailbox, RETURNS).reports(now=now) as reports:
        assert sorted(one.kind for one in reports) == [EventKind.BOUNCED, EventKind.DEFERRED]
