"""Queries about what hangs on cards beside people and labels: dependencies and watchers."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import Card, CardAssignee, CardComment, CardDependency, CardWatcher
from taskly.platform.db.arrays import is_among
from taskly.workspaces.models import WorkspaceMember


async def cards_missing(
    session: AsyncSession, board_id: UUID, card_ids: Collection[UUID]
) -> set[UUID]:
    """Those of `card_ids` that are not cards of the board."""
    found = await session.scalars(
        select(Card.id).where(
            Card.board_id == board_id, Card.id.in_(card_ids), Card.deleted_at.is_(None)
        )
    )
    return set(card_ids) - set(found)


async def has_card(session: AsyncSession, workspace_id: UUID, card_id: UUID) -> bool:
    """Whether a card is on one of the workspace's boards, or in their archives."""
    query = select(Card.id).where(
        Card.workspace_id == workspace_id, Card.id == card_id, Card.deleted_at.is_(None)
    )
    return await session.scalar(query) is not None


async def numbers_of(session: AsyncSession, card_ids: Collection[UUID]) -> dict[UUID, int]:
    """The numbers of some cards."""
    rows = await session.execute(select(Card.id, Card.number).where(Card.id.in_(card_ids)))
    return {row.id: row.number for row in rows}


async def waiting(session: AsyncSession, board_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The cards that each card of some boards waits for."""
    edges = select(CardDependency.blocked_id, CardDependency.blocker_id)
    found: dict[UUID, list[UUID]] = {}
    for row in await session.execute(edges.where(CardDependency.board_id.in_(board_ids))):
        found.setdefault(row.blocked_id, []).append(row.blocker_id)
    return found


async def remove_dependencies(
    session: AsyncSession, card_ids: Collection[UUID]
) -> Sequence[tuple[UUID, UUID]]:
    """Let these cards wait for none, and none for these: who waited for whom."""
    gone = (
        delete(CardDependency)
        .where(
            or_(
                is_among(CardDependency.blocker_id, card_ids),
                is_among(CardDependency.blocked_id, card_ids),
            )
        )
        .returning(CardDependency.blocked_id, CardDependency.blocker_id)
    )
    return [(row[0], row[1]) for row in await session.execute(gone)]


async def cards_in_order(session: AsyncSession, card_ids: Collection[UUID]) -> Sequence[Card]:
    """Some cards, in the order of their ids."""
    return (
        await session.scalars(select(Card).where(is_among(Card.id, card_ids)).order_by(Card.id))
    ).all()


async def replace_blockers(session: AsyncSession, card: Card, blocker_ids: Sequence[UUID]) -> None:
    """Let a card wait for exactly these."""
    await session.execute(delete(CardDependency).where(CardDependency.blocked_id == card.id))
    await add_blockers(session, card, blocker_ids)


async def add_blockers(session: AsyncSession, card: Card, blocker_ids: Sequence[UUID]) -> None:
    """Let a card wait for some that it does not wait for yet."""
    rows = [
        {
            "blocked_id": card.id,
            "blocker_id": blocker_id,
            "board_id": card.board_id,
            "workspace_id": card.workspace_id,
        }
        for blocker_id in blocker_ids
    ]
    if rows:
        await session.execute(insert(CardDependency), rows)


async def set_watching(session: AsyncSession, card: Card, user_id: UUID, *, watching: bool) -> None:
    """Note whether somebody wants to hear of a card."""
    await session.execute(
        upsert(CardWatcher)
        .values(card_id=card.id, user_id=user_id, workspace_id=card.workspace_id, watching=watching)
        .on_conflict_do_update(
            index_elements=[CardWatcher.card_id, CardWatcher.user_id],
            set_={"watching": watching},
        )
    )


async def watchers_of(session: AsyncSession, card: Card) -> list[UUID]:
    """The people of the workspace who hear of a card, in the order of their ids.

    Those who said so, and those who are on it or commented, unless they said no.
    """
    said = select(CardWatcher.user_id).where(CardWatcher.card_id == card.id)
    member = WorkspaceMember.user_id
    involved = or_(
        member.in_(select(CardAssignee.user_id).where(CardAssignee.card_id == card.id)),
        member.in_(
            select(CardComment.author_id).where(
                CardComment.card_id == card.id, CardComment.deleted_at.is_(None)
            )
        ),
    )
    query = (
        select(member)
        .where(
            WorkspaceMember.workspace_id == card.workspace_id,
            or_(
                member.in_(said.where(CardWatcher.watching)),
                involved & member.not_in(said.where(~CardWatcher.watching)),
            ),
        )
        .order_by(member)
    )
    return list(await session.scalars(query))
