"""The queries of trying rules. They only read, a statement at a time, and lock nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardColumn
from taskly.cards.models import Card
from taskly.github.commit_models import PullRequestCommit
from taskly.github.delivery_models import DeliveryState, WebhookDelivery
from taskly.github.facts.commit_repository import described_by
from taskly.github.models import (
    BranchState,
    CardBranch,
    CardPullRequest,
    GitRepository,
    PullRequestReview,
    PullRequestRow,
)
from taskly.github.rules.automation import Column
from taskly.github.rules.facts import Commit
from taskly.platform.db.arrays import is_among
from taskly.platform.events.models import Event

EVENTS = ("pull_request", "pull_request_review", "push", "create", "delete")
"""The events of which the rules of a board hear: the others tell of checks, and of the repository itself."""


async def repositories(session: AsyncSession, workspace_id: UUID) -> dict[UUID, GitRepository]:
    """The connected repositories of a workspace."""
    query = select(GitRepository).where(
        GitRepository.workspace_id == workspace_id, GitRepository.active
    )
    return {row.id: row for row in await session.scalars(query)}


async def kept_deliveries(
    session: AsyncSession, repository_ids: Collection[UUID], since: datetime, *, limit: int
) -> list[tuple[UUID, int]]:
    """The deliveries since a time whose payloads are kept, in the order in which they were worked out, with the
    bytes of their payloads.
    """
    row = WebhookDelivery
    query = (
        select(row.id, func.octet_length(row.payload))
        .where(
            row.repository_id.in_(repository_ids),
            row.received_at >= since,
            row.event.in_(EVENTS),
            row.state == DeliveryState.PROCESSED,
            row.payload.is_not(None),
        )
        .order_by(row.processed_at, row.id)
        .limit(limit)
    )
    return [(id_, size) for id_, size in await session.execute(query)]


@dataclass(frozen=True, slots=True)
class KeptDelivery:
    """A delivery with its payload."""

    repository_id: UUID
    delivery_id: UUID
    """GitHub's."""
    event: str
    payload: bytes
    received_at: datetime
    processed_at: datetime


async def payloads(session: AsyncSession, ids: Collection[UUID]) -> list[KeptDelivery]:
    """Some deliveries with their payloads, in the order in which they were worked out."""
    row = WebhookDelivery
    query = (
        select(
            row.repository_id,
            row.delivery_id,
            row.event,
            row.payload,
            row.received_at,
            row.processed_at,
        )
        .where(is_among(row.id, ids))
        .order_by(row.processed_at, row.id)
    )
    rows = await session.execute(query)
    return [
        KeptDelivery(repository_id, delivery_id, event, payload, received_at, processed_at)
        for repository_id, delivery_id, event, payload, received_at, processed_at in rows
        if payload is not None and processed_at is not None
    ]


@dataclass(frozen=True, slots=True)
class KnownLink:
    """A pull request on a card of the board, or one that a person took off it."""

    link: CardPullRequest
    pull: PullRequestRow


async def links_of_board(
    session: AsyncSession, board_id: UUID, repository_ids: Collection[UUID]
) -> list[KnownLink]:
    """The links of the board's cards, in some repositories."""
    query = (
        select(CardPullRequest, PullRequestRow)
        .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
        .where(
            CardPullRequest.board_id == board_id, PullRequestRow.repository_id.in_(repository_ids)
        )
    )
    return [KnownLink(*found) for found in await session.execute(query)]


async def reviews_of(
    session: AsyncSession, pull_request_ids: Collection[UUID], until: datetime
) -> list[PullRequestReview]:
    """What was last said in reviews of some pull requests, as far as it was said by then."""
    query = select(PullRequestReview).where(
        is_among(PullRequestReview.pull_request_id, pull_request_ids),
        PullRequestReview.submitted_at <= until,
    )
    return list(await session.scalars(query))


@dataclass(frozen=True, slots=True)
class KnownCommit:
    """A commit that a pull request has now, and since when that is known."""

    pull_request_id: UUID
    since: datetime
    commit: Commit


async def commits_of(
    session: AsyncSession, pull_request_ids: Collection[UUID], until: datetime
) -> list[KnownCommit]:
    """The commits of those pull requests of which something was told since then."""
    row = PullRequestCommit
    query = (
        select(row.pull_request_id, row.created_at, *described_by(row))
        .join(PullRequestRow, PullRequestRow.id == row.pull_request_id)
        .where(
            is_among(PullRequestRow.id, pull_request_ids),
            PullRequestRow.github_updated_at >= until,
        )
    )
    rows = await session.execute(query)
    return [KnownCommit(of, since, Commit(*described)) for of, since, *described in rows]


async def branches_of_board(
    session: AsyncSession, board_id: UUID, repository_ids: Collection[UUID], until: datetime
) -> list[CardBranch]:
    """The branches of the board's cards that were known by then, in some repositories."""
    query = select(CardBranch).where(
        CardBranch.board_id == board_id,
        CardBranch.repository_id.in_(repository_ids),
        CardBranch.created_at <= until,
        CardBranch.state.in_([BranchState.CREATED, BranchState.DELETED]),
    )
    return list(await session.scalars(query))


@dataclass(frozen=True, slots=True)
class PresentCard:
    """A card of the board as it is now."""

    id: UUID
    key: str
    title: str
    column_id: UUID
    archived_at: datetime | None


async def present_cards(
    session: AsyncSession, board_id: UUID, card_ids: Collection[UUID]
) -> list[PresentCard]:
    """Those of the cards that are on the board and not deleted, in the order of their numbers."""
    query = (
        select(Card.id, Board.key, Card.number, Card.title, Card.column_id, Card.archived_at)
        .join(Board, Board.id == Card.board_id)
        .where(Card.board_id == board_id, is_among(Card.id, card_ids), Card.deleted_at.is_(None))
        .order_by(Card.number)
    )
    return [
        PresentCard(id_, f"{key}-{number}", title, column_id, archived_at)
        for id_, key, number, title, column_id, archived_at in await session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class PastMove:
    """A change of the board's log by which a card came into a column, or went off the board."""

    card_id: UUID
    at: datetime
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: dict[str, Any]
    operation_id: UUID


async def past_moves(
    session: AsyncSession, board_id: UUID, card_ids: Collection[UUID], since: datetime
) -> list[PastMove]:
    """How the cards came and went on the board since a time, in the order of its log."""
    before, after = Event.data["before"], Event.data["after"]
    query = (
        select(
            Event.card_id, Event.created_at, before, after, Event.data["reason"], Event.operation_id
        )
        .where(
            is_among(Event.card_id, card_ids),
            Event.created_at >= since,
            Event.stream_id == board_id,
            Event.data["entity"].astext == "card",
            or_(before.has_key("column_id"), after.has_key("column_id")),
        )
        .order_by(Event.version)
    )
    return [
        PastMove(card_id, at, was, now, reason or {}, operation_id)
        for card_id, at, was, now, reason, operation_id in await session.execute(query)
        if card_id is not None
    ]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a board from left to right, and those that are deleted."""

    present: list[Column]
    stand_ins: dict[UUID, UUID]
    """By deleted column: the present one beside which it was, to its left if there is one."""


async def columns_of(session: AsyncSession, board_id: UUID) -> Columns:
    """The columns of a board."""
    rows = await session.execute(
        select(BoardColumn.id, BoardColumn.name, BoardColumn.category, BoardColumn.deleted_at)
        .where(BoardColumn.board_id == board_id)
        .order_by(BoardColumn.rank)
    )
    present: list[Column] = []
    deleted: dict[UUID, int] = {}
    for id_, name, category, deleted_at in rows:
        if deleted_at is None:
            present.append(Column(id_, name, category.value))
        else:
            deleted[id_] = max(len(present) - 1, 0)
    return Columns(present, {id_: present[place].id for id_, place in deleted.items() if present})
