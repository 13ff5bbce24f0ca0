"""What the doctor asks of webhooks: is every message on its way, and does anybody listen."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.doctor.waiting import RETRY, Waiting, waiting_findings
from taskly.platform.findings import Finding, Severity

_HAS_NO_JOB = """
    id::text NOT IN (
        SELECT payload ->> 'attempt_id' FROM jobs
        WHERE kind = 'webhooks.deliver' AND state IN ('pending', 'running')
    )
"""
WAITING = (
    Waiting(
        "Messages for webhooks are being sent and nobody works on them",
        RETRY + "If not, an admin of the workspace sends them again from the delivery log.",
        f"""
        SELECT message_id FROM webhook_attempts
        WHERE state IN ('sending', 'retrying') AND {_HAS_NO_JOB} ORDER BY id
        """,  # noqa: S608 - a constant of our own
    ),
    Waiting(
        "Webhooks have messages in their line and none at its head",
        "An admin of the workspace pauses and resumes the webhook.",
        """
        SELECT endpoint.id FROM webhook_endpoints AS endpoint
        WHERE endpoint.state = 'active'
            AND EXISTS (
                SELECT FROM webhook_attempts AS attempt
                WHERE attempt.endpoint_id = endpoint.id AND attempt.state = 'queued'
            )
            AND NOT EXISTS (
                SELECT FROM webhook_attempts AS attempt
                WHERE attempt.endpoint_id = endpoint.id AND attempt.state = 'sending'
                    AND attempt.event_id IS NOT NULL
            )
        ORDER BY endpoint.id
        """,
    ),
)
NOT_TOLD = """
    SELECT substring(url FROM '^[a-z]+://([^/?#]+)'), id, state, problem FROM webhook_endpoints
    WHERE state = 'failing' OR (state = 'paused' AND problem IS NOT NULL) ORDER BY id
"""


async def webhook_findings(session: AsyncSession) -> list[Finding]:
    """Messages that wait for nobody, and webhooks that are told nothing though nobody wanted that."""
    found = await waiting_findings(session, WAITING)
    for host, endpoint_id, state, problem in await session.execute(text(NOT_TOLD)):
        found.append(
            Finding(
                Severity.WARNING,
                f"The webhook {endpoint_id} to {host} is {state}: {problem}",
                "Its receiver has to answer again; then resume it, and replay what failed.",
            )
        )
    return found
