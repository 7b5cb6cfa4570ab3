from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.retention import (
    FORM_DAYS,
    HAS_ENDED,
    NEEDS_WORDS,
    OVERDUE_AFTER,
    WORDS_DAYS,
    RetentionTerms,
    is_file_due,
    is_overdue,
    read_retention_days,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_what_can_still_be_sent_by_a_worker_needs_its_words() -> None:
    assert set(NEEDS_WORDS) | set(HAS_ENDED) == set(OutboxState)
    assert {"accepted", "delivered", "bounced", "failed", "cancelled"} == set(HAS_ENDED)


def test_a_campaign_knows_who_signed_from_its_close_on_for_its_days() -> None:
    assert RetentionTerms().known_until is None
    assert RetentionTerms(days=30, closed_at=NOW).known_until == NOW + timedelta(days=30)


@pytest.mark.parametrize(
    ("kind", "state", "days", "is_due"),
    [
        (EmailKind.CONFIRMATION, OutboxState.ACCEPTED, FORM_DAYS, True),
        (EmailKind.MESSAGE, OutboxState.ACCEPTED, FORM_DAYS, False),
        (EmailKind.MESSAGE, OutboxState.ACCEPTED, WORDS_DAYS, True),
        (EmailKind.MESSAGE, OutboxState.IN_DOUBT, WORDS_DAYS, False),
    ],
)
def test_a_file_goes_with_what_it_is_of(kind: EmailKind, state: OutboxState, days: int, is_due: bool) -> None:
    assert is_file_due(kind, state, NOW - timedelta(days=days), now=NOW) is is_due


def test_nothing_is_overdue_before_anything_was_ever_looked_after() -> None:
    assert not is_overdue([], now=NOW)
    assert not is_overdue([NOW - OVERDUE_AFTER + timedelta(seconds=1)], now=NOW)
    assert is_overdue([NOW, NOW - OVERDUE_AFTER], now=NOW)


def test_no_days_are_the_usual_ones() -> None:
    assert read_retention_days("  ") == RetentionTerms().days
    assert read_retention_days(" 365 ") == 365
