"""What reports make of an address, whatever their order."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.events import EventKind, SuppressionSource
from campaign.domain.official import OfficialPauseCause
from campaign.domain.outbox import STREAMS, EmailKind, MailStream
from campaign.domain.suppressions import (
    SUPPRESSES,
    TURNED_AWAY_PAUSE,
    AddressReport,
    OfficialReport,
    SuppressionReason,
    first_pause,
    lasting_pause,
    stops,
    temporary_pause,
    with_report,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTES = st.integers(-600, 0).map(lambda minutes: NOW + timedelta(minutes=minutes))
REPORTS = st.lists(
    st.builds(
        OfficialReport, st.sampled_from("abcdef"), st.sampled_from(list(EventKind)), MINUTES, st.none()
    ),
    max_size=14,
)
FINDINGS = st.lists(
    st.builds(
        AddressReport,
        st.just(SuppressionReason.BOUNCED),
        st.sampled_from(list(SuppressionSource)),
        MINUTES,
        st.sampled_from([None, "550 no", "551 gone"]),
    ),
    max_size=8,
)

AWAY = [(EventKind.BLOCKED, "a"), (EventKind.BLOCKED, "b"), (EventKind.BLOCKED, "c")]


def report(kind: EventKind, email: str, minutes: int) -> OfficialReport:
    return OfficialReport(email, kind, NOW + timedelta(minutes=minutes))


def test_every_kind_of_email_belongs_to_a_stream() -> None:
    assert STREAMS.keys() == set(EmailKind)


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_no_suppression_stops_a_message_to_an_official(reason: SuppressionReason) -> None:
    to_officials = [kind for kind in EmailKind if STREAMS[kind] is MailStream.ACTION]
    assert to_officials
    assert not any(stops(reason, kind) for kind in to_officials)


def test_who_has_had_enough_still_gets_what_they_ask_for() -> None:
    for reason in (SuppressionReason.COMPLAINED, SuppressionReason.UNSUBSCRIBED):
        assert not stops(reason, EmailKind.CONFIRMATION)
        assert not stops(reason, EmailKind.THANKS)
        assert not stops(reason, EmailKind.ALREADY_SIGNED)
    for reason in (SuppressionReason.BOUNCED, SuppressionReason.DROPPED, SuppressionReason.ORGANIZER):
        assert stops(reason, EmailKind.CONFIRMATION)


def test_a_mail_that_was_only_turned_away_or_delayed_silences_nobody() -> None:
    assert not {EventKind.BLOCKED, EventKind.DEFERRED, EventKind.REFUSED} & SUPPRESSES.keys()


def test_a_report_from_before_somebody_wrote_there_again_counts_no_more() -> None:
    bounced = AddressReport(SuppressionReason.BOUNCED, SuppressionSource.SMTP, NOW)
    known = with_report(None, bounced)
    lifted = with_report(known, AddressReport(bounced.reason, bounced.source, NOW + timedelta(minutes=1)))
    lifted = type(lifted)(**{**vars(lifted), "lifted_at": NOW + timedelta(hours=1)})
    assert with_report(lifted, bounced).lifted_at is not None
    later = AddressReport(bounced.reason, bounced.source, NOW + timedelta(hours=2))
    assert with_report(lifted, later).lifted_at is None


@pytest.mark.parametrize(
    ("reports", "rests"),
    [
        (AWAY, True),
        ([(EventKind.BLOCKED, "a"), (EventKind.BLOCKED, "a"), (EventKind.BLOCKED, "a")], False),
        ([(EventKind.DEFERRED, "a"), (EventKind.DEFERRED, "b"), (EventKind.DEFERRED, "c")], False),
        ([(EventKind.DEFERRED, one) for one in "aabbcc"], True),
        ([*AWAY[:2], (EventKind.DELIVERED, "x"), AWAY[2]], False),
        ([*AWAY, (EventKind.DELIVERED, "x")], False),
    ],
    ids=["three away", "one thrice", "greylisted", "deferred twice each", "one got through", "one at last"],
)
def test_an_office_that_turns_mail_away_is_left_in_peace(
    reports: list[tuple[EventKind, str]], rests: bool
) -> None:
    all_of_them = [report(kind, email, number - 20) for number, (kind, email) in enumerate(reports)]
    pause = temporary_pause(all_of_them, now=NOW)
    assert (pause is not None) is rests
    if pause:
        assert pause.cause is OfficialPauseCause.TURNED_AWAY
        assert pause.until == all_of_them[-1].at + TURNED_AWAY_PAUSE
        assert temporary_pause(all_of_them, now=pause.until) is None


def test_a_dead_address_stops_an_official_until_somebody_looks() -> None:
    pause = lasting_pause([report(EventKind.DELIVERED, "a", -9), report(EventKind.BOUNCED, "b", -8)])
    assert pause
    assert (pause.cause, pause.until) == (OfficialPauseCause.BOUNCED, None)
    assert lasting_pause([report(EventKind.BLOCKED, "a", -9), report(EventKind.REFUSED, "b", -8)]) is None


@given(FINDINGS, st.randoms(use_true_random=False), st.none() | MINUTES)
def test_findings_in_any_order_leave_the_same_suppression(findings, randoms, lifted_at) -> None:  # type: ignore[no-untyped-def]
    shuffled = findings.copy()
    randoms.shuffle(shuffled)
    start = with_report(
        None, AddressReport(SuppressionReason.BOUNCED, SuppressionSource.DESK, NOW - timedelta(days=1))
    )
    start = type(start)(**{**vars(start), "lifted_at": lifted_at})
    assert reduce(with_report, findings, start) == reduce(with_report, shuffled, start)


@given(REPORTS, st.randoms(use_true_random=False), st.integers(0, 14))
def test_reports_in_any_order_and_any_parts_leave_an_official_the_same(reports, randoms, cut) -> None:  # type: ignore[no-untyped-def]
    shuffled = reports.copy()
    randoms.shuffle(shuffled)
    assert temporary_pause(shuffled, now=NOW) == temporary_pause(reports, now=NOW)
    parts = [lasting_pause(shuffled[:cut]), lasting_pause(shuffled[cut:])]
    assert first_pause(one for one in parts if one) == lasting_pause(reports)
