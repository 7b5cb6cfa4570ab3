"""Languages: which there are, how each is written, and the words for each out of its catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, get_timezone_location

CATALOGUES = Path(__file__).parent / "translations"


@dataclass(frozen=True)
class Language:
    """A language of the interface: `code` is its BCP 47 tag, `slug` its word in an address.

    `awaits_native_reader` stays True until somebody whose own language it is has read the catalogue and the
    example letter; pages in it say so.
    """

    code: str
    name: str
    direction: str = "ltr"
    awaits_native_reader: bool = False

    @property
    def slug(self) -> str:
        """The tag in lower case, as addresses have it."""
        return self.code.lower()

    @property
    def locale(self) -> str:
        """The name Babel and the catalogues' folders know it by."""
        return self.code.replace("-", "_")


LANGUAGES: Mapping[str, Language] = {
    language.code: language
    for language in (
        Language("en", "English"),
        Language("zh-Hans", "简体中文"),
        Language("zh-Hant", "繁體中文"),
        Language("ug", "ئۇيغۇرچە", direction="rtl", awaits_native_reader=True),
        Language("bo", "བོད་ཡིག", awaits_native_reader=True),
        Language("es", "Español"),
        Language("fr", "Français"),
    )
}
SOURCE_LANGUAGE = "en"
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def catalogue_file(language: Language) -> Path:
    """Where a language's words are: the one place, read as it is, with nothing to compile."""
    return CATALOGUES / language.locale / "LC_MESSAGES" / "messages.po"


@lru_cache(maxsize=32)
def catalogue(language: str) -> NullTranslations:
    """The catalogue of one language; of an unknown one, the English words as they stand in the source.

    Reading it takes some 15 ms, once in a process and only for a language that somebody reads.
    """
    entry = LANGUAGES.get(language)
    if entry is None or entry.code == SOURCE_LANGUAGE or not catalogue_file(entry).exists():
        return NullTranslations()
    # Only a process that speaks another language than English pays for these.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    compiled = BytesIO()
    with catalogue_file(entry).open("rb") as file:
        write_mo(compiled, read_po(file, locale=entry.locale))
    compiled.seek(0)
    return Translations(compiled)


@lru_cache(maxsize=1)
def available_languages() -> tuple[Language, ...]:
    """The languages whose catalogue is here, English first."""
    return tuple(
        language
        for language in LANGUAGES.values()
        if language.code == SOURCE_LANGUAGE or catalogue_file(language).exists()
    )


def to_translate(message: str) -> str:
    """The sentence itself, marked for the catalogues where its reader's language is not known yet."""
    return message


def between_sentences(code: str) -> str:
    """What stands between two sentences that a page puts together: in Han nothing does."""
    return "" if code.startswith("zh") else " "


def direction(language: str) -> str:
    """`rtl` or `ltr` for any BCP 47 tag, known to the interface or not."""
    return "rtl" if language.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def locale_of(language: str) -> Locale:
    """Babel's locale for a BCP 47 tag; English for one it does not know."""
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, LookupError):
        return Locale("en")


def country_name(code: str, language: str) -> str:
    """A country (ISO 3166-1 alpha-2) in words; the code itself where the language has none."""
    return str(locale_of(language).territories.get(code, code))


def path_prefix(language: str) -> str:
    """How a public page's path begins in a language: /ug, and nothing for a language without a catalogue."""
    entry = LANGUAGES.get(language)
    return f"/{entry.slug}" if entry in available_languages() and entry else ""


def negotiate(accept_language: str, offered: tuple[str, ...], default: str) -> str:
    """The offered language a reader likes best, by the Accept-Language header (RFC 9110, section 12.5.4).

    Chinese tags lead to a script: zh-TW, zh-HK and zh-MO to zh-Hant, every other to zh-Hans; cmn is read as
    zh, and yue leads to zh-Hant.
    """
    by_tag = {code.lower(): code for code in offered}
    for tag in _by_weight(accept_language):
        for candidate in (tag, _script_of(tag), tag.partition("-")[0]):
            if candidate in by_tag:
                return by_tag[candidate]
    return default


def _by_weight(header: str) -> list[str]:
    weighted = []
    for position, part in enumerate(header.lower().split(",")[:20]):
        tag, _, parameters = part.strip().partition(";")
        name, _, weight = parameters.replace(" ", "").partition("=")
        try:
            value = float(weight) if name == "q" else 1.0
        except ValueError:
            value = 0.0
        if tag and value > 0:
            weighted.append((-value, position, tag.strip()))
    return [tag for _, _, tag in sorted(weighted)]


def _script_of(tag: str) -> str:
    parts = tag.split("-")
    if parts[0] == "yue":
        return "zh-hans" if "hans" in parts else "zh-hant"
    if parts[0] not in {"zh", "cmn"}:
        return tag
    traditional = {"tw", "hk", "mo", "hant"} & set(parts[1:])
    return "zh-hant" if traditional and "hans" not in parts else "zh-hans"


def moment(time: datetime, language: str, *, time_zone: str | None = None) -> str:
    """A time to the minute, as a language writes it: Nov 23, 2026, 12:00 GMT.

    In a time zone it is that of the clocks there, and the city that names the zone is told.
    """
    local = time.astimezone(ZoneInfo(time_zone)) if time_zone else time
    day = format_skeleton("yMMMd", local, locale=locale_of(language))
    where = f"({city(time_zone, language)})" if time_zone else "GMT"
    return f"{day}, {local:%H:%M} {where}"


@lru_cache(maxsize=256)
def city(time_zone: str, language: str) -> str:
    """The city that names a zone, as a language writes it: Brussels, 布鲁塞尔."""
    return str(get_timezone_location(time_zone, locale=locale_of(language), return_city=True))
