"""The queries of making pull requests from cards."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board
from taskly.cards.models import Card
from taskly.github.models import BranchState, CardBranch, GitRepository
from taskly.github.rules.card_text import CardText
from taskly.github.urls import card_url


async def some_branches(
    session: AsyncSession, card_id: UUID, branch_id: UUID | None
) -> Sequence[CardBranch]:
    """The branch of a card that is named, or without a name the first two there are; not those that are gone."""
    query = (
        select(CardBranch)
        .join(GitRepository, GitRepository.id == CardBranch.repository_id)
        .where(
            CardBranch.card_id == card_id,
            CardBranch.state.in_([BranchState.CREATING, BranchState.CREATED]),
            GitRepository.active,
        )
        .order_by(CardBranch.id)
        .limit(2)
    )
    if branch_id is not None:
        query = query.where(CardBranch.id == branch_id)
    return (await session.scalars(query)).all()


async def card_text(session: AsyncSession, card_id: UUID, public_url: str) -> CardText | None:
    """What there is to tell of a card; nothing if it is in the archive."""
    row = (
        await session.execute(
            select(
                Board.key, Card.number, Card.title, Card.description, Card.acceptance_criteria
            ).where(Card.id == card_id, Board.id == Card.board_id, Card.archived_at.is_(None))
        )
    ).one_or_none()
    if row is None:
        return None
    key, number, title, description, criteria = row
    address = card_url(public_url, key, number)
    return CardText(card_id, f"{key}-{number}", title, address, description, criteria)
