"""An entry of the audit log as it is read: a sentence in the page's language, and what became of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from campaign.services.audit.audit_log import EntryShown
from campaign.services.audit.reading import NamesInLog
from campaign.web.jinja import translated
from campaign.web.languages import name_of
from campaign.web.organizer.audit import sentences


@dataclass(frozen=True)
class SentenceShown:
    """One entry: its sentence as HTML and as plain text, what changed, and what else was noted."""

    id: int
    at: datetime
    html: Markup
    text: str
    changes: Sequence[tuple[str, str, str]]
    slug: str | None
    signature_id: int | None
    entry: EntryShown


def shown(entry: EntryShown, names: NamesInLog) -> SentenceShown:
    """The entry in the page's language."""
    sentence = sentences.SENTENCES.get(entry.action, sentences.UNKNOWN)
    places = _Places(entry, names)
    template = translated(sentence)
    campaign_id = entry.details.get("campaign")
    signature_id = entry.details.get("signature")
    return SentenceShown(
        entry.id,
        entry.at,
        escape(template) % _InHtml(places),
        template % places,
        changes(entry.details),
        names.slugs.get(campaign_id) if campaign_id is not None else None,
        signature_id if isinstance(signature_id, int) else None,
        entry,
    )


def changes(details: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Which fields were changed, from what to what where that was noted."""
    values = details.get("values") or {}
    fields = details.get("fields") or list(values)
    return [(_field(name), *_pair(name, values.get(name))) for name in fields]


def _field(name: str) -> str:
    return translated(sentences.FIELDS[name]) if name in sentences.FIELDS else name.replace("_", " ")


def _pair(name: str, change: object) -> tuple[str, str]:
    if isinstance(change, list) and len(change) == 2:
        before, after = ("–" if value in (None, "", []) else _value(name, str(value)) for value in change)
        return before, after
    return "", ""


def _value(name: str, value: str) -> str:
    known = sentences.VALUES.get((name, value))
    return translated(known) if known else value


class _Places(dict[str, str]):
    """What stands in a sentence's places; a detail that is not there is a dash."""

    def __init__(self, entry: EntryShown, names: NamesInLog) -> None:
        details = entry.details
        by = str(details.get("by", "desk"))
        super().__init__(
            {name: str(value) for name, value in details.items() if isinstance(value, (str, int))}
        )
        self["who"] = entry.organizer or translated(sentences.BY.get(by, sentences.BY["desk"]))
        self["action"] = entry.action
        campaign_id = details.get("campaign")
        gone = translated(sentences.GONE)
        self["campaign"] = (
            translated(sentences.ALL_CAMPAIGNS)
            if campaign_id is None
            else names.campaigns.get(campaign_id, gone)
        )
        for place, called in (("official", names.officials), ("organizer", names.organizers)):
            if place in details:
                self[place] = called.get(details[place], str(details.get("name", gone)))
        for place in ("role", "state"):
            if details.get(place) in sentences.WORDS:
                self[place] = translated(sentences.WORDS[details[place]])
        if {"role", "campaign_roles"} & details.keys():
            self["rights"] = _rights(details, names)
        if details.get("language"):
            self["language"] = name_of(str(details["language"]))

    def __missing__(self, name: str) -> str:
        return "–"


def _rights(details: Mapping[str, Any], names: NamesInLog) -> str:
    """What somebody may do, as an entry about it noted: in all campaigns, and in single ones."""
    roles = {"all": details.get("role"), **details.get("campaign_roles", {})}
    told = []
    for of, role in roles.items():
        word = translated(sentences.WORDS.get(role, "")) if role else ""
        if word and of in details.get("people", ()):
            word = translated(sentences.WITH_PEOPLE, role=word)
        if word and of != "all":
            title = names.campaigns.get(int(of), translated(sentences.GONE))
            word = translated(sentences.IN_CAMPAIGN, rights=word, campaign=title)
        if word:
            told.append(word)
    return "; ".join(told)


class _InHtml(dict[str, Markup]):
    """The same for a page, each apart from the words around it."""

    def __init__(self, places: _Places) -> None:
        super().__init__()
        self._places = places

    def __missing__(self, name: str) -> Markup:
        return Markup("<bdi>%s</bdi>") % self._places[name]
