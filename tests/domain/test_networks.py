"""Networks that count as one for limits."""

import pytest

from campaign.domain.networks import network_of, network_value


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::9", "2001:db8:1::/48"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_neighbours_share_a_network(address: str | None, network: str) -> None:
    assert network_of(address) == network


def test_the_value_of_a_network_is_the_same_for_neighbours_and_no_longer_once_the_salt_has_changed() -> None:
    value = network_value(b"monday", "203.0.113.77")
    assert value == network_value(b"monday", "203.0.113.9")
    assert value != network_value(b"monday", "203.0.114.77")
    assert value != network_value(b"tuesday", "203.0.113.77")
    assert value == network_value(b"monday", "::ffff:203.0.113.9")
    assert network_value(b"monday", "2001:db8:1:2::9") == network_value(b"monday", "2001:db8:1:ffff::1")
    assert network_value(b"monday", "2001:db8:1::9") != network_value(b"monday", "2001:db8:2::9")
    assert network_value(b"monday", None) == network_value(b"monday", "not an address")
    assert len(value) == 32
