"""Every query about webhooks themselves."""

from uuid import UUID

from sqlalchemy import delete, func, literal, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board
from taskly.webhooks.models import WebhookCursor, WebhookEndpoint
from taskly.webhooks.rules import EndpointState

_START_AT_HEADS = text(
    """
    INSERT INTO webhook_cursors (workspace_id, endpoint_id, stream_id, stream_kind, version)
    SELECT workspace_id, CAST(:endpoint_id AS uuid), id, CAST('board' AS stream_kind), version
    FROM boards WHERE workspace_id = :workspace_id
    UNION ALL
    SELECT id, CAST(:endpoint_id AS uuid), id, CAST('workspace' AS stream_kind), :version
    FROM workspaces WHERE id = :workspace_id
    """
)
_FOLLOW_TO_THE_END = text(
    """
    INSERT INTO webhook_cursors (workspace_id, endpoint_id, stream_id, stream_kind, version)
    SELECT e.workspace_id, e.id, board.id, CAST('board' AS stream_kind), 0
    FROM webhook_endpoints e, unnest(CAST(:board_ids AS uuid[])) AS board (id)
    WHERE e.workspace_id = :workspace_id
    ORDER BY e.id, board.id
    ON CONFLICT DO NOTHING
    """
)


async def endpoint(
    session: AsyncSession, workspace_id: UUID, endpoint_id: UUID, *, lock: bool = False
) -> WebhookEndpoint | None:
    """A webhook of a workspace. `lock` holds it, and all its messages and cursors with it."""
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.workspace_id == workspace_id, WebhookEndpoint.id == endpoint_id
    )
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return await session.scalar(query)


async def endpoints(
    session: AsyncSession, workspace_id: UUID, *, after: UUID | None, limit: int
) -> list[WebhookEndpoint]:
    """The webhooks of a workspace, oldest first."""
    query = (
        select(WebhookEndpoint)
        .where(WebhookEndpoint.workspace_id == workspace_id)
        .order_by(WebhookEndpoint.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(WebhookEndpoint.id > after)
    return list(await session.scalars(query))


async def count_endpoints(session: AsyncSession, workspace_id: UUID) -> int:
    """How many webhooks the workspace has. Exact while the workspace is locked."""
    count = await session.scalar(
        select(func.count())
        .select_from(WebhookEndpoint)
        .where(WebhookEndpoint.workspace_id == workspace_id)
    )
    return count or 0


async def has_board(session: AsyncSession, workspace_id: UUID, board_id: UUID) -> bool:
    """Whether the board is one of the workspace."""
    found = await session.scalar(
        select(literal(1)).where(Board.workspace_id == workspace_id, Board.id == board_id)
    )
    return found is not None


async def start_at_heads(
    session: AsyncSession, endpoint: WebhookEndpoint, *, workspace_version: int
) -> None:
    """Let a webhook hear of what happens from now on, and of nothing that was before."""
    await session.execute(
        delete(WebhookCursor)
        .where(
            WebhookCursor.workspace_id == endpoint.workspace_id,
            WebhookCursor.endpoint_id == endpoint.id,
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        _START_AT_HEADS,
        {
            "workspace_id": endpoint.workspace_id,
            "endpoint_id": endpoint.id,
            "version": workspace_version,
        },
    )


async def follow_to_the_end(
    session: AsyncSession, workspace_id: UUID, board_ids: list[UUID]
) -> None:
    """Note that boards which are about to go have to be read to their ends."""
    await session.execute(
        _FOLLOW_TO_THE_END, {"workspace_id": workspace_id, "board_ids": board_ids}
    )


async def pause_all(session: AsyncSession, workspace_id: UUID) -> None:
    """Let the webhooks of a locked workspace be told nothing."""
    await session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.workspace_id == workspace_id)
        .values(state=EndpointState.PAUSED, next_probe_at=None)
    )


async def cursor(
    session: AsyncSession, endpoint: WebhookEndpoint, stream_id: UUID
) -> WebhookCursor | None:
    """How far a locked webhook has read a stream."""
    return await session.get(WebhookCursor, (endpoint.workspace_id, endpoint.id, stream_id))


async def due_probes(session: AsyncSession) -> list[tuple[UUID, UUID]]:
    """The workspaces and ids of failing webhooks; when each is to be probed is looked at under its lock."""
    rows = await session.execute(
        select(WebhookEndpoint.workspace_id, WebhookEndpoint.id)
        .where(
            WebhookEndpoint.next_probe_at.is_not(None),
            WebhookEndpoint.state == EndpointState.FAILING,
        )
        .order_by(WebhookEndpoint.next_probe_at)
    )
    return [(row.workspace_id, row.id) for row in rows]
