from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.tokens import check_signed_time, derived_key, new_token, signed_time, token_hash
from campaign.errors import RefusedError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = derived_key("a secret of thirty-two characters", "form")
DAY = timedelta(days=1)


def test_a_form_sent_within_its_day_is_taken() -> None:
    token = signed_time(KEY, "save-the-river", NOW)
    assert check_signed_time(KEY, "save-the-river", token, now=NOW + DAY, lifetime=DAY) == NOW


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "1.2",
        "x" * 10_000,
        "1732363200.é",
        signed_time(KEY, "another-letter", NOW),
        signed_time(b"k", "save-the-river", NOW),
    ],
)
def test_a_forged_form_is_refused(token: str) -> None:
    with pytest.raises(RefusedError, match="did not come from this page"):
        check_signed_time(KEY, "save-the-river", token, now=NOW, lifetime=DAY)


def test_a_form_left_open_for_longer_is_refused() -> None:
    token = signed_time(KEY, "save-the-river", NOW)
    with pytest.raises(RefusedError, match="open for too long"):
        check_signed_time(KEY, "save-the-river", token, now=NOW + DAY * 1.01, lifetime=DAY)


def test_a_token_has_256_bits_and_is_stored_only_as_its_hash() -> None:
    token = new_token()
    assert len(token) == 43
    assert token not in token_hash(token)
    assert new_token() != token
