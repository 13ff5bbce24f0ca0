"""What the doctor asks of stored secrets: can they still be read."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.kit.crypto import KeyRing
from taskly.platform.findings import Finding, Severity

SECRETS = (
    ("users", "github_token"),
    ("users", "github_refresh_token"),
    ("git_repositories", "webhook_secret"),
    ("git_repositories", "previous_webhook_secret"),
    ("github_apps", "private_key"),
    ("github_apps", "webhook_secret"),
    ("github_apps", "client_secret"),
    ("webhook_endpoints", "secret"),
    ("webhook_endpoints", "previous_secret"),
)


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
                        "GitHub again, connect their repositories again, and give their webhooks new "
                        "secrets.",
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
