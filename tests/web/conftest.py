"""An application on one open campaign, and a client that speaks as a browser on the page itself does."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.documents.pdf.render import RenderedPdf
from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.web import create_app
from campaign.web.csrf import form_token
from campaign.worker import pdf
from tests import make
from tests.conftest import Clock

PAGE = f"/c/{make.SLUG}"


def what_it_showed(page: str) -> str:
    """What the button sends along to name all that its page shows."""
    return page.split('name="shown" value="')[1].split('"')[0]


@pytest.fixture
def page(runtime: Runtime, clock: Clock) -> CampaignPage:
    return make.campaign(runtime, now=clock())


@pytest.fixture
def app(runtime: Runtime, page: CampaignPage, clock: Clock) -> Flask:
    return create_app(runtime, clock=clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def print_now(runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Runs the PDF worker, whose PDFs are the HTML they would be made of."""
    monkeypatch.setattr(pdf, "render_pdf_in_subprocess", lambda html, css, **_: RenderedPdf(html.encode(), 0))
    return lambda: pdf.make_all(runtime, clock=clock)


@pytest.fixture
def post(client: FlaskClient, runtime: Runtime, clock: Clock) -> Callable[..., TestResponse]:
    """Sends the signing form with a fresh token, as Rana Idris unless told otherwise."""

    def send(path: str = "/sign", *, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
        filled = {
            "csrf_token": form_token(runtime.settings, make.SLUG, clock()),
            "name": "Rana Idris",
            "email": "rana@mail.example",
            **fields,
        }
        return client.post(f"{PAGE}{path}", data=filled, headers=headers or {"Sec-Fetch-Site": "same-origin"})

    return send
