"""Builds the web application out of its parts."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from campaign.assets import folder
from campaign.runtime import Runtime


def utc_now() -> datetime:
    """The clock of a running installation."""
    return datetime.now(UTC)


def create_app(runtime: Runtime, *, clock: Callable[[], datetime] = utc_now) -> Flask:
    """A Flask application on one runtime; `clock` tells the time in UTC."""
    app = Flask("campaign", template_folder=str(folder("templates")), static_folder=None)
    app.secret_key = runtime.settings.secret_key
    app.extensions["campaign"] = runtime
    app.extensions["campaign_clock"] = clock
    return app
