"""Whoever went astray on the desk finds the way back to it."""

from collections.abc import Callable

import pytest

from campaign.domain.roles import Role
from tests import make
from tests.browsing import Browser


@pytest.mark.parametrize(
    ("path", "status"), [("/organizer/campaigns/nothing", 404), ("/organizer/people", 403)]
)
def test_an_error_on_the_desk_leads_back_to_the_desk(
    logged_in: Callable[[Role], Browser], path: str, status: int
) -> None:
    page = logged_in(Role.EDITOR).get(path)
    assert page.status == status
    assert page.links(r"/organizer/$")
    assert "To the open letters" not in page.text


def test_an_error_elsewhere_leads_to_the_open_letters(logged_in: Callable[[Role], Browser]) -> None:
    page = logged_in(Role.EDITOR).get("/nothing-here")
    assert page.status == 404
    assert "To the open letters" in page.text
    assert not page.links(r"/organizer/$")


def test_whoever_mends_the_publisher_for_a_check_list_finds_the_way_back_to_it(
    logged_in: Callable[[Role], Browser],
) -> None:
    owner = logged_in(Role.OWNER)
    check_list = f"/organizer/campaigns/{make.SLUG}/opening"
    page = owner.get(owner.get(check_list).links(r"/site\?")[0])
    assert page.links("/opening$")[0].endswith(check_list)
    saved = owner.send(page, "/site", name="River Watch", contact="ask@river.example")
    assert "Saved." in saved.text
    assert owner.get(saved.links("/opening$")[0]).path == check_list
    assert not owner.get("/organizer/site").links("/opening$")
