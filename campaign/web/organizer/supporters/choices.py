"""What the filters of the list of supporters offer, in the page's language."""

from collections.abc import Iterable, Mapping

from campaign.domain.official import OfficialListed
from campaign.domain.signature import SignatureState, Visibility
from campaign.i18n import LANGUAGES, to_translate
from campaign.web.countries import countries
from campaign.web.jinja import translated
from campaign.web.languages import current_language, name_of

Choices = list[tuple[str, str, dict[str, str]]]

_STATES: Mapping[str, str] = {
    SignatureState.CONFIRMED: to_translate("Confirmed"),
    SignatureState.SUSPECTED: to_translate("Suspected"),
    SignatureState.WITHDRAWN: to_translate("Withdrawn"),
    SignatureState.REMOVED: to_translate("Removed"),
    SignatureState.INVALIDATED: to_translate("Invalidated"),
}
_VISIBILITIES: Mapping[str, str] = {
    Visibility.PUBLIC: to_translate("In full"),
    Visibility.INITIALS: to_translate("As initials"),
    Visibility.HIDDEN: to_translate("Not at all"),
}
_YES_NO: Mapping[str, str] = {"yes": to_translate("Yes"), "no": to_translate("No")}


def of_filters(officials: Iterable[OfficialListed], versions: Iterable[int] = ()) -> dict[str, Choices]:
    """The choices of each filter that is chosen from a list, by its name; the first is all."""
    translated_words = {
        name: [(str(value), translated(word)) for value, word in words.items()]
        for name, words in (
            ("state", _STATES),
            ("visibility", _VISIBILITIES),
            ("updates", _YES_NO),
            ("words", _YES_NO),
        )
    }
    named = {
        **translated_words,
        "official": [(str(official.id), official.name) for official in officials],
        "version": [(str(number), str(number)) for number in versions],
        "language": [(code, name_of(code)) for code in LANGUAGES],
        "country": list(countries(current_language())),
    }
    every = ("", translated("All"), dict[str, str]())
    return {name: [every, *((*pair, {}) for pair in pairs)] for name, pairs in named.items()}
