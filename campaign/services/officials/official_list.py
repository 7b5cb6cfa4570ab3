"""A campaign's officials as one list that is saved at once: added, corrected, replaced, ordered, removed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.addresses import clean_address
from campaign.domain.districts import read_postal_codes
from campaign.domain.office_answers import read_web_address
from campaign.domain.official import OfficialListed
from campaign.domain.official_details import (
    check_channel,
    read_address_block,
    read_channel,
    read_official_line,
    read_official_name,
    read_official_role,
    read_position,
    read_review_on,
    read_salutation,
)
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.services.officials import directory, letter_addresses, pauses
from campaign.store.tables import HandOver, Message, OfficeAnswer, Official, Reply
from campaign.store.tables.core import official as official_table

LAST = 10_000


class NewName(StrEnum):
    """What it means that another name stands in a row."""

    CORRECTED = "corrected"
    REPLACED = "replaced"  # somebody else holds the office now


@dataclass(frozen=True, kw_only=True)
class OfficialRow:
    """One row of the list as it was filled in; without an `id` it is a new official."""

    id: int | None
    name: str
    title: str = ""
    office: str = ""
    role: str = ""
    channel: str = ""
    email: str = ""
    web_form: str = ""
    address: str = ""
    salutation: str = ""
    district: str = ""
    postal_codes: str = ""
    review_on: str = ""
    position: str = ""
    new_name: str = ""
    is_removed: bool = False


def fingerprint(officials: Sequence[OfficialListed]) -> str:
    """What the list holds, in short: another one means that somebody has changed it."""
    rows = [[official.id, *(str(getattr(official, name)) for name in _COMPARED)] for official in officials]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]


def save(
    session: Session,
    campaign_id: int,
    rows: Sequence[OfficialRow],
    *,
    seen: str,
    actor: Actor,
    now: datetime,
) -> tuple[str, ...]:
    """Store the list as it was filled in; the names of those whose emails wait because of a new holder.

    RefusedError names the rule that a field breaks. ConflictError when the list was changed since it had the
    fingerprint `seen`, and when somebody was written to who is to be removed.
    """
    stored = _locked(session, campaign_id)
    if seen != fingerprint(directory.list_officials(session, campaign_id)):
        raise ConflictError(
            "Somebody changed this list while you were working on it. What you typed is still here. Compare"
            " it with the list in another window. If you save again, it replaces what is stored."
        )
    places = [(read_position(row.position), place) for place, row in enumerate(rows)]
    places.sort(key=lambda pair: LAST if pair[0] is None else pair[0])
    ordered = [rows[place] for _, place in places]
    change = _ListChange(session, campaign_id, stored, actor=actor, now=now)
    for row in ordered:
        change.apply(row)
    change.finish()
    return tuple(change.frozen)


def _locked(session: Session, campaign_id: int) -> dict[int, Official]:
    rows = session.scalars(
        select(Official)
        .where(Official.campaign_id == campaign_id)
        .order_by(Official.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row for row in rows}


class _ListChange:
    """Applies the rows of one list in their order; what changed is in the audit log, an entry an official."""

    def __init__(
        self, session: Session, campaign_id: int, stored: dict[int, Official], *, actor: Actor, now: datetime
    ) -> None:
        self._session = session
        self._campaign_id = campaign_id
        self._stored = stored
        self._actor = actor
        self._now = now
        self._order: list[Official] = []
        self._last = max((official.position for official in stored.values()), default=0)
        self._entries: list[tuple[str, dict[str, Any]]] = []
        self._removed: set[int] = set()
        self.frozen: list[str] = []

    def apply(self, row: OfficialRow) -> None:
        """Add, change or remove one official."""
        if row.id is None:
            if not row.is_removed and row.name.strip():
                self._add(row)
            return
        official = self._stored.get(row.id)
        if official is None:
            raise NotFoundError("There is no such official in this campaign.")
        if row.is_removed:
            self._remove(official)
        else:
            self._change(official, row)
            self._order.append(official)

    def finish(self) -> None:
        """Store the order, and enter all that was done."""
        listed = {id(official) for official in self._order}
        # Whom the form does not know stays, behind the others.
        done = listed | self._removed
        self._order += [one for one in self._stored.values() if id(one) not in done]
        places = [official.position for official in self._order]
        if places != sorted(places):
            self._entries.append(("official.order", {"officials": len(self._order)}))
        # Two officials never have one place, not even while they change places.
        self._session.execute(
            update(official_table)
            .where(official_table.c.campaign_id == self._campaign_id)
            .values(position=-official_table.c.id)
        )
        for place, official in enumerate(self._order, start=1):
            official.position = place
            self._session.execute(
                update(official_table).where(official_table.c.id == official.id).values(position=place)
            )
        if self._entries:
            campaigns.raise_version(self._session, self._campaign_id)
        for action, details in self._entries:
            details = {"campaign": self._campaign_id, **details}
            audit_log.record(self._session, action=action, actor=self._actor, details=details, now=self._now)

    def _add(self, row: OfficialRow) -> None:
        official = Official(
            campaign_id=self._campaign_id,
            position=self._last + len(self._order) + 1,
            **_values(row),
        )
        self._session.add(official)
        self._session.flush()
        letter_addresses.follow(self._session, official)
        self._order.append(official)
        self._entries.append(("official.add", {"official": official.id, "name": official.name}))

    def _remove(self, official: Official) -> None:
        for table in (Message, Reply):
            if self._session.scalar(select(table.id).where(table.official_id == official.id).limit(1)):
                raise ConflictError(
                    "People have written to %(name)s, who therefore stays on the list. Pause them instead.",
                    name=official.name,
                )
        self._entries.append(("official.remove", {"official": official.id, "name": official.name}))
        self._removed.add(id(official))
        self._session.delete(official)
        self._session.flush()

    def _change(self, official: Official, row: OfficialRow) -> None:
        values = _values(row)
        changed = [name for name, value in values.items() if _stored_value(official, name) != value]
        if not changed:
            return
        before = official.name
        is_replaced = "name" in changed and _read_new_name(row.new_name) is NewName.REPLACED
        noted = audit_log.values_changed(
            {name: getattr(official, name) for name in changed}, {name: values[name] for name in changed}
        )
        if "name" in changed and not is_replaced:
            self._rename_holder(official, values["name"])
        for name in changed:
            setattr(official, name, values[name])
        if "address" in changed:
            letter_addresses.follow(self._session, official)
        if "email" in changed:
            pauses.readdress(self._session, official)
        if is_replaced:
            pauses.freeze(official, now=self._now)
            self.frozen.append(official.name)
        action = "official.replace" if is_replaced else "official.change"
        details: dict[str, Any] = {"official": official.id, "fields": changed, "values": noted}
        if "name" in changed:
            details |= {"was": before, "name": official.name}
        self._entries.append((action, details))

    def _rename_holder(self, official: Official, name: str) -> None:
        """What they answered and were handed stays theirs under the corrected name."""
        for table in (OfficeAnswer, HandOver):
            self._session.execute(
                update(table)
                .where(table.official_id == official.id, table.holder == official.name)
                .values(holder=name)
            )


def _read_new_name(text: str) -> NewName:
    try:
        return NewName(text)
    except ValueError:
        raise RefusedError(
            "You changed a name. Say whether you corrected it, or whether somebody else holds the office now."
        ) from None


def _values(row: OfficialRow) -> Mapping[str, Any]:
    """The columns that a row sets, with their values; RefusedError names the rule that a field breaks."""
    channel, web_form = read_channel(row.channel), read_web_address(row.web_form)
    check_channel(channel, web_form)
    return {
        "name": read_official_name(row.name),
        "title": read_official_line(row.title),
        "office": read_official_line(row.office),
        "role": read_official_role(row.role),
        "channel": channel,
        "email": clean_address(row.email) if row.email.strip() else None,
        "web_form": web_form,
        "address": read_address_block(row.address),
        "salutation": read_salutation(row.salutation),
        "district": read_official_line(row.district),
        "postal_codes": read_postal_codes(row.postal_codes),
        "review_on": read_review_on(row.review_on),
    }


def _stored_value(official: Official, name: str) -> object:
    value: object = getattr(official, name)
    return list(value) if isinstance(value, list) else value


_COMPARED = (
    *("name", "title", "office", "role", "channel", "email", "web_form", "address"),
    *("salutation", "district", "postal_codes", "review_on"),
)


def due_for_review(officials: Sequence[OfficialListed], today: date) -> tuple[OfficialListed, ...]:
    """Those whose day to be looked at again has come."""
    return tuple(official for official in officials if official.review_on and official.review_on <= today)
