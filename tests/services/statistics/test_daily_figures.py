"""What happens to a campaign is counted on its day, once, and goes on being counted when people are gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.daily_figures import MOST_SOURCES, OTHER, Dimension, Figure
from campaign.domain.tokens import TokenPurpose
from campaign.runtime import Runtime
from campaign.services.moderation import removal
from campaign.services.signatures import self_service
from campaign.services.statistics import folding, reading, recording
from campaign.services.statistics.recording import Act
from campaign.store.tables.core import campaign, figure_delta
from campaign.worker import loop
from tests import make
from tests.conftest import Clock

TODAY = date(2026, 11, 23)


@pytest.fixture
def page(runtime: Runtime, clock: Clock) -> CampaignPage:
    return make.campaign(runtime, now=clock())


def add_up(runtime: Runtime, *, time_zone: str | None = None, limit: int = folding.BATCH) -> int:
    """Let a worker add up all that waits; in how many steps."""
    for step in range(1, 100):
        with runtime.database.transaction() as session:
            if not folding.fold(session, time_zone=time_zone, limit=limit):
                return step
    raise AssertionError("it never ends")


def sums(
    runtime: Runtime, page: CampaignPage, dimension: Dimension = Dimension.ALL
) -> dict[Figure, dict[str, int]]:
    with runtime.database.reading() as session:
        return reading.all_time(session, page.head.id, dimension)


def totals(runtime: Runtime, page: CampaignPage) -> dict[str, int]:
    return {what.value: cells[""] for what, cells in sums(runtime, page).items()}


def act(page: CampaignPage, clock: Clock, **values: object) -> Act:
    return Act(**{"what": Figure.CONFIRMED, "at": clock(), "campaign_id": page.head.id, **values})  # type: ignore[arg-type]


def record(runtime: Runtime, *acts: Act) -> None:
    with runtime.database.transaction() as session:
        recording.add(session.connection(), acts)


@pytest.mark.slow_on_postgresql
def test_a_signature_is_counted_at_each_step_by_language_country_source_and_official(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    official = page.officials[0].id
    make.sign_and_confirm(
        runtime,
        page,
        now=clock(),
        country="FR",
        language="fr",
        source="newsletter",
        words="The river runs behind our house, and my children swam in it every summer.",
        officials=(official,),
    )
    make.sign(runtime, page, now=clock(), email="other@mail.example")
    add_up(runtime)
    assert totals(runtime, page) == {"started": 2, "asked": 2, "confirmed": 1, "written": 1}
    assert sums(runtime, page, Dimension.LANGUAGE)[Figure.STARTED] == {"en": 1, "fr": 1}
    assert sums(runtime, page, Dimension.COUNTRY) == {Figure.CONFIRMED: {"FR": 1}}
    assert sums(runtime, page, Dimension.SOURCE) == {Figure.CONFIRMED: {"newsletter": 1}}
    assert sums(runtime, page, Dimension.OFFICIAL) == {Figure.WRITTEN: {str(official): 1}}
    (band,) = sums(runtime, page, Dimension.OWN_WORDS)[Figure.WRITTEN]
    assert int(band) >= 50


@pytest.mark.slow_on_postgresql
def test_what_counts_less_is_counted_too_and_it_all_adds_up_to_the_number_of_signatures(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    for name in ("ada", "bo", "cy", "di"):
        make.sign_and_confirm(runtime, page, now=clock(), email=f"{name}@mail.example")
    token = make.link(make.emails(runtime, kind="thanks")[0], "withdraw")
    with runtime.database.transaction() as session:
        self_service.withdraw(session, token, now=clock())
    with runtime.database.transaction() as session:
        self_service.withdraw(session, token, TokenPurpose.WITHDRAW, now=clock())
        for email in ("bo@mail.example", "cy@mail.example"):
            ids = removal.signature_of(session, make.SLUG, email, key=runtime.address_key)
            removal.remove(session, *ids, reason="a made-up person", actor=COMMAND_LINE, now=clock())
        removal.restore(session, *ids, actor=COMMAND_LINE, now=clock())
    add_up(runtime)
    found = totals(runtime, page)
    assert (found["confirmed"], found["withdrawn"], found["removed"], found["restored"]) == (4, 1, 2, 1)
    with runtime.database.reading() as session:
        counted = session.scalar(select(campaign.c.signature_count))
    assert counted == found["confirmed"] - found["withdrawn"] - found["removed"] + found["restored"] == 2


def test_whoever_erases_everything_leaves_the_number_of_their_day_and_no_more(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    confirmed = make.sign_and_confirm(runtime, page, now=clock())
    with runtime.database.transaction() as session:
        self_service.erase(session, confirmed.manage_token or "", now=clock())
    add_up(runtime)
    assert totals(runtime, page) == {"started": 1, "asked": 1, "confirmed": 1, "withdrawn": 1}
    with runtime.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(figure_delta)) == 0


@pytest.mark.slow_on_postgresql
def test_the_worker_adds_up_and_counts_what_a_provider_accepted(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    official = page.officials[0].id
    make.sign_and_confirm(runtime, page, now=clock(), officials=(official,), words="Please act at once.")
    loop.drain(runtime, clock=clock)
    loop.drain(runtime, clock=clock)
    assert totals(runtime, page)["sent"] == 1
    assert sums(runtime, page, Dimension.OFFICIAL)[Figure.SENT] == {str(official): 1}


def test_a_day_begins_at_midnight_by_the_desks_clock(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    record(runtime, act(page, clock, at=late))
    add_up(runtime, time_zone="Europe/Paris")
    with runtime.database.reading() as session:
        yesterday, today = reading.days(session, page.head.id, until=TODAY, number=2)
    assert (yesterday.of("confirmed"), today.of("confirmed")) == (0, 1)


def test_weeks_have_no_gaps(runtime: Runtime, page: CampaignPage, clock: Clock) -> None:
    record(runtime, act(page, clock, at=clock() - timedelta(days=16), number=3), act(page, clock))
    add_up(runtime)
    with runtime.database.reading() as session:
        weeks = reading.weeks(session, page.head.id, until=TODAY)
    assert [(week.day.isoformat(), week.of("confirmed")) for week in weeks] == [
        ("2026-11-02", 3),
        ("2026-11-09", 0),
        ("2026-11-16", 0),
        ("2026-11-23", 1),
    ]


def test_nobody_can_fill_the_figures_with_sources_of_their_own(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    record(runtime, *(act(page, clock, source=f"tag{number:03d}") for number in range(MOST_SOURCES)))
    add_up(runtime, limit=30)
    record(runtime, act(page, clock, source="tag000"), act(page, clock, source="one too many"))
    add_up(runtime)
    found = sums(runtime, page, Dimension.SOURCE)[Figure.CONFIRMED]
    assert (len(found), found["tag000"], found[OTHER]) == (MOST_SOURCES + 1, 2, 1)


def test_once_nobody_is_known_what_few_have_in_common_is_put_together(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    record(
        runtime,
        act(page, clock, country="FR", source="newsletter", number=9),
        act(page, clock, country="IS", source="for ada", number=1),
        act(page, clock, country="MT", source="for bo", number=2, at=clock() - timedelta(days=1)),
    )
    add_up(runtime)
    with runtime.database.transaction() as session:
        folding.merge_rare(session, page.head.id)
        folding.merge_rare(session, page.head.id)
    assert sums(runtime, page, Dimension.COUNTRY)[Figure.CONFIRMED] == {"FR": 9, OTHER: 3}
    assert sums(runtime, page, Dimension.SOURCE)[Figure.CONFIRMED] == {"newsletter": 9, OTHER: 3}
    assert totals(runtime, page) == {"confirmed": 12}


def test_many_who_act_and_add_up_at_once_lose_nothing_and_wait_for_no_lock_of_each_other(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    def confirm_many(of: int) -> None:
        for number in range(20):
            record(runtime, act(page, clock, country=("FR", "US")[number % 2], source=f"tag{of}"))
            if number % 5 == 0:
                add_up(runtime)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(confirm_many, range(4)))
    add_up(runtime)
    assert totals(runtime, page) == {"confirmed": 80}
    assert sums(runtime, page, Dimension.COUNTRY)[Figure.CONFIRMED] == {"FR": 40, "US": 40}


def test_what_is_counted_for_a_campaign_that_is_gone_stops_nobody(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    record(runtime, act(page, clock, campaign_id=0), act(page, clock, campaign_id=None, official_id=0))
    record(runtime, act(page, clock))
    assert add_up(runtime) == 1
    assert totals(runtime, page) == {"confirmed": 1}
