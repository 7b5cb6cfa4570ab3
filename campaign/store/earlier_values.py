"""Whether values of earlier versions are read: only where the database shows a proof made with the key.

Once the walk through all rows has bound each value to its row, the proof goes, and what somebody puts in a
value's place is refused, be it plain or an old copy. A new database never has one.
"""

import hmac
import time
from collections.abc import Callable

from sqlalchemy import Connection, delete, select

from campaign.store.data_cipher import DataCipher
from campaign.store.tables.core import earlier_values

PROOF = select(earlier_values.c.proof)
# Backups of earlier schemas hold such values.
NONE_SINCE_SCHEMA = "0047"
# Only who meets such a value asks, and no more often than this.
_SECONDS_BETWEEN_LOOKS = 1.0


class EarlierValuesRead:
    """Asks the database by the function that reads its proof; for all threads of a process."""

    def __init__(self, cipher: DataCipher, read_proof: Callable[[], str | None]) -> None:
        self._cipher = cipher
        self._read_proof = read_proof
        self._answer = False
        self._good_until = 0.0

    def __call__(self) -> bool:
        if time.monotonic() >= self._good_until:
            proof = (self._read_proof() or "").encode()
            self._answer = hmac.compare_digest(proof, self._cipher.proof_of_earlier.encode())
            self._good_until = time.monotonic() + _SECONDS_BETWEEN_LOOKS
        return self._answer


def let_be_read(connection: Connection, cipher: DataCipher) -> None:
    """Have values of earlier versions read until the next walk has ended."""
    connection.execute(delete(earlier_values))
    connection.execute(earlier_values.insert().values(id=1, proof=cipher.proof_of_earlier))


def may_be_there(connection: Connection) -> bool:
    """Whether anybody has said that values of earlier versions may be in tables, with a proof or without."""
    return connection.execute(PROOF).first() is not None


def refuse(connection: Connection) -> None:
    """Have them refused from now on."""
    connection.execute(delete(earlier_values))
