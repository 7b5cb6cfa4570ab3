"""Removing signatures that are not what they seem: the rule that covers many, and how far a run is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from campaign.domain.addresses import clean_address
from campaign.domain.names import clean_line
from campaign.domain.networks import read_network
from campaign.domain.signature import MAY_BE_REMOVED, SignatureState
from campaign.errors import RefusedError

LONGEST_REASON = 200
_SUBDOMAINS = "*."


class InvalidationState(StrEnum):
    """How far one run over many signatures is."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


INVALIDATION_MOVES: Mapping[InvalidationState, frozenset[InvalidationState]] = {
    InvalidationState.RUNNING: frozenset({InvalidationState.DONE, InvalidationState.UNDOING}),
    InvalidationState.DONE: frozenset({InvalidationState.UNDOING}),
    InvalidationState.UNDOING: frozenset({InvalidationState.UNDONE}),
    InvalidationState.UNDONE: frozenset(),
}
UNDER_WAY = (InvalidationState.RUNNING, InvalidationState.UNDOING)
# Of a run over so many every organizer hears, for so long: a mistake, or somebody else with their login.
LARGE_RUN = 100
LARGE_RUN_SHOWN = timedelta(days=1)


@dataclass(frozen=True)
class InvalidationRule:
    """Which signatures are meant: all that fit every part which is there.

    `domain` is that of the address as it was typed, with `*.` in front for its subdomains too. `network` is
    how the value begins that stood for the form's network on its day. Times are those of confirmation: from
    `since` on, and before `until`; of what is suspected, those of its form.
    """

    domain: str | None = None
    network: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    state: SignatureState | None = None

    def as_json(self) -> dict[str, str]:
        """The parts that are there, as they are stored and stand in the audit log."""
        parts = {
            "domain": self.domain,
            "network": self.network,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "state": self.state.value if self.state else None,
        }
        return {name: part for name, part in parts.items() if part is not None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The rule that `as_json` wrote."""
        times = {name: datetime.fromisoformat(stored[name]) for name in ("since", "until") if name in stored}
        state = SignatureState(stored["state"]) if "state" in stored else None
        return cls(stored.get("domain"), stored.get("network"), state=state, **times)

    @property
    def states(self) -> frozenset[SignatureState]:
        """The states of those that are meant."""
        return frozenset({self.state}) if self.state else MAY_BE_REMOVED

    @property
    def suffix(self) -> str | None:
        """How an address ends that is of the domain itself."""
        return f"@{self.domain.removeprefix(_SUBDOMAINS)}" if self.domain else None

    @property
    def subdomain_suffix(self) -> str | None:
        """How an address ends that is of a subdomain, where those are meant too."""
        is_wide = self.domain is not None and self.domain.startswith(_SUBDOMAINS)
        return (self.domain or "").removeprefix("*") if is_wide else None


def is_of_domain(rule: InvalidationRule, address: str | None) -> bool:
    """Whether an address is of the rule's domain; one that was erased is of none."""
    if rule.domain is None:
        return True
    suffixes = tuple(suffix for suffix in (rule.suffix, rule.subdomain_suffix) if suffix)
    return (address or "").lower().endswith(suffixes)


def read_rule(
    *,
    domain: str = "",
    network: str = "",
    since: str = "",
    until: str = "",
    state: str = "",
    time_zone: str | None = None,
) -> InvalidationRule:
    """The rule as it was typed, times by the clocks of a zone.

    RefusedError when a part is no such thing, or when all signatures fit it.
    """
    rule = InvalidationRule(
        read_domain(domain),
        read_network(network),
        read_moment(since, time_zone=time_zone),
        read_moment(until, time_zone=time_zone),
        read_removable_state(state),
    )
    if rule.since and rule.until and rule.since >= rule.until:
        raise RefusedError("The time ends before it begins.")
    if not (rule.domain or rule.network or rule.since or rule.state is SignatureState.SUSPECTED):
        raise RefusedError(
            "Name a domain, a network or a starting time. Otherwise the rule would cover everybody."
        )
    return rule


def read_domain(text: str) -> str | None:
    """A mail domain in lower-case ASCII, None for an empty text; RefusedError when it is none."""
    domain = text.strip().removeprefix("@")
    if not domain:
        return None
    start = _SUBDOMAINS if domain.startswith(_SUBDOMAINS) else ""
    try:
        return start + clean_address(f"a@{domain.removeprefix(_SUBDOMAINS)}").removeprefix("a@")
    except RefusedError:
        raise RefusedError("Enter a domain like example.org, or *.example.org with its subdomains.") from None


def read_moment(text: str, *, time_zone: str | None = None) -> datetime | None:
    """A date, or a date and time, by the clocks of a zone, else of Greenwich, unless it says otherwise.

    RefusedError when it is none.
    """
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        local = ZoneInfo(time_zone) if time_zone else UTC
        return (moment if moment.tzinfo else moment.replace(tzinfo=local)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedError("Enter a time like 2026-03-04 or 2026-03-04T18:30.") from None


def read_removable_state(text: str) -> SignatureState | None:
    """A state that signatures may be removed of, None for an empty text; RefusedError for another."""
    if not text.strip():
        return None
    if text.strip() not in MAY_BE_REMOVED:
        raise RefusedError("Only confirmed and suspected signatures can be invalidated.")
    return SignatureState(text.strip())


def clean_reason(text: str, *, name: str = "") -> str:
    """Why signatures are removed; RefusedError when it is too long, or holds an address or the name."""
    reason = clean_line(text)
    if len(reason) > LONGEST_REASON:
        raise RefusedError("A reason can have at most %(most)d characters.", most=LONGEST_REASON)
    if "@" in reason or (name and f" {clean_line(name)} ".casefold() in f" {reason} ".casefold()):
        raise RefusedError("Leave names and addresses out of the reason: it is kept in the audit log.")
    return reason


def require_reason(text: str, *, name: str = "") -> str:
    """The same where a reason must be given."""
    reason = clean_reason(text, name=name)
    if not reason:
        raise RefusedError("Enter a reason.")
    return reason
