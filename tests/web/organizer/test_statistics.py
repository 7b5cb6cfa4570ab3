"""A campaign in numbers on the desk: each number once in the drawing and once in words, and nobody named."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pdfminer.high_level import extract_text

from campaign.domain.daily_figures import Figure
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.signatures import self_service
from campaign.services.statistics import folding, recording
from campaign.services.statistics.recording import Act
from campaign.worker import files
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock

LogIn = Callable[[Role], Browser]
PAGE = f"/organizer/campaigns/{make.SLUG}/statistics"
REPORT = f"{PAGE}/report"


def happened(runtime: Runtime, at: datetime, number: int, what: Figure = Figure.CONFIRMED, **by: str) -> None:
    """Let something have happened to the campaign, and be counted."""
    campaign_id = make.page(runtime).head.id
    with runtime.database.transaction() as session:
        acts = [Act(what=what, at=at, campaign_id=campaign_id, number=number, **by)]  # type: ignore[arg-type]
        recording.add(session.connection(), acts)
        folding.fold(session, time_zone=None)


def markup(page: Page) -> str:
    return page.response.get_data(as_text=True)


@pytest.fixture
def counted(runtime: Runtime, app: object, clock: Clock) -> None:
    """Some signers of the last days, and some long before."""
    happened(runtime, clock(), 9, Figure.STARTED)
    happened(runtime, clock(), 7, country="FR", source="newsletter", language="fr")
    happened(runtime, clock(), 1, country="IS", source="for ada", language="en")
    happened(runtime, clock(), 2, Figure.WITHDRAWN)
    happened(runtime, clock() - timedelta(days=90), 40, country="TW", language="zh-Hant")


def test_before_anybody_signed_the_page_says_what_will_be_here(logged_in: LogIn) -> None:
    page = logged_in(Role.VIEWER).get(PAGE)
    assert page.status == 200
    assert "Nothing has happened in the last 30 days" in page.text
    assert "Report to print" not in page.text


@pytest.mark.usefixtures("counted")
def test_a_viewer_sees_the_last_30_days_by_day_and_by_what_they_are_counted_by(logged_in: LogIn) -> None:
    page = logged_in(Role.VIEWER).get(PAGE)
    shown = page.text
    # One more has signed while the desk was furnished.
    assert '<th scope="row">Nov 23</th><td class="numeric">10</td><td class="numeric">9</td>' in markup(page)
    for name in ("France", "Iceland", "newsletter", "for ada", "Français"):
        assert name in shown
    assert "Taiwan" not in shown
    assert "2 withdrawn, 0 removed by organizers" in shown


@pytest.mark.usefixtures("counted")
def test_the_whole_time_is_told_by_weeks(logged_in: LogIn) -> None:
    page = logged_in(Role.VIEWER).get(f"{PAGE}?span=whole")
    assert "Taiwan" in page.text
    assert len(page.tree.xpath("//table[contains(@class, 'chart-table')]/tbody/tr")) == 14


@pytest.mark.usefixtures("counted")
def test_a_report_that_leaves_the_desk_tells_of_nobody_alone(logged_in: LogIn) -> None:
    shown = logged_in(Role.VIEWER).get(f"{REPORT}?span=whole").text
    assert "France" in shown
    assert "newsletter" in shown
    for rare in ("Iceland", "for ada"):
        assert rare not in shown
    assert "All others" in shown


@pytest.mark.usefixtures("counted")
def test_the_overview_and_the_list_of_campaigns_draw_the_last_30_days(logged_in: LogIn) -> None:
    browser = logged_in(Role.VIEWER)
    for path in ("/organizer/", f"/organizer/campaigns/{make.SLUG}"):
        page = markup(browser.get(path))
        assert 'class="sparkline"' in page
        assert f'href="{PAGE}"' in page


def test_where_nobody_signed_in_30_days_the_list_of_campaigns_says_none_and_links_nowhere(
    app: object, logged_in: LogIn
) -> None:
    page = logged_in(Role.VIEWER).get("/organizer/")
    (cell,) = page.tree.xpath("//td[@data-label='30 days']")
    assert cell.text_content().strip() == "None"
    assert not cell.xpath(".//a")


@pytest.mark.slow
def test_who_withdrew_has_still_confirmed_today_and_nobody_after_them_is_left_out(
    runtime: Runtime, app: object, clock: Clock, logged_in: LogIn
) -> None:
    for number, days in enumerate((10, 6, 1)):
        make.sign_and_confirm(
            runtime, make.page(runtime), now=clock() - timedelta(days=days), email=f"e{number}@mail.example"
        )
    for number in range(4):
        page, email = make.page(runtime), f"t{number}@mail.example"
        make.sign_and_confirm(runtime, page, now=clock(), email=email)
        if number == 1:
            thanks = [one for one in make.emails(runtime) if "/withdraw/" in one.text][-1]
            with runtime.database.transaction() as session:
                self_service.withdraw(session, make.link(thanks, "withdraw"), now=clock())
    with runtime.database.transaction() as session:
        folding.fold(session, time_zone=None)
    browser = logged_in(Role.VIEWER)
    overview = markup(browser.get(f"/organizer/campaigns/{make.SLUG}"))
    assert "<dt>Confirmed today</dt><dd>5</dd>" in overview
    assert "<dt>In 7 days</dt><dd>7</dd>" in overview
    lines = markup(browser.get("/organizer/"))
    assert '<td data-label="Today" class="numeric">5</td>' in lines
    assert '<td data-label="7 days" class="numeric">7</td>' in lines


@pytest.mark.usefixtures("counted")
def test_a_label_that_somebody_typed_into_a_link_is_shown_as_text(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    happened(runtime, clock(), 30, source="<b>bold</b>")
    page = markup(logged_in(Role.VIEWER).get(PAGE))
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page


@pytest.mark.usefixtures("counted")
def test_bars_run_from_the_right_where_the_script_does(logged_in: LogIn) -> None:
    browser = logged_in(Role.VIEWER)
    left = markup(browser.get(PAGE))
    browser.send(browser.get("/organizer/account"), "/account/language", language="ug")
    right = markup(browser.get(PAGE))
    # Today is the last of thirty bars.
    assert '<rect x="290" y=' in left
    assert '<rect x="2" y=' in right
    assert '<rect x="290" y=' not in right


@pytest.mark.slow
@pytest.mark.usefixtures("counted")
def test_the_report_is_made_as_a_pdf_once_and_for_whoever_ordered_it_alone(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.VIEWER)
    page = browser.send(browser.get(f"{REPORT}?span=whole"), "/report")
    assert "Being made" in page.text
    assert files.make_all(runtime, clock=clock) == 1
    ready = browser.get(f"{REPORT}?span=whole")
    (link,) = ready.links(r"report/[0-9]+\.pdf")
    answer = browser.client.get(link, base_url="http://127.0.0.1:8000")
    assert answer.mimetype == "application/pdf"
    text = extract_text(io.BytesIO(answer.get_data()))
    for shown in ("France", "newsletter", "All others", "49", "2 withdrawn, 0 removed by organizers"):
        assert shown in text
    for rare in ("Iceland", "for ada", "Rana"):
        assert rare not in text
    again = browser.send(ready, "/report")
    assert files.make_all(runtime, clock=clock) == 0, "the same figures are not made twice"
    assert again.links(r"report/[0-9]+\.pdf") == [link]
    other = logged_in(Role.OWNER)
    assert other.get(link).status == 404
    assert other.get(f"{REPORT}?span=whole").links(r"report/[0-9]+\.pdf") == []
