"""Periodic jobs: promised once a slot, by however many schedulers.

Time is cut into slots of `seconds`, counted from the epoch in UTC. A job is promised under the key of
the present slot, and keys are unique, so it does not matter who promises, or how often. After a pause
the present slot is made up for, once. A slot is passed over while the job of an earlier one is open:
when workers are gone, their work does not pile up.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, tuple_

from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Database, Transaction
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.models import Job
from taskly.platform.jobs.ledger import IS_OPEN


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job to be done once in every slot of so many seconds."""

    seconds: int
    spec: JobSpec

    def slot_key(self, now: datetime) -> str:
        """The idempotency key of the slot that `now` falls into."""
        start = int(now.timestamp()) // self.seconds * self.seconds
        return f"slot:{datetime.fromtimestamp(start, UTC).isoformat()}"


_PERIODIC: dict[str, Periodic] = {}


def every(seconds: int, spec: JobSpec) -> None:
    """Have `spec` done every so many seconds. Call it beside the job's handler.

    Raises:
        ValueError: the kind is periodic already.
    """
    if spec.kind in _PERIODIC:
        raise ValueError(f"{spec.kind} is periodic already")
    _PERIODIC[spec.kind] = Periodic(seconds, spec)


def periodic_jobs() -> list[Periodic]:
    """All periodic jobs of this process."""
    return list(_PERIODIC.values())


async def promise_slots(database: Database, periodic: list[Periodic]) -> list[str]:
    """Promise what the present slots still lack; the kinds that were promised."""
    if not periodic:
        return []
    async with database.transaction(SYSTEM) as transaction:
        now = (await transaction.session.scalars(select(func.now()))).one()
        keys = {job.spec.kind: job.slot_key(now) for job in periodic}
        provided = await _provided(transaction, keys)
        wanted = [job for job in periodic if job.spec.kind not in provided]
        for job in wanted:
            transaction.promise(job.spec, key=keys[job.spec.kind])
    return [job.spec.kind for job in wanted]


async def _provided(transaction: Transaction, keys: dict[str, str]) -> set[str]:
    """The kinds whose present slot is taken, or whose earlier job is still open."""
    # Slots of different lengths may begin together, so a key means nothing without its kind.
    is_present = tuple_(Job.kind, Job.idempotency_key).in_(list(keys.items()))
    kinds = await transaction.session.scalars(
        select(Job.kind).where((Job.kind.in_(keys) & IS_OPEN) | is_present).distinct()
    )
    return set(kinds)
