"""Spot checks as rules: the same draw for everybody, no entry likelier than another, an honest interval."""

import random
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.confidence import ANYTHING, share_interval
from campaign.domain.drawing import (
    ChanceSource,
    check_known_at,
    drand_known_at,
    drand_round,
    drawn,
    positions,
    read_number,
    read_source_name,
    read_value,
    seed_of,
)
from campaign.domain.spot_check import NOT_ASKED, PickState, SpotCheckResult, closes_at
from campaign.errors import RefusedError
from tests.bench.spot_check import coverage

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SEED = seed_of(slug="save-the-river", size=10, root=bytes(32), value="a value")


@pytest.mark.slow
@given(st.binary(min_size=32, max_size=32), st.lists(st.booleans(), min_size=1, max_size=60), st.data())
def test_a_draw_takes_each_place_once_and_only_what_says_signed(
    seed: bytes, log: list[bool], data: st.DataObject
) -> None:
    signed = {place for place, says_signed in enumerate(log) if says_signed}
    number = data.draw(st.integers(0, len(signed)))
    picked = drawn(seed, len(log), number, lambda some: [place for place in some if place in signed])
    assert len(picked) == len(set(picked)) == number
    assert set(picked) <= signed
    # However many are asked about at a time: whoever reads all of the log first draws the same.
    by_hand = dict.fromkeys(place for place in islice(positions(seed, len(log)), 2_000) if place in signed)
    assert picked == list(by_hand)[:number]
    assert drawn(seed, len(log), number, lambda some: signed & set(some)) == picked


def test_the_rule_of_the_draw_is_the_one_that_is_documented_and_never_changes() -> None:
    assert SEED.hex() == "1ad7bff611fd233e479926cd1907b9fa556e98d960316756f88b3ea7fa55d665"
    assert drawn(SEED, 10, 5, lambda some: some) == [2, 5, 8, 3, 0]


def test_more_than_there_is_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="more is to be drawn than there is"):
        drawn(SEED, 10, 6, lambda some: [place for place in some if place % 2])


def test_no_place_is_likelier_than_another() -> None:
    """With 7 places and 64 bits the remainder is tiny; this looks for grosser faults than that."""
    counted = [0] * 7
    for place in islice(positions(SEED, 7), 14_000):
        counted[place] += 1
    assert all(abs(number - 2_000) < 200 for number in counted)


def test_a_seed_hangs_on_all_that_was_fixed() -> None:
    fixed = {"slug": "save-the-river", "size": 10, "root": bytes(32), "value": "a value"}
    others = [{"slug": "other"}, {"size": 11}, {"root": b"\1" * 32}, {"value": "another"}]
    assert len({SEED, *(seed_of(**{**fixed, **other}) for other in others)}) == 5  # type: ignore[arg-type]


def test_rounds_of_drand_are_those_of_its_clock() -> None:
    assert drand_round(datetime(2026, 4, 20, tzinfo=UTC)) == 27_946_612
    assert drand_round(datetime(2026, 4, 20, 12, 30, 43, tzinfo=UTC)) == 27_961_627
    assert drand_known_at(27_946_612) == datetime(2026, 4, 20, tzinfo=UTC)
    assert drand_round(datetime(2020, 1, 1, tzinfo=UTC)) == 1


@given(st.integers(0, 40 * 365 * 86_400_000))
def test_a_round_is_never_known_before_its_moment(milliseconds: int) -> None:
    moment = datetime(2023, 9, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    number = drand_round(moment)
    assert moment <= drand_known_at(number) < moment + timedelta(seconds=3)


def test_what_decides_is_announced_before_it_is_known_and_read_in_one_form() -> None:
    check_known_at(NOON + timedelta(minutes=10), now=NOON)
    for wrong in (timedelta(minutes=9), timedelta(days=-1), timedelta(days=61)):
        with pytest.raises(RefusedError):
            check_known_at(NOON + wrong, now=NOON)
    assert read_value(ChanceSource.DRAND, f' "{"AB" * 32}" ') == "ab" * 32
    for text in (" 3  14 15 ", "3, 14, 15.", "3-14-15", "(3;14;15)"):
        assert read_value(ChanceSource.OTHER, text) == "3 14 15"
    assert read_value(ChanceSource.OTHER, "Joker: 7, ÉTÉ") == "joker 7 été"
    for source, text in (
        (ChanceSource.DRAND, "ab" * 31),
        (ChanceSource.OTHER, " . "),
        (ChanceSource.OTHER, "1" * 201),
    ):
        with pytest.raises(RefusedError):
            read_value(source, text)
    assert (read_number("20"), read_number("400")) == (20, 400)
    for text in ("19", "401", "many", "٢٠", ""):
        with pytest.raises(RefusedError):
            read_number(text)
    for text in ("", "x" * 201):
        with pytest.raises(RefusedError):
            read_source_name(text)


def test_an_interval_is_clopper_and_pearson_s_rounded_outward() -> None:
    """Values of the published tables, and those that follow by hand."""
    ten_of_ten, none_of_ten, five_of_ten = (share_interval(k, k, 10) for k in (10, 0, 5))
    assert (ten_of_ten.lowest, ten_of_ten.highest) == (691, 1000)
    assert (none_of_ten.lowest, none_of_ten.highest) == (0, 309)
    assert (five_of_ten.lowest, five_of_ten.highest) == (187, 813)
    assert share_interval(0, 0, 0) == share_interval(0, 5, 5) == ANYTHING


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_what_is_unknown_only_widens_an_interval(yes: int, no: int, silent: int) -> None:
    number = yes + no + silent
    known = share_interval(yes, yes, yes + no)
    whole = share_interval(yes, yes + silent, number)
    for were_yes in {0, silent // 2, silent}:
        as_told = share_interval(yes + were_yes, yes + were_yes, number)
        assert whole.lowest <= as_told.lowest
        assert as_told.highest <= whole.highest
    if silent == 0:
        assert whole == known


@given(st.dictionaries(st.sampled_from(list(PickState)), st.integers(0, 30)), st.data())
def test_nobody_who_was_drawn_is_dropped_from_the_numbers(
    picks: dict[PickState, int], data: st.DataObject
) -> None:
    picks.pop(PickState.WAITING, None)
    answered = picks.get(PickState.ANSWERED, 0)
    yes = data.draw(st.integers(0, answered))
    result = SpotCheckResult.of(picks, yes=yes, no=answered - yes)
    assert result.drawn == result.left + result.could_not_be_asked + result.silent + result.answered
    assert set(result.not_asked) == {state.value for state in NOT_ASKED}
    assert SpotCheckResult.from_json(result.as_json()) == result
    if answered < 5:
        assert result.yes is result.no is None
        assert result.whatever_silence_means == ANYTHING
    else:
        assert result.whatever_silence_means.holds(yes / result.checked)


def test_answers_count_until_the_end_of_a_day() -> None:
    assert closes_at(NOON) == closes_at(NOON + timedelta(hours=11)) == datetime(2026, 12, 8, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fakes", [pytest.param(fakes, marks=pytest.mark.slow) for fakes in (0.0, 0.05, 0.2)] + [0.1]
)
def test_what_is_stated_holds_in_95_of_100_spot_checks(fakes: float) -> None:
    """The small, seeded part of `make bench ARGS=spot`: those who signed as others answer less, or never."""
    chance = random.Random(2026)
    for silence in ("alike", "fakes-silent", "fakes-eager"):
        found = coverage(fakes, silence, runs=80, chance=chance)
        assert found.whatever_silence_means >= 0.95, silence
        if silence == "alike":
            assert found.if_silence_is_like_answers >= 0.95


def test_the_narrower_statement_is_wrong_where_its_condition_is() -> None:
    """Which is why it never stands without its condition: fakes who keep silent make it too good."""
    chance = random.Random(2026)
    assert coverage(0.2, "fakes-silent", runs=40, chance=chance).if_silence_is_like_answers == 0
