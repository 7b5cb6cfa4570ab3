"""The rows that a signer leaves behind: what the program itself would have written by now."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaign.domain.daily_figures import Figure, band_of
from campaign.domain.name_order import name_keys
from campaign.domain.official import Channel, OfficialListed
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signature import IS_REMOVED, SignatureState
from campaign.services.demo.plan import Signer
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.outbox.withdrawn import SIGNATURE_REMOVED
from campaign.services.statistics.recording import Act
from campaign.store.tables import OwnWordsTally
from campaign.store.tables.encrypted import Public

Row = dict[str, Any]
# Of ten thousand messages that left, how many came to what; all others were delivered.
_OUTCOMES = (
    (OutboxState.ACCEPTED, 400),
    (OutboxState.BOUNCED, 30),
    (OutboxState.FAILED, 12),
    (OutboxState.IN_DOUBT, 6),
)
_OUTCOMES_OUT_OF = 10_000
_REASONS = {
    OutboxState.BOUNCED: "550 5.1.1 mailbox unavailable",
    OutboxState.FAILED: "554 5.7.1 message refused",
    OutboxState.IN_DOUBT: "sending stopped before the provider's answer was written down",
}
# What was confirmed so lately waits for its office's pace.
_STILL_WAITS = timedelta(hours=8)
_HAS_BODY = (
    *(OutboxState.QUEUED, OutboxState.HELD, OutboxState.IN_DOUBT),
    *(OutboxState.FAILED, OutboxState.BOUNCED),
)


@dataclass(frozen=True)
class Setting:
    """What all rows of the campaign have in common, and the first free ids."""

    campaign_id: int
    letter_version_id: int
    officials: Sequence[OfficialListed]
    title: str
    address_key: bytes
    seed: int
    first_ids: dict[str, int]
    now: datetime


@dataclass
class Rows:
    """Collects the rows of all signers, and what is to be counted of them."""

    setting: Setting
    tables: dict[str, list[Row]] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)
    own_words: Counter[int] = field(default_factory=Counter)
    numbers: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.setting.seed + 2)  # noqa: S311 - invents, guards nothing
        self._ids = dict(self.setting.first_ids)

    def add(self, signer: Signer) -> int:
        """All rows of one signer; the id of the signature."""
        hashes = AddressHashes.of(signer.email, key=self.setting.address_key)
        supporter_id = self._put(
            "supporter",
            address_hash=hashes.canonical,
            spelling_hash=hashes.spelling,
            email=signer.email,
            created_at=signer.confirmed_at,
        )
        signature_id = self._signature(signer, supporter_id)
        if signer.updates:
            self._put(
                "consent",
                signature_id=signature_id,
                wording="Send me news about this letter.",
                language=signer.language,
                given_at=signer.signed_at,
            )
        self._email(signer, supporter_id, signature_id, EmailKind.CONFIRMATION, signer.signed_at, hashes)
        if signer.state is not SignatureState.SUSPECTED:
            self._email(signer, supporter_id, signature_id, EmailKind.THANKS, signer.confirmed_at, hashes)
        for place in signer.officials:
            self._message(signer, supporter_id, signature_id, self.setting.officials[place])
        self._count(signer)
        return signature_id

    def put(self, table: str, **values: Any) -> int:
        """One row more of a table; its id."""
        return self._put(table, **values)

    def _put(self, table: str, **values: Any) -> int:
        id_ = self._ids.get(table, 1)
        self._ids[table] = id_ + 1
        self.tables.setdefault(table, []).append({"id": id_, **values})
        return id_

    def _signature(self, signer: Signer, supporter_id: int) -> int:
        counts = signer.state is not SignatureState.SUSPECTED
        self.numbers += counts
        keys = name_keys(signer.name, signer.visibility)
        withdrew = signer.state is SignatureState.WITHDRAWN
        said = ("state", "name", "capacity", "organization", "role", "country", "visibility")
        return self._put(
            "signature",
            campaign_id=self.setting.campaign_id,
            supporter_id=supporter_id,
            letter_version_id=self.setting.letter_version_id,
            **{name: getattr(signer, name) for name in (*said, "language", "source", "signed_at", "network")},
            updates=signer.updates and not withdrew,
            number=self.numbers if counts else None,
            confirmed_at=signer.confirmed_at if counts else None,
            withdrawn_at=signer.left_at if withdrew else None,
            wall_key=keys.wall,
            last_key=keys.last,
        )

    def _message(
        self, signer: Signer, supporter_id: int, signature_id: int, official: OfficialListed
    ) -> None:
        channel = Channel.EMAIL if official.email else Channel.HAND
        suspected = signer.state is SignatureState.SUSPECTED
        message_id = self._put(
            "message",
            signature_id=signature_id,
            official_id=official.id,
            channel=channel,
            subject=self.setting.title,
            words=signer.words,
            stressed_asks=[],
            created_at=signer.confirmed_at,
            released_at=None if suspected else signer.confirmed_at,
            own_words=signer.own_words,
        )
        tallied = OwnWordsTally.NO_WORDS if signer.own_words is None else signer.own_words
        self.own_words[tallied] += 1
        written = {"official_id": official.id, "own_words": band_of(signer.own_words)}
        self._act(Figure.WRITTEN, signer.confirmed_at, **written)
        if channel is Channel.EMAIL:
            self._message_email(signer, supporter_id, signature_id, message_id, official)

    def _message_email(
        self, signer: Signer, supporter_id: int, signature_id: int, message_id: int, official: OfficialListed
    ) -> None:
        state = self._state(signer)
        email_id = self._outbox(
            signer,
            EmailKind.MESSAGE,
            state,
            signer.confirmed_at,
            supporter_id=supporter_id,
            signature_id=signature_id,
            message_id=message_id,
            official_id=official.id,
            to_address=Public(official.email or ""),
            to_name=official.name,
            from_name=signer.name,
            reply_to=signer.email,
        )
        if state in _HAS_BODY:
            text = f"{signer.words}\n\n{signer.name}".strip()
            body = {"email_id": email_id, "text": text, "html": None, "unsubscribe_url": None, "files": None}
            self.tables.setdefault("outbox_body", []).append(body)
        if state in (OutboxState.ACCEPTED, OutboxState.DELIVERED, OutboxState.BOUNCED):
            self._act(Figure.SENT, signer.confirmed_at, official_id=official.id)

    def _state(self, signer: Signer) -> OutboxState:
        if signer.state is SignatureState.SUSPECTED:
            return OutboxState.HELD
        if signer.left_at and signer.left_at - signer.confirmed_at < timedelta(hours=20):
            return OutboxState.CANCELLED
        if self.setting.now - signer.confirmed_at < _STILL_WAITS and not signer.left_at:
            return OutboxState.QUEUED
        drawn = self._chance.randrange(_OUTCOMES_OUT_OF)
        for state, share in _OUTCOMES:
            if drawn < share:
                return state
            drawn -= share
        return OutboxState.DELIVERED

    def _email(
        self,
        signer: Signer,
        supporter_id: int,
        signature_id: int,
        kind: EmailKind,
        at: datetime,
        hashes: AddressHashes,
    ) -> None:
        """An email to the signer, whose words have served and are gone."""
        self._outbox(
            signer,
            kind,
            OutboxState.DELIVERED,
            at,
            supporter_id=supporter_id,
            signature_id=signature_id,
            to_address=signer.email,
            to_hash=hashes.spelling,
            to_name=None,
        )

    def _outbox(
        self, signer: Signer, kind: EmailKind, state: OutboxState, at: datetime, **values: Any
    ) -> int:
        left = state not in (OutboxState.QUEUED, OutboxState.HELD, OutboxState.CANCELLED)
        settled = at + timedelta(minutes=2) if state not in (OutboxState.QUEUED, OutboxState.HELD) else None
        empty = ("message_id", "official_id", "to_hash", "from_name", "reply_to")
        reason = _REASONS.get(state)
        if state is OutboxState.CANCELLED and signer.state in IS_REMOVED:
            reason = SIGNATURE_REMOVED
        return self._put(
            "outbox_email",
            **{**dict.fromkeys(empty), **values},
            public_id=self._chance.randbytes(16).hex(),
            kind=kind,
            state=state,
            campaign_id=self.setting.campaign_id,
            language=signer.language,
            subject=self.setting.title,
            created_at=at,
            due_at=at,
            attempts=int(left),
            first_tried_at=at if left else None,
            sending_at=at if left else None,
            settled_at=settled,
            provider="local" if left else None,
            reason=reason,
        )

    def _count(self, signer: Signer) -> None:
        self._act(Figure.STARTED, signer.signed_at, language=signer.language)
        self._act(Figure.ASKED, signer.signed_at, language=signer.language)
        by = {"language": signer.language, "country": signer.country, "source": signer.source}
        if signer.state is not SignatureState.SUSPECTED:
            self._act(Figure.CONFIRMED, signer.confirmed_at, **by)
        if signer.state is SignatureState.WITHDRAWN and signer.left_at:
            self._act(Figure.WITHDRAWN, signer.left_at, **by)
        if signer.state in IS_REMOVED and signer.left_at:
            self._act(Figure.REMOVED, signer.left_at)

    def _act(self, what: Figure, at: datetime, **by: Any) -> None:
        self.acts.append(Act(what=what, at=at, campaign_id=self.setting.campaign_id, **by))
