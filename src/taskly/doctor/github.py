"""What the doctor asks of GitHub's side: does anything wait that nobody works on, do connections work."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.doctor.waiting import RETRY, Waiting, waiting_findings
from taskly.platform.findings import Finding, Severity

WAITING = (
    Waiting(
        "Deliveries of GitHub are unprocessed and nobody works on them",
        RETRY + "If not, an admin of the workspace replays them.",
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


DEAD = """
    SELECT owner || '/' || name, count(*), max(received_at) FROM webhook_deliveries AS delivery
    JOIN git_repositories AS repository ON repository.id = delivery.repository_id
    WHERE active AND delivery.state = 'dead' AND payload IS NOT NULL
    GROUP BY repository.id ORDER BY repository.id
"""


async def github_findings(session: AsyncSession) -> list[Finding]:
    """What waits for nobody, connections that fail, and deliveries that nobody will work out."""
    found = await waiting_findings(session, WAITING)
    for repository, problem in await session.execute(text(FAILING)):
        found.append(
            Finding(
                Severity.WARNING,
                f"The connection to {repository} fails: {problem or 'no reason is stored'}",
                "An admin of the workspace who administers the repository reconnects it: docs/guides/github-connecting.md.",
            )
        )
    for repository, count, latest in await session.execute(text(DEAD)):
        found.append(
            Finding(
                Severity.WARNING,
                f"Deliveries of GitHub for {repository} are dead: {count}, the latest of {latest:%Y-%m-%d %H:%M} UTC.",
                "An admin of the workspace sees why, and replays them: docs/guides/github-deliveries.md.",
            )
        )
    return found
