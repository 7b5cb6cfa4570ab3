"""The desk's page for a campaign's colour and for the sites that may show its form."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.domain.roles import Role
from tests import make
from tests.browsing import Browser, Page

LOOK = f"/organizer/campaigns/{make.SLUG}/look"


def typed(page: Page) -> dict[str, str]:
    """What stands in the form; a text area's first line break is none of it."""
    values = dict(page.form("/look").form_values())
    return {name: values[name].strip() for name in ("palette", "colour", "sites")}


@pytest.mark.both_databases
def test_an_editor_chooses_a_colour_and_sites_and_copies_the_code(
    app: Flask, logged_in: Callable[[Role], Browser]
) -> None:
    desk = logged_in(Role.EDITOR)
    page = desk.get(LOOK)
    assert "No site may show the form yet" in page.text
    page = desk.send(
        page, "/look", palette="plum", sites="https://www.river.example/blog\nhttp://127.0.0.1:9000"
    )
    assert page.path == LOOK
    assert "Saved." in page.text
    assert f'<iframe src="http://127.0.0.1:8000/embed/c/{make.SLUG}"' in page.text
    assert typed(page) == {
        "palette": "plum",
        "colour": "",
        "sites": "https://www.river.example\nhttp://127.0.0.1:9000",
    }
    letter = Browser(app).get(f"/c/{make.SLUG}")
    assert "css/site-7a2f6b+offices.css" in letter.response.text


@pytest.mark.both_databases
def test_a_colour_too_light_to_read_is_used_in_a_darker_shade_and_told_so(
    logged_in: Callable[[Role], Browser],
) -> None:
    desk = logged_in(Role.EDITOR)
    page = desk.send(desk.get(LOOK), "/look", palette="other", colour="#FD0", sites="")
    assert "#ffdd00 is too light to read on the page." in page.text
    assert typed(page)["colour"] == "#ffdd00"


def test_what_breaks_a_rule_changes_nothing_and_stays_as_typed(logged_in: Callable[[Role], Browser]) -> None:
    desk = logged_in(Role.EDITOR)
    for fields, words in (
        ({"palette": "other", "colour": "reddish", "sites": ""}, "six digits"),
        ({"palette": "moss", "sites": "http://river.example"}, "“http://river.example” is not the address"),
    ):
        page = desk.send(desk.get(LOOK), "/look", **fields)
        assert page.status == 422
        assert words in page.text
        assert page.title.startswith("Error:")
        assert typed(page) == {"colour": "", **fields}
    assert "css/site-" not in desk.get(f"/c/{make.SLUG}").response.text


def test_a_viewer_sees_the_look_and_cannot_change_it(logged_in: Callable[[Role], Browser]) -> None:
    page = logged_in(Role.VIEWER).get(LOOK)
    assert page.status == 200
    assert not [form for form in page.tree.forms if (form.action or "").endswith("/look")]
