from campaign.domain.outbox import OUTBOX_MOVES, OutboxState, may_become


def test_every_state_of_an_email_says_what_may_follow() -> None:
    assert set(OUTBOX_MOVES) == set(OutboxState)


def test_what_may_have_left_never_goes_back_to_the_queue_by_way_of_a_lease() -> None:
    assert not may_become(OutboxState.SENDING, OutboxState.LEASED)
    assert not may_become(OutboxState.IN_DOUBT, OutboxState.LEASED)
    assert not may_become(OutboxState.ACCEPTED, OutboxState.QUEUED)
