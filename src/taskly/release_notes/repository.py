"""Every query of release notes."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.release_notes.rules.notes import MergedPull, NamedLabel, NotedCard

_COMPLETED = text(
    """
    SELECT card.id
    FROM cards AS card
    LEFT JOIN LATERAL (
        SELECT CAST(event.data->'after'->>'completed_at' AS timestamptz) AS completed_at
        FROM events AS event
        WHERE event.card_id = card.id AND event.created_at < :until
            AND event.data->'after' ? 'completed_at'
        ORDER BY event.created_at DESC, event.version DESC LIMIT 1
    ) AS past ON card.completed_at IS NULL OR card.completed_at >= :until
    WHERE card.board_id = :board_id AND card.deleted_at IS NULL
        AND (
            card.completed_at >= :since AND card.completed_at < :until
            OR past.completed_at >= :since AND past.completed_at < :until
        )
    ORDER BY card.number
    LIMIT :most
    """
)
"""What is done by now was done since it was completed. Of what was reopened since, or is not done, the log is asked: each
card's own entries, by their index."""

_CARDS = text(
    """
    SELECT
        card.id, card.number, card.title,
        array_position(enum_range(card.priority), card.priority), card.completed_at,
        ARRAY(SELECT label_id FROM card_labels WHERE card_id = card.id),
        ARRAY(
            SELECT coalesce(nullif(person.name, ''), person.login)
            FROM card_assignees AS assignee JOIN users AS person ON person.id = assignee.user_id
            WHERE assignee.card_id = card.id
        )
    FROM cards AS card
    WHERE card.id = ANY(:card_ids)
    """
)

_PULLS = text(
    """
    SELECT
        link.card_id, repository.owner || '/' || repository.name, pull.number, pull.title, pull.url,
        coalesce(
            (
                SELECT coalesce(nullif(person.name, ''), person.login)
                FROM users AS person JOIN workspace_members AS member ON member.user_id = person.id
                WHERE person.github_id = pull.author_id AND member.workspace_id = pull.workspace_id
            ),
            pull.author
        ),
        pull.merged_at
    FROM card_pull_requests AS link
    JOIN pull_requests AS pull ON pull.id = link.pull_request_id
    JOIN git_repositories AS repository ON repository.id = pull.repository_id
    WHERE link.board_id = :board_id AND link.card_id = ANY(:card_ids) AND link.removed_at IS NULL
        AND pull.merged_at < :until
    ORDER BY pull.merged_at, repository.id, pull.number
    """
)


async def board_named(session: AsyncSession, board_id: UUID) -> str:
    """What a board is called."""
    return str(await session.scalar(_NAME, {"board_id": board_id}))


_NAME = text("SELECT name FROM boards WHERE id = :board_id")
_LABELS = text("SELECT id, name, color FROM labels WHERE board_id = :board_id ORDER BY id")


async def labels_of(session: AsyncSession, board_id: UUID) -> list[NamedLabel]:
    """The labels of a board, in its order."""
    return [NamedLabel(*row) for row in await session.execute(_LABELS, {"board_id": board_id})]


async def completed_between(
    session: AsyncSession, board_id: UUID, since: datetime, until: datetime, *, most: int
) -> list[UUID]:
    """Cards of a board that were completed between two moments and were still done at the second."""
    bounds = {"since": since, "until": until, "most": most}
    return list(await session.scalars(_COMPLETED, {"board_id": board_id, **bounds}))


async def cards_with_pulls(
    session: AsyncSession, board_id: UUID, card_ids: Collection[UUID], until: datetime
) -> list[NotedCard]:
    """Some cards of a board, with their pull requests that were merged before a moment."""
    ids: dict[str, Any] = {"card_ids": list(card_ids)}
    rows = await session.execute(_PULLS, {"board_id": board_id, "until": until, **ids})
    pulls: dict[UUID, list[MergedPull]] = {}
    for card_id, *described in rows:
        pulls.setdefault(card_id, []).append(MergedPull(*described))
    cards: Sequence[NotedCard] = [NotedCard(*row) for row in await session.execute(_CARDS, ids)]
    return [replace(card, pulls=tuple(pulls.get(card.id, ()))) for card in cards]
