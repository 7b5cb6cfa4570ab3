"""What the form says beside each field of who sees it, held against mail, lists and logs.

What is published of whom, on every public address, is in `test_what_is_public.py`.
"""

import io
import logging
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.documents.pdf.render import RenderedPdf
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.services.documents import exports
from campaign.store.tables import Official
from campaign.web import create_app
from campaign.worker import pdf
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE, what_it_showed

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# By field: what stands beside it, what was typed, how a message has it, and where else it can be read.
PROMISES = {
    "organization": (
        "Published beside your name if that is shown in full. It appears in your messages, and the"
        " organizers see it.",
        "Lanternfish Cooperative",
        "Lanternfish Cooperative",
    ),
    "role": (
        "Not published. It appears in your messages, and the organizers see it.",
        "Harbourmaster",
        "Harbourmaster",
    ),
    "country": (
        "Published only beside initials. It appears in your messages, and the organizers see it.",
        "NZ",
        "New Zealand",
    ),
    "postal_code": (
        "It appears under your name in your messages to officials, and the organizers of the letter can see"
        " it. It is not on any public page.",
        "QX77 3ZK",
        "QX77 3ZK",
    ),
}
EMAIL = "tamsin.quill@mail.example"
TYPED = {"name": "Tamsin Quillfeather", "email": EMAIL, "message": "The heronries are empty."} | {
    name: typed for name, (_, typed, _) in PROMISES.items()
}


def hint(page: str, field: str) -> str:
    """The sentence that is tied to a field for whoever listens."""
    assert re.search(rf'id="field-{field}"[^>]*aria-describedby="[^"]*hint-{field}', page)
    found = re.search(rf'id="hint-{field}">([^<]*)<', page)
    return found[1] if found else ""


def exported(runtime: Runtime, clock: Clock) -> str:
    out = io.BytesIO()
    exports.write_supporters(
        runtime.database, make.SLUG, format="csv", preset=None, out=out, actor=COMMAND_LINE, now=clock()
    )
    return out.getvalue().decode()


def signed(client: FlaskClient, post: Callable[..., TestResponse], runtime: Runtime, clock: Clock) -> None:
    """All the way, with every field filled and the name hidden."""
    page = make.page(runtime)
    sent = post(**TYPED, visibility="hidden", officials=[one.id for one in page.officials[:1]])
    assert sent.status_code == 303
    make.settle(runtime, now=clock())
    link = make.link(make.last_question(runtime), "confirm")
    shown = what_it_showed(client.get(f"/confirm/{link}").text)
    assert client.post(f"/confirm/{link}", data={"shown": shown}).status_code == 200
    make.write_out(runtime, now=clock())


def test_each_field_says_who_sees_it_and_so_it_is_and_no_log_has_any_of_it(
    client: FlaskClient,
    post: Callable[..., TestResponse],
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # A postal code is asked for where an official has a district.
    with runtime.database.transaction() as session:
        session.get_one(Official, page.officials[1].id).postal_codes = ["QX77"]
        campaigns.raise_version(session, page.head.id)
    form = client.get(PAGE).text
    with caplog.at_level(logging.DEBUG):
        signed(client, post, runtime, clock)
    (message,) = make.emails(runtime, kind="message")
    listed = exported(runtime, clock)
    for field, (promise, typed, in_message) in PROMISES.items():
        assert hint(form, field) == promise
        assert in_message in message.text
        assert typed in listed
    assert "the organizers and any officials you write to can see it" in hint(form, "email")
    assert message.reply_to == EMAIL
    assert EMAIL not in message.text
    assert EMAIL in listed
    assert "the organizers of the letter see your name, and so do officials you write to" in form
    assert TYPED["name"] in message.text
    assert TYPED["name"] in listed
    for text in (*TYPED.values(), "tamsin"):
        assert text not in caplog.text or text == "NZ"


def test_where_answers_come_to_us_no_official_learns_the_address_and_the_form_says_so(
    make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    runtime = make_runtime(reply_domain="replies.letters.example")
    page = make.campaign(runtime, now=clock())
    client = create_app(runtime, clock=clock).test_client()
    assert "but officials never do: we pass their answers on to you" in hint(client.get(PAGE).text, "email")
    make.sign_and_confirm(runtime, page, now=clock(), email=EMAIL, officials=(page.officials[0].id,))
    (message,) = make.emails(runtime, kind="message")
    for text in (message.text, message.html or "", message.reply_to, message.from_name):
        assert EMAIL not in text


def test_what_the_page_says_after_a_name_was_hidden_is_true_of_copies_made_before(
    client: FlaskClient, post: Callable[..., TestResponse], runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    done = make.sign_and_confirm(runtime, page, now=clock(), name="Tamsin Quillfeather", email=EMAIL)
    copy = client.get(f"{PAGE}.json").text
    saved = client.post(f"/manage/{done.manage_token}", data={"visibility": "hidden"}).text
    assert "Tamsin" in copy
    assert "Tamsin" not in client.get(f"{PAGE}.json").text
    assert "copied it before may still have what it showed" in saved
    clock.forward(hours=2)
    again = {"name": "Tamsin Quillfeather", "email": EMAIL}
    client.post(f"/manage/{done.manage_token}", data={"visibility": "public"})
    assert post(**again, visibility="hidden").status_code == 303
    make.settle(runtime, now=clock())
    link = make.link(make.last_question(runtime), "confirm")
    shown = what_it_showed(client.get(f"/confirm/{link}").text)
    told = client.post(f"/confirm/{link}", data={"shown": shown}).text
    assert "copied it before may still have what it showed" in told
    assert "nobody can tell when you signed" not in told


def test_an_organization_beside_a_name_is_said_to_be_there_for_identification_only(
    client: FlaskClient,
    runtime: Runtime,
    page: CampaignPage,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    note = "An organization beside a person’s name is there for identification only."
    assert note not in client.get(PAGE).text
    make.sign_and_confirm(runtime, page, now=clock(), organization="Lanternfish Cooperative")
    client.get(f"{PAGE}/letter.pdf")
    monkeypatch.setattr(pdf, "render_pdf_in_subprocess", lambda html, css, **_: RenderedPdf(html.encode(), 0))
    pdf.make_all(runtime, clock=clock)
    for place in (PAGE, f"{PAGE}/signatures", f"{PAGE}/letter.pdf"):
        text = client.get(place).text
        assert "Lanternfish Cooperative" in text, place
        assert note in text, place
    (signer,) = [one for one in client.get(f"{PAGE}.json").json["signatories"] if not one["initial"]]
    assert (signer["kind"], signer["organization"]) == ("person", "Lanternfish Cooperative")
