"""When signatures from one mail domain are a rush, and when they are only many."""

from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.trends import Tally, added, faded, is_rush

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def after_a_week(
    an_hour: dict[str, int], this_hour: dict[str, int], *, hours: int = 7 * 24
) -> dict[str, bool]:
    """Which domains are in a rush after so many hours with so many signatures each, and then this one."""
    tallies: dict[str, Tally] = {}
    for hour in range(hours + 1):
        counts = this_hour if hour == hours else an_hour
        now = NOON + timedelta(hours=hour)
        for domain in {*an_hour, *this_hour}:
            tallies[domain] = added(tallies.get(domain), counts.get(domain, 0), now=now)
        tallies[""] = added(tallies.get(""), sum(counts.values()), now=now)
    return {domain: is_rush(domain, tallies[domain], tallies[""]) for domain in this_hour}


@pytest.mark.parametrize(
    ("an_hour", "this_hour", "rushes"),
    [
        # Thousands of forged ones, from a domain of one's own or from a service that anybody can use.
        ({"gmail.com": 10, "a.example": 10}, {"gmail.com": 10, "forge.example": 5000}, {"forge.example"}),
        ({"gmail.com": 10, "a.example": 10}, {"gmail.com": 5000, "a.example": 10}, {"gmail.com"}),
        ({"gmail.com": 10, "a.example": 10}, {"gmail.com": 12, "forge.example": 40}, {"forge.example"}),
        # A letter that goes round: everything grows, and nothing stands out.
        ({"gmail.com": 10, "a.example": 10}, {"gmail.com": 1000, "a.example": 1000}, set()),
        # Another country, where more people have an address there.
        ({"gmail.com": 10, "a.example": 10}, {"gmail.com": 800, "a.example": 200}, set()),
        # Those whom an organization asks are its own people as they were before.
        ({"members.example": 8, "gmail.com": 2}, {"members.example": 160, "gmail.com": 20}, set()),
        # Few are no rush, whoever they are.
        ({"gmail.com": 10}, {"gmail.com": 2, "choir.example": 29}, set()),
    ],
)
def test_a_domain_rushes_when_its_share_is_far_above_its_usual_one(
    an_hour: dict[str, int], this_hour: dict[str, int], rushes: set[str]
) -> None:
    found = after_a_week(an_hour, this_hour)
    assert {domain for domain, is_one in found.items() if is_one} == rushes


def test_the_first_hour_of_a_letter_is_no_rush_from_a_service_that_everybody_uses() -> None:
    assert after_a_week({}, {"gmail.com": 90, "a.example": 10}, hours=0) == {
        "gmail.com": False,
        "a.example": False,
    }
    assert after_a_week({}, {"gmail.com": 40, "forge.example": 400}, hours=0)["forge.example"]


def test_what_was_counted_fades_in_hours_and_in_weeks() -> None:
    tally = added(None, 100, now=NOON)
    assert tally == Tally(100, 100, NOON)
    assert tally.earlier == 0
    later = faded(tally, now=NOON + timedelta(hours=3))
    assert later.recent == pytest.approx(5.0, abs=0.1)
    assert later.weekly == pytest.approx(98.2, abs=0.1)
    assert later.earlier == pytest.approx(93.2, abs=0.1)
    assert faded(later, now=NOON) == Tally(later.recent, later.weekly, NOON)
