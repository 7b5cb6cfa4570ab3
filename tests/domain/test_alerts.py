"""What organizers are told of the mail, and how seldom."""

from datetime import UTC, datetime, timedelta

from campaign.domain.activity_lookup import WAITS, next_lookup
from campaign.domain.alerts import (
    AlertChange,
    AlertKind,
    AlertStage,
    Condition,
    OpenAlert,
    alert_changes,
    has_no_worker,
    is_late,
    is_notified,
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


def stages(found: tuple[AlertChange, ...]) -> list[tuple[AlertKind, AlertStage]]:
    return [(one.condition.kind, one.stage) for one in found]


def test_what_begins_is_told_at_once_and_not_again_while_it_lasts() -> None:
    assert stages(alert_changes([DOUBT, KEY], [], now=NOON)) == [
        (AlertKind.KEY_REFUSED, AlertStage.BEGUN),
        (AlertKind.DOUBT, AlertStage.BEGUN),
    ]
    assert alert_changes([DOUBT], told(), now=after(hours=23)) == ()


def test_what_lasts_is_told_once_a_day() -> None:
    (one,) = alert_changes([DOUBT], told(), now=after(hours=24))
    assert (one.stage, one.began_at) == (AlertStage.LASTING, NOON)
    assert alert_changes([DOUBT], told(at=after(hours=24)), now=after(hours=25)) == ()


def test_what_comes_and_goes_is_over_only_after_a_quiet_quarter_of_an_hour() -> None:
    gone = told(seen=after(hours=2))
    assert alert_changes([], gone, now=after(hours=2, minutes=14)) == ()
    assert alert_changes([DOUBT], gone, now=after(hours=2, minutes=14)) == ()
    (one,) = alert_changes([], gone, now=after(hours=2, minutes=15))
    assert one == AlertChange(DOUBT, AlertStage.OVER, NOON, after(hours=2))


def test_each_official_and_provider_is_a_condition_of_its_own() -> None:
    paused = [Condition(AlertKind.OFFICIAL_PAUSED, number) for number in ("3", "7")]
    found = alert_changes(paused, told(paused[0]), now=after(minutes=1))
    assert [(one.condition.subject, one.stage) for one in found] == [("7", AlertStage.BEGUN)]


def test_a_late_queue_is_told_only_when_a_worker_cannot_mend_it() -> None:
    assert stages(alert_changes([LATE], [], now=NOON)) == [(AlertKind.QUEUE_LATE, AlertStage.NOTED)]
    pending = told(LATE, seen=after(seconds=110), at=None)
    assert alert_changes([LATE], pending, now=after(seconds=115)) == ()
    (one,) = alert_changes([LATE], pending, now=after(minutes=2))
    assert (one.stage, one.began_at) == (AlertStage.BEGUN, NOON)
    assert stages(alert_changes([], pending, now=after(minutes=2))) == [
        (AlertKind.QUEUE_LATE, AlertStage.DROPPED)
    ]
    # Half an hour without a look says nothing of what was between.
    (again,) = alert_changes([LATE], pending, now=after(minutes=32))
    assert (again.stage, again.began_at) == (AlertStage.NOTED, after(minutes=32))


def test_of_a_missing_worker_no_mail_is_written_that_nobody_would_send() -> None:
    assert alert_changes([Condition(AlertKind.NO_WORKER)], [], now=NOON) == ()


def test_of_a_rush_organizers_hear_when_it_begins_and_no_more() -> None:
    rush = Condition(AlertKind.RUSH, "7")
    stages_told = [
        stage for stage in AlertStage if is_notified(AlertChange(rush, stage, began_at=NOON, seen_at=NOON))
    ]
    assert stages_told == [AlertStage.BEGUN]
    assert is_notified(AlertChange(DOUBT, AlertStage.OVER, began_at=NOON, seen_at=NOON))


def test_of_what_is_suspected_organizers_hear_once_a_day_and_not_that_they_have_looked() -> None:
    waits = Condition(AlertKind.SUSPECTED, "7")
    ((_, stage),) = stages(alert_changes([waits], [], now=NOON))
    assert stage is AlertStage.BEGUN
    # They accept it, and another comes in: the next day is soon enough.
    looked = told(waits, seen=after(minutes=10), at=NOON)
    assert alert_changes([], looked, now=after(hours=20)) == ()
    assert alert_changes([waits], looked, now=after(hours=20)) == ()
    assert stages(alert_changes([waits], looked, now=after(hours=24))) == [
        (AlertKind.SUSPECTED, AlertStage.LASTING)
    ]
    (over,) = alert_changes([], looked, now=after(hours=25))
    assert over.stage is AlertStage.OVER
    assert not is_notified(over)


def test_late_is_what_could_have_gone_a_quarter_of_an_hour_ago() -> None:
    assert not is_late(None, now=NOON)
    assert not is_late(NOON, now=after(minutes=14))
    assert is_late(NOON, now=after(minutes=15))


def test_a_worker_is_missed_only_while_mail_is_due() -> None:
    assert not has_no_worker(None, None, now=NOON)
    assert not has_no_worker(NOON, None, now=after(minutes=1))
    assert has_no_worker(NOON, None, now=after(minutes=2))
    assert not has_no_worker(NOON, after(minutes=1), now=after(minutes=2))
    assert has_no_worker(NOON, after(minutes=1), now=after(minutes=3))


def test_a_log_is_asked_after_the_reports_had_their_time_and_not_for_ever() -> None:
    times = [next_lookup(tries, since=NOON) for tries in range(len(WAITS) + 1)]
    assert times[0] == after(minutes=5)
    assert times[-1] is None
    assert sorted(one for one in times if one) == times[:-1]
