"""Ids are ordered by the time at which they were made."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from taskly.kit.ids import is_uuid7, new_id, time_of

OF_THE_STANDARD = UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
"""The example in RFC 9562, A.6: Tuesday, February 22, 2022 2:22:22.00 PM GMT-05:00."""


def test_an_id_is_a_plain_uuid_of_version_7() -> None:
    made = new_id()
    assert type(made) is UUID
    assert made.version == 7
    assert is_uuid7(made)


def test_ids_made_one_after_the_other_are_in_order_even_within_a_millisecond() -> None:
    made = [new_id() for _ in range(50_000)]
    assert all(before < after for before, after in pairwise(made))
    assert len({time_of(one) for one in made}) < len(made)


def test_threads_make_different_ids_each_in_order() -> None:
    made: list[list[UUID]] = [[] for _ in range(4)]

    def make(into: list[UUID]) -> None:
        into.extend(new_id() for _ in range(5_000))

    threads = [threading.Thread(target=make, args=(one,)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one == sorted(one) for one in made)
    assert len({each for one in made for each in one}) == 20_000


FORKING = """
import os
from taskly.kit.ids import new_id
made = [new_id() for _ in range(10)]
if os.fork():
    os.wait()
for _ in range(1_000):
    print(new_id())
"""


def test_forked_processes_make_different_ids() -> None:
    command = [sys.executable, "-c", FORKING]
    made = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    assert len(made) == len(set(made)) == 2_000


def test_the_time_of_an_id_is_read_to_the_millisecond() -> None:
    assert time_of(OF_THE_STANDARD) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    # The time may run ahead a little when very many ids were made at once.
    assert before <= time_of(new_id()) <= datetime.now(UTC) + timedelta(seconds=5)


@pytest.mark.parametrize("other", [uuid4(), UUID(int=0), UUID(int=2**128 - 1)])
def test_other_uuids_hold_no_time(other: UUID) -> None:
    assert not is_uuid7(other)
    with pytest.raises(ValueError, match=r"^only a UUIDv7 holds a time$"):
        time_of(other)


def test_a_time_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^the time of the id is after the year 9999$"):
        time_of(UUID("ffffffff-ffff-7fff-bfff-ffffffffffff"))
