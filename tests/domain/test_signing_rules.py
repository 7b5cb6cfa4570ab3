from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.outbox import OUTBOX_MOVES, OutboxState, may_become
from campaign.domain.signing import next_mail_at

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("sent", "about_this", "at"),
    [
        ([], 0, NOW),
        ([NOW - HOUR], 1, NOW),
        ([NOW - 20 * MINUTE], 1, NOW + 40 * MINUTE),
        ([NOW - 9 * HOUR, NOW - 5 * HOUR, NOW - 2 * HOUR], 0, NOW + 15 * HOUR),
        ([NOW - 30 * HOUR, NOW - 5 * HOUR, NOW - 2 * HOUR], 2, NOW),
        ([NOW - 400 * HOUR] * 5, 5, None),
    ],
)
def test_a_mailbox_gets_at_most_a_mail_an_hour_and_three_a_day_and_five_a_signature(
    sent: list[datetime], about_this: int, at: datetime | None
) -> None:
    assert next_mail_at(sent, for_this_signature=about_this, now=NOW) == at


def test_every_state_of_an_email_says_what_may_follow() -> None:
    assert set(OUTBOX_MOVES) == set(OutboxState)


def test_what_may_have_left_never_goes_back_to_the_queue_by_way_of_a_lease() -> None:
    assert not may_become(OutboxState.SENDING, OutboxState.LEASED)
    assert not may_become(OutboxState.IN_DOUBT, OutboxState.LEASED)
    assert not may_become(OutboxState.ACCEPTED, OutboxState.QUEUED)
