"""What may be said of an office, and which officials a postal code names: rules alone."""

from datetime import UTC, date, datetime

import pytest

from campaign.domain.districts import own_officials, read_postal_codes
from campaign.domain.office_answers import OfficeContact, read_past_day, read_web_address
from campaign.domain.official import Channel, channel_of
from campaign.errors import RefusedError


def test_silence_is_told_after_forty_days_and_never_where_something_came_back() -> None:
    reached = OfficeContact(1, arrived_on=date(2026, 3, 1), written_on=date(2026, 3, 1))
    assert reached.days_silent(date(2026, 4, 9)) is None
    assert reached.days_silent(date(2026, 4, 10)) == 40
    answered = OfficeContact(1, arrived_on=date(2026, 3, 1), has_answered=True)
    assert answered.days_silent(date(2026, 9, 1)) is None
    # Sent is not arrived: nothing is counted from what nobody knows.
    assert OfficeContact(1, written_on=date(2026, 3, 1)).days_silent(date(2026, 9, 1)) is None


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("94110, 94114\n941", ["941", "94110", "94114"]),
        ("SW1A 1AA\nsw1a", ["SW1A", "SW1A1AA"]),
        ("94110 94114 94117", ["94110", "94114", "94117"]),
        ("75-001;75 002", ["75", "75001", "002"]),
        ("", []),
    ],
)
def test_a_district_is_typed_as_people_have_it(typed: str, codes: list[str]) -> None:
    assert read_postal_codes(typed) == sorted(codes)


def test_what_is_no_postal_code_is_refused_by_name() -> None:
    with pytest.raises(RefusedError) as refused:
        read_postal_codes("94110, Mission & Bernal")
    assert refused.value.values["code"] in ("MissionBernal", "&", "Mission")


def test_a_postal_code_names_those_whose_district_it_begins_with() -> None:
    districts = [(1, ["941"]), (2, ["94110"]), (3, ["SW1A"]), (4, [])]
    assert own_officials("94110-1234", districts) == {1, 2}
    assert own_officials("sw1a 1aa", districts) == {3}
    assert own_officials("", districts) == own_officials("10115", districts) == frozenset()


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "https://", "ftp://waters.example", "waters.example/form", "https://local"),
        *("https://user@waters.example/", 'https://waters.example/"onclick="x', "https://waters.example/a b"),
        "https://waters.example/" + "a" * 500,
    ],
)
def test_only_a_page_on_the_web_becomes_a_link(address: str) -> None:
    with pytest.raises(RefusedError):
        read_web_address(address)


def test_a_page_is_kept_as_it_was_typed() -> None:
    assert read_web_address(" https://waters.example/a?b=1#c ") == "https://waters.example/a?b=1#c"
    assert read_web_address("  ") is None


def test_a_day_to_come_is_no_day_of_an_answer() -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert read_past_day("2026-03-11", now=now) == date(2026, 3, 11)  # it is in the east by now
    for text in ("2026-03-12", "soon", ""):
        with pytest.raises(RefusedError):
            read_past_day(text, now=now)


def test_an_official_without_an_address_is_reached_on_paper_whatever_was_chosen_for_email() -> None:
    assert channel_of(None, None) is channel_of(Channel.EMAIL, None) is Channel.HAND
    assert channel_of(None, "a@b.example") is Channel.EMAIL
    assert channel_of(Channel.WEB_FORM, "a@b.example") is Channel.WEB_FORM
