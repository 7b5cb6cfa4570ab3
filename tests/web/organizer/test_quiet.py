"""Quiet emails on the desk: who turns them on, what it says they cost, and that they stay."""

from collections.abc import Callable

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from tests import make
from tests.browsing import ORIGIN, Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"


def test_who_may_change_a_campaign_makes_it_quiet_and_only_a_draft_is_made_otherwise_again(
    logged_in: Callable[[Role], Browser], runtime: Runtime, clock: Clock
) -> None:
    make.campaign(runtime, now=clock(), slug="a-draft", publish=False)
    assert "Turn quiet emails on" not in logged_in(Role.VIEWER).get(HERE).text
    desk = logged_in(Role.OWNER)
    page = desk.get(HERE)
    assert "Fewer people will finish signing" in page.text
    assert "You cannot turn this off again" in page.text
    assert not page.tree.xpath("//details[contains(., 'You cannot turn this off again')]"), "folded away"
    on = desk.send(page, f"{HERE}/quiet", button="on")
    assert "No email to supporters says what it is about" in on.text
    assert not on.tree.xpath("//button[@name='quiet']")
    assert "hold no words of yours" in desk.get(f"{HERE}/emails").text
    mail = desk.client.get(f"{HERE}/emails/thanks/en", base_url=ORIGIN).get_data(as_text=True)
    assert "everything is complete" in mail
    assert "Ondra" not in mail
    draft = "/organizer/campaigns/a-draft"
    quiet = desk.send(desk.get(draft), f"{draft}/quiet", button="on")
    assert "Turn quiet emails on" in desk.send(quiet, f"{draft}/quiet", button="off").text
    log = desk.get("/organizer/audit").text
    assert "turned quiet emails on for" in log
    assert "turned quiet emails off for" in log
