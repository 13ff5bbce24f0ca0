"""The query about pull requests that were merged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.github.rules.accounts import OF_PROGRAMS
from taskly.insights.rules.reviewing import Reviewed
from taskly.insights.rules.unseen import Merged


@dataclass(frozen=True, slots=True)
class MergedPullRequest:
    """A pull request that was merged, with what charts ask of it."""

    repository: str
    number: int
    title: str
    url: str
    ready_at: datetime
    """When it was ready for review, as far as that is known; else when it was opened."""
    merged_at: datetime
    connected_at: datetime
    """When its repository was connected, the last time if it was disconnected meanwhile."""
    first_review_at: datetime | None
    """The earliest that is known."""
    linked_at: datetime | None
    card_created_at: datetime | None
    """When the first card had it, be it on another board."""
    card_ids: Sequence[UUID]
    """The cards of the board that it is on."""

    @property
    def reviewed(self) -> Reviewed:
        """As rules about reviews take it."""
        return Reviewed(self.ready_at, self.merged_at, self.first_review_at)

    @property
    def merged(self) -> Merged:
        """As rules about unseen work take it."""
        return Merged(self.merged_at, self.connected_at, self.linked_at, self.card_created_at)


_MERGED = text(
    """
    WITH of_board AS MATERIALIZED (
        SELECT DISTINCT other.repository_id FROM card_pull_requests AS link
        JOIN pull_requests AS other ON other.id = link.pull_request_id
        WHERE link.board_id = :board_id
        UNION
        SELECT CAST(automation->>'default_repository_id' AS uuid) FROM boards WHERE id = :board_id
    )
    SELECT
        repository.owner || '/' || repository.name, pull.number, pull.title, pull.url,
        CASE
            WHEN pull.drafted_at < pull.ready_at AND pull.ready_at < pull.merged_at THEN pull.ready_at
            ELSE pull.opened_at
        END,
        pull.merged_at, repository.connected_at,
        (
            SELECT min(coalesce(review.first_submitted_at, least(review.submitted_at, review.created_at)))
            FROM pull_request_reviews AS review
            WHERE review.workspace_id = pull.workspace_id AND review.pull_request_id = pull.id
                AND review.reviewer_id IS DISTINCT FROM pull.author_id
                AND review.reviewer <> pull.author AND right(review.reviewer, length(:of_programs)) <> :of_programs
        ),
        first.linked_at, first.card_created_at,
        ARRAY(
            SELECT link.card_id FROM card_pull_requests AS link
            WHERE link.workspace_id = pull.workspace_id AND link.pull_request_id = pull.id
                AND link.board_id = :board_id AND link.removed_at IS NULL
        )
    FROM of_board
    JOIN git_repositories AS repository ON repository.id = of_board.repository_id
    JOIN pull_requests AS pull ON pull.repository_id = repository.id
    LEFT JOIN LATERAL (
        SELECT link.linked_at, card.created_at AS card_created_at
        FROM (
            SELECT id, card_id, CASE
                -- By its branch it was on the card from the beginning, as by what it said when it was first told of:
                -- that may be long after it was merged.
                WHEN source IN ('created', 'branch') OR created_at <= pull.created_at
                THEN least(created_at, pull.opened_at) ELSE created_at
            END AS linked_at
            FROM card_pull_requests
            WHERE workspace_id = pull.workspace_id AND pull_request_id = pull.id
        ) AS link JOIN cards AS card ON card.id = link.card_id
        ORDER BY greatest(link.linked_at, card.created_at), link.id LIMIT 1
    ) AS first ON true
    WHERE pull.workspace_id = :workspace_id AND pull.merged_at >= :since AND pull.merged_at < :until
    ORDER BY pull.merged_at, pull.id
    """
)
"""The repositories are found first: PostgreSQL would look for each pull request whether its own is one of them."""


async def merged_pull_requests(
    session: AsyncSession, board: BoardAccess, since: datetime, until: datetime
) -> list[MergedPullRequest]:
    """What was merged between two moments in the board's repository, and those that have pull requests on its cards."""
    rows = await session.execute(
        _MERGED,
        {
            "board_id": board.id,
            "workspace_id": board.workspace_id,
            "since": since,
            "until": until,
            "of_programs": OF_PROGRAMS,
        },
    )
    return [MergedPullRequest(*row) for row in rows]
