"""What the desk's templates know beyond the others: moments in time, and shares."""

from datetime import datetime

from babel.dates import format_skeleton
from babel.numbers import format_percent
from flask import Flask

from campaign.i18n import locale_of
from campaign.web.languages import current_language


def set_up(app: Flask) -> None:
    """Give the templates their filters."""
    app.jinja_env.filters.update(moment=moment, share=share)


def share(part: float) -> str:
    """A part of a whole as the page's language writes percents: 42%."""
    return str(format_percent(part, locale=locale_of(current_language())))


def moment(time: datetime) -> str:
    """A time to the minute in UTC, as the page's language writes it: Nov 23, 2026, 12:00 UTC."""
    day = format_skeleton("yMMMd", time, locale=locale_of(current_language()))
    return f"{day}, {time:%H:%M} UTC"
