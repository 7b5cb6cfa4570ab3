"""The list before a campaign opens: what keeps it from opening, and what is only worth a look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaign.domain.opening import (
    CheckItem,
    CheckState,
    OfficialFacts,
    OpeningFacts,
    blocking,
    opening_checks,
)
from campaign.domain.outbox import OutboxState

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
REACHED = OfficialFacts(is_decided=True, has_own_salutation=True)
UNDECIDED = OfficialFacts(is_decided=False, has_own_salutation=True)
READY = OpeningFacts(
    asks=3,
    doubts=0,
    counts_nobody=False,
    officials=[REACHED],
    mail_stays_here=False,
    is_public_site=True,
    key_refused=False,
    failing=[],
    test_state=OutboxState.DELIVERED,
    unpublished=[],
    outdated=[],
    shorter=[],
    goal=500,
    closes_at=None,
    has_publisher=True,
    has_contact=True,
    has_privacy_notice=True,
    retention_days=90,
    is_preview_seen=True,
    is_preview_current=True,
)


def test_a_campaign_with_everything_in_place_has_every_line_done() -> None:
    checks = opening_checks(READY, now=NOW)
    assert [check.item for check in checks] == list(CheckItem)
    assert {check.state for check in checks} == {CheckState.DONE}


@pytest.mark.parametrize(
    ("missing", "item"),
    [
        ({"has_publisher": False}, CheckItem.PUBLISHER),
        ({"officials": [UNDECIDED, UNDECIDED]}, CheckItem.OFFICIALS),
    ],
)
def test_only_what_truly_harms_keeps_it_from_opening(missing: dict[str, Any], item: CheckItem) -> None:
    stopping = blocking(opening_checks(replace(READY, **missing), now=NOW))
    assert [check.item for check in stopping] == [item]


@pytest.mark.parametrize(
    ("less", "item"),
    [
        ({"doubts": 2}, CheckItem.LETTER),
        ({"asks": 0}, CheckItem.LETTER),
        ({"counts_nobody": True}, CheckItem.LETTER),
        ({"officials": []}, CheckItem.OFFICIALS),
        ({"officials": [REACHED, UNDECIDED]}, CheckItem.OFFICIALS),
        ({"officials": [replace(REACHED, has_own_salutation=False)]}, CheckItem.SALUTATIONS),
        ({"mail_stays_here": True}, CheckItem.SENDER),
        ({"key_refused": True}, CheckItem.SENDER),
        ({"failing": ["spf"]}, CheckItem.SENDER),
        ({"test_state": None}, CheckItem.TEST_EMAIL),
        ({"test_state": OutboxState.QUEUED}, CheckItem.TEST_EMAIL),
        ({"test_state": OutboxState.BOUNCED}, CheckItem.TEST_EMAIL),
        ({"test_state": OutboxState.FAILED}, CheckItem.TEST_EMAIL),
        ({"unpublished": ["Français"]}, CheckItem.TRANSLATIONS),
        ({"outdated": ["Français"]}, CheckItem.TRANSLATIONS),
        ({"shorter": ["Français"]}, CheckItem.TRANSLATIONS),
        ({"goal": None}, CheckItem.GOAL),
        ({"closes_at": NOW - timedelta(days=1)}, CheckItem.GOAL),
        ({"has_contact": False}, CheckItem.CONTACT),
        ({"has_privacy_notice": False}, CheckItem.PRIVACY),
        ({"is_preview_current": False}, CheckItem.PREVIEW),
        ({"is_preview_current": False, "is_preview_seen": False}, CheckItem.PREVIEW),
    ],
)
def test_the_rest_is_worth_a_look_and_can_be_passed(less: dict[str, Any], item: CheckItem) -> None:
    checks = opening_checks(replace(READY, **less), now=NOW)
    assert [check.item for check in checks if check.state is CheckState.LOOK] == [item]
    assert not blocking(checks)


def test_nothing_worth_a_look_in_one_translation_hides_what_is_in_another() -> None:
    facts = replace(READY, unpublished=["Français"], outdated=["Español"], shorter=["Português"])
    told = [
        check.values["languages"]
        for check in opening_checks(facts, now=NOW)
        if check.item is CheckItem.TRANSLATIONS
    ]
    assert told == ["Français", "Español", "Português"]


def test_on_one_s_own_machine_mail_that_stays_there_is_as_it_should_be() -> None:
    checks = opening_checks(replace(READY, mail_stays_here=True, is_public_site=False), now=NOW)
    assert {check.state for check in checks} == {CheckState.DONE}


def test_every_sentence_can_be_filled() -> None:
    for facts in (
        READY,
        replace(READY, doubts=1, failing=["spf"], unpublished=["ug"], officials=[UNDECIDED]),
    ):
        assert all("%(" not in check.sentence for check in opening_checks(facts, now=NOW))
