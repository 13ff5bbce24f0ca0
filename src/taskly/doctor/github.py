"""What the doctor asks of GitHub's side: does anything wait that nobody works on, do connections work,
can the stored secrets be read.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.doctor.repository import named
from taskly.kit.crypto import KeyRing
from taskly.platform.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows that wait for a job, by a query for those without an open one, and what to do about them."""

    what: str
    advice: str
    culprits: str


RETRY = "If `taskly jobs dead` shows its job, `taskly jobs retry` helps. "

WAITING = (
    Waiting(
        "Deliveries of GitHub are unprocessed and nobody works on them",
        RETRY + "If not, have GitHub redeliver them, or synchronise the repository.",
        """
        SELECT id FROM webhook_deliveries
        WHERE state IN ('received', 'failed') AND id::text NOT IN (
            SELECT payload ->> 'delivery' FROM jobs
            WHERE kind = 'github.process_delivery' AND state IN ('pending', 'running')
        )
        ORDER BY received_at
        """,
    ),
    Waiting(
        "Branches are being created and nobody works on them",
        RETRY + "If not, create them from their cards again.",
        """
        SELECT card_branches.name || ' (' || card_branches.id || ')' FROM card_branches
        WHERE state = 'creating' AND id::text NOT IN (
            SELECT payload ->> 'branch_id' FROM jobs
            WHERE kind = 'github.create_branch' AND state IN ('pending', 'running')
        )
        ORDER BY id
        """,
    ),
    Waiting(
        "Repositories are being connected and nobody works on them",
        RETRY + "If not, connect them again.",
        """
        SELECT owner || '/' || name FROM git_repositories
        WHERE active AND health = 'connecting' AND id::text NOT IN (
            SELECT payload ->> 'repository_id' FROM jobs
            WHERE kind = 'github.connect_repository' AND state IN ('pending', 'running')
        )
        ORDER BY id
        """,
    ),
)

FAILING = """
    SELECT owner || '/' || name, problem FROM git_repositories
    WHERE active AND health = 'failing' ORDER BY id
"""
SECRETS = (
    ("users", "github_token"),
    ("users", "github_refresh_token"),
    ("git_repositories", "webhook_secret"),
    ("git_repositories", "previous_webhook_secret"),
)


async def github_findings(session: AsyncSession) -> list[Finding]:
    """What waits for nobody, and connections that fail."""
    found = []
    for waiting in WAITING:
        rows = (await session.execute(text(waiting.culprits))).scalars().all()
        if rows:
            found.append(Finding(Severity.ERROR, f"{waiting.what}: {named(rows)}.", waiting.advice))
    for repository, problem in await session.execute(text(FAILING)):
        found.append(
            Finding(
                Severity.WARNING,
                f"The connection to {repository} fails: {problem or 'no reason is stored'}",
                "Somebody who may administer the repository connects it again.",
            )
        )
    return found


async def secret_findings(session: AsyncSession, keys: KeyRing) -> list[Finding]:
    """Stored secrets that can't be read, as the key that they were encrypted with is missing here."""
    found = []
    for table, column in SECRETS:
        for key_id, count in await _counted_keys(session, table, column):
            if key_id not in keys.key_ids:
                found.append(
                    Finding(
                        Severity.ERROR,
                        f"{count} value(s) of {table}.{column} are encrypted with the key "
                        f"{key_id!r}, which TASKLY_ENCRYPTION_KEYS does not have.",
                        "Add that key behind the present one. If it is lost, people sign in with "
                        "GitHub again and connect their repositories again.",
                    )
                )
    return found


async def _counted_keys(
    session: AsyncSession, table: str, column: str
) -> Iterable[tuple[str, int]]:
    rows = await session.execute(
        text(
            f"SELECT split_part({column}, ':', 2) AS key_id, count(*) FROM {table} "  # noqa: S608 - ours
            f"WHERE {column} IS NOT NULL GROUP BY key_id ORDER BY key_id"
        )
    )
    return [(key_id, count) for key_id, count in rows]
