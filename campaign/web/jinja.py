"""What templates know: words in the page's language, dates and numbers in it, addresses of pages."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from gettext import NullTranslations
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_gmt, get_timezone_location
from babel.numbers import format_decimal, format_percent
from flask import Flask
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from campaign.domain import retention
from campaign.i18n import (
    LANGUAGES,
    available_languages,
    between_sentences,
    catalogue,
    country_name,
    direction,
    locale_of,
)
from campaign.web import languages, page_style, static
from campaign.web.context import runtime

# A line of a list as a plain text has it, and how many signs of a hash stand together.
_LISTED = re.compile(r"^[ \t]*(?:[-•–*]|\d{1,3}[.)])[ \t]+\S.*\n?", re.MULTILINE)
_GROUP = 8
_TIBETAN = re.compile("[\u0f00-\u0fff]")


def set_up(app: Flask) -> None:
    """Prepare the templates' environment."""
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _words().gettext(message),
        lambda singular, plural, count: _words().ngettext(singular, plural, count),
        newstyle=True,
        pgettext=lambda context, message: _words().pgettext(context, message),
        npgettext=lambda context, singular, plural, count: _words().npgettext(
            context, singular, plural, count
        ),
    )
    environment.filters.update(
        long_date=long_date, number=number, country=country, deadline=deadline, site_name=site_name
    )
    environment.filters.update(hanging=hanging, in_groups=in_groups)
    environment.filters["moment_of"] = datetime.fromisoformat
    environment.filters["thousandths"] = thousandths
    environment.globals.update(_globals())


def _globals() -> dict[str, Any]:
    """What every template can call or name."""
    return {
        "counted_people": counted_people,
        "counted_organizations": counted_organizations,
        "language": languages.current_language,
        "language_prefixed": languages.is_prefixed,
        "direction": direction,
        "between_sentences": between_sentences,
        "language_name": language_name,
        "available_languages": available_languages,
        "path_to": languages.path_to,
        "address_of": languages.address_of,
        "negotiated_address_of": languages.negotiated_address_of,
        "name_of_language": languages.name_of,
        "has_address": languages.has_address,
        "lacks_native_review": lacks_native_review,
        "script_styles": script_styles,
        "unstacked": unstacked,
        "static_url": static.static_url,
        "style_url": static.style_url,
        "script_element": static.script_element,
        "style_element": page_style.style_element,
        "replies_come_here": replies_come_here,
        "asks_for_proof": asks_for_proof,
        "code_address": code_address,
        "form_days": retention.FORM_DAYS,
        "words_days": retention.WORDS_DAYS,
        "usual_retention_days": retention.PERSONAL_DATA_DAYS,
    }


def replies_come_here() -> bool:
    """Whether offices answer to addresses of ours, and never see a supporter's."""
    return bool(runtime().settings.mail.reply_domain)


def code_address() -> str:
    """The address of the page for codes, as one types it."""
    return languages.address_of("code_page").partition("://")[2]


def asks_for_proof() -> bool:
    """Whether a signer's browser is asked for a proof of work."""
    return runtime().settings.safety.asks_for_proof


def translated(message: str, **values: object) -> str:
    """One sentence in the page's language, its places filled."""
    words = _words().gettext(message)
    return words % values if values else words


def long_date(day: date | datetime, language: str | None = None) -> str:
    """A day in words: 4 March 2026."""
    return format_date(day, format="long", locale=locale_of(language or languages.current_language()))


def deadline(moment: datetime, zone: str | None) -> str:
    """A deadline by the clocks of its zone: 31 March 2027, 23:59 (Brussels, GMT+02:00)."""
    local = moment.astimezone(ZoneInfo(zone) if zone else UTC)
    locale = locale_of(languages.current_language())
    where = "GMT"
    if zone:
        city = get_timezone_location(zone, locale=locale, return_city=True)
        where = f"{city}, {get_timezone_gmt(local, locale=locale)}"
    return f"{format_date(local, format='long', locale=locale)}, {local:%H:%M} ({where})"


def site_name(address: str) -> str:
    """The site that a web address leads to, so that a reader knows before they follow it."""
    return urlsplit(address).hostname or ""


def unstacked(*names: str | None) -> str:
    """The class of names in another script on a Tibetan page, which need no room for stacked letters."""
    is_tibetan = languages.current_language() == "bo"
    return " unstacked" if is_tibetan and not any(map(_TIBETAN.search, filter(None, names))) else ""


def hanging(text: str) -> Markup:
    """A plain text whose listed lines can hang: each is an element of its own, and no sign is another."""
    return Markup(_LISTED.sub(r'<span class="hang">\g<0></span>', str(escape(text))))  # noqa: S704 (escaped)


def in_groups(code: str) -> Markup:
    """A hash or a key's fingerprint in groups that an eye can follow; what is copied of it is whole.

    A line ends between groups alone; a short rest goes with the last. What has spaces has its groups.
    """
    if " " in code:
        return escape(code)
    before, colon, digits = code.rpartition(":")
    groups = [digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP)]
    if len(groups) > 1 and len(groups[-1]) < _GROUP / 2:
        groups[-2:] = ["".join(groups[-2:])]
    return Markup("").join(Markup("<span>{}</span>").format(one) for one in (before + colon, *groups) if one)


def number(value: int) -> str:
    """A number as the page's language groups it: 12,480."""
    return str(format_decimal(value, locale=locale_of(languages.current_language())))


def thousandths(value: int) -> str:
    """A share in thousandths as the page's language writes percents: 95.4%."""
    locale = locale_of(languages.current_language())
    return str(format_percent(Decimal(value) / 1000, locale=locale, decimal_quantization=False))


def counted_people(count: int) -> str:
    """What stands after the number of people who signed."""
    return _words().npgettext("after a number", "person", "people", count)


def counted_organizations(count: int) -> str:
    """What stands after the number of organizations that signed."""
    return _words().npgettext("after a number", "organization", "organizations", count)


def country(code: str) -> str:
    """A country in words, in the page's language."""
    return _country(code, languages.current_language())


def language_name(code: str) -> str:
    """What a language calls itself; its tag where the interface does not know it."""
    return LANGUAGES[code].name if code in LANGUAGES else code


def lacks_native_review(code: str) -> bool:
    """Whether nobody has read our words in a language whose own it is."""
    return code in LANGUAGES and LANGUAGES[code].awaits_native_reader


def script_styles(*codes: str) -> list[str]:
    """The style sheets with fonts that a page with texts in these languages needs beside the common ones."""
    return [f"css/script-{code.lower()}.css" for code in ("ug", "bo", "zh-Hant") if code in codes]


@lru_cache(maxsize=4096)
def _country(code: str, language: str) -> str:
    return country_name(code, language)


def _words() -> NullTranslations:
    return catalogue(languages.current_language())
