"""The queries of making branches."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.models import Card
from taskly.github.models import BranchState, CardBranch, GitRepository


@dataclass(frozen=True, slots=True)
class FoundBranch:
    """A card's branch with its repository."""

    branch: CardBranch
    repository: GitRepository
    hidden: bool = False
    """The card is in the archive, so no board shows its branches."""


async def branch_names(session: AsyncSession, repository_id: UUID) -> set[str]:
    """The names of all branches that are known of a repository, because some card has them."""
    return set(
        await session.scalars(
            select(CardBranch.name).where(CardBranch.repository_id == repository_id)
        )
    )


async def failed_branch(
    session: AsyncSession, card_id: UUID, repository_id: UUID, name: str
) -> CardBranch | None:
    """A branch of a card that could not be made. Lock the card's board before it."""
    return await session.scalar(
        select(CardBranch).where(
            CardBranch.card_id == card_id,
            CardBranch.repository_id == repository_id,
            CardBranch.name == name,
            CardBranch.state == BranchState.FAILED,
        )
    )


async def names_beside(session: AsyncSession, branch_id: UUID) -> set[str]:
    """As `branch_names`, of the repository that a branch is in."""
    own = select(CardBranch.repository_id).where(CardBranch.id == branch_id).scalar_subquery()
    return set(
        await session.scalars(select(CardBranch.name).where(CardBranch.repository_id == own))
    )


async def branch_with_repository(
    session: AsyncSession, branch_id: UUID, *, lock: bool = False
) -> FoundBranch | None:
    """A card's branch with its repository, if that is connected. To lock it, lock its board first."""
    query = (
        select(CardBranch, GitRepository, Card.archived_at.is_not(None))
        .join(GitRepository, GitRepository.id == CardBranch.repository_id)
        .join(Card, Card.id == CardBranch.card_id)
        .where(CardBranch.id == branch_id, GitRepository.active)
    )
    if lock:
        query = query.with_for_update(of=CardBranch).execution_options(populate_existing=True)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else FoundBranch(*row)


async def write_base(session: AsyncSession, branch_id: UUID, sha: str) -> None:
    """Write down at which commit a branch is about to be made. The board does not show it."""
    await session.execute(update(CardBranch).where(CardBranch.id == branch_id).values(base_sha=sha))
