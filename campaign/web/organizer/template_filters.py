"""What the desk's templates know beyond the others: moments in time, time zones, and shares."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import available_timezones

from babel.dates import format_date, format_skeleton
from babel.numbers import format_percent
from flask import Flask

from campaign import i18n
from campaign.domain.checks_on_desk import message_on_desk
from campaign.domain.installation_checks import InstallationCheck
from campaign.domain.letter import LetterWarning
from campaign.domain.opening import OpeningCheck
from campaign.domain.sending_plan import local_text
from campaign.domain.signature import Visibility
from campaign.web.jinja import number, translated
from campaign.web.languages import current_language
from campaign.web.publisher import publisher


def set_up(app: Flask) -> None:
    """Give the templates their filters."""
    app.jinja_env.filters.update(
        moment=moment,
        signing_moment=signing_moment,
        city=city,
        local_text=local_text,
        share=share,
        short_date=short_date,
        day_and_month=day_and_month,
        translated_message=translated_message,
        check_words=check_words,
        opening_words=opening_words,
    )


def translated_message(warning: LetterWarning) -> str:
    """A warning of the letter's reader as one sentence in the page's language."""
    return translated(warning.message, **warning.values)


def check_words(check: InstallationCheck) -> str:
    """What an organizer is told of a check of the installation."""
    return translated(message_on_desk(check), **check.finding.values)


def opening_words(check: OpeningCheck) -> str:
    """A line of the check-list before opening, its large numbers as the page's language groups them."""
    values = dict(check.values)
    if isinstance(goal := values.get("goal"), int):
        values["goal"] = number(goal)
    return translated(check.message, **values)


def share(part: float) -> str:
    """A part of a whole as the page's language writes percents: 42%."""
    return str(format_percent(part, locale=i18n.locale_of(current_language())))


def short_date(day: date) -> str:
    """A day as briefly as the page's language writes it with its month in letters: 4 Mar 2026."""
    return str(format_date(day, format="medium", locale=i18n.locale_of(current_language())))


def day_and_month(day: date) -> str:
    """A day without its year: 4 Mar."""
    return str(format_skeleton("MMMd", day, locale=i18n.locale_of(current_language())))


def moment(time: datetime, time_zone: str | None = None) -> str:
    """A time to the minute by the clocks of a zone, else of the publisher's, else of Greenwich."""
    return i18n.moment(time, current_language(), time_zone=time_zone or publisher().time_zone)


def signing_moment(time: datetime, visibility: Visibility) -> str:
    """When something happened to a signature; of a sealed one no more than the day is known."""
    return short_date(time.date()) if visibility == Visibility.SEALED else moment(time)


def city(time_zone: str) -> str:
    """The city that names a time zone, in the page's language."""
    return i18n.city(time_zone, current_language())


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The zones to choose from by region and city; old spellings and offsets are understood, not offered."""
    return tuple(sorted(name for name in available_timezones() if name.startswith(_REGIONS)))


_REGIONS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)
