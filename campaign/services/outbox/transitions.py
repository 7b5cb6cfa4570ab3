"""The only writer of an email's state: a conditional update from the states that `OUTBOX_MOVES` allows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, TextClause, Update, or_, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from campaign.domain.outbox import IS_UNDER_WAY, OutboxState, is_settled, may_become, may_come_from
from campaign.store.statements import rows_changed
from campaign.store.tables.core import outbox_email

Moment = datetime | ColumnElement[datetime] | ColumnElement[datetime | None]


def move(
    session: Session,
    to: OutboxState,
    *conditions: ColumnElement[bool],
    now: datetime,
    start: Sequence[OutboxState] | None = None,
    by_state: bool = True,
    **values: Any,
) -> int:
    """Move the emails that meet the conditions to a state, and set further columns; how many there were.

    Those in a state that may not become the new one are left alone. `start` names fewer states than the table
    has, or those that are cancelled; ValueError when one of them may not become the new one. Where other
    conditions name the rows, give `by_state` as false: SQLite would else rather walk all emails in that state
    than look each of them up.
    """
    statement = moving(to, *conditions, settled_at=now, start=start, by_state=by_state, **values)
    return rows_changed(session, statement)


def moving(
    to: OutboxState,
    *conditions: ColumnElement[bool],
    settled_at: Moment | None = None,
    start: Sequence[OutboxState] | None = None,
    by_state: bool = True,
    **values: Any,
) -> Update:
    """The statement of `move`, for those who run it many times or want rows back.

    Moves to a state that is settled need `settled_at`.
    """
    states = _usual_start(to) if start is None else _checked(to, start)
    in_state = is_in(states) if by_state else _row_is_in(states)
    return update(outbox_email).where(in_state, *conditions).values(**_columns(to, settled_at) | values)


def settling(
    to: BindParameter[OutboxState],
    outcomes: Sequence[OutboxState],
    *conditions: ColumnElement[bool],
    start: Sequence[OutboxState],
    **values: Any,
) -> Update:
    """The statement that moves emails to one of the `outcomes`, another one in each of its runs."""
    for outcome in outcomes:
        _checked(outcome, [state for state in start if state is not outcome])
    return (
        update(outbox_email).where(is_in(start), *conditions).values(state=to, lease_ends_at=None, **values)
    )


def following_digest(digest_state: ColumnElement[OutboxState], states: Sequence[OutboxState]) -> Update:
    """The statement that moves messages to the state of their digest, which is one of `states`."""
    may_follow = or_(
        *((digest_state == state) & is_in(may_come_from(state)) for state in states),
    )
    return update(outbox_email).where(may_follow).values(state=digest_state)


def is_in(states: Sequence[OutboxState]) -> ColumnElement[bool]:
    """The condition that an email is in one of these states."""
    # No IN, whose list is spelled out anew for each run: what runs over many rows at once may have none.
    return or_(*(outbox_email.c.state == state for state in states))


def _row_is_in(states: Sequence[OutboxState]) -> TextClause:
    words = ", ".join(f"'{state.value}'" for state in states)
    return sql(f"outbox_email.state || '' IN ({words})")


def _usual_start(to: OutboxState) -> Sequence[OutboxState]:
    # What was cancelled stays so, but for whoever says that it is to go on.
    return [state for state in may_come_from(to) if state is not OutboxState.CANCELLED]


def _checked(to: OutboxState, start: Sequence[OutboxState]) -> Sequence[OutboxState]:
    for state in start:
        if not may_become(state, to):
            raise ValueError(f"{state} never becomes {to}")
    return start


def _columns(to: OutboxState, settled_at: Moment | None) -> dict[str, Any]:
    if to in IS_UNDER_WAY:
        return {"state": to}
    if is_settled(to) and settled_at is None:
        raise ValueError(f"an email becomes {to} at some time")
    columns = {"state": to, "settled_at": settled_at if is_settled(to) else None, "lease_ends_at": None}
    # Kept on an email in doubt, so that its own late answer is still believed.
    return columns if to is OutboxState.IN_DOUBT else columns | {"leased_by": None}
