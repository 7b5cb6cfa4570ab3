"""What the circumstances of a form say, case by case."""

from datetime import timedelta

import pytest

from campaign.domain.evidence import Evidence, FormVerdict, judge
from campaign.domain.proof_of_work import EASIEST, HARDEST

QUICK = timedelta(seconds=1)
ORDINARY = {
    "one person at home": Evidence(age=timedelta(minutes=2), has_proof=True),
    "one person without JavaScript": Evidence(age=timedelta(minutes=2)),
    "somebody about whose form nothing is known": Evidence(),
    "the last of 200 people behind one exit": Evidence(from_network=199, has_proof=True),
    "the same without JavaScript": Evidence(from_network=199),
    "the last of 500 people behind one exit, without JavaScript": Evidence(from_network=499),
    "200 people in one hall who send one text, without JavaScript": Evidence(from_network=199, alike=199),
    "500 people in one hall who send one text": Evidence(from_network=499, alike=499, has_proof=True),
    "people in many places who send one text, without JavaScript": Evidence(alike=999),
    "a browser that filled the trap by itself": Evidence(is_trap_filled=True, has_proof=True),
    "such a browser in a crowd": Evidence(from_network=199, alike=199, is_trap_filled=True, has_proof=True),
    "a browser that filled in everything at once": Evidence(age=QUICK, has_proof=True),
    "a browser that fills in the trap too, at once": Evidence(is_trap_filled=True, age=QUICK, has_proof=True),
}
SUSPECTED = {
    "a program that fills every field at once": Evidence(is_trap_filled=True, age=QUICK),
    "whatever fills the trap and calculates nothing": Evidence(is_trap_filled=True),
    "a program that sends one text from one place": Evidence(from_network=300, alike=300),
    "a rush of forms with the trap filled": Evidence(from_network=100, is_trap_filled=True),
    "a rush of forms sent within a second": Evidence(from_network=100, age=QUICK),
    "a rush of forms alike, with the trap filled": Evidence(from_network=20, alike=20, is_trap_filled=True),
    "a rush that calculates, fills the trap and takes no time": Evidence(
        from_network=100, is_trap_filled=True, age=QUICK, has_proof=True
    ),
}
BY_VERDICT = {FormVerdict.ORDINARY: ORDINARY, FormVerdict.SUSPECTED: SUSPECTED}


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        pytest.param(evidence, verdict, id=who)
        for verdict, cases in BY_VERDICT.items()
        for who, evidence in cases.items()
    ],
)
def test_no_sign_but_the_trap_makes_a_suspect_and_a_proof_outweighs_each(
    evidence: Evidence, verdict: FormVerdict
) -> None:
    assert judge(evidence).verdict is verdict


@pytest.mark.parametrize(
    ("evidence", "difficulty"),
    [
        (Evidence(), EASIEST),
        (Evidence(from_network=19), EASIEST),
        (Evidence(from_network=20), 4 * EASIEST),
        (Evidence(from_network=100), 16 * EASIEST),
        (Evidence(from_network=300), HARDEST),
        (Evidence(is_trap_filled=True), 16 * EASIEST),
        (Evidence(is_trap_filled=True, alike=20), HARDEST),
        (Evidence(from_network=10_000, alike=10_000, is_trap_filled=True, age=QUICK), HARDEST),
    ],
)
def test_the_proof_gets_harder_with_the_evidence_and_never_harder_than_a_phone_can_bear(
    evidence: Evidence, difficulty: int
) -> None:
    assert judge(evidence).difficulty == difficulty


def test_a_proof_already_given_makes_the_next_one_no_easier() -> None:
    crowd = Evidence(from_network=150)
    assert judge(Evidence(from_network=150, has_proof=True)).difficulty == judge(crowd).difficulty


def test_no_sign_ever_makes_a_form_less_suspect() -> None:
    for number in (0, 5, 20, 100, 300):
        for alike in (0, 20):
            before = judge(Evidence(from_network=number, alike=alike))
            after = judge(Evidence(from_network=number, alike=alike, is_trap_filled=True, age=QUICK))
            assert before.verdict is FormVerdict.ORDINARY or after.verdict is FormVerdict.SUSPECTED
