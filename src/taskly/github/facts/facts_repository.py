"""Every query about branches, pull requests, reviews and checks, and their links to cards."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, false, or_, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.key_repository import CardKey, cards_called
from taskly.cards.models import Card
from taskly.github.facts.branch_repository import FoundBranch
from taskly.github.models import (
    CardBranch,
    CardPullRequest,
    CheckRun,
    GitRepository,
    PullRequestReview,
    PullRequestRow,
)
from taskly.github.rules.facts import PullRequestState
from taskly.platform.db.arrays import is_among

MOST_KEYS = 1_000
"""So many keys are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which facts of a repository something speaks of."""

    numbers: frozenset[int] = frozenset()
    shas: frozenset[str] = frozenset()
    pushed: frozenset[str] = frozenset()
    """Branches that got commits, for the open pull requests from them."""
    branches: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    """Branches that open pull requests are to be merged into."""
    whole: bool = False
    """Everything of the repository that is on a card."""


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card that a text names."""

    id: UUID
    board_id: UUID


async def boards_concerned(
    session: AsyncSession,
    repository: GitRepository,
    chosen: Selection,
    keys: Collection[CardKey] = (),
) -> set[UUID]:
    """The boards with cards that have the chosen facts, or are called so."""
    of_pulls = (
        select(CardPullRequest.board_id)
        .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
        .where(_is_chosen(repository, chosen))
    )
    of_branches = select(CardBranch.board_id).where(_is_chosen_branch(repository, chosen))
    found: set[UUID] = set()
    for some in _parts(keys) or [[]]:
        named = cards_called(repository.workspace_id, some).subquery()
        of_cards = select(named.c[3])
        found |= set(await session.scalars(union(of_pulls, of_branches, of_cards)))
    return found


async def pull_requests(
    session: AsyncSession, repository: GitRepository, chosen: Selection
) -> Sequence[PullRequestRow]:
    """The pull requests that are chosen by number, head commit or pushed branch."""
    rows = await session.scalars(select(PullRequestRow).where(_is_chosen(repository, chosen)))
    return rows.all()


async def reviews(
    session: AsyncSession, pull_request_ids: Collection[UUID]
) -> Sequence[PullRequestReview]:
    """The reviews of some pull requests."""
    rows = await session.scalars(
        select(PullRequestReview).where(PullRequestReview.pull_request_id.in_(pull_request_ids))
    )
    return rows.all()


async def checks(
    session: AsyncSession, repository_id: UUID, shas: Collection[str]
) -> Sequence[CheckRun]:
    """The checks and statuses of some commits."""
    rows = await session.scalars(
        select(CheckRun).where(CheckRun.repository_id == repository_id, CheckRun.head_sha.in_(shas))
    )
    return rows.all()


async def links(
    session: AsyncSession, pull_request_ids: Collection[UUID]
) -> Sequence[CardPullRequest]:
    """The links of some pull requests, those that people removed included."""
    rows = await session.scalars(
        select(CardPullRequest).where(CardPullRequest.pull_request_id.in_(pull_request_ids))
    )
    return rows.all()


async def branches(
    session: AsyncSession, repository: GitRepository, chosen: Selection
) -> Sequence[CardBranch]:
    """The cards' branches that are chosen."""
    if not chosen.branches and not chosen.whole:
        return []
    rows = await session.scalars(select(CardBranch).where(_is_chosen_branch(repository, chosen)))
    return rows.all()


async def cards_in_archive(session: AsyncSession, card_ids: Collection[UUID]) -> set[UUID]:
    """Those of the cards that are in the archive, where no board shows them or their code."""
    return set(
        await session.scalars(
            select(Card.id).where(is_among(Card.id, card_ids), Card.archived_at.is_not(None))
        )
    )


async def cards(
    session: AsyncSession, workspace_id: UUID, keys: Collection[CardKey]
) -> dict[CardKey, FoundCard]:
    """The cards of a workspace that are called so."""
    found: dict[CardKey, FoundCard] = {}
    for some in _parts(keys):
        for key, number, id_, board_id in await session.execute(cards_called(workspace_id, some)):
            found[key, number] = FoundCard(id_, board_id)
    return found


def _parts(keys: Collection[CardKey]) -> list[list[CardKey]]:
    """Keys in parts that a statement takes: the texts of one pull request have room for many thousands."""
    ordered = sorted(keys)
    return [ordered[at : at + MOST_KEYS] for at in range(0, len(ordered), MOST_KEYS)]


# What a card shows.


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """A pull request on a card."""

    link: CardPullRequest
    pull: PullRequestRow
    repository: GitRepository


async def pull_requests_of_cards(
    session: AsyncSession, card_ids: Collection[UUID]
) -> list[LinkedRow]:
    """The pull requests that some cards show, in the order in which they were linked."""
    rows = await session.execute(
        select(CardPullRequest, PullRequestRow, GitRepository)
        .join(PullRequestRow, PullRequestRow.id == CardPullRequest.pull_request_id)
        .join(GitRepository, GitRepository.id == PullRequestRow.repository_id)
        .where(is_among(CardPullRequest.card_id, card_ids), CardPullRequest.removed_at.is_(None))
        .order_by(CardPullRequest.id)
    )
    return [LinkedRow(*row) for row in rows]


async def branches_of_cards(session: AsyncSession, card_ids: Collection[UUID]) -> list[FoundBranch]:
    """The branches that some cards show, in the order in which they came."""
    rows = await session.execute(
        select(CardBranch, GitRepository)
        .join(GitRepository, GitRepository.id == CardBranch.repository_id)
        .where(is_among(CardBranch.card_id, card_ids))
        .order_by(CardBranch.id)
    )
    return [FoundBranch(*row) for row in rows]


async def checks_of_heads(
    session: AsyncSession, pulls: Collection[PullRequestRow]
) -> Sequence[CheckRun]:
    """The checks of the head commits of some pull requests."""
    heads = [(pull.repository_id, pull.head_sha) for pull in pulls]
    rows = await session.scalars(
        select(CheckRun).where(tuple_(CheckRun.repository_id, CheckRun.head_sha).in_(heads))
    )
    return rows.all()


# Taking links away.


async def delete_links(session: AsyncSession, link_ids: Collection[UUID]) -> None:
    """Take links away."""
    if not link_ids:
        return
    await session.execute(delete(CardPullRequest).where(is_among(CardPullRequest.id, link_ids)))


async def delete_branches(session: AsyncSession, branch_ids: Collection[UUID]) -> None:
    """Take branches away from their cards."""
    if not branch_ids:
        return
    await session.execute(delete(CardBranch).where(is_among(CardBranch.id, branch_ids)))


_IS_OPEN = PullRequestRow.state.in_([PullRequestState.OPEN, PullRequestState.DRAFT])


def _is_chosen(repository: GitRepository, chosen: Selection) -> ColumnElement[bool]:
    own = PullRequestRow.repository_id == repository.id
    if chosen.whole:
        return and_(own, PullRequestRow.id.in_(select(CardPullRequest.pull_request_id)))
    return and_(
        own,
        or_(
            PullRequestRow.number.in_(chosen.numbers) if chosen.numbers else false(),
            PullRequestRow.head_sha.in_(chosen.shas) if chosen.shas else false(),
            and_(
                PullRequestRow.head_branch.in_(chosen.pushed),
                PullRequestRow.head_fork.is_(None),
                _IS_OPEN,
            )
            if chosen.pushed
            else false(),
            and_(PullRequestRow.base_branch.in_(chosen.bases), _IS_OPEN)
            if chosen.bases
            else false(),
        ),
    )


def _is_chosen_branch(repository: GitRepository, chosen: Selection) -> ColumnElement[bool]:
    own = CardBranch.repository_id == repository.id
    return own if chosen.whole else and_(own, CardBranch.name.in_(chosen.branches))
