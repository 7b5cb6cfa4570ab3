"""The form by which a signature is mended: each field by the same reader as on the form that was signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from campaign.domain.signature import Capacity, Visibility
from campaign.errors import RefusedError
from campaign.i18n import LANGUAGES
from campaign.services.signatures.mending import Mending
from campaign.services.signatures.self_service import ManagedSignature, MessageStatus
from campaign.web.jinja import translated
from campaign.web.public.forms import CLEANERS, clean_words

_FIELDS = ("name", "organization", "role", "capacity", "country", "postal_code", "visibility")


@dataclass(frozen=True)
class MendingForm:
    """The form as it stands on the page; `mending` is None while something is wrong with it."""

    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    mending: Mending | None = None

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.typed.get(name, "")


def stored_mending(own: ManagedSignature) -> MendingForm:
    """The form with the signature as it is."""
    typed = {name: getattr(own, name) or "" for name in (*_FIELDS, "language")}
    words = {f"words_{message.id}": message.words for message in own.messages}
    return MendingForm({**typed, **words, "updates": "y" if own.updates else ""})


def read_mending(sent: MultiDict[str, str], own: ManagedSignature) -> MendingForm:
    """What was sent in, cleaned; a field that was not there stays as it is, but for the tick of `updates`."""
    stored = stored_mending(own).typed
    typed = {name: sent.get(name, value) for name, value in stored.items()} | {
        "updates": sent.get("updates", "")
    }
    values: dict[str, object] = {"updates": bool(typed["updates"])}
    errors: dict[str, str] = {}
    for name in _FIELDS:
        if typed[name] == stored[name]:
            continue  # what was good when it was signed is not refused by a newer rule
        try:
            values[name] = CLEANERS[name](typed[name])
        except RefusedError as error:
            errors[name] = translated(error.message, **error.values)
    if values.get("visibility") is Visibility.SEALED:
        # What the server has read cannot be sealed from it; a new form can.
        errors["visibility"] = translated("To seal your signature, sign again and choose “sealed” there.")
    if typed["language"] in LANGUAGES:
        values["language"] = typed["language"]
    _check_affiliation(typed, values, own, errors)
    words = {
        message.id: text for message in own.messages if (text := _words(message, typed, errors)) is not None
    }
    return MendingForm(typed, errors, None if errors else Mending(values, words, sent.get("seen", "")))


def _check_affiliation(
    typed: Mapping[str, str], values: Mapping[str, object], own: ManagedSignature, errors: dict[str, str]
) -> None:
    organization = values.get("organization", own.organization)
    if typed["capacity"] == Capacity.ORGANIZATION and not organization and "organization" not in errors:
        errors["organization"] = translated("Enter the organization you sign for.")


def _words(message: MessageStatus, typed: Mapping[str, str], errors: dict[str, str]) -> str | None:
    """New words for a message; None where they are what they were, or wrong."""
    name = f"words_{message.id}"
    try:
        words = clean_words(typed[name])
    except RefusedError as error:
        errors[name] = translated(error.message, **error.values)
        return None
    if words == message.words:
        return None
    if len(words) > message.longest_words:
        errors[name] = translated(
            "%(name)s takes at most %(most)d characters, and this has %(length)d. Shorten it, or write them"
            " different words.",
            name=message.official_name,
            most=message.longest_words,
            length=len(words),
        )
        return None
    return words
