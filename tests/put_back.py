"""What tests bring a database to again and again: made by the services, and from then on put back row by row.

A campaign, its signatures or a furnished desk cost the services more than a test needs for all the rest. Rows
are put back only where the database holds exactly what it held before they were made, for the same settings
and the same moment: they are those that would be made. On PostgreSQL their numbers are from before; the next
ones of a table are higher, as ever. A test that changes code or listens to it has everything made for itself.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from campaign.runtime import Runtime
from campaign.store.database import Database
from tests.kept_connections import schema_changes
from tests.rows import Place, Rows, place_of

_T = TypeVar("_T")
# What is made more often than this is kept: most is made for one test alone.
_TIMES = 1

_kept: dict[Hashable, tuple[Rows, Any]] = {}
_times: Counter[Hashable] = Counter()
# What each database was brought to, and by what one sees that nobody has written to it since.
_known: "WeakKeyDictionary[Database, tuple[object, Hashable]]" = WeakKeyDictionary()
_is_off = False


@contextmanager
def made_anew() -> Iterator[None]:
    """Put nothing back inside the block."""
    global _is_off
    _is_off = True
    try:
        yield
    finally:
        _is_off = False


def put_back(runtime: Runtime, name: Hashable, make: Callable[[], _T]) -> _T:
    """What `make` returned when it was called first; the database holds what it held then.

    `name` says all that it depends on beside the settings and the rows that are there: what it makes, and at
    which time.
    """
    place = None if _is_off else place_of(runtime.database)
    if place is None:
        return make()
    before = _state(runtime, place)
    if before is None:
        return make()
    state = (before, name)
    made: _T
    if state in _kept:
        rows, made = _kept[state]
        place.change(_kept[before][0] if before in _kept else None, rows)
    else:
        made = make()
        _times[state] += 1
        if _times[state] > _TIMES:
            _kept[state] = (place.rows(), made)
    _known[runtime.database] = (place.mark(), state)
    return made


def _state(runtime: Runtime, place: Place) -> Hashable | None:
    """What the database was brought to; None when something else has been written to it."""
    mark, state = _known.get(runtime.database, (None, None))
    if state is not None and mark == place.mark():
        return state
    try:
        if place.holds_anything():
            return None
    except sqlite3.Error:
        return None  # a test about a database that cannot be used
    settings = replace(runtime.settings, instance=Path(), database_url="")
    return ("empty", place.name, schema_changes(), settings)
