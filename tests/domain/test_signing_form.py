from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.signing_form import MailSent, NetworkPace, admitted, next_mail_at

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def unproven(*times: datetime) -> list[MailSent]:
    return [MailSent(at, is_proven=False) for at in times]


def proven(*times: datetime) -> list[MailSent]:
    return [MailSent(at, is_proven=True) for at in times]


@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ([], NOW),
        ([NOW - HOUR], NOW),
        ([NOW - 20 * MINUTE], NOW + 40 * MINUTE),
        ([NOW - 9 * HOUR, NOW - 5 * HOUR, NOW - 2 * HOUR], NOW + 15 * HOUR),
        ([NOW - 30 * HOUR, NOW - 5 * HOUR, NOW - 2 * HOUR], NOW),
        ([NOW - 400 * HOUR] * 50, NOW),
        ([NOW + HOUR], NOW + 2 * HOUR),
    ],
)
def test_a_mailbox_is_asked_at_most_once_an_hour_and_three_times_a_day_and_never_for_good(
    sent: list[datetime], at: datetime
) -> None:
    assert next_mail_at(unproven(*sent), is_proven=False, now=NOW) == at
    assert next_mail_at(proven(*sent), is_proven=False, now=NOW) == at


def test_what_brings_a_proof_does_not_wait_behind_what_a_stranger_sends_in() -> None:
    flood = unproven(*(NOW - number * MINUTE for number in range(50)))
    assert next_mail_at(flood, is_proven=True, now=NOW) == NOW
    thrice = proven(NOW - 50 * MINUTE, NOW - 20 * MINUTE, NOW)
    assert next_mail_at(flood + thrice, is_proven=True, now=NOW) == NOW + 10 * MINUTE
    ten = proven(*(NOW - number * 2 * HOUR for number in range(1, 11)))
    assert next_mail_at(ten, is_proven=True, now=NOW) == NOW + 4 * HOUR


def mailed_at(times: list[datetime]) -> list[datetime | None]:
    pace: NetworkPace | None = None
    found = []
    for moment in times:
        pace, at = admitted(pace, now=moment)
        found.append(at)
    return found


def test_three_hundred_forms_in_a_minute_from_one_network_cause_forty_mails() -> None:
    asked = mailed_at([NOW + number * timedelta(seconds=0.2) for number in range(300)])
    assert sum(at is not None for at in asked) <= 40
    assert asked[:20] == [NOW + number * timedelta(seconds=0.2) for number in range(20)]
    assert max(at for at in asked if at) <= NOW + 2 * MINUTE


def test_two_hundred_people_behind_one_address_in_ten_minutes_all_get_through() -> None:
    # Some come together, as people do: up to thirty in the same moment.
    evenly = [NOW + number * timedelta(seconds=3) for number in range(200)]
    in_crowds = [NOW + (number // 30) * 1.5 * MINUTE for number in range(200)]
    for times in (evenly, in_crowds):
        asked = mailed_at(times)
        assert None not in asked
        assert all(at and at - moment <= 2 * MINUTE for at, moment in zip(asked, times, strict=True))


def test_a_rush_is_over_once_its_network_is_quiet_for_a_while() -> None:
    pace = None
    for _ in range(300):
        pace, at = admitted(pace, now=NOW)
    assert at is None
    _, at = admitted(pace, now=NOW + 3 * MINUTE)
    assert at == NOW + 3 * MINUTE
    _, at = admitted(pace, now=NOW - HOUR)  # a clock that was set back opens nothing
    assert at is None
