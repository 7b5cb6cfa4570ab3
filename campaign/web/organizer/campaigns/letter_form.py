"""The letter's text as one form: its parts, and a row for each ask."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Self

from flask import g, request
from wtforms.fields import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import AnyOf, Optional, ValidationError

from campaign.domain.letter import Letter
from campaign.domain.letter_details import (
    MOST_ASKS,
    read_ask,
    read_letter_date,
    read_letter_line,
    read_paragraphs,
    split_text,
)
from campaign.errors import RefusedError
from campaign.services.campaigns.editing import AskRow, ChangeSize, LetterStored, LetterTyped
from campaign.web.organizer.desk_form import DeskForm, Reads, lazy_gettext, read

_KEY = re.compile(r"[0-9]{1,10}|new[0-9]{1,4}")
LINES = ("title", "subject", "salutation", "closing")
TEXTS = ("introduction", "conclusion")
DATES = ("page_on", "dated_on")


class LetterForm(DeskForm):
    """The letter as it was filled in; `order` names the asks in theirs, `seen` the version edited."""

    seen = HiddenField(default="0")
    order = HiddenField(default="")
    title = StringField(default="", validators=[Reads(read_letter_line)])
    page_on = StringField(default="", validators=[Reads(read_letter_date)])
    dated_on = StringField(default="", validators=[Reads(read_letter_date)])
    subject = StringField(default="", validators=[Reads(read_letter_line)])
    salutation = StringField(default="", validators=[Reads(read_letter_line)])
    introduction = TextAreaField(default="", validators=[Reads(read_paragraphs)])
    conclusion = TextAreaField(default="", validators=[Reads(read_paragraphs)])
    closing = StringField(default="", validators=[Reads(read_letter_line)])
    size = StringField(
        default="",
        validators=[
            Optional(),
            AnyOf(
                list(ChangeSize), lazy_gettext("Say whether this is a small correction or a material change.")
            ),
        ],
    )
    withheld = BooleanField()
    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, keys: Iterable[str]) -> type[Self]:
        """The form with two fields for each ask."""
        fields: dict[str, Any] = {"keys": tuple(keys)}
        for key in fields["keys"]:
            fields[f"ask_title-{key}"] = StringField(default="", validators=[Reads(read_letter_line)])
            fields[f"ask_text-{key}"] = TextAreaField(default="", validators=[Reads(read_paragraphs)])
        return type(cls.__name__, (cls,), fields)

    @classmethod
    def stored(cls, letter: LetterStored) -> Self:
        """The form with what is stored."""
        return cls.of(map(str, letter.ask_ids)).filled(_values(letter))

    @classmethod
    def sent(cls) -> Self:
        """The form as it was sent in, with all the asks that it has."""
        keys = dict.fromkeys(_KEY.findall(request.form.get("order", "")))
        return cls.of(list(keys)[: MOST_ASKS + 1])()

    def rearranged(self, action: str, key: str) -> Self:
        """The same form, word for word, with an ask added, moved, removed or split, or ValidationError."""
        keys, values = list(self.keys), {field.short_name: field.data for field in self}
        at = keys.index(key) if key in keys else None
        if action == "more":
            keys.append(_new_key(keys))
        elif at is None:
            return self
        elif action == "remove":
            del keys[at]
        elif action == "split":
            before, after = read(split_text, self.text(f"ask_text-{key}"))
            added = _new_key(keys)
            keys.insert(at + 1, added)
            values |= {f"ask_text-{key}": before, f"ask_text-{added}": after}
        elif 0 <= (to := at + {"up": -1, "down": 1}.get(action, 0)) < len(keys):
            keys.insert(to, keys.pop(at))
        values.pop("csrf_token", None)
        return type(self).of(keys).filled(values | {"order": ",".join(keys)})

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by its own rule, then each ask as a whole."""
        is_valid = super().validate(extra_validators)
        for key in self.keys:
            title, text = (self[f"ask_{name}-{key}"] for name in ("title", "text"))
            if title.errors or text.errors:
                continue
            try:
                read(partial(read_ask, title.data or ""), text.data or "")
            except ValidationError as error:
                text.errors = [*text.errors, str(error)]
                is_valid = False
        if not is_valid:
            g.refused_form = self
        return is_valid

    def typed(self, known: Sequence[int]) -> LetterTyped:
        """What the service takes."""
        ids = {str(id_): id_ for id_ in known}
        parts = {name: self.text(name) for name in (*LINES, *TEXTS, *DATES)}
        asks = [
            AskRow(ids.get(key), self.text(f"ask_title-{key}"), self.text(f"ask_text-{key}"))
            for key in self.keys
        ]
        return LetterTyped(**parts, asks=asks)

    def chosen_size(self) -> ChangeSize | None:
        """What was said of the change, if anything."""
        return ChangeSize(self.text("size")) if self.text("size") else None

    def refuse_ask(self, key: str, error: ValidationError) -> None:
        """Put an error at the text of an ask."""
        self.refuse(RefusedError(str(error).replace("%", "%%")), field=f"ask_text-{key}")


def _new_key(keys: Sequence[str]) -> str:
    taken = {int(key.removeprefix("new")) for key in keys if key.startswith("new")} | {0}
    return f"new{max(taken) + 1}"


def _values(stored: LetterStored) -> Mapping[str, object]:
    letter: Letter = stored.letter
    values: dict[str, object] = {name: getattr(letter, name) for name in LINES}
    values |= {name: "\n\n".join(getattr(letter, name)) for name in TEXTS}
    values |= {name: day.isoformat() if (day := getattr(letter, name)) else "" for name in DATES}
    for id_, ask in zip(stored.ask_ids, letter.asks, strict=True):
        values |= {f"ask_title-{id_}": ask.title, f"ask_text-{id_}": ask.text}
    return values | {"seen": stored.number, "order": ",".join(map(str, stored.ask_ids))}
