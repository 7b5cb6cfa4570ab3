"""Quiet campaigns: when one may become quiet or stop being so, and which emails it writes to whom."""

from itertools import product

import pytest

from campaign.domain.campaign import CampaignState
from campaign.domain.outbox import QUESTIONS, TO_SUPPORTERS, EmailKind
from campaign.domain.quiet import QuietStanding, is_written, may_begin, may_end

EVERY = [
    QuietStanding(is_quiet=is_quiet, state=state, was_open=was_open, has_people=has_people)
    for is_quiet, state, was_open, has_people in product(
        (True, False), CampaignState, (True, False), (True, False)
    )
]


def test_any_campaign_may_become_quiet_once() -> None:
    assert [may_begin(one) for one in EVERY] == [not one.is_quiet for one in EVERY]


def test_only_a_draft_that_nobody_has_come_to_stops_being_quiet() -> None:
    assert [one for one in EVERY if may_end(one)] == [
        QuietStanding(is_quiet=True, state=CampaignState.DRAFT, was_open=False, has_people=False)
    ]


@pytest.mark.parametrize("kind", sorted(TO_SUPPORTERS))
def test_without_secret_words_a_quiet_campaign_writes_nothing_but_the_code_that_was_asked_for(
    kind: EmailKind,
) -> None:
    asked_for = kind in (EmailKind.CONFIRMATION, EmailKind.ALREADY_SIGNED)
    assert is_written(kind, is_quiet=True, has_words=False) is asked_for
    assert is_written(kind, is_quiet=True, has_words=True) is (kind not in QUESTIONS)
    assert is_written(kind, is_quiet=False, has_words=False)
