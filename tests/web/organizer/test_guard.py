"""Who gets in, and who may do what: every route of the desk, whatever its name."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from campaign.domain.roles import Role
from campaign.web.organizer import guard
from tests import make
from tests.browsing import ORIGIN, Browser
from tests.web.organizer.conftest import enter

# What a route's address is filled with: things that exist, so that only the role decides.
VALUES = {
    "slug": make.SLUG,
    "official_id": 1,
    "signature_id": 1,
    "change_id": 1,
    "message_id": 1,
    "quote_id": 1,
    "move": "put",
    "email_id": 1,
    "invalidation_id": 1,
    "file_id": 1,
    "choice_id": 1,
    "import_id": 1,
    "reply_id": 1,
    "entry_id": 1,
    "language": "ug",
    "suppression_id": 1,
    "update_id": 1,
    "number": 1,
    "step": "pause",
    "kind": "thanks",
    "list_name": "failed",
    "name": "local",
    "token": "no-such-token",
    "organizer_id": 1,
    "invitation_id": 1,
    "passkey_id": 1,
}


def routes(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Each route of the desk with a method and an address of its own."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("organizer."):
                _, path = rule.build({name: VALUES[name] for name in rule.arguments}) or ("", "")
                for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
                    yield rule, method, path


def test_everything_under_the_desk_belongs_to_its_guarded_blueprint(app: Flask) -> None:
    under = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/organizer")]
    assert len(under) > 15
    assert {rule.endpoint.partition(".")[0] for rule in under} == {"organizer"}


def test_every_route_declares_a_permission_or_is_on_the_list_of_open_ones(app: Flask) -> None:
    with app.app_context():
        opened = {rule.endpoint for rule, _, _ in routes(app) if not guard.permissions_of(rule.endpoint)}
    reset = {"organizer.reset", "organizer.choose_password"}
    forgotten = {"organizer.forgotten", "organizer.ask_for_password"}
    invited = {"organizer.invitation", "organizer.accept_invitation"}
    login = {"organizer.login", "organizer.log_in"}
    assert opened == guard.OPEN_TO_ALL == {*login, *reset, *forgotten, *invited}


def test_a_number_that_no_row_has_is_not_found_however_long_it_is(
    app: Flask, logged_in: Callable[[Role], Browser]
) -> None:
    browser = logged_in(Role.OWNER)
    for number in (2**31, 2**63 - 1, 2**63, 10**30):
        assert browser.get(f"/organizer/campaigns/{make.SLUG}/supporters/{number}").status == 404
        page = browser.get("/organizer/account")
        token = page.tree.xpath("string(//input[@name='csrf_token']/@value)")
        for path in (
            f"/organizer/campaigns/{make.SLUG}/officials/{number}",
            f"/organizer/campaigns/{make.SLUG}/officials/{number}/pause",
            f"/organizer/campaigns/{make.SLUG}/supporters/{number}/address",
            f"/organizer/queue/{number}",
        ):
            answer = browser.client.post(
                path,
                data={"csrf_token": token, "email": "a@b.example", "action": "send_again"},
                base_url=ORIGIN,
                headers={"Origin": ORIGIN},
            )
            assert answer.status_code in {404, 405, 409, 422}, path


def test_without_a_login_every_other_route_leads_to_the_login_page(app: Flask) -> None:
    client = app.test_client()
    for rule, method, path in routes(app):
        if rule.endpoint not in guard.OPEN_TO_ALL:
            answer = client.open(path, method=method, base_url=ORIGIN, headers={"Origin": ORIGIN})
            assert (answer.status_code, answer.location.split("?")[0]) == (303, "/organizer/login"), path


def test_no_form_does_anything_without_its_token_or_from_another_site(
    app: Flask, logged_in: Callable[[Role], Browser]
) -> None:
    browser = logged_in(Role.OWNER)
    token = browser.get("/organizer/account").form("/logout").fields["csrf_token"]
    for rule, method, path in routes(app):
        if method == "GET":
            continue
        for data, origin in (
            ({}, ORIGIN),
            ({"csrf_token": "0" * 64}, ORIGIN),
            ({"csrf_token": token}, "https://evil.example"),
        ):
            answer = browser.client.open(
                path, method=method, data=data, base_url=ORIGIN, headers={"Origin": origin}
            )
            assert answer.status_code == 403, rule.endpoint
    assert browser.get("/organizer/").path == "/organizer/"


def test_a_form_of_another_session_is_refused(logged_in: Callable[[Role], Browser]) -> None:
    hers, his = logged_in(Role.OWNER), logged_in(Role.OWNER)
    foreign = hers.get("/organizer/account").form("/logout").fields["csrf_token"]
    page = his.send(his.get("/organizer/account"), "/logout", csrf_token=foreign)
    assert page.status == 403


def test_the_cookie_is_out_of_reach_of_scripts_and_pages_are_kept_nowhere(app: Flask) -> None:
    browser = Browser(app)
    page = enter(browser, "owner@desk.example")
    assert page.response.headers["Cache-Control"] == "no-store"
    cookie = browser.client.get_cookie("campaign", domain="127.0.0.1")
    assert cookie
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
    assert browser.client.get_cookie("session", domain="127.0.0.1") is None


@pytest.mark.first_rows(4)
@pytest.mark.parametrize(
    "trick",
    [
        "https://evil.example/",
        "//evil.example/organizer/",
        "/\\evil.example",
        "/organizer//evil.example",
        "/organizer/\\evil.example",
        "/organizer/\t/evil.example",
        "/%09/evil.example",
        "javascript:alert(1)",
        "/organizer/é",
        "/c/somewhere",
    ],
)
def test_login_leads_on_to_the_desk_and_nowhere_else(app: Flask, trick: str) -> None:
    browser = Browser(app)
    form = browser.get("/organizer/login")
    page = browser.send(
        form, "/login", email="owner@desk.example", password="marble otter kiosk plum", next=trick
    )
    assert page.path == "/organizer/"


@pytest.mark.both_databases
def test_login_leads_on_to_the_page_that_was_asked_for(app: Flask) -> None:
    asked_for = f"/organizer/campaigns/{make.SLUG}/supporters?state=pending"
    page = enter(Browser(app), "viewer@desk.example", at=asked_for)
    assert page.url == ORIGIN + asked_for
