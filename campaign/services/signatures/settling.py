"""What a worker makes of kept forms: when each one's mailbox is asked to confirm it, and by which email."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from campaign.domain.daily_figures import Figure
from campaign.domain.signing_form import (
    CAN_BE_CONFIRMED,
    FormState,
    NetworkPace,
    admitted,
)
from campaign.services.campaigns import quiet_mode
from campaign.services.compose.mail_context import MailContext
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.services.signatures import kept_forms, unreadable
from campaign.services.signatures.asking import ask
from campaign.services.signatures.mailbox_plan import MailboxPlan
from campaign.services.signatures.questions import Question
from campaign.services.statistics import recording
from campaign.services.statistics.recording import Act, quarter_of
from campaign.store.advisory_lock import AdvisoryLock, take_advisory_lock
from campaign.store.legible import legible
from campaign.store.prepared import Prepared
from campaign.store.statements import inserting
from campaign.store.tables.core import network_rush, signing_form

BATCH = 200
_ROW = select(
    *(
        signing_form.c[name]
        for name in (
            "id",
            "campaign_id",
            "language",
            "received_at",
            "network",
            "proof",
            "is_suspected",
        )
    ),
    *(signing_form.c[name] for name in ("state", "address_hash", "spelling_hash", "mail_at")),
    signing_form.c.content.is_(None).label("asks_again"),
    # Empty where no key opens it: nobody else's form waits for that one.
    legible(signing_form.c.email),
)
# What somebody erases at this moment is left to the next round, and nobody erases what is asked about.
_LOCKED = _ROW.with_for_update(key_share=True, skip_locked=True)
_RECEIVED = _LOCKED.where(signing_form.c.state == FormState.RECEIVED).order_by(signing_form.c.id).limit(BATCH)
_DUE = (
    _LOCKED.where(signing_form.c.state == FormState.WAITING, signing_form.c.mail_at <= bindparam("now"))
    .order_by(signing_form.c.mail_at, signing_form.c.id)
    .limit(BATCH)
)
_IS_THERE = select(
    select(signing_form.c.id).where(signing_form.c.state == FormState.RECEIVED).exists()
    | select(signing_form.c.id)
    .where(signing_form.c.state == FormState.WAITING, signing_form.c.mail_at <= bindparam("now"))
    .exists()
)
_DECIDE = Prepared(
    update(signing_form)
    .where(signing_form.c.id == bindparam("of_row"))
    .values({name: bindparam(name) for name in ("state", "address_hash", "spelling_hash", "mail_at")}),
    columns=("of_row", "state", "address_hash", "spelling_hash", "mail_at"),
)

_Row = Row[*tuple[Any, ...]]


def are_waiting(session: Session, *, now: datetime) -> bool:
    """Whether there is a form to settle or an email due: a look at two indexes."""
    return bool(session.scalar(_IS_THERE, {"now": now}))


def settle(session: Session, *, context: MailContext, holds_rushes: bool, now: datetime) -> int:
    """Settle the forms that came in, and ask about those whose time has come; how many rows were looked at.

    One worker at a time, since what is decided about one form hangs on the others. Where `holds_rushes` the
    forms of one network that bring no proof of work keep to a pace.
    """
    take_advisory_lock(session, AdvisoryLock.SETTLING)
    received, broken = _parted(session.execute(_RECEIVED).all())
    waiting, also_broken = _parted(session.execute(_DUE, {"now": now}).all())
    unreadable.end(session, broken + also_broken)
    due = _Due(session)
    if received:
        plan = _Plan(session, received, context=context, holds_rushes=holds_rushes, now=now)
        later = []
        for decision in map(plan.decide, received):
            if decision.mail_at is not None and decision.mail_at <= now:
                due.add(decision.row, decision.hashes, is_proven=decision.is_proven)
            else:
                later.append(_values(decision))
        _DECIDE.many(session.connection(), later)
        plan.store_rushes()
        recording.add(session.connection(), _started(received))
    for row in waiting:
        due.add(row, AddressHashes(row.spelling_hash, row.address_hash))
    ask(session, due.mailboxes(), context=context, now=now)
    due.end_useless()
    return len(received) + len(waiting) + len(broken) + len(also_broken)


def _parted(rows: Sequence[_Row]) -> tuple[list[_Row], list[int]]:
    """Those whose address can be read, and the ids of the others."""
    return [row for row in rows if row.email], [row.id for row in rows if not row.email]


def _started(received: Sequence[_Row]) -> list[Act]:
    """The forms among what came in; what asks for an email once more is none."""
    forms = Counter(
        (row.campaign_id, row.language, quarter_of(row.received_at)) for row in received if not row.asks_again
    )
    return [
        Act(what=Figure.STARTED, at=at, campaign_id=campaign_id, language=language, number=number)
        for (campaign_id, language, at), number in forms.items()
    ]


@dataclass(frozen=True)
class _Decision:
    row: _Row
    hashes: AddressHashes
    mail_at: datetime | None
    is_proven: bool = False


def _values(decision: _Decision) -> Mapping[str, Any]:
    return {
        "of_row": decision.row.id,
        "state": FormState.HELD if decision.mail_at is None else FormState.WAITING,
        "address_hash": decision.hashes.canonical,
        "spelling_hash": decision.hashes.spelling,
        "mail_at": decision.mail_at,
    }


class _Plan:
    """Decides about forms in the order they came in; each decision is known to the next."""

    def __init__(
        self,
        session: Session,
        rows: Sequence[_Row],
        *,
        context: MailContext,
        holds_rushes: bool,
        now: datetime,
    ) -> None:
        self._session = session
        self._now = now
        self._holds_rushes = holds_rushes
        self._hashes = {row.id: AddressHashes.of(row.email, key=context.address_key) for row in rows}
        canonical = {hashes.canonical for hashes in self._hashes.values()}
        self._mailboxes = MailboxPlan(session, canonical, now=now)
        self._first_uses = self._proofs({row.proof for row in rows if row.proof})
        self._paces: dict[str, NetworkPace] = self._networks({row.network for row in rows if row.network})

    def decide(self, row: _Row) -> _Decision:
        """When the mailbox of one form is asked about it.

        Never by itself for what is part of a rush, nor for one more spelling of a mailbox than a network may
        let wait.
        """
        hashes = self._hashes[row.id]
        is_proven = row.proof is not None and self._first_uses[row.proof] == row.id
        admitted_at = self._now if is_proven else self._admitted_at(row)
        if admitted_at is None:
            return _Decision(row, hashes, None)
        at = self._mailboxes.mail_at_in_line(hashes, admitted_at, network=row.network, is_proven=is_proven)
        return _Decision(row, hashes, at, is_proven)

    def store_rushes(self) -> None:
        """Write down how many forms each network may still send in."""
        rows = [{"network": name, **vars(pace)} for name, pace in sorted(self._paces.items())]
        if rows:
            new = inserting(self._session, network_rush)
            values = {"tokens": new.excluded.tokens, "at": new.excluded.at}
            self._session.execute(new.on_conflict_do_update(index_elements=["network"], set_=values), rows)

    def _admitted_at(self, row: _Row) -> datetime | None:
        if not self._holds_rushes or row.network is None:
            return self._now
        self._paces[row.network], at = admitted(self._paces.get(row.network), now=self._now)
        return at

    def _proofs(self, proofs: set[str]) -> Mapping[str, int]:
        """The form that used each proof first: a solved challenge serves once."""
        rows = self._session.execute(
            select(signing_form.c.proof, func.min(signing_form.c.id))
            .where(signing_form.c.proof.in_(proofs))
            .group_by(signing_form.c.proof)
        )
        return {row[0]: row[1] for row in rows}

    def _networks(self, networks: set[str]) -> dict[str, NetworkPace]:
        rows = self._session.execute(select(network_rush).where(network_rush.c.network.in_(networks)))
        return {row.network: NetworkPace(row.tokens, row.at) for row in rows}


class _Due:
    """Rows whose mailbox is asked now, and all that waits for the same address and goes along with them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[int, tuple[_Row, AddressHashes]] = {}
        self._proven: set[int] = set()
        self._useless: list[int] = []
        self._broken: list[int] = []

    def add(self, row: _Row, hashes: AddressHashes, *, is_proven: bool = False) -> None:
        self._rows[row.id] = (row, hashes)
        if is_proven:
            self._proven.add(row.id)

    def mailboxes(self) -> list[list[Question]]:
        """For each address the forms to ask about."""
        if not self._rows:
            return []
        for row in self._companions():
            self.add(row, AddressHashes(row.spelling_hash, row.address_hash))
        targets = self._last_forms()
        by_address: dict[str, list[Question]] = defaultdict(list)
        visits = self._visits()
        wordless = self._wordless()
        for row, hashes in self._rows.values():
            if row.id in self._broken:
                continue
            if row.id in wordless:
                self._useless.append(row.id)
                continue
            if row.id in visits:
                by_address[hashes.spelling] += visits[row.id]
                continue
            form = targets.get((row.campaign_id, hashes.spelling)) if row.asks_again else row
            if form is None or (form.state is FormState.HELD and row.id not in self._proven):
                self._useless.append(row.id)
            else:
                by_address[hashes.spelling].append(_question(row, form, hashes))
        return list(by_address.values())

    def end_useless(self) -> None:
        """Forget requests for an email about a form that is not there, or that a proof must speak for, and
        forms that nobody can confirm."""
        unreadable.end(self._session, self._broken)
        if self._useless:
            self._session.execute(delete(signing_form).where(signing_form.c.id.in_(self._useless)))

    def _companions(self) -> Sequence[_Row]:
        hashes = [hashes for _, hashes in self._rows.values()]
        companions = _LOCKED.where(
            signing_form.c.address_hash.in_({of_one.canonical for of_one in hashes}),
            signing_form.c.spelling_hash.in_({of_one.spelling for of_one in hashes}),
            signing_form.c.state == FormState.WAITING,
        )
        return _parted(self._session.execute(companions).all())[0]

    def _wordless(self) -> frozenset[int]:
        """Forms from before a campaign was quiet: a code opens nothing without secret words to go with it."""
        quiet = quiet_mode.quiet_ids(self._session)
        forms = [row.id for row, _ in self._rows.values() if row.campaign_id in quiet and not row.asks_again]
        if not forms:
            return frozenset()
        kept = select(signing_form.c.id, legible(signing_form.c.content)).where(signing_form.c.id.in_(forms))
        contents = {row.id: row.content for row in self._session.execute(kept)}
        self._broken = [id_ for id_, content in contents.items() if not content]
        return frozenset(id_ for id_, it in contents.items() if it and not kept_forms.has_secret(it))

    def _visits(self) -> Mapping[int, list[Question]]:
        """What requests for a code ask about in quiet campaigns: themselves, and forms that can be confirmed.

        A code is sent to whoever asks for one: to those alone who have signed, it would tell that they did.
        """
        asking = [pair for pair in self._rows.values() if pair[0].asks_again]
        quiet = quiet_mode.quiet_ids(self._session) if asking else frozenset()
        asking = [(row, hashes) for row, hashes in asking if row.campaign_id in quiet]
        if not asking:
            return {}
        open_forms, _ = _parted(
            self._session.execute(
                _ROW.where(
                    signing_form.c.spelling_hash.in_({hashes.spelling for _, hashes in asking}),
                    signing_form.c.address_hash.in_({hashes.canonical for _, hashes in asking}),
                    signing_form.c.campaign_id.in_(quiet),
                    signing_form.c.state == FormState.MAILED,
                    signing_form.c.content.is_not(None),
                )
            ).all()
        )
        return {
            row.id: [
                replace(_question(row, row, hashes), is_visit=True),
                *(
                    _question(row, form, hashes)
                    for form in open_forms
                    if form.spelling_hash == hashes.spelling and form.id not in self._rows
                ),
            ]
            for row, hashes in asking
        }

    def _last_forms(self) -> Mapping[tuple[int, str], _Row]:
        """The last form that can be confirmed of each address that asks for its email once more."""
        asking = [hashes for row, hashes in self._rows.values() if row.asks_again]
        if not asking:
            return {}
        rows = self._session.execute(
            _ROW.where(
                signing_form.c.address_hash.in_({hashes.canonical for hashes in asking}),
                signing_form.c.state.in_(CAN_BE_CONFIRMED),
                signing_form.c.content.is_not(None),
            ).order_by(signing_form.c.id)
        )
        stored = {(row.campaign_id, row.spelling_hash): row for row in _parted(rows.all())[0]}
        # What came in this very moment has no hash in the database yet.
        new = {
            (row.campaign_id, hashes.spelling): row
            for row, hashes in sorted(self._rows.values(), key=lambda pair: pair[0].id)
            if not row.asks_again
        }
        return {**stored, **new}


def _question(row: _Row, form: _Row, hashes: AddressHashes) -> Question:
    return Question(
        row_id=row.id,
        form_id=form.id,
        campaign_id=form.campaign_id,
        language=form.language,
        email=row.email,
        hashes=hashes,
        received_at=form.received_at,
        network=form.network,
    )
