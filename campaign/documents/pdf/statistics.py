"""A campaign's figures as HTML for a PDF, in one language of the interface."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from babel.dates import format_date, format_skeleton
from babel.numbers import format_percent

from campaign.assets import folder
from campaign.documents.pdf.html import environment
from campaign.domain.charts import Bars
from campaign.i18n import LANGUAGES, city, country_name, locale_of


def statistics_html(values: Mapping[str, object], *, started: Bars, confirmed: Bars, language: str) -> str:
    """The HTML of the report; `values` are the campaign, its figures, its officials' names and the zone."""
    report = environment(language, folder("templates")).get_template("documents/statistics.html")
    return report.render(
        values,
        started=started,
        confirmed=confirmed,
        language=language,
        share=partial(_share, language),
        short_date=partial(_short_date, language),
        day_and_month=partial(_day_and_month, language),
        country=partial(country_name, language=language),
        language_name=_language_name,
        city=partial(city, language=language),
    )


def _share(language: str, part: float) -> str:
    return str(format_percent(part, locale=locale_of(language)))


def _short_date(language: str, day: date) -> str:
    return str(format_date(day, format="medium", locale=locale_of(language)))


def _day_and_month(language: str, day: date) -> str:
    return str(format_skeleton("MMMd", day, locale=locale_of(language)))


def _language_name(code: str) -> str:
    return LANGUAGES[code].name if code in LANGUAGES else code
