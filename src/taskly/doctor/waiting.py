"""Things that wait for a job which nobody has: how the doctor asks for them, and says what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.doctor.repository import named
from taskly.platform.findings import Finding, Severity

RETRY = "If `taskly jobs dead` shows its job, `taskly jobs retry` helps. "


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows that wait for a job, by a query for those without an open one, and what to do about them."""

    what: str
    advice: str
    culprits: str


async def waiting_findings(session: AsyncSession, kinds: Sequence[Waiting]) -> list[Finding]:
    """What waits for nobody."""
    found = []
    for waiting in kinds:
        rows = (await session.execute(text(waiting.culprits))).scalars().all()
        if rows:
            found.append(Finding(Severity.ERROR, f"{waiting.what}: {named(rows)}.", waiting.advice))
    return found
