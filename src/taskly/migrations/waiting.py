"""How migrations wait: for each other, for locks, and for transactions older than an index."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from sqlalchemy import Connection, text

ADVISORY_LOCK = 7461736
"""Any constant: whoever holds it migrates, everybody else waits."""
POLL_SECONDS = 0.2
TIME_OUTS = {"lock_timeout": "5s", "statement_timeout": "10min"}


def take_turn(connection: Connection) -> None:
    """Wait until nobody else migrates.

    Nothing is open meanwhile: an index that is built concurrently waits for all who hold a snapshot,
    as a statement does that waits for the lock, and so the two would wait for each other.
    """
    while not _is_ours(connection):
        time.sleep(POLL_SECONDS)


def end_turn(connection: Connection) -> None:
    """Let the next one migrate."""
    connection.execute(text(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})"))
    connection.commit()


def set_time_outs(connection: Connection) -> None:
    """End what waits for a lock, or works, so long that it would hold up everybody."""
    for name, value in TIME_OUTS.items():
        connection.execute(text(f"SET {name} = '{value}'"))


@contextmanager
def concurrently() -> Iterator[None]:
    """Build and drop indexes beside those who write, each statement a transaction of its own.

    They wait for every transaction that is older, as a backup may be by hours, and hold up nobody
    meanwhile: so they have no time-outs. One would leave an index behind that is not valid.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        for name in TIME_OUTS:
            connection.execute(text(f"SET {name} = 0"))
        try:
            yield
        finally:
            set_time_outs(connection)


def _is_ours(connection: Connection) -> bool:
    ours = connection.scalar(text(f"SELECT pg_try_advisory_lock({ADVISORY_LOCK})"))
    connection.commit()
    return bool(ours)
