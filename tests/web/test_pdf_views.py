"""PDFs over HTTP: ordered, made by the PDF worker, served while they are true."""

import itertools
import threading
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from campaign.documents.pdf.render import NoPdfError, RenderedPdf
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.tokens import TokenPurpose
from campaign.runtime import Runtime
from campaign.services.documents import pdf_jobs
from campaign.services.signatures import self_service
from campaign.store.tables import Document
from campaign.worker import pdf
from tests import make
from tests.conftest import Clock
from tests.waiting import PATIENCE_SECONDS
from tests.web.conftest import PAGE

pytestmark = pytest.mark.both_databases

LETTER = f"{PAGE}/letter.pdf"


def rows(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.query(Document).count()


def test_a_document_is_ordered_once_made_by_the_press_and_then_shown(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, print_now: Callable[[], int]
) -> None:
    for name, visibility in (("Rana Idris", "public"), ("Lena Ost", "initials"), ("Omid Far", "hidden")):
        address = f"{name[:4].lower()}@mail.example"
        make.sign_and_confirm(runtime, page, now=clock(), name=name, email=address, visibility=visibility)
    assert client.head(LETTER).status_code == 202
    assert rows(runtime) == 0
    for _ in range(3):
        waiting = client.get(LETTER)
        assert waiting.status_code == 202
        assert waiting.headers["Refresh"] == waiting.headers["Retry-After"] == "3"
        assert "The PDF is being made" in waiting.text
    assert rows(runtime) == 1
    assert print_now() == 1
    made = client.get(LETTER)
    assert made.status_code == 200
    assert made.content_type == "application/pdf"
    assert made.headers["Content-Disposition"] == 'inline; filename="save-the-river-letter-en.pdf"'
    assert "Rana Idris" in made.text
    assert "L. O." in made.text
    assert "Lena" not in made.text
    assert "Omid" not in made.text
    assert "1 more person has signed and asked not to be named." in made.text
    assert client.get(LETTER, headers={"If-None-Match": made.headers["ETag"]}).status_code == 304
    assert print_now() == 0


def test_a_list_that_lacks_the_last_name_is_shown_until_the_new_one_is_made(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, print_now: Callable[[], int]
) -> None:
    client.get(LETTER)
    print_now()
    make.sign_and_confirm(runtime, page, now=clock())
    clock.forward(minutes=6)
    assert "Rana Idris" not in client.get(LETTER).text
    assert print_now() == 1
    assert "Rana Idris" in client.get(LETTER).text
    assert rows(runtime) == 1


def test_in_a_rush_of_names_a_list_is_made_every_five_minutes_and_shown_meanwhile(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = itertools.count()

    def slow(html: str, css: str, **_: object) -> RenderedPdf:
        number = next(signed)
        email = f"signer{number}@mail.example"
        make.sign_and_confirm(runtime, page, now=clock(), name=f"Rana {number}.", email=email)
        return RenderedPdf(html.encode(), 0)

    monkeypatch.setattr(pdf, "render_pdf_in_subprocess", slow)
    made = []
    for _ in range(25):
        client.get(LETTER)
        client.get(f"{PAGE}/sheet.pdf")
        made.append(pdf.make_all(runtime, clock=clock))
        assert client.get(LETTER).status_code == 200
        clock.forward(minutes=1)
    # The sheet shows nobody, and is made once.
    assert made == [2, *([0, 0, 0, 0, 1] * 5)][:25]
    assert rows(runtime) == 2
    assert "Rana 4." in client.get(LETTER).text


def test_who_withdraws_is_at_once_on_no_document(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, print_now: Callable[[], int]
) -> None:
    done = make.sign_and_confirm(runtime, page, now=clock())
    client.get(LETTER)
    print_now()
    with runtime.database.transaction() as session:
        self_service.erase(session, done.manage_token or "", now=clock())
    assert client.get(LETTER).status_code == 202
    assert print_now() == 1
    assert rows(runtime) == 1
    assert "Rana Idris" not in client.get(LETTER).text


def test_what_changes_while_it_is_printed_is_thrown_away(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = make.sign_and_confirm(runtime, page, now=clock())

    def slow(html: str, css: str, **_: object) -> RenderedPdf:
        with runtime.database.transaction() as session:
            self_service.withdraw(session, done.manage_token or "", TokenPurpose.MANAGE, now=clock())
        return RenderedPdf(html.encode(), 0)

    monkeypatch.setattr(pdf, "render_pdf_in_subprocess", slow)
    client.get(LETTER)
    assert pdf.make_all(runtime, clock=clock) == 0
    assert client.get(LETTER).status_code == 202


def test_a_machine_that_cannot_print_says_so_and_is_asked_again_later(
    client: FlaskClient,
    runtime: Runtime,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unable(html: str, css: str, **_: object) -> RenderedPdf:
        raise NoPdfError(
            "PDFs cannot be made on this machine: install %(packages)s.", packages="libpango-1.0-0"
        )

    sheet = f"{PAGE}/sheet.pdf"
    monkeypatch.setattr(pdf, "render_pdf_in_subprocess", unable)
    client.get(sheet)
    assert pdf.make_all(runtime, clock=clock) == 0
    failed = client.get(sheet)
    assert failed.status_code == 503
    assert "install libpango-1.0-0." in failed.text
    assert failed.headers["Retry-After"] == "900"
    assert pdf.make_all(runtime, clock=clock) == 0
    monkeypatch.setattr(pdf, "render_pdf_in_subprocess", lambda html, css, **_: RenderedPdf(b"%PDF-", 0))
    clock.forward(minutes=16)
    assert client.get(sheet).status_code == 202
    assert pdf.make_all(runtime, clock=clock) == 1
    assert client.get(sheet).data == b"%PDF-"


def test_the_worker_prints_beside_its_sending_and_tries_again_what_failed_before_it_began(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(LETTER)
    with runtime.database.transaction() as session:
        order = pdf_jobs.claim(session, now=clock())
        assert order is not None
        pdf_jobs.record_failure(session, order.id, NoPdfError("This PDF could not be made."), now=clock())
    made = threading.Event()

    def printed(html: str, css: str, **_: object) -> RenderedPdf:
        made.set()
        return RenderedPdf(b"%PDF-", 0)

    monkeypatch.setattr(pdf, "render_pdf_in_subprocess", printed)
    with pdf.running(runtime, stop=threading.Event()):
        assert made.wait(PATIENCE_SECONDS)
    assert client.get(LETTER).data == b"%PDF-"
