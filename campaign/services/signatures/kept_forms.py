"""Signing forms as they are kept: one row for each post, whoever it is about, and nothing looked up."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from campaign.domain.signature import Capacity, Visibility
from campaign.domain.signing import SignatureForm
from campaign.domain.signing_form import FormState
from campaign.store.prepared import Prepared, Transaction
from campaign.store.row_numbers import new_numbers
from campaign.store.tables.core import signing_form
from campaign.store.tables.encrypted import in_row

_COLUMNS = (
    *("id", "campaign_id", "state", "received_at", "language", "email", "content"),
    *("network", "proof", "is_suspected", "code_tries"),
)
_INSERT = Prepared(insert(signing_form), columns=_COLUMNS)


@dataclass(frozen=True, kw_only=True)
class NewForm:
    """What is kept of one post.

    `content` is the form, encoded; None asks for the last form's email once more. `network` and `proof` tell
    where it came from: a value of the day, and the solved proof of work that came with it. What is suspected
    is asked about like any other, and counts once an organizer or a proof speaks for it.
    """

    campaign_id: int
    language: str
    email: str
    content: str | None
    received_at: datetime
    network: str | None = None
    proof: str | None = None
    is_suspected: bool = False


def store(transaction: Transaction, forms: Sequence[NewForm]) -> None:
    """Keep the forms; what becomes of them is the worker's to find out."""
    numbers = new_numbers(transaction, signing_form, len(forms))
    as_received = {"state": FormState.RECEIVED, "code_tries": 0}
    _INSERT.many(
        transaction,
        [
            in_row(signing_form, {**vars(form), **as_received, "id": number})
            for number, form in zip(numbers, forms, strict=True)
        ],
    )


def encode(form: SignatureForm, *, letter_version_id: int) -> str:
    """A form as it is stored, but for its address and its language, which have columns of their own."""
    if (form.visibility is Visibility.SEALED) is not (form.sealed is not None):
        raise ValueError("what is to be sealed is stored sealed, or not at all")
    content = {**vars(form), "letter_version_id": letter_version_id}
    del content["email"], content["language"]
    if form.sealed is None:
        del content["sealed"], content["sealed_to"]
    if form.secret_hash is None:
        del content["secret_hash"]
    return json.dumps(content, ensure_ascii=False)


def is_sealed(content: str) -> bool:
    """Whether an encoded form is one that only a key elsewhere opens."""
    return bool(json.loads(content)["visibility"] == Visibility.SEALED)


def has_secret(content: str) -> bool:
    """Whether secret words were chosen with an encoded form."""
    return "secret_hash" in json.loads(content)


@dataclass(frozen=True)
class StoredForm:
    """A kept form, decoded, and the version of the letter that its sender read."""

    form: SignatureForm
    letter_version_id: int


def decode(content: str, *, email: str, language: str) -> StoredForm:
    """The form that `encode` has stored."""
    values: dict[str, Any] = json.loads(content)
    letter_version_id = values.pop("letter_version_id")
    values["capacity"] = Capacity(values["capacity"])
    values["visibility"] = Visibility(values["visibility"])
    values["words_for"] = {int(official): words for official, words in values["words_for"].items()}
    for name in ("officials", "asks"):
        values[name] = tuple(values[name])
    return StoredForm(SignatureForm(**values, email=email, language=language), letter_version_id)
