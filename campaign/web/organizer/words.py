"""What the desk's templates know beyond the others: moments in time."""

from datetime import datetime

from flask import Flask

from campaign import i18n
from campaign.web.languages import current_language


def set_up(app: Flask) -> None:
    """Give the templates their filters."""
    app.jinja_env.filters["moment"] = moment


def moment(time: datetime) -> str:
    """A time to the minute in UTC, as the page's language writes it: Nov 23, 2026, 12:00 UTC."""
    return i18n.moment(time, current_language())
