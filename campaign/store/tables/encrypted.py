"""Columns that are encrypted in the database and plain everywhere else.

None and the empty text stay as they are, so that a statement can ask whether anything is there. What is in
them can be neither compared nor ordered by the database: a comparison that could never be true is an error.
"""

import json
import logging
from typing import Any

from sqlalchemy import ClauseElement, Dialect, LargeBinary, Text
from sqlalchemy.sql.operators import OperatorType, eq, is_, is_not, ne
from sqlalchemy.types import TypeDecorator

from campaign.store.data_cipher import MARK, UnreadableError, cipher_of, is_sealed

log = logging.getLogger(__name__)


class Public(str):
    """A text that is stored as it is, since it is public: an office's address in a column of people's."""

    __slots__ = ()


class _Unordered(TypeDecorator.Comparator[Any]):
    """Knows whether anything is there, and refuses all other questions."""

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        if op in (is_, is_not) or (op in (eq, ne) and _may_be_equal(other[0])):
            return super().operate(op, *other, **kwargs)
        raise TypeError(f"{self.expr} is encrypted: the database cannot compare or order it")


def _may_be_equal(other: Any) -> bool:
    # SQLAlchemy itself compares columns, to find them in its own mappings.
    return isinstance(other, (ClauseElement, Public)) or other is None or other == ""


class Encrypted(TypeDecorator[Any]):
    """What the kinds of columns have in common: the place, `table.column`, that is bound to each value."""

    cache_ok = True
    impl: Any = Text
    comparator_factory = _Unordered

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place
        self._place = place.encode()


class EncryptedText(Encrypted):
    """A text."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if not value:
            return value
        if type(value) is Public:
            return str(value)
        return cipher_of(dialect).seal(value, self._place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if not value or value[0] != MARK:
            return value
        return cipher_of(dialect).open(value, self._place)


class ShownText(EncryptedText):
    """A text among many on one page: one that no key opens is empty, and keeps nobody from the others."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        try:
            return super().process_result_value(value, dialect)
        except UnreadableError as error:
            log.error("left out of a list: %s", error)
            return ""


class EncryptedJson(Encrypted):
    """Lists and mappings; None is no value."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return cipher_of(dialect).seal(json.dumps(value, ensure_ascii=False), self._place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return json.loads(cipher_of(dialect).open(value, self._place) if value[:1] == MARK else value)


class EncryptedBytes(Encrypted):
    """Bytes."""

    cache_ok = True
    impl = LargeBinary

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return cipher_of(dialect).seal_bytes(value, self._place) if value else value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return cipher_of(dialect).open_bytes(value, self._place) if value and is_sealed(value) else value
