"""How migrations wait for each other."""

import time

from sqlalchemy import Connection, text

ADVISORY_LOCK = 7461736
"""Any constant: whoever holds it migrates, everybody else waits."""
POLL_SECONDS = 0.2


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


def _is_ours(connection: Connection) -> bool:
    ours = connection.scalar(text(f"SELECT pg_try_advisory_lock({ADVISORY_LOCK})"))
    connection.commit()
    return bool(ours)
