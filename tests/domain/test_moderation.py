from datetime import UTC, datetime

import pytest

from campaign.domain.moderation import InvalidationRule, clean_reason, read_moment, read_rule, require_reason
from campaign.domain.signature import SignatureState
from campaign.errors import RefusedError

MARCH = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("Example.ORG", "example.org"),
        ("@example.org", "example.org"),
        (" *.example.org ", "*.example.org"),
        ("münchen.example", "xn--mnchen-3ya.example"),
    ],
)
def test_a_domain_is_read_as_addresses_have_it(typed: str, domain: str) -> None:
    assert read_rule(domain=typed).domain == domain


@pytest.mark.parametrize("typed", ["org", "*.org", "rana@mail.example", "%.example", "a b.example", "*"])
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="Enter a domain"):
        read_rule(domain=typed)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-03-04", MARCH),
        (" 2026-03-04T18:30 ", MARCH.replace(hour=18, minute=30)),
        ("2026-03-04T18:30+02:00", MARCH.replace(hour=16, minute=30)),
        ("", None),
    ],
)
def test_a_time_is_in_utc_unless_it_says_otherwise(typed: str, moment: datetime | None) -> None:
    assert read_moment(typed) == moment


@pytest.mark.parametrize("typed", ["yesterday", "4 March", "2026-13-01", "0001-01-01T00:00+09:00"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(RefusedError, match="Enter a time"):
        read_moment(typed)


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"until": "2026-03-04"},
        {"state": "confirmed"},
        {"since": "2026-03-04", "until": "2026-03-04"},
        {"domain": "a.example", "state": "withdrawn"},
        {"network": "a" * 33},
        {"network": "a1b2c3"},
        {"network": "%1b2c3d4"},
    ],
)
def test_a_rule_that_means_everybody_or_nobody_is_refused(parts: dict[str, str]) -> None:
    with pytest.raises(RefusedError):
        read_rule(**parts)


def test_a_rule_comes_back_from_where_it_is_stored_as_it_was() -> None:
    rules = [
        read_rule(
            domain="*.a.example",
            network="a1b2c3d4",
            since="2026-03-04",
            until="2026-03-05",
            state="suspected",
        ),
        read_rule(state="suspected"),
        InvalidationRule(),
    ]
    assert [InvalidationRule.from_json(rule.as_json()) for rule in rules] == rules
    assert rules[1].as_json() == {"state": "suspected"}
    assert rules[0].state is SignatureState.SUSPECTED


def test_a_reason_holds_no_name_and_no_address() -> None:
    assert clean_reason(" a   flood ", name="Flo") == "a flood"
    assert clean_reason("nobody is called Robotnik", name="Robot") == "nobody is called Robotnik"
    for reason in ("RANA idris wrote it herself", "see rana@mail.example", "x" * 201):
        with pytest.raises(RefusedError):
            clean_reason(reason, name="Rana Idris")
    with pytest.raises(RefusedError, match="Enter a reason"):
        require_reason("  ")
