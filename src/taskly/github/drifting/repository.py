"""The queries about cards that drift: which ones, and the code of some."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    ARRAY,
    JSON,
    Uuid,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
    text,
    tuple_,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardColumn, RankText
from taskly.cards.models import Card
from taskly.github.drifting.conditions_repository import drifts
from taskly.github.models import CardBranch, CardPullRequest, PullRequestRow
from taskly.github.rules.automation import Column, read_automation
from taskly.github.rules.drift import BranchOnCard, CardAndCode, Drift, PullRequestOnCard

CARDS_WITH_CODE = """
    SELECT
        card.id, card.column_id, board.automation,
        (
            SELECT json_agg(
                json_build_object('id', id, 'name', name, 'category', category) ORDER BY rank
            )
            FROM board_columns WHERE board_id = card.board_id AND deleted_at IS NULL
        ) AS columns,
        pulls.found AS pull_requests,
        branches.found AS branches
    FROM cards AS card
    JOIN boards AS board ON board.id = card.board_id
    CROSS JOIN LATERAL (
        SELECT json_agg(row_to_json(item) ORDER BY item.opened_at, item.number) AS found FROM (
            SELECT
                repository.owner || '/' || repository.name AS repository, pull.number,
                pull.state, link.closes, pull.base_branch AS base, pull.review_decision AS decision,
                coalesce(pull.required_checks, pull.checks) AS checks,
                (
                    SELECT min(check_runs.github_updated_at) FROM check_runs
                    WHERE check_runs.repository_id = pull.repository_id
                        AND check_runs.head_sha = pull.head_sha AND check_runs.state = 'failing'
                        AND (pull.required_checks IS NULL OR EXISTS (
                            SELECT FROM base_branches AS base
                            WHERE base.repository_id = pull.repository_id
                                AND base.name = pull.base_branch AND base.required_checks
                                    @> jsonb_build_array(jsonb_build_object('name', check_runs.name))
                        ))
                ) AS failing_since,
                pull.opened_at, pull.merged_at, pull.github_updated_at AS updated_at
            FROM card_pull_requests AS link
            JOIN pull_requests AS pull ON pull.id = link.pull_request_id
            JOIN git_repositories AS repository ON repository.id = pull.repository_id
            WHERE link.board_id = card.board_id AND link.card_id = card.id
                AND link.removed_at IS NULL
        ) AS item
    ) AS pulls
    CROSS JOIN LATERAL (
        SELECT json_agg(row_to_json(item) ORDER BY item.repository, item.name) AS found FROM (
            SELECT
                repository.owner || '/' || repository.name AS repository, branch.name,
                branch.state <> 'deleted' AS exists,
                EXISTS (
                    SELECT FROM pull_requests AS pull
                    WHERE pull.repository_id = branch.repository_id
                        AND pull.head_branch = branch.name AND pull.head_fork IS NULL
                        AND pull.merged_at IS NOT NULL
                    OFFSET 0
                ) AS merged,
                branch.github_updated_at AS as_of
            FROM card_branches AS branch
            JOIN git_repositories AS repository ON repository.id = branch.repository_id
            WHERE branch.board_id = card.board_id AND branch.card_id = card.id
                AND branch.state <> 'failed'
        ) AS item
    ) AS branches
    WHERE card.id = ANY (:card_ids)
        AND card.deleted_at IS NULL AND card.archived_at IS NULL AND board.archived_at IS NULL
        AND (pulls.found IS NOT NULL OR branches.found IS NOT NULL)
"""
"""One statement, because lists of cards ask it beside their own; most cards of most lists have no code."""

_CARDS_WITH_CODE = (
    text(CARDS_WITH_CODE)
    .bindparams(bindparam("card_ids", type_=ARRAY(Uuid())))
    .columns(
        column("id", Uuid()),
        column("column_id", Uuid()),
        *(column(name, JSON()) for name in ("automation", "columns", "pull_requests", "branches")),
    )
)
_COLUMNS = TypeAdapter(list[Column])
_PULL_REQUESTS = TypeAdapter(list[PullRequestOnCard])
_BRANCHES = TypeAdapter(list[BranchOnCard])


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card in the list of those that drift."""

    id: UUID
    key: str
    title: str
    column_id: UUID
    column_name: str
    column_rank: str
    rank: str


async def drifting_cards(
    session: AsyncSession,
    board_id: UUID,
    now: datetime,
    *,
    after: tuple[str, str] | None,
    limit: int,
) -> list[CardRow]:
    """The cards of a board that drift, column by column from top to bottom, from behind two ranks on."""
    spot = (BoardColumn.rank, Card.rank)
    query = (
        select(
            Card.id,
            Board.key + "-" + cast(Card.number, RankText),
            Card.title,
            Card.column_id,
            BoardColumn.name,
            *spot,
        )
        .join(Board, Board.id == Card.board_id)
        .join(BoardColumn, BoardColumn.id == Card.column_id)
        .where(Card.board_id == board_id, Card.deleted_at.is_(None), drifts(frozenset(Drift), now))
        .order_by(*spot)
        .limit(limit)
    )
    if after is not None:
        bounds = [literal(each, RankText) for each in after]
        query = query.where(tuple_(*spot) > tuple_(*bounds))
    return [CardRow(*row) for row in await session.execute(query)]


async def count_drifting(session: AsyncSession, repository_id: UUID, now: datetime) -> int:
    """How many cards drift that have code of a repository."""
    linked = (
        select(CardPullRequest.card_id)
        .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
        .where(PullRequestRow.repository_id == repository_id)
    )
    with_branches = select(CardBranch.card_id).where(CardBranch.repository_id == repository_id)
    query = (
        select(func.count())
        .select_from(Card)
        .join(Board, Board.id == Card.board_id)
        .where(
            Card.id.in_(union(linked, with_branches)),
            Card.deleted_at.is_(None),
            drifts(frozenset(Drift), now),
        )
    )
    return await session.scalar(query) or 0


async def cards_with_code(
    session: AsyncSession, card_ids: Collection[UUID]
) -> dict[UUID, CardAndCode]:
    """Those of the cards that have code and are outside the archive, with what decides about their drift."""
    if not card_ids:
        return {}
    rows = await session.execute(_CARDS_WITH_CODE, {"card_ids": list(card_ids)})
    return {
        id_: CardAndCode(
            column_id=column_id,
            columns=_COLUMNS.validate_python(columns),
            automation=read_automation(automation),
            pull_requests=_PULL_REQUESTS.validate_python(pulls or []),
            branches=_BRANCHES.validate_python(branches or []),
        )
        for id_, column_id, automation, columns, pulls, branches in rows
    }
