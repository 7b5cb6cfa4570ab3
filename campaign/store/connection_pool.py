"""SQLAlchemy's pool for PostgreSQL, in which connections are taken in turn."""

from typing import Any

from sqlalchemy import Pool
from sqlalchemy.pool import ConnectionPoolEntry

from campaign.store.connection_turns import ConnectionTurns
from campaign.store.time_limits import CONNECT_SECONDS, seconds_left

# More only contend for the interpreter: a process works on few requests at once, and each takes milliseconds.
MOST_CONNECTIONS = 5


class ConnectionPool(Pool):
    """A process's connections for transactions; whoever finds none waits for CONNECT_SECONDS at most."""

    def __init__(self, creator: Any, **values: Any) -> None:
        super().__init__(creator, **values)
        self._turns: ConnectionTurns[ConnectionPoolEntry] = ConnectionTurns(
            self._create_connection, lambda record: record.close(), most=MOST_CONNECTIONS
        )

    def recreate(self) -> "ConnectionPool":
        """Another one like this, empty."""
        return ConnectionPool(
            self._creator,
            recycle=self._recycle,
            echo=self.echo,
            logging_name=self._orig_logging_name,
            reset_on_return=self._reset_on_return,
            pre_ping=self._pre_ping,
            dialect=self._dialect,
            _dispatch=self.dispatch,
        )

    def dispose(self) -> None:
        """Close what is free now, and what is in use once it comes back."""
        self._turns.close()

    def status(self) -> str:
        """How many connections there are, in words."""
        return repr(self._turns)

    def _do_get(self) -> ConnectionPoolEntry:
        return self._turns.take(seconds_left(CONNECT_SECONDS))

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        self._turns.give_back(record, is_usable=record.dbapi_connection is not None)
