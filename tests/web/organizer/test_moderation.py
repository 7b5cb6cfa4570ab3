"""A tired organizer takes out what is forged, sees what was done, and takes it back."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.documents.pdf.render import RenderedPdf
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.worker import loop, pdf
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]
# Everything public that may show a name or a count.
SURFACES = (
    f"/c/{make.SLUG}",
    f"/fr/c/{make.SLUG}",
    f"/c/{make.SLUG}/signatures",
    f"/c/{make.SLUG}.json",
    f"/embed/c/{make.SLUG}",
)


def public(app: Flask) -> list[str]:
    client = app.test_client()
    answers = [client.get(path, headers={"Accept-Language": "en"}) for path in SURFACES]
    assert [answer.status_code for answer in answers] == [200] * len(SURFACES)
    return [answer.get_data(as_text=True) for answer in answers]


def count(app: Flask) -> int:
    answer = app.test_client().get(f"/c/{make.SLUG}.json").get_json()
    return int(answer["counts"]["signatures"])


@pytest.mark.both_databases
def test_a_forged_signature_is_removed_and_put_back_where_it_was(
    app: Flask, runtime: Runtime, logged_in: LogIn, clock: Clock
) -> None:
    assert all("Rana Idris" in shown for shown in public(app)[:4])
    browser = logged_in(Role.EDITOR)
    page = browser.get(browser.get(f"{HERE}/supporters").links("/supporters/[0-9]+$")[0])
    named = browser.send(page, "/remove", reason="rana idris is a robot")
    assert named.status == 422
    assert "Leave names and addresses out" in named.text
    page = browser.send(named, "/remove", reason="a made-up person")
    assert "You can restore it on this page." in page.text
    assert "a made-up person" in page.text
    assert "editor@desk.example" in page.text
    clock.forward(seconds=10)
    assert not any("Rana Idris" in shown for shown in public(app))
    assert count(app) == 0
    assert not browser.get(page.path).tree.xpath("//form[contains(@action, '/remove')]")

    page = browser.send(page, "/restore")
    assert "The signature is restored" in page.text
    clock.forward(seconds=10)
    assert all("Rana Idris" in shown for shown in public(app)[:4])
    assert count(app) == 1
    with runtime.database.reading() as session:
        entries = audit_log.entries(session)
    changes = [entry for entry in entries if entry.action.startswith("signature.")]
    assert [(entry.action, entry.organizer) for entry in changes[:2]] == [
        ("signature.restore", "editor@desk.example"),
        ("signature.remove", "editor@desk.example"),
    ]


def test_a_removed_name_is_in_no_pdf_that_is_given_out_from_then_on(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "render_pdf_in_subprocess", lambda html, css, **_: RenderedPdf(html.encode(), 0))
    client, letter = app.test_client(), f"/c/{make.SLUG}/letter.pdf"

    def printed() -> str:
        client.get(letter)
        pdf.make_all(runtime, clock=clock)
        return client.get(letter).text

    assert "Rana Idris" in printed()
    browser = logged_in(Role.EDITOR)
    page = browser.get(browser.get(f"{HERE}/supporters").links("/supporters/[0-9]+$")[0])
    page = browser.send(page, "/remove", reason="forged")
    clock.forward(seconds=10)
    assert "Rana Idris" not in client.get(letter).text
    assert "Rana Idris" not in printed()
    browser.send(page, "/restore")
    # What only adds a name waits for the next PDF that is made.
    clock.forward(minutes=5)
    assert "Rana Idris" in printed()


@pytest.mark.slow
@pytest.mark.both_databases
def test_a_flood_is_looked_at_taken_out_and_put_back_as_a_whole(
    app: Flask, runtime: Runtime, logged_in: LogIn, clock: Clock
) -> None:
    for number in range(3):
        make.sign_and_confirm(
            runtime, make.page(runtime), now=clock(), name="Lin Orta", email=f"p{number}@forge.example"
        )
    clock.forward(minutes=1)
    browser = logged_in(Role.EDITOR)
    page = browser.get(browser.get(f"{HERE}/supporters").links("/invalidations$")[0])
    everybody = browser.send(page, "/preview", domain="")
    assert everybody.status == 422
    assert "would cover everybody" in everybody.text
    seen = browser.send(page, "/preview", domain="forge.example", reason="one flood")
    assert "Matching signatures: 3" in seen.text
    assert "p…@forge.example" in seen.text
    assert "p0@forge.example" not in seen.text
    assert count(app) == 4

    page = browser.send(seen, "/invalidations")
    assert "0 of 3 invalidated" in page.text
    loop.drain(runtime, clock=clock)
    page = browser.get(page.path)
    assert "3 of 3 invalidated" in page.text
    assert count(app) == 1
    supporter = browser.get(
        browser.get(f"{HERE}/supporters?state=invalidated").links("/supporters/[0-9]+$")[0]
    )
    assert "Removed with others: invalidation no. " in supporter.text
    assert "one flood" in supporter.text

    page = browser.send(page, "/undo")
    clock.forward(seconds=10)
    loop.drain(runtime, clock=clock)
    assert "3 of 3 restored" in browser.get(page.path).text
    assert count(app) == 4
    with runtime.database.reading() as session:
        actions = [entry.action for entry in audit_log.entries(session)]
    assert [action for action in actions if action.startswith("signatures.")] == [
        "signatures.undone",
        "signatures.undo",
        "signatures.invalidated",
        "signatures.invalidate",
        "signatures.preview",
    ]


def test_many_are_taken_out_only_with_a_password_given_a_moment_ago(
    app: Flask, logged_in: LogIn, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(f"{HERE}/invalidations")
    clock.forward(minutes=6)
    assert browser.send(page, "/preview", domain="mail.example").path == "/organizer/confirm-password"
    assert "Enter your password to begin" in browser.get(page.path).text


def test_who_may_only_look_removes_nobody(app: Flask, logged_in: LogIn) -> None:
    browser = logged_in(Role.VIEWER)
    assert browser.get(f"{HERE}/invalidations").status == 403
    assert browser.get(f"{HERE}/supporters/1").status == 403
