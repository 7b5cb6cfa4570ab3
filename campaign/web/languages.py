"""In which language a page speaks: by its address, else by what the reader's browser asks for.

A supporter's choice is the language in the address alone, since pages set no cookie: so every link, form
and redirect of a page leads on under the same prefix. An organizer's choice is kept with their login.
"""

from functools import lru_cache
from typing import Any

from flask import Blueprint, Flask, Response, g, has_request_context, redirect, request, url_for
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as AnyResponse

from campaign.i18n import (
    LANGUAGES,
    SOURCE_LANGUAGE,
    Language,
    available_languages,
    catalogue,
    negotiate,
    to_translate,
)
from campaign.web.context import runtime

_BY_SLUG = {language.slug: language for language in LANGUAGES.values()}
_PREFIXED = "in_language"
# As a sentence has them: "a translation into Uyghur".
_NAMES = {
    "en": to_translate("English"),
    "zh-Hans": to_translate("Simplified Chinese"),
    "zh-Hant": to_translate("Traditional Chinese"),
    "ug": to_translate("Uyghur"),
    "bo": to_translate("Tibetan"),
    "es": to_translate("Spanish"),
    "fr": to_translate("French"),
}
_negotiate = lru_cache(maxsize=1024)(negotiate)


class LanguageConverter(BaseConverter):
    """The first part of an address when it names a language of the interface."""

    regex = "|".join(_BY_SLUG)


class SlugConverter(BaseConverter):
    """A campaign's name in an address."""

    regex = "[a-z0-9-]{1,80}"


def register_in_all(app: Flask, blueprint: Blueprint) -> None:
    """Give every page of a blueprint two addresses: one that negotiates, and one in each language."""
    app.url_map.converters.update(language=LanguageConverter, slug=SlugConverter)
    app.register_blueprint(blueprint)
    app.register_blueprint(blueprint, url_prefix="/<language:language>", name=f"{_PREFIXED}_{blueprint.name}")


def current_language() -> str:
    """The language (BCP 47) of the page being made."""
    if not has_request_context():
        return SOURCE_LANGUAGE
    if "language" not in g:
        negotiated(default=SOURCE_LANGUAGE)
    return str(g.language)


def negotiated(*, default: str) -> str:
    """Settle the page's language: by its address, else by the Accept-Language header, else `default`."""
    prefix: Language | None = g.get("language_prefix")
    if prefix:
        g.language = prefix.code
    else:
        offered = tuple(language.code for language in available_languages())
        g.language = _negotiate(
            request.environ.get("HTTP_ACCEPT_LANGUAGE", ""),
            offered,
            default if default in offered else SOURCE_LANGUAGE,
        )
    return str(g.language)


def prefer_language(language: str) -> None:
    """Let the page speak the language a supporter signed in, unless its address says otherwise.

    Where their browser would get another language, the page's links lead on in this one.
    """
    preferred = LANGUAGES.get(language)
    if "language_prefix" in g or preferred is None or preferred not in available_languages():
        negotiated(default=SOURCE_LANGUAGE)
        return
    if negotiated(default=SOURCE_LANGUAGE) != language or not request.headers.get("Accept-Language"):
        g.language_of_links = preferred
    g.language = language


def set_language(language: str) -> bool:
    """Let the page speak a language somebody chose for themselves, where it is there; says whether it is."""
    if language not in {known.code for known in available_languages()}:
        return False
    g.language = language
    return True


def is_prefixed() -> bool:
    """Whether the address itself names the language."""
    return "language_prefix" in g


def chosen_language() -> str | None:
    """The language that the address itself names; None where it names none."""
    prefix: Language | None = g.get("language_prefix")
    return prefix.code if prefix else None


def is_negotiated() -> bool:
    """Whether another reader might get this address in another language."""
    return "language_prefix" not in g and len(available_languages()) > 1


def path_to(page: str, *, language: str | None = None, **values: Any) -> str:
    """The path of a public page: in `language`, else in that of this page's own address."""
    prefix = LANGUAGES[language] if language else g.get("language_prefix") or g.get("language_of_links")
    if prefix:
        return url_for(f"{_PREFIXED}_public.{page}", language=prefix.slug, **values)
    return url_for(f"public.{page}", **values)


def has_address(language: str) -> bool:
    """Whether pages have an address of their own in a language."""
    return any(language == known.code for known in available_languages())


def address_of(page: str, *, language: str | None = None, **values: Any) -> str:
    """The full address of a public page, under the public URL."""
    return runtime().settings.web.public_url + path_to(page, language=language, **values)


def negotiated_address_of(page: str, **values: Any) -> str:
    """The full address of a public page that gives everybody their own language."""
    return runtime().settings.web.public_url + url_for(f"public.{page}", **values)


def name_of(code: str) -> str:
    """What a language is called in the language of this page: "French"; its tag where we have no word."""
    return catalogue(current_language()).gettext(_NAMES[code]) if code in _NAMES else code


def vary_by_language(response: Response) -> Response:
    """Tell caches that the Accept-Language header chose this answer, where it did."""
    if is_negotiated():
        response.vary.add("Accept-Language")
    return response


def pop_language(_: str | None, values: dict[str, Any] | None) -> None:
    """Take the language out of an address before its view is called."""
    slug = values.pop("language", None) if values else None
    if slug:
        g.language_prefix = _BY_SLUG[slug]


def redirect_unknown_language() -> AnyResponse | None:
    """Lead from a language without a catalogue yet to the address without one; a form is sent on as it is."""
    prefix: Language | None = g.get("language_prefix")
    if prefix is None or prefix in available_languages():
        return None
    g.pop("language_prefix")
    rest = request.full_path.removeprefix(f"/{prefix.slug}").rstrip("?")
    return redirect("/" + rest.lstrip("/\\"), 302 if request.method in {"GET", "HEAD"} else 307)
