"""What organizers are told of the mail, and how seldom."""

from datetime import UTC, datetime, timedelta

from campaign.domain.activity_lookup import WAITS, next_lookup
from campaign.domain.alerts import (
    AlertKind,
    Condition,
    News,
    OpenAlert,
    Stage,
    is_late,
    news,
    nobody_works,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DOUBT = Condition(AlertKind.DOUBT)
LATE = Condition(AlertKind.QUEUE_LATE)
KEY = Condition(AlertKind.KEY_REFUSED, "sendgrid")


def after(**span: float) -> datetime:
    return NOON + timedelta(**span)


def told(
    condition: Condition = DOUBT, *, seen: datetime = NOON, at: datetime | None = NOON
) -> list[OpenAlert]:
    return [OpenAlert(condition, NOON, seen, at)]


def stages(found: tuple[News, ...]) -> list[tuple[AlertKind, Stage]]:
    return [(one.condition.kind, one.stage) for one in found]


def test_what_begins_is_told_at_once_and_not_again_while_it_lasts() -> None:
    assert stages(news([DOUBT, KEY], [], now=NOON)) == [
        (AlertKind.KEY_REFUSED, Stage.BEGUN),
        (AlertKind.DOUBT, Stage.BEGUN),
    ]
    assert news([DOUBT], told(), now=after(hours=23)) == ()


def test_what_lasts_is_told_once_a_day() -> None:
    (one,) = news([DOUBT], told(), now=after(hours=24))
    assert (one.stage, one.began_at) == (Stage.LASTING, NOON)
    assert news([DOUBT], told(at=after(hours=24)), now=after(hours=25)) == ()


def test_what_comes_and_goes_is_over_only_after_a_quiet_quarter_of_an_hour() -> None:
    gone = told(seen=after(hours=2))
    assert news([], gone, now=after(hours=2, minutes=14)) == ()
    assert news([DOUBT], gone, now=after(hours=2, minutes=14)) == ()
    (one,) = news([], gone, now=after(hours=2, minutes=15))
    assert one == News(DOUBT, Stage.OVER, NOON, after(hours=2))


def test_each_official_and_provider_is_a_condition_of_its_own() -> None:
    paused = [Condition(AlertKind.OFFICIAL_PAUSED, number) for number in ("3", "7")]
    found = news(paused, told(paused[0]), now=after(minutes=1))
    assert [(one.condition.subject, one.stage) for one in found] == [("7", Stage.BEGUN)]


def test_a_late_queue_is_told_only_when_a_worker_cannot_mend_it() -> None:
    assert stages(news([LATE], [], now=NOON)) == [(AlertKind.QUEUE_LATE, Stage.NOTED)]
    pending = told(LATE, seen=after(seconds=110), at=None)
    assert news([LATE], pending, now=after(seconds=115)) == ()
    (one,) = news([LATE], pending, now=after(minutes=2))
    assert (one.stage, one.began_at) == (Stage.BEGUN, NOON)
    assert stages(news([], pending, now=after(minutes=2))) == [(AlertKind.QUEUE_LATE, Stage.DROPPED)]
    # Half an hour without a look says nothing of what was between.
    (again,) = news([LATE], pending, now=after(minutes=32))
    assert (again.stage, again.began_at) == (Stage.NOTED, after(minutes=32))


def test_of_a_missing_worker_no_mail_is_written_that_nobody_would_send() -> None:
    assert news([Condition(AlertKind.NO_WORKER)], [], now=NOON) == ()


def test_late_is_what_could_have_gone_a_quarter_of_an_hour_ago() -> None:
    assert not is_late(None, now=NOON)
    assert not is_late(NOON, now=after(minutes=14))
    assert is_late(NOON, now=after(minutes=15))


def test_a_worker_is_missed_only_while_mail_is_due() -> None:
    assert not nobody_works(None, None, now=NOON)
    assert not nobody_works(NOON, None, now=after(minutes=1))
    assert nobody_works(NOON, None, now=after(minutes=2))
    assert not nobody_works(NOON, after(minutes=1), now=after(minutes=2))
    assert nobody_works(NOON, after(minutes=1), now=after(minutes=3))


def test_a_log_is_asked_after_the_reports_had_their_time_and_not_for_ever() -> None:
    times = [next_lookup(tries, since=NOON) for tries in range(len(WAITS) + 1)]
    assert times[0] == after(minutes=5)
    assert times[-1] is None
    assert sorted(one for one in times if one) == times[:-1]
