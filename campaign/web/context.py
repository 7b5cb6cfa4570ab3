"""What a view reaches for: the runtime and the time."""

from datetime import datetime
from typing import cast

from flask import current_app

from campaign.runtime import Runtime


def runtime() -> Runtime:
    """Settings, database, provider and renderer of this process."""
    return cast(Runtime, current_app.extensions["campaign"])


def provider_names() -> tuple[str, ...]:
    """The providers mail may go through."""
    return runtime().provider_names


def now() -> datetime:
    """The time of this request, aware and in UTC; tests hand the application a clock of their own."""
    return cast(datetime, current_app.extensions["campaign_clock"]())
