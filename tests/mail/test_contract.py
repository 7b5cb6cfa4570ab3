"""What every provider promises, tried on each against a real counterpart."""

import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from campaign.domain.outcomes import Accepted, NotSent, Refused
from campaign.mail.email import Email, Provider, TextFile
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.local import LocalProvider
from campaign.mail.providers.sendgrid import SendGridProvider
from campaign.mail.providers.smtp import SmtpProvider
from tests.mail.conftest import MailServer
from tests.stand_in import StandIn

SENDER = "Save the Ondra <campaign@ondra.example>"
FROM_ADDRESSES = FromAddresses(SENDER)
TO_SUPPORTERS = "The Ondra Letter <letter@news.ondra.example>"
BOTH_ADDRESSES = FromAddresses(SENDER, TO_SUPPORTERS)
API_KEY_LIKE = "SG.abcdefghijklmnop.qrstuvwxyz0123456789"


class Sent:
    """A provider, and how what it sent looks from the other side: name and value of each part."""

    def __init__(self, provider: Provider, letters: Callable[[], list[dict[str, Any]]]) -> None:
        self.provider = provider
        self.letters = letters


@pytest.fixture(params=["local", "smtp", "sendgrid"])
def sent(
    request: pytest.FixtureRequest, tmp_path: Path, mail_server: Callable[..., MailServer]
) -> Iterator[Sent]:
    if request.param == "local":
        yield Sent(
            LocalProvider(tmp_path / "outbox", from_addresses=BOTH_ADDRESSES),
            lambda: [_of_mime(path.read_bytes()) for path in sorted((tmp_path / "outbox").glob("*.eml"))],
        )
    elif request.param == "smtp":
        server = mail_server()
        provider = SmtpProvider(f"smtp://127.0.0.1:{server.port}", from_addresses=BOTH_ADDRESSES)
        yield Sent(provider, lambda: [_of_mime(content) for content in server.kept.taken])
        provider.close()
    else:
        with StandIn() as stand_in:
            sendgrid = SendGridProvider(host=stand_in.url, api_key="k", from_addresses=BOTH_ADDRESSES)
            yield Sent(sendgrid, lambda: [_of_json(each.json) for each in stand_in.requests])
            sendgrid.close()


def _of_mime(content: bytes) -> dict[str, Any]:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    files = list(message.iter_attachments()) if message.get_content_type() == "multipart/mixed" else []
    bodies = next(message.iter_parts()) if files else message
    assert isinstance(bodies, EmailMessage)
    assert bodies.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in bodies.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content().replace("\r\n", "\n") for part in bodies.iter_parts())
    assert len(message.get_all("From")) == len(message.get_all("To")) == len(message.get_all("Subject")) == 1
    assert all(len(line) <= 998 for line in content.splitlines())
    return {
        "from": _mailbox(content, "From"),
        "to": _mailbox(content, "To"),
        "reply_to": message["Reply-To"] and message["Reply-To"].addresses[0].addr_spec,
        "subject": message["Subject"],
        "text": text,
        "html": html,
        "id": message["X-Campaign-Email-Id"],
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "files": [
            (file.get_filename(), file.get_content_type(), file.get_payload(decode=True)) for file in files
        ],
    }


def _mailbox(content: bytes, header: str) -> tuple[str, str]:
    """Name and address by RFC 2047; the newer parser puts spaces between encoded words of a name."""
    name, address = parseaddr(message_from_bytes(content)[header])
    return str(make_header(decode_header(name))), address


def _of_json(body: dict[str, Any]) -> dict[str, Any]:
    (personalization,) = body["personalizations"]
    (to,) = personalization["to"]
    return {
        "from": (body["from"].get("name", ""), body["from"]["email"]),
        "to": (to.get("name", ""), to["email"]),
        "reply_to": body.get("reply_to", {}).get("email"),
        "subject": body["subject"],
        **{part["type"].replace("text/plain", "text")[-4:]: part["value"] for part in body["content"]},
        "id": personalization["custom_args"]["campaign_email_id"],
        "headers": {name.lower(): value for name, value in body.get("headers", {}).items()},
        "files": [
            (file["filename"], file["type"], b64decode(file["content"]))
            for file in body.get("attachments", [])
            if file["disposition"] == "attachment"
        ],
    }


class TestEveryProvider:
    def test_an_email_arrives_as_it_was_written(self, sent: Sent, email: Email, now: datetime) -> None:
        outcome = sent.provider.send(email, now=now)

        assert isinstance(outcome, Accepted)
        assert outcome.provider_message_id
        (letter,) = sent.letters()
        assert letter["from"] == ("Rana Idris", "campaign@ondra.example")
        assert letter["to"] == ("Mara Lindqvist", "minister@waters.example")
        assert letter["reply_to"] == "rana@mail.example"
        assert (letter["subject"], letter["text"]) == (email.subject, email.text)
        assert letter["html"] == email.html
        assert letter["id"] == email.public_id

    def test_files_arrive_byte_for_byte(self, sent: Sent, email: Email, now: datetime) -> None:
        text = '{\n "title": "古丽娜尔",\r\n "long": "' + "a" * 2_000 + '"}\n.\nFrom here\n'
        files = (
            TextFile("manifest.json", "application/json", text),
            TextFile("manifest.json.sig", "application/octet-stream", "-----BEGIN\n"),
        )
        assert isinstance(sent.provider.send(replace(email, files=files), now=now), Accepted)
        assert isinstance(sent.provider.send(replace(email, public_id="f" * 32), now=now), Accepted)

        with_files, without = sorted(sent.letters(), key=lambda letter: letter["id"])
        assert with_files["files"] == [(file.name, file.media_type, file.text.encode()) for file in files]
        assert (with_files["text"], with_files["html"]) == (email.text, email.html)
        assert without["files"] == []

    def test_without_a_name_of_its_own_it_comes_from_the_campaign(
        self, sent: Sent, email: Email, now: datetime
    ) -> None:
        sent.provider.send(replace(email, from_name=None, to_name=None, reply_to=None), now=now)

        (letter,) = sent.letters()
        assert letter["from"] == ("Save the Ondra", "campaign@ondra.example")
        assert letter["to"] == ("", "minister@waters.example")
        assert letter["reply_to"] is None

    def test_mail_to_supporters_has_a_sender_and_a_button_of_its_own(
        self, sent: Sent, email: Email, now: datetime
    ) -> None:
        url = "https://letters.example/unsubscribe/" + "t" * 43
        to_supporter = replace(email, kind="thanks", from_name=None, reply_to=None, unsubscribe_url=url)
        assert isinstance(sent.provider.send(to_supporter, now=now), Accepted)
        assert isinstance(sent.provider.send(replace(email, public_id="f" * 32), now=now), Accepted)

        thanks, message = sorted(sent.letters(), key=lambda letter: letter["id"])
        assert thanks["from"] == ("The Ondra Letter", "letter@news.ondra.example")
        assert thanks["headers"]["list-unsubscribe"] == f"<{url}>"
        assert thanks["headers"]["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
        assert message["from"][1] == "campaign@ondra.example"
        assert not [name for name in message["headers"] if name.startswith("list-")]

    @pytest.mark.parametrize(
        "name",
        [
            "古丽娜尔·阿卜杜拉",
            "رەبىيە قادىر",
            "བསྟན་འཛིན་རྒྱ་མཚོ",
            'Zoë "The River" O\'Brien',
            "Dr. Anna-Maria von der Weide-Lützenkirchen zu Groß-Gerau und Bad Münstereifel am Unterlauf",
            "A\u200dB",
            "Idris, Rana; Water &amp; Sons",
            "<script>",
        ],
    )
    def test_any_script_survives_in_names_subjects_and_texts(
        self, sent: Sent, email: Email, now: datetime, name: str
    ) -> None:
        text = f"{name}\n\n" + "很长的一行。" * 300 + "\n"
        sent.provider.send(replace(email, from_name=name, subject=f"{name} 写信", text=text), now=now)

        (letter,) = sent.letters()
        assert letter["from"][0] == name
        assert letter["subject"] == f"{name} 写信"
        assert letter["text"] == text

    def test_no_name_or_subject_can_add_a_header(self, sent: Sent, email: Email, now: datetime) -> None:
        evil = "Rana\r\nBcc: everybody@mail.example\x85X-Evil: 1\u2028X-More: 2\x00"
        outcome = sent.provider.send(
            replace(email, from_name=evil, to_name=evil, subject=evil + "\n\nbody"), now=now
        )

        assert isinstance(outcome, Accepted)
        (letter,) = sent.letters()
        assert not {"bcc", "x-evil", "x-more"} & letter["headers"].keys()
        assert letter["to"][1] == "minister@waters.example"
        assert letter["text"] == email.text

    def test_a_text_that_looks_like_a_key_is_sent_as_it_is(
        self, sent: Sent, email: Email, now: datetime
    ) -> None:
        sent.provider.send(replace(email, text=API_KEY_LIKE + "\n", html=API_KEY_LIKE + "\n"), now=now)

        (letter,) = sent.letters()
        assert letter["text"] == letter["html"] == API_KEY_LIKE + "\n"

    def test_a_text_with_broken_characters_harms_nothing(
        self, sent: Sent, email: Email, now: datetime
    ) -> None:
        outcome = sent.provider.send(replace(email, text="half a pair: \ud83d\n"), now=now)

        assert isinstance(outcome, (Accepted, Refused))

    def test_many_at_once_each_arrive_once(self, sent: Sent, email: Email, now: datetime) -> None:
        emails = [replace(email, public_id=f"{number:032d}") for number in range(40)]

        def work(part: list[Email]) -> None:
            for each in part:
                assert isinstance(sent.provider.send(each, now=now), Accepted)

        threads = [threading.Thread(target=work, args=(emails[start::4],)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(letter["id"] for letter in sent.letters()) == [each.public_id for each in emails]


def test_a_provider_that_is_not_there_is_no_accident(email: Email, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "file").touch()
    absent: list[Provider] = [
        LocalProvider(tmp_path / "file", from_addresses=FROM_ADDRESSES),
        SmtpProvider("smtp://127.0.0.1:1", from_addresses=FROM_ADDRESSES),
        SendGridProvider(host="http://127.0.0.1:1", api_key="k", from_addresses=FROM_ADDRESSES),
        SendGridProvider(host="http://no-such-host.invalid", api_key="k", from_addresses=FROM_ADDRESSES),
    ]

    for provider in absent:
        assert isinstance(provider.send(email, now=now), NotSent)
