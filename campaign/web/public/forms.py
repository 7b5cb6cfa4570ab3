"""The signing form: what each field may hold, what was typed, and what is made of it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from campaign.domain.addresses import clean_address
from campaign.domain.campaign_page import CampaignPage, OfficialShown
from campaign.domain.names import clean_label, clean_line, clean_name, clean_text
from campaign.domain.quiet import read_secret
from campaign.domain.signature import Capacity, Visibility
from campaign.domain.signing import LONGEST_MESSAGE, SignatureForm, check_length, strictest
from campaign.errors import RefusedError
from campaign.web.countries import is_country
from campaign.web.jinja import translated
from campaign.web.public.sources import clean_source

LONGEST_SUBJECT = 200
LONGEST_LINE = 200  # an organization, a role
LONGEST_POSTAL_CODE = 20
MY_DISTRICT = "district"  # in place of an id: whoever the postal code names
SECRET = "secret_words"  # noqa: S105 - a field's name; what is typed there is in no form that is kept
_ID = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class FilledForm:
    """A signing form as it stands on a page.

    `typed` is what was typed, word for word, by field name; `officials` and `asks` are the ids chosen.
    `errors` has one sentence a field, in the order of the page, and `cleaned` is None while there are any.
    `chooses_district` says that those of their own district were chosen, whom the postal code names.
    `asked_about` is the address that a question was asked about: sent again, it is the one that was meant.
    While its sender `is_choosing`, the officials are in sight.
    """

    typed: Mapping[str, str]
    officials: frozenset[int] = frozenset()
    asks: frozenset[int] = frozenset()
    errors: Mapping[str, str] = field(default_factory=dict)
    cleaned: SignatureForm | None = None
    asked_about: str | None = None
    is_choosing: bool = False
    chooses_district: bool = False

    def with_slip(self, meant: str) -> "FilledForm":
        """The same form, asking whether another address was meant."""
        typed = self.cleaned.email if self.cleaned else self.value("email")
        question = translated(
            "Did you mean %(meant)s? Correct the address, or send the form again as it is.", meant=meant
        )
        return replace(self, errors={"email": question}, cleaned=None, asked_about=typed)

    def with_group(self, page: CampaignPage, choice: str) -> "FilledForm":
        """The same form with all officials of one role chosen, or (`not-` before the role) none of them."""
        role = choice.removeprefix("not-")
        group = {official.id for official in page.officials if official.role == role}
        chosen = self.officials | group if choice == role else self.officials - group
        return replace(self, officials=chosen, errors={}, cleaned=None, is_choosing=True)

    def value(self, name: str) -> str:
        """What was typed into a field; empty when nothing was."""
        return self.typed.get(name, "")

    @property
    def wrote_to_one(self) -> bool:
        """Whether there are words for a single official."""
        return any(words for name, words in self.typed.items() if name.startswith("message_"))

    @property
    def wrote(self) -> list[str]:
        """All words of their own, so that a closed letter can give them back."""
        return [words for name, words in self.typed.items() if name.startswith("message") and words]


def longest_words(officials: Iterable[OfficialShown]) -> int:
    """How many characters of own words all of these officials take."""
    official = strictest(officials)
    return official.longest_message or LONGEST_MESSAGE if official else LONGEST_MESSAGE


def blank_form(page: CampaignPage) -> FilledForm:
    """The form as it is first met: the letter's subject stands in it, and nothing is chosen."""
    # In the language of the original, since officials read it.
    original = page.authoritative
    typed = {"subject": original.letter.subject or original.head.title}
    return FilledForm(typed | ({"visibility": Visibility.HIDDEN} if page.head.is_quiet else {}))


def read_form(
    sent: MultiDict[str, str], page: CampaignPage, *, language: str, consent_wording: str
) -> FilledForm:
    """What was sent in, cleaned; every mistake found at once."""
    own_words = {f"message_{official.id}": official.id for official in page.officials}
    typed = {name: sent.get(name, "") for name in (*CLEANERS, *own_words, "updates", SECRET)}
    if page.head.is_quiet:
        typed["visibility"] = typed["visibility"] or Visibility.HIDDEN
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, clean in (*CLEANERS.items(), *((name, clean_words) for name in own_words)):
        try:
            values[name] = clean(typed[name])
        except RefusedError as error:
            errors[name] = translated(error.message, **error.values)
    chosen = sent.getlist("officials")
    ticked, asks = _ids([text for text in chosen if text != MY_DISTRICT]), _ids(sent.getlist("asks"))
    officials = ticked | _of_district(page, MY_DISTRICT in chosen, values, errors)
    words_for = {id_: values.get(name) or "" for name, id_ in own_words.items() if values.get(name)}
    _check_choices(page, officials, asks, values, words_for, errors)
    _check_lengths(page, officials, values.get("message", ""), words_for, errors)
    if page.head.is_quiet:
        _check_secret(typed, errors)
    if values.get("visibility") is Visibility.SEALED:
        _check_sealed(page, officials, bool(typed["updates"]), errors)
    cleaned = None
    if not errors:
        cleaned = SignatureForm(
            **{name: values[name] for name in _OF_THE_FORM},
            words=values["message"],
            words_for=words_for,
            officials=tuple(sorted(officials)),
            asks=tuple(sorted(asks)),
            updates=bool(typed["updates"]),
            language=language,
            consent_wording=consent_wording,
        )
    in_order = {name: errors[name] for name in (*_ORDER, *own_words) if name in errors}
    return FilledForm(typed, ticked, asks, in_order, cleaned, chooses_district=MY_DISTRICT in chosen)


def _of_district(
    page: CampaignPage, is_chosen: bool, values: Mapping[str, Any], errors: dict[str, str]
) -> frozenset[int]:
    """Whom the postal code names, where they were chosen."""
    if not is_chosen or "postal_code" in errors:
        return frozenset()
    postal_code = values["postal_code"] or ""
    own = page.own_officials(postal_code)
    if not postal_code:
        errors["postal_code"] = translated(
            "Enter your postal code, so that we can find the officials of your district."
        )
    elif not own:
        errors["postal_code"] = translated(
            "This letter lists no official for this postal code. Check it, or choose officials by name."
        )
    return own


def _check_choices(
    page: CampaignPage,
    officials: frozenset[int],
    asks: frozenset[int],
    values: Mapping[str, Any],
    words_for: Mapping[int, str],
    errors: dict[str, str],
) -> None:
    if values.get("capacity") is Capacity.ORGANIZATION and values.get("organization", "?") is None:
        errors["organization"] = translated("Enter the organization you sign for.")
    if not officials <= {official.id for official in page.officials}:
        errors["officials"] = translated("An official you chose is not on this letter. Choose again.")
    elif not officials and values.get("message") and values.get("visibility") is not Visibility.SEALED:
        errors["officials"] = translated("Choose who should get your message, or delete the message.")
    elif not words_for.keys() <= officials:
        forgotten = words_for.keys() - officials
        name = next(official.name for official in page.officials if official.id in forgotten)
        errors["officials"] = translated(
            "You wrote to %(name)s but did not choose them. Choose them, or delete those words.", name=name
        )
    if not asks <= {ask.id for ask in page.asks}:
        errors["asks"] = translated("An ask you chose is not in this letter. Choose again.")


def _check_secret(typed: Mapping[str, str], errors: dict[str, str]) -> None:
    try:
        read_secret(typed[SECRET], name=typed["name"], email=typed["email"])
    except RefusedError as error:
        errors[SECRET] = translated(error.message, **error.values)


def _check_sealed(
    page: CampaignPage, officials: frozenset[int], updates: bool, errors: dict[str, str]
) -> None:
    """What a sealed signature cannot have is said, not dropped: its sender may want it more than the seal."""
    if page.seal_recipient is None:
        errors["visibility"] = translated("This letter takes no sealed signatures. Choose another way.")
    elif officials:
        errors["officials"] = translated(
            "A sealed signature sends no messages, because officials would learn your name. Choose no"
            " officials, or choose another way to appear."
        )
    elif updates:
        errors["updates"] = translated(
            "We cannot send you news if you sign sealed, because your address is deleted once you confirm."
            " Clear this box, or choose another way to appear."
        )


def _check_lengths(
    page: CampaignPage,
    officials: frozenset[int],
    words: str,
    words_for: Mapping[int, str],
    errors: dict[str, str],
) -> None:
    """The words for all must fit everyone who gets them, those for one official that one."""
    chosen = [official for official in page.officials if official.id in officials]
    readers_of_all = [official for official in chosen if official.id not in words_for]
    single = [
        (f"message_{official.id}", words_for[official.id], [official])
        for official in chosen
        if official.id in words_for
    ]
    for name, text, readers in [("message", words, readers_of_all), *single]:
        try:
            check_length(text, readers)
        except RefusedError as error:
            errors.setdefault(name, translated(error.message, **error.values))


def clean_words(text: str) -> str:
    """Own words as they are stored; RefusedError when they are longer than any message may be."""
    return _no_longer(clean_text(text), LONGEST_MESSAGE)


def _ids(texts: list[str]) -> frozenset[int]:
    """The ids among the texts; one that is none becomes -1, which nobody has."""
    return frozenset(int(text) if _ID.fullmatch(text) else -1 for text in texts)


def _affiliation(text: str) -> str | None:
    return _no_longer(clean_label(text), LONGEST_LINE) or None


def _postal_code(text: str) -> str | None:
    return _no_longer(clean_line(text), LONGEST_POSTAL_CODE) or None


def _subject(text: str) -> str:
    return _no_longer(clean_line(text), LONGEST_SUBJECT)


def _no_longer(value: str, longest: int) -> str:
    if len(value) > longest:
        raise RefusedError(
            "This has %(length)d characters. Shorten it to %(most)d or fewer.",
            length=len(value),
            most=longest,
        )
    return value


def _email(text: str) -> str:
    if not text.strip():
        raise RefusedError("Enter your email address.")
    return clean_address(text)


def _country(text: str) -> str | None:
    code = text.strip().upper()
    if code and not is_country(code):
        raise RefusedError("Choose a country from the list.")
    return code or None


def _source(text: str) -> str | None:
    return clean_source(text) or None


def _capacity(text: str) -> Capacity:
    try:
        return Capacity(text or Capacity.MYSELF)
    except ValueError:
        raise RefusedError("Choose who you are signing for.") from None


def _visibility(text: str) -> Visibility:
    try:
        return Visibility(text or Visibility.PUBLIC)
    except ValueError:
        raise RefusedError("Choose how your name may appear.") from None


CLEANERS: Mapping[str, Callable[[str], object]] = {
    "name": clean_name,
    "email": _email,
    "capacity": _capacity,
    "organization": _affiliation,
    "role": _affiliation,
    "visibility": _visibility,
    "country": _country,
    "postal_code": _postal_code,
    "subject": _subject,
    "message": clean_words,
    "source": _source,
}
_OF_THE_FORM = tuple(name for name in CLEANERS if name != "message")
_ORDER = (
    *(*list(CLEANERS)[:2], SECRET, *list(CLEANERS)[2:8]),
    *("officials", "asks", "subject", "message", "updates"),
)
