"""A browser without a screen or JavaScript: follows links, fills forms, and checks each page it gets."""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
from flask import Flask
from flask.testing import FlaskClient
from lxml.html import FormElement, HtmlElement
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse

ORIGIN = "http://127.0.0.1:8000"
OWN_SITE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Page:
    """One answer: its status, its address, and what a reader sees of it."""

    response: TestResponse
    url: str
    tree: HtmlElement = field(init=False)

    def __post_init__(self) -> None:
        is_text = self.response.mimetype != "application/octet-stream"
        words = self.response.get_data(as_text=True) if is_text else ""
        self.tree = lxml.html.fromstring(words or "<html></html>")
        self.tree.make_links_absolute(self.url)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def text(self) -> str:
        """The words on the page, with single spaces."""
        body = self.tree.find("body")
        return " ".join((body if body is not None else self.tree).text_content().split())

    @property
    def title(self) -> str:
        return " ".join(self.tree.findtext(".//title", "").split())

    def form(self, action: str = "") -> FormElement:
        """The one form whose action ends so."""
        found = [form for form in self.tree.forms if urlsplit(form.action or self.url).path.endswith(action)]
        assert found, f"no form for {action} on {self.path}: {[form.action for form in self.tree.forms]}"
        return found[0]

    def links(self, pattern: str) -> list[str]:
        return [href for href in self.tree.xpath("//a/@href") if re.search(pattern, href)]


class Browser:
    """Keeps an address and follows redirects as a person's browser does; every page it gets is checked."""

    def __init__(self, app: Flask, *, language: str = "en") -> None:
        self.client: FlaskClient = app.test_client(use_cookies=True)
        self.language = language

    def get(self, url: str, **headers: str) -> Page:
        return self._follow("GET", urljoin(ORIGIN, url), None, headers)

    def send(self, page: Page, action: str = "", *, button: str | None = None, **fields: object) -> Page:
        """Fill the form's fields as named and press its button; None takes a field out, bytes are a file."""
        form = page.form(action)
        values: MultiDict[str, Any] = MultiDict(form.form_values())
        for name, value in fields.items():
            values.poplist(name)
            for single in value if isinstance(value, (list, tuple)) else [value]:
                if single is not None:
                    values.add(name, _file(single) if isinstance(single, bytes) else str(single))
        target = urljoin(page.url, form.action or page.url)
        if button is not None:
            pressed = form.xpath(
                f".//button[@value='{button}'] | .//button[@formaction][contains(@formaction, '{button}')]"
            )
            assert pressed, f"no button {button} on {page.path}"
            if pressed[0].get("name"):
                values.add(pressed[0].get("name"), pressed[0].get("value", ""))
            target = urljoin(page.url, pressed[0].get("formaction") or target)
        return self._follow(form.method.upper(), target, values, OWN_SITE)

    def _follow(
        self, method: str, url: str, data: MultiDict[str, Any] | None, headers: dict[str, str]
    ) -> Page:
        for _ in range(5):
            parts = urlsplit(url)
            assert f"{parts.scheme}://{parts.netloc}" == ORIGIN, f"led away to {url}"
            response = self.client.open(
                f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}",
                method=method,
                base_url=ORIGIN,
                data=data,
                headers={"Accept-Language": self.language, **headers},
            )
            response.request.environ["wsgi.input"].close()  # a large upload is a file on the disk
            if response.status_code not in (301, 302, 303, 307, 308):
                page = Page(response, url)
                check(page)
                return page
            url, method, data = urljoin(url, response.headers["Location"]), "GET", None
        raise AssertionError(f"redirects without end at {url}")


def _file(data: bytes) -> FileStorage:
    return FileStorage(BytesIO(data), filename="letter.txt")


def check(page: Page) -> None:
    """What every HTML page must have, whatever it is about."""
    # An email in a frame is a document of its own.
    is_email = page.response.headers.get("Content-Security-Policy", "").startswith("sandbox ")
    if page.response.mimetype != "text/html" or is_email:
        return
    where = f"{page.status} {page.path}"
    root = page.tree.getroottree().getroot()
    assert root.get("lang"), f"{where}: no language"
    assert page.title, f"{where}: no title"
    assert len(page.tree.xpath("//h1")) == 1, f"{where}: one h1"
    assert len(page.tree.xpath("//main")) == 1, f"{where}: one main"
    ids = page.tree.xpath("//@id")
    assert len(ids) == len(set(ids)), f"{where}: ids twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    for control in page.tree.xpath("//input[not(@type='hidden')] | //select | //textarea[not(@hidden)]"):
        labelled = (
            page.tree.xpath("//label[@for=$id]", id=control.get("id", ""))
            or control.xpath("ancestor::label")
            or control.get("aria-label")
            or control.get("aria-labelledby")
        )
        assert labelled, f"{where}: no label for {control.get('name')}"
    for reference in page.tree.xpath("//@aria-describedby | //@aria-labelledby | //label/@for"):
        for one in reference.split():
            assert one in ids, f"{where}: points to {one}, which is not there"
    policy = page.response.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy, where
    assert "unsafe-inline" not in policy, where
    assert page.response.headers["X-Content-Type-Options"] == "nosniff", where
    assert not page.tree.xpath("//@style | //script[not(@src)] | //@*[starts-with(name(), 'on')]"), where
    for style in re.findall("(?s)<style>(.*?)</style>", page.response.get_data(as_text=True)):
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy, f"{where}: a style that the policy does not name"
    for source in page.tree.xpath("//script/@src | //link[@rel='stylesheet']/@href | //img/@src"):
        assert source.startswith(ORIGIN) or source.startswith("data:"), f"{where}: fetches {source}"
