"""Organizers add words of their own to the emails that ask and that thank, and can do no harm with them."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from tests import make
from tests.browsing import ORIGIN, Browser
from tests.conftest import Clock

EMAILS = f"/organizer/campaigns/{make.SLUG}/emails"
SITE = "http://127.0.0.1:8000"


def test_words_added_on_the_desk_are_in_both_emails_beside_all_that_must_be_there(
    app: Flask, runtime: Runtime, logged_in: Callable[[Role], Browser], clock: Clock
) -> None:
    editor = logged_in(Role.EDITOR)
    saved = editor.send(
        editor.get(EMAILS),
        EMAILS,
        confirmation_en="The hearing is <b>in May</b>.\n\nEvery name counts.",
        thanks_en=f"Dear {{{{name}}}}, read what comes next: {SITE}/c/{make.SLUG}",
    )
    assert "Saved." in saved.text
    preview = editor.client.get(f"{EMAILS}/thanks/en", base_url=ORIGIN).text
    assert "Dear Ada Lovelace, read what comes next" in preview

    clock.forward(hours=2)
    make.sign(runtime, make.page(runtime), now=clock(), name="<i>Noor</i>", email="noor@mail.example")
    asking = make.last_question(runtime)
    assert "The hearing is <b>in May</b>.\n\nEvery name counts." in asking.text
    assert "&lt;b&gt;in May&lt;/b&gt;" in asking.html
    assert "Noor" not in asking.text + asking.html
    for path in ("/confirm/", "/withdraw/"):
        assert path in asking.text
        assert path in asking.html
    make.confirm(runtime, make.link(asking, "confirm"), now=clock())
    thanks = make.emails(runtime, kind="thanks")[-1]
    assert f"Dear <i>Noor</i>, read what comes next: {SITE}/c/{make.SLUG}" in thanks.text
    assert "Dear &lt;i&gt;Noor&lt;/i&gt;" in thanks.html
    for path in ("/manage/", "/withdraw/", "/unsubscribe/"):
        assert path in thanks.text

    editor = logged_in(Role.EDITOR)
    editor.send(editor.get(EMAILS), EMAILS, confirmation_en="", thanks_en="")
    clock.forward(hours=2)
    make.sign(runtime, make.page(runtime), now=clock(), email="later@mail.example")
    assert "hearing" not in make.last_question(runtime).text


@pytest.mark.first_rows(3)
@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("confirmation_en", "See www.elsewhere.example.com", "can’t hold a web or email address"),
        ("confirmation_en", f"See {SITE}/c/{make.SLUG}", "can’t hold a web or email address"),
        ("confirmation_en", "Dear {{name}}", "Nothing is filled in here"),
        ("confirmation_en", "x" * 401, "at most 400 characters"),
        ("thanks_en", "See https://elsewhere.example/", "only link to pages of this site"),
        ("thanks_en", f"See {SITE}.evil.com/", "only link to pages of this site"),
        ("thanks_en", f"See {SITE}@evil.com/", "only link to pages of this site"),
        ("thanks_en", "{{ config.secret }}", "Only {{name}} is filled in"),
    ],
)
def test_what_an_email_may_not_hold_is_told_at_its_field(
    logged_in: Callable[[Role], Browser], field: str, typed: str, told: str
) -> None:
    editor = logged_in(Role.EDITOR)
    refused = editor.send(editor.get(EMAILS), EMAILS, **{field: typed})
    assert refused.status == 422
    assert told in refused.tree.get_element_by_id(f"error-{field}").text_content()
    assert refused.form(EMAILS).fields[field].strip() == typed


def test_whoever_only_looks_gets_neither_page(logged_in: Callable[[Role], Browser]) -> None:
    viewer = logged_in(Role.VIEWER)
    assert viewer.get(EMAILS).status == 403
    assert viewer.get(f"/organizer/campaigns/{make.SLUG}/updates").status == 403
