"""Every query of release notes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.release_notes.rules.notes import MergedPull, NamedLabel, NotedCard

_NAME = text("SELECT name FROM boards WHERE id = :board_id")
_LABELS = text("SELECT id, name, color FROM labels WHERE board_id = :board_id ORDER BY id")

_COMPLETED = """
    SELECT card.id{count}
    FROM cards AS card
    LEFT JOIN LATERAL (
        SELECT CAST(event.data->'after'->>'completed_at' AS timestamptz) AS completed_at
        FROM events AS event
        WHERE event.card_id = card.id AND event.created_at < :until
            AND event.data->'after' ? 'completed_at'
        ORDER BY event.created_at DESC, event.version DESC LIMIT 1
    ) AS past ON card.updated_at >= :until
        AND (card.completed_at IS NULL OR card.completed_at >= :until)
    WHERE card.board_id = :board_id AND card.deleted_at IS NULL
        AND (
            card.completed_at >= :since AND card.completed_at < :until
            OR past.completed_at >= :since AND past.completed_at < :until
        )
        {among}
    ORDER BY card.number
    LIMIT :most
    """
"""What is done by now was done since it was completed. Of what changed since the range and is not done, or was done later, the
log is asked: each card's own entries, by their index. What did not change since is now as it was then."""
_ALL_COMPLETED = text(_COMPLETED.format(count="", among=""))
_WITHOUT_CODE = text(
    _COMPLETED.format(
        count=", count(*) OVER ()",
        among="""
        AND NOT EXISTS (
            SELECT
            FROM card_pull_requests AS link JOIN pull_requests AS pull ON pull.id = link.pull_request_id
            WHERE link.board_id = :board_id AND link.card_id = card.id AND link.removed_at IS NULL
                AND pull.repository_id = :repository_id AND pull.merged_at IS NOT NULL
        )
        """,
    )
)

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
    ORDER BY card.number
    """
)

_PULLS = """
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
        pull.merged_at, pull.author
    FROM card_pull_requests AS link
    JOIN pull_requests AS pull ON pull.id = link.pull_request_id
    JOIN git_repositories AS repository ON repository.id = pull.repository_id
    WHERE link.board_id = :board_id AND link.removed_at IS NULL AND pull.merged_at IS NOT NULL AND {which}
    ORDER BY pull.merged_at, repository.id, pull.number
    """
_OF_CARDS = text(_PULLS.format(which="link.card_id = ANY(:card_ids) AND pull.merged_at < :until"))
_OF_RELEASE = text(
    _PULLS.format(
        which="""
        pull.repository_id = :repository_id
        AND (
            pull.merge_sha = ANY(:shas) OR pull.head_sha = ANY(:shas)
            OR pull.merge_sha IS NULL AND pull.number = ANY(:numbers)
        )
        AND EXISTS (SELECT FROM cards WHERE id = link.card_id AND deleted_at IS NULL)
        """
    )
)
"""By the commit of its merge, or its own last one. Of what was merged before the former was kept, the messages tell."""

PullsOfCards = dict[UUID, list[MergedPull]]


async def board_named(session: AsyncSession, board_id: UUID) -> str:
    """What a board is called."""
    return str(await session.scalar(_NAME, {"board_id": board_id}))


async def labels_of(session: AsyncSession, board_id: UUID) -> list[NamedLabel]:
    """The labels of a board, in its order."""
    return [NamedLabel(*row) for row in await session.execute(_LABELS, {"board_id": board_id})]


async def completed_between(
    session: AsyncSession, board_id: UUID, since: datetime, until: datetime, *, most: int
) -> list[UUID]:
    """Cards of a board that were completed between two moments and were still done at the second."""
    bounds = {"since": since, "until": until, "most": most}
    return list(await session.scalars(_ALL_COMPLETED, {"board_id": board_id, **bounds}))


async def completed_without_code(
    session: AsyncSession,
    board_id: UUID,
    repository_id: UUID,
    since: datetime,
    until: datetime,
    *,
    most: int,
) -> tuple[list[UUID], int]:
    """Those of them that have no pull request of a repository that was merged, whenever: the first, and how many."""
    asked = {"board_id": board_id, "repository_id": repository_id, "most": most}
    rows = await session.execute(_WITHOUT_CODE, {**asked, "since": since, "until": until})
    found = rows.all()
    return [id_ for id_, _ in found], found[0][1] if found else 0


async def pulls_of_cards(
    session: AsyncSession, board_id: UUID, card_ids: Collection[UUID], until: datetime
) -> PullsOfCards:
    """The pull requests of some cards of a board that were merged before a moment."""
    asked = {"board_id": board_id, "card_ids": list(card_ids), "until": until}
    return _by_card(await session.execute(_OF_CARDS, asked))


async def pulls_of_release(
    session: AsyncSession,
    board_id: UUID,
    repository_id: UUID,
    shas: Collection[str],
    numbers: Collection[int],
) -> PullsOfCards:
    """The pull requests of a repository that were merged by some commits, on cards of a board."""
    asked = {"board_id": board_id, "repository_id": repository_id}
    named = {"shas": list(shas), "numbers": list(numbers)}
    return _by_card(await session.execute(_OF_RELEASE, {**asked, **named}))


def _by_card(rows: Iterable[Sequence[Any]]) -> PullsOfCards:
    found: PullsOfCards = {}
    for card_id, *described in rows:
        found.setdefault(card_id, []).append(MergedPull(*described))
    return found


async def cards(
    session: AsyncSession, card_ids: Collection[UUID], pulls: PullsOfCards
) -> list[NotedCard]:
    """Some cards, in the order of their numbers, with what of their pull requests is to be shown."""
    rows = await session.execute(_CARDS, {"card_ids": list(card_ids)})
    found = (NotedCard(*row) for row in rows)
    return [replace(card, pulls=tuple(pulls.get(card.id, ()))) for card in found]
