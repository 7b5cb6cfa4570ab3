from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.events import EventKind, after_reports
from campaign.domain.outbox import OutboxState

REPORTABLE = [OutboxState.SENDING, OutboxState.IN_DOUBT, OutboxState.ACCEPTED]


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([EventKind.PROCESSED], OutboxState.ACCEPTED),
        ([EventKind.DEFERRED], OutboxState.ACCEPTED),
        ([EventKind.DELIVERED], OutboxState.DELIVERED),
        ([EventKind.DROPPED], OutboxState.FAILED),
        ([EventKind.DELIVERED, EventKind.BOUNCED], OutboxState.BOUNCED),
        ([EventKind.COMPLAINED], OutboxState.DELIVERED),
        ([EventKind.DROPPED, EventKind.DELIVERED], OutboxState.DELIVERED),
        ([EventKind.REFUSED, EventKind.COMPLAINED, EventKind.PROCESSED], OutboxState.DELIVERED),
    ],
)
@pytest.mark.parametrize("current", REPORTABLE)
def test_any_report_settles_a_mail_in_doubt(
    current: OutboxState, kinds: list[EventKind], state: OutboxState
) -> None:
    assert {after_reports(current, order) for order in permutations(kinds)} == {state}


@given(
    st.lists(st.sampled_from(EventKind), min_size=1, max_size=12), st.randoms(), st.sampled_from(REPORTABLE)
)
def test_reports_repeated_and_shuffled_end_where_they_end_in_order(kinds, randoms, current) -> None:
    in_order = after_reports(current, kinds)
    shuffled = kinds * 3
    randoms.shuffle(shuffled)
    state = current
    for kind in shuffled:
        state = after_reports(state, [kind])
    assert state is in_order


@pytest.mark.parametrize("current", [*REPORTABLE, OutboxState.FAILED, OutboxState.DELIVERED])
def test_what_was_delivered_is_so_although_a_later_try_was_dropped_and_the_other_way_round(
    current: OutboxState,
) -> None:
    for first, second in permutations([EventKind.DROPPED, EventKind.DELIVERED]):
        one_by_one = after_reports(after_reports(current, [first]), [second])
        assert one_by_one is after_reports(current, [first, second]) is OutboxState.DELIVERED


def test_a_mail_that_waits_to_go_again_is_stopped_by_its_arrival_and_not_by_its_first_failure() -> None:
    for waits in (OutboxState.QUEUED, OutboxState.LEASED):
        assert after_reports(waits, [EventKind.DROPPED]) is waits
        assert after_reports(waits, [EventKind.DROPPED, EventKind.DELIVERED]) is OutboxState.DELIVERED


@pytest.mark.parametrize("state", [OutboxState.HELD, OutboxState.CANCELLED])
def test_a_mail_that_never_went_is_beyond_reports(state: OutboxState) -> None:
    assert after_reports(state, list(EventKind)) is state
