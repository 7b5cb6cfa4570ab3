"""The token of public forms: believed for a day, for its own campaign, under this and earlier secret keys."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from campaign.errors import RefusedError
from campaign.runtime import Runtime
from campaign.settings import Settings
from campaign.web.csrf import check_form_token, form_token
from campaign.web.signers import signer

SLUG = "save-the-river"
HOUR = timedelta(hours=1)


@pytest.fixture
def settings(make_runtime: Callable[..., Runtime]) -> Settings:
    return make_runtime().settings


def rotate(settings: Settings, key: str) -> Settings:
    """The same installation with a new secret key, the one before it kept as the first fallback."""
    earlier = (settings.secret_key, *settings.secret_key_fallbacks)
    return replace(settings, secret_key=key, secret_key_fallbacks=earlier)


def test_the_token_is_the_same_for_everybody_within_an_hour(settings: Settings, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    assert form_token(settings, SLUG, hour) == form_token(settings, SLUG, hour + timedelta(minutes=59))
    assert form_token(settings, SLUG, hour) != form_token(settings, SLUG, hour + HOUR)


def test_a_form_sent_within_its_day_is_taken_and_one_left_open_for_longer_is_not(
    settings: Settings, now: datetime
) -> None:
    token = form_token(settings, SLUG, now)
    check_form_token(settings, SLUG, token, now=now + 24 * HOUR)
    with pytest.raises(RefusedError, match="open for too long"):
        check_form_token(settings, SLUG, token, now=now + 26 * HOUR)


def test_a_token_of_a_clock_that_is_a_little_ahead_is_taken_and_one_of_tomorrow_is_not(
    settings: Settings, now: datetime
) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    check_form_token(settings, SLUG, form_token(settings, SLUG, hour), now=hour - timedelta(minutes=4))
    with pytest.raises(RefusedError, match="open for too long"):
        check_form_token(settings, SLUG, form_token(settings, SLUG, hour + 24 * HOUR), now=hour)


@pytest.mark.parametrize("token", ["", ".", "..", "1.2", "x" * 10_000, f"{SLUG}.1732363200.é", f"{SLUG}.x.y"])
def test_a_forged_form_is_refused(settings: Settings, now: datetime, token: str) -> None:
    with pytest.raises(RefusedError, match="did not come from this page"):
        check_form_token(settings, SLUG, token, now=now)


def test_a_token_of_another_campaign_another_key_or_another_purpose_is_refused(
    settings: Settings, now: datetime
) -> None:
    other_key = replace(settings, secret_key="n" * 40)
    for token in (
        form_token(settings, "another-letter", now),
        form_token(other_key, SLUG, now),
        signer(settings, "known-device", now=now).sign(SLUG).decode(),
        form_token(settings, SLUG, now).replace(SLUG, "save-the-rivet"),
    ):
        with pytest.raises(RefusedError, match="did not come from this page"):
            check_form_token(settings, SLUG, token, now=now)


def test_forms_shown_before_the_key_was_changed_twice_are_taken_until_they_expire(
    settings: Settings, now: datetime
) -> None:
    token = form_token(settings, SLUG, now)
    rotated = rotate(rotate(settings, "m" * 40), "n" * 40)
    check_form_token(rotated, SLUG, token, now=now + 24 * HOUR)
    with pytest.raises(RefusedError, match="open for too long"):
        check_form_token(rotated, SLUG, token, now=now + 26 * HOUR)


def test_the_newest_key_signs(settings: Settings, now: datetime) -> None:
    rotated = rotate(rotate(settings, "m" * 40), "n" * 40)
    newest_alone = replace(settings, secret_key="n" * 40, secret_key_fallbacks=())
    assert form_token(rotated, SLUG, now) == form_token(newest_alone, SLUG, now)
    with pytest.raises(RefusedError):
        check_form_token(settings, SLUG, form_token(rotated, SLUG, now), now=now)
