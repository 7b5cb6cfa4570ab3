"""SendGrid's Inbound Parse as it knocks: both kinds of post, and everything it must not do."""

import base64
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.runtime import Runtime
from campaign.store.tables import Reply
from campaign.web import create_app
from campaign.web.inbound import LARGEST_POST, MOST_PARTS
from tests import make
from tests.conftest import Clock
from tests.mail.mails import eml, mail

HERE = "/webhooks/sendgrid/inbound"
PRIVATE = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime], clock: Clock) -> Runtime:
    """An installation that takes answers, with one message that was sent."""
    runtime = make_runtime(reply_domain="replies.letters.example")
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    return runtime


@pytest.fixture
def address(runtime: Runtime) -> str:
    return str(make.emails(runtime, kind="message")[0].reply_to)


@pytest.fixture
def client(runtime: Runtime, clock: Clock) -> FlaskClient:
    return create_app(runtime, clock=clock).test_client()


def form(
    files: dict[str, tuple[str, bytes]] | None = None, *, kind: bytes = b"image/png", **fields: bytes
) -> bytes:
    """A multipart body, byte for byte; all its files are of one kind."""
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in fields.items()
    ] + [
        b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
        b"Content-Type: %s\r\n\r\n%s\r\n" % (name.encode(), filename.encode(), kind, value)
        for name, (filename, value) in (files or {}).items()
    ]
    return b"".join(parts) + b"--b--\r\n"


def send(client: FlaskClient, body: bytes, **headers: str) -> TestResponse:
    return client.post(HERE, data=body, content_type="multipart/form-data; boundary=b", headers=headers)


def kept(runtime: Runtime) -> list[Reply]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Reply).order_by(Reply.id)))


def test_a_raw_mail_is_kept_once_however_often_it_comes(
    client: FlaskClient, runtime: Runtime, address: str
) -> None:
    body = form(email=eml("outlook", to=address), envelope=b"{}")
    assert [send(client, body).status_code for _ in range(3)] == [204, 204, 204]
    [reply] = kept(runtime)
    assert reply.subject == "RE: Our wells – your letter"
    assert reply.attachments == [{"name": "Gauges – plan.pdf", "kind": "application/pdf", "size": 9}]
    assert reply.quoted.endswith("fell dry in May.")
    assert len(make.emails(runtime, kind="reply")) == 1


def test_a_mail_taken_apart_is_kept_in_its_own_letters(
    client: FlaskClient, runtime: Runtime, address: str
) -> None:
    body = form(
        {"attachment1": ("plan.png", b"\x89PNG" * 200_000)},
        headers=b"From: H <h@eaux.example>\nSubject: =?utf-8?q?R=C3=A9ponse?=\nMessage-ID: <1@eaux>\n",
        to=b"somebody@else.example",
        envelope=json.dumps({"to": [address.upper()], "from": "h@eaux.example"}).encode(),
        text="À l'été, les puits.".encode("latin-1"),
        charsets=b'{"text":"iso-8859-1"}',
        spam_score=b"0.1",
    )
    assert send(client, body).status_code == 204
    [reply] = kept(runtime)
    assert (reply.written, reply.subject) == ("À l'été, les puits.", "Réponse")
    assert reply.attachments == [{"name": "plan.png", "kind": "image/png", "size": 800_000}]


def test_a_body_that_sendgrid_takes_for_a_file_is_read(
    client: FlaskClient, runtime: Runtime, address: str
) -> None:
    headers = f"From: h@eaux.example\nTo: {address}\nMessage-ID: ".encode()
    written = "המים בבאר"
    for number, fields in enumerate(({}, {"text": b" \n"}, {"text": b"Read it.", "html": b""})):
        body = form(
            {"attachment1": ("answer.txt", written.encode("iso8859_8"))},
            kind=b"text/plain; charset=iso-8859-8-i",
            headers=headers + b"<%d@eaux>\n" % number,
            **fields,
        )
        assert send(client, body).status_code == 204
    assert [reply.written for reply in kept(runtime)] == [written, written, "Read it."]


def test_of_text_and_html_of_a_mail_taken_apart_no_stub_wins(
    client: FlaskClient, runtime: Runtime, address: str
) -> None:
    body = form(
        headers=f"From: h@eaux.example\nTo: {address}\nMessage-ID: <1@eaux>\n".encode(),
        text=b"Your program shows no HTML.",
        html="<p>水井从五月起每周测量。</p>".encode("gb18030"),
        charsets=b'{"text":"us-ascii","html":"gb2312"}',
    )
    assert send(client, body).status_code == 204
    assert kept(runtime)[0].written == "水井从五月起每周测量。"


def test_a_mail_of_two_megabytes_is_kept_to_its_limit(
    client: FlaskClient, runtime: Runtime, address: str
) -> None:
    assert send(client, form(email=mail("wells " * 350_000, to=address))).status_code == 204
    assert len(kept(runtime)[0].written) <= 1_000_000
    assert len(make.emails(runtime, kind="reply")[0].text) < 120_000


def test_mail_to_no_reply_address_of_ours_is_taken_and_dropped(client: FlaskClient, runtime: Runtime) -> None:
    for to in ("r+" + "a" * 24 + "@replies.letters.example", "info@replies.letters.example", ""):
        assert send(client, form(email=mail(to=to))).status_code == 204
    assert kept(runtime) == []


def test_what_is_no_post_of_sendgrid_is_refused_and_never_breaks(client: FlaskClient) -> None:
    multipart = "multipart/form-data; boundary=b"
    for body, content_type, status in (
        (form(email=b"not a mail"), multipart, 422),
        (form(text=b"no headers"), multipart, 422),
        (b"--b\r\nbroken", multipart, 422),
        (b"", multipart, 422),
        (form(email=b"x"), "multipart/form-data", 422),
        (b"{}", "application/json", 422),
        (form(**{f"f{n}": b"" for n in range(MOST_PARTS + 1)}), multipart, 413),
    ):
        answer = client.post(HERE, data=body, content_type=content_type)
        assert answer.status_code == status, body[:80]
        assert answer.content_type == "application/problem+json"
    too_large = {"CONTENT_LENGTH": str(LARGEST_POST + 1)}
    answer = client.post(HERE, data=form(email=b"x"), content_type=multipart, environ_overrides=too_large)
    assert answer.status_code == 413


def test_with_a_key_only_what_sendgrid_signed_is_taken(
    make_runtime: Callable[..., Runtime], runtime: Runtime, address: str, clock: Clock
) -> None:
    signed = make_runtime(reply_domain="replies.letters.example", sendgrid_inbound_key=PUBLIC)
    client = create_app(signed, clock=clock).test_client()
    body = form(email=mail("Eight bits: é.", to=address).decode().encode("latin-1"))
    signature = base64.b64encode(PRIVATE.sign(b"1790000000" + body, ec.ECDSA(hashes.SHA256()))).decode()
    named = {
        "X-Twilio-Email-Event-Webhook-Signature": signature,
        "X-Twilio-Email-Event-Webhook-Timestamp": "1790000000",
    }
    assert send(client, body).status_code == 403
    assert send(client, body + b"\n", **named).status_code == 403
    assert kept(runtime) == []
    assert send(client, body, **named).status_code == 204
    assert len(kept(runtime)) == 1


def test_an_installation_without_a_reply_domain_takes_none_and_gives_supporters_addresses(
    make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    off = make_runtime()
    page = make.campaign(off, now=clock(), slug="other")
    make.sign_and_confirm(off, page, now=clock(), officials=(page.officials[0].id,))
    assert make.emails(off, kind="message")[0].reply_to == "rana@mail.example"
    answer = send(create_app(off, clock=clock).test_client(), form(email=mail(to="a@b.example")))
    assert answer.status_code == 403
    assert "CAMPAIGN_REPLY_DOMAIN" in answer.text
