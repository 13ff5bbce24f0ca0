"""Pull requests that people put on cards, take off and look at again.

Linking may have to ask GitHub for a pull request that is not known yet. No database session is held
meanwhile, and what GitHub answers is learnt in a transaction of its own, as everything that it says: it holds
whether or not the link comes about.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskly.boards.snapshot_schema import PullRequestOnBoard
from taskly.cards.access import open_card, open_card_to_change
from taskly.cards.errors import CardIsArchived
from taskly.cards.models import CardAccess
from taskly.github import repository
from taskly.github.errors import (
    REFUSALS,
    GitHubNotFound,
    GitHubRefuses,
    NoRepository,
    NotAPullRequest,
)
from taskly.github.facts import code_repository
from taskly.github.facts.facts_repository import LinkedRow
from taskly.github.jobs import RefreshPullRequest
from taskly.github.learning import card_moves
from taskly.github.learning.learning import learn
from taskly.github.models import CardPullRequest, GitRepository, PullRequestRow
from taskly.github.pull_requests import link_repository
from taskly.github.recording import (
    named_pull_request,
    pull_request_state,
    record_pull_request,
)
from taskly.github.remote.accounts import github_of
from taskly.github.rules.addresses import PullRequestAddress, pull_request_at
from taskly.github.rules.facts import Told
from taskly.github.rules.linking import Link, LinkSource, decided_link
from taskly.github.rules.reasons import linked, told_of
from taskly.kit.ids import new_id
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import Runtime
from taskly.users.access import Principal
from taskly.workspaces.access import require_role
from taskly.workspaces.models import Role

BY_HAND = {"by_hand": True}


@dataclass(frozen=True, slots=True)
class _Found:
    """The pull request of an address, before anything is locked."""

    board_id: UUID
    row: GitRepository
    number: int
    is_known: bool


async def link_by_address(
    runtime: Runtime, tx: Transaction, principal: Principal, card_id: UUID, url: str
) -> PullRequestOnBoard:
    """Put the pull request of an address on a card; one that is there stays as it is.

    Raises:
        NotFound: there is no such card, or the caller is not in its workspace.
        Forbidden: the caller's role is too small.
        BoardArchived, CardIsArchived: nothing changes there.
        NotAPullRequest: the address is another one.
        NoRepository: its repository is not connected to the card's workspace.
        GitHubNotFound: the repository has no such pull request.
        GitHubRefuses: GitHub does not show it to the account that connected the repository.
        GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    found = await _find(runtime, principal, card_id, url)
    if not found.is_known:
        await _fetch(runtime, found.row, found.number)
    await tx.wait_for_turn(found.board_id)
    row = await repository.lock_repository(tx.session, found.row.id)
    access = await open_card_to_change(tx, principal, card_id)
    if row is None or not row.active:
        raise NoRepository(f"{found.row.full_name} is not connected any more.")
    pull = await link_repository.pull_request_numbered(tx.session, row.id, found.number)
    if pull is None:
        raise GitHubNotFound
    if not found.is_known:
        _promise_refresh(tx, row, found.number)
    link = await put_on_card(tx, access, row, pull, LinkSource.MANUAL, BY_HAND)
    return PullRequestOnBoard(**(pull_request_state(link, pull, row) or {}))


async def put_on_card(
    tx: Transaction,
    access: CardAccess,
    row: GitRepository,
    pull: PullRequestRow,
    source: LinkSource,
    cause: dict[str, Any],
) -> CardPullRequest:
    """Link a pull request of a locked repository to a card whose board is locked after it.

    Raises:
        CardIsArchived: the card is in the archive.
    """
    card = access.card
    if card.archived_at is not None:
        raise CardIsArchived
    link = await link_repository.link_between(tx.session, card.id, pull.id)
    known = None if link is None else Link(link.source, link.closes)
    removed = link is not None and link.removed_at is not None
    wanted = decided_link(known, source, removed=removed)
    if link is None:
        link = _new_link(access, pull)
        before = None
        tx.session.add(link)
    else:
        before = pull_request_state(link, pull, row)
    code_before = await code_repository.code_of(tx.session, [card.id])
    link.source, link.closes, link.removed_at = wanted.source, wanted.closes, None
    await tx.session.flush()
    why = linked(link.source, named_pull_request(pull, row), cause)
    record_pull_request(tx, link, before, pull_request_state(link, pull, row), why)
    code_after = await code_repository.code_of(tx.session, [card.id])
    await card_moves.follow_code(tx, {card.id: card.board_id}, code_before, code_after, cause)
    return link


async def take_off_card(tx: Transaction, access: CardAccess, link_id: UUID) -> None:
    """Take a pull request off a card whose board is locked. It stays away until a person links it again.

    Raises:
        NotFound: the card has no such pull request.
        CardIsArchived: the card is in the archive.
    """
    card, found = access.card, await _shown(tx, access, link_id)
    if card.archived_at is not None:
        raise CardIsArchived
    before = pull_request_state(found.link, found.pull, found.repository)
    code_before = await code_repository.code_of(tx.session, [card.id])
    found.link.removed_at = tx.now
    await tx.session.flush()
    why = told_of(named_pull_request(found.pull, found.repository), BY_HAND)
    record_pull_request(tx, found.link, before, None, why)
    code_after = await code_repository.code_of(tx.session, [card.id])
    await card_moves.follow_code(tx, {card.id: card.board_id}, code_before, code_after, BY_HAND)


async def ask_for_refresh(tx: Transaction, access: CardAccess, link_id: UUID) -> UUID:
    """Promise to ask GitHub how a pull request of a card stands now; the job's id.

    Raises:
        NotFound: the card has no such pull request.
    """
    found = await _shown(tx, access, link_id)
    return _promise_refresh(tx, found.repository, found.pull.number)


async def _find(runtime: Runtime, principal: Principal, card_id: UUID, url: str) -> _Found:
    async with runtime.database.reading() as session:
        access = await open_card(session, principal, card_id)
        require_role(access.board.role, Role.MEMBER)
        address = _address(url, runtime.settings.github_web_url)
        row = await link_repository.connection_called(
            session, access.board.workspace_id, address.full_name
        )
        if row is None:
            raise NoRepository(
                f"{address.full_name} is not connected to this workspace: ask an admin to connect it."
            )
        known = await link_repository.pull_request_numbered(session, row.id, address.number)
    return _Found(access.board.id, row, address.number, known is not None)


def _address(url: str, web_url: str) -> PullRequestAddress:
    address = pull_request_at(url, web_url)
    if address is None:
        raise NotAPullRequest(f"Send an address such as {web_url}/owner/name/pull/12.")
    return address


async def _fetch(runtime: Runtime, row: GitRepository, number: int) -> None:
    """Learn of a pull request that nobody told us of, in the name of whoever connected its repository."""
    try:
        github = await github_of(runtime, row)
        pull = await github.pull_request(row.full_name, number)
    except GitHubNotFound:
        raise GitHubNotFound(f"{row.full_name} has no pull request {number}.") from None
    except REFUSALS:
        raise GitHubRefuses(
            f"GitHub does not show {row.full_name} to the account that connected it: an admin has to "
            "connect it again."
        ) from None
    told = Told(pull_requests=(pull.facts(asked=True),))
    async with runtime.database.transaction(Actor.github()) as tx:
        await learn(tx, runtime.settings, row.id, told, {"asked": True})


async def _shown(tx: Transaction, access: CardAccess, link_id: UUID) -> LinkedRow:
    found = await link_repository.shown_link(tx.session, link_id)
    if found is None or found.link.card_id != access.card.id:
        raise NotFound
    return found


def _promise_refresh(tx: Transaction, row: GitRepository, number: int) -> UUID:
    job = RefreshPullRequest(repository_id=row.id, number=number, for_person=True)
    return tx.promise(job, workspace_id=row.workspace_id)


def _new_link(access: CardAccess, pull: PullRequestRow) -> CardPullRequest:
    return CardPullRequest(
        id=new_id(),
        workspace_id=pull.workspace_id,
        board_id=access.board.id,
        card_id=access.card.id,
        pull_request_id=pull.id,
    )
