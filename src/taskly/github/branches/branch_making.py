"""Making the branches that people asked for, once.

GitHub has no keys for idempotency, so the commit at which a branch is to begin is written down before
GitHub is asked to make it. When the outcome of that is unknown, the next attempt recognises the branch
by its being there, at that commit.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from taskly.github.branches.refusals import noting_refusals
from taskly.github.errors import (
    REFUSALS,
    BranchExists,
    BranchNameInvalid,
    GitHubForbids,
    GitHubNotFound,
    GitHubRateLimited,
    GitHubUnavailable,
)
from taskly.github.facts import branch_repository, code_repository
from taskly.github.facts.branch_repository import FoundBranch
from taskly.github.jobs import CreateBranch
from taskly.github.learning import card_moves
from taskly.github.models import BranchState, CardBranch
from taskly.github.recording import State, branch_state, record_branch
from taskly.github.remote.accounts import github_for_person
from taskly.github.remote.client import GitHub
from taskly.github.rules.text import with_suffix
from taskly.github.urls import branch_url
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.jobs.failures import describe
from taskly.platform.jobs.work import GiveUp, Retry, TakenOver, Work

MOST_NAMES = 50
_HOPELESS = (*REFUSALS, BranchExists, BranchNameInvalid)
_UNFINISHED = frozenset({BranchState.CREATING, BranchState.FAILED})
"""A dead job that is tried again finds its branch failed."""


async def create_branch(work: Work, job: CreateBranch) -> None:
    """Make a branch that was asked for, and move its card if the board wants that.

    Raises:
        GiveUp: it can't be made; the branch says why.
        Retry: GitHub's limit is reached, or it asks to be left alone; the branch says so.
    """
    refusals = noting_refusals(work, job.branch_id, job.user_id)
    async with _failing_visibly(work, job.branch_id), refusals:
        making = await _begin(work, job)
        if making is not None:
            await _make(work, making, choose=job.choose_name)
            await _complete(work, job)


async def give_up(tx: Transaction, branch_id: UUID, reason: str) -> None:
    """Show on a branch that the job which was to make it died; the reason is there if it failed before."""
    known = await branch_repository.branch_with_repository(tx.session, branch_id)
    try:
        found = None if known is None else await _lock(tx, known.branch)
    except LookupError:
        return  # The board is gone, and the branch with it.
    if found is not None and found.branch.state is BranchState.CREATING:
        before = branch_state(found.branch, found.repository)
        found.branch.state, found.branch.error = BranchState.FAILED, reason
        _record(tx, found, before)


@dataclass(frozen=True, slots=True)
class _Making:
    """A branch on its way."""

    github: GitHub
    branch_id: UUID
    full_name: str
    name: str
    sha: str
    tried: bool
    """An earlier attempt may have made it."""


@asynccontextmanager
async def _failing_visibly(work: Work, branch_id: UUID) -> AsyncIterator[None]:
    """Show on the branch what goes wrong, and end the job when trying again would not help."""
    try:
        yield
    except (Retry, TakenOver):
        raise
    except (GitHubRateLimited, GitHubUnavailable) as error:
        if error.wait_seconds is None:
            if work.last_attempt:
                await _note(work, branch_id, BranchState.FAILED, str(error))
            raise
        await _note(work, branch_id, BranchState.CREATING, str(error))
        raise Retry(str(error), after=error.wait_seconds) from error
    except _HOPELESS as error:
        await _note(work, branch_id, BranchState.FAILED, str(error))
        raise GiveUp(str(error)) from error
    except Exception as error:
        if work.last_attempt:
            await _note(work, branch_id, BranchState.FAILED, describe(error))
        raise


async def _begin(work: Work, job: CreateBranch) -> _Making | None:
    """Find the commit to begin at and write it down; None if there is nothing left to do."""
    async with work.reading() as session:
        found = await branch_repository.branch_with_repository(session, job.branch_id)
        if found is None or found.branch.state not in _UNFINISHED:
            return None
    branch, full_name = found.branch, found.repository.full_name
    github = await github_for_person(work.runtime, job.user_id, found.repository)
    if branch.base_sha is not None:
        return _Making(github, branch.id, full_name, branch.name, branch.base_sha, tried=True)
    base = branch.base or found.repository.default_branch
    sha = await github.branch_sha(full_name, base)
    if sha is None:
        raise BranchNameInvalid(f"{full_name} has no branch {base} to begin at.")
    async with work.transaction() as tx:
        await branch_repository.write_base(tx.session, branch.id, sha)
    return _Making(github, branch.id, full_name, branch.name, sha, tried=False)


async def _make(work: Work, making: _Making, *, choose: bool) -> None:
    """Make the branch at GitHub, under another name if the one we chose is taken."""
    name, others = making.name, [making.name]
    while others:
        try:
            return await _create(making, name)
        except BranchExists:
            if making.tried and name == making.name and await _is_ours(making):
                return None
        if name == making.name:
            others = await _other_names(work, making)
        suggestion = others.pop(0)
        if not choose:
            raise BranchExists(f"{making.full_name} has a branch {name} already. Try {suggestion}.")
        name = await _rename(work, making.branch_id, suggestion)
    raise BranchExists(f"{making.full_name} has too many branches called {making.name}.")


async def _other_names(work: Work, making: _Making) -> list[str]:
    """Names to try in place of one that is taken; no card has a branch of that name yet."""
    async with work.reading() as session:
        known = await branch_repository.names_beside(session, making.branch_id)
    names = [with_suffix(making.name, count) for count in range(2, MOST_NAMES)]
    return [name for name in names if name not in known]


async def _create(making: _Making, name: str) -> None:
    try:
        await making.github.create_branch(making.full_name, name, making.sha)
    except (GitHubNotFound, GitHubForbids):
        raise GitHubForbids(
            f"Your GitHub account has no write access to {making.full_name}."
        ) from None


async def _is_ours(making: _Making) -> bool:
    return await making.github.branch_sha(making.full_name, making.name) == making.sha


async def _rename(work: Work, branch_id: UUID, name: str) -> str:
    """Give the branch another name before it is tried, so that a later attempt knows it."""
    async with _holding(work, branch_id) as (tx, found):
        if found is not None:
            before = branch_state(found.branch, found.repository)
            web_url = work.runtime.settings.github_web_url
            found.branch.name = name
            found.branch.url = branch_url(web_url, found.repository.full_name, name)
            _record(tx, found, before)
    return name


async def _note(work: Work, branch_id: UUID, state: BranchState, error: str) -> None:
    """Show how a branch that is not there yet stands."""
    async with _holding(work, branch_id) as (tx, found):
        if found is None or found.branch.state not in _UNFINISHED:
            return
        before = branch_state(found.branch, found.repository)
        found.branch.state, found.branch.error = state, error
        _record(tx, found, before)


def _record(tx: Transaction, found: FoundBranch, before: State) -> None:
    if not found.hidden:
        record_branch(tx, found.branch, before, branch_state(found.branch, found.repository))


@asynccontextmanager
async def _holding(
    work: Work, branch_id: UUID
) -> AsyncIterator[tuple[Transaction, FoundBranch | None]]:
    """A transaction that holds the lock of the branch's board; without the branch if it is gone."""
    async with work.reading() as session:
        known = await branch_repository.branch_with_repository(session, branch_id)
    async with work.transaction() as tx:
        found = None
        if known is not None:
            found = await _lock(tx, known.branch)
        yield tx, found


async def _lock(tx: Transaction, branch: CardBranch) -> FoundBranch | None:
    await tx.lock(Stream(StreamKind.BOARD, branch.board_id, branch.workspace_id))
    return await branch_repository.branch_with_repository(tx.session, branch.id, lock=True)


async def _complete(work: Work, job: CreateBranch) -> None:
    """Note that the branch is there, if no delivery did so first, and let the board's rules follow."""
    async with work.reading() as session:
        known = await branch_repository.branch_with_repository(session, job.branch_id)
    if known is None:
        return
    name = known.branch.name
    result = {"repository": known.repository.full_name, "branch": name, "url": known.branch.url}
    async with work.last_transaction(Actor.github(job.user_id), result=result) as tx:
        found = await _lock(tx, known.branch)
        if found is None or found.branch.state not in _UNFINISHED:
            return
        branch = found.branch
        before = branch_state(branch, found.repository)
        code_before = await code_repository.code_of(tx.session, [branch.card_id])
        branch.state, branch.error = BranchState.CREATED, None
        await tx.session.flush()
        _record(tx, found, before)
        code_after = await code_repository.code_of(tx.session, [branch.card_id])
        cause = {"job_id": str(work.job_id)}
        boards = {branch.card_id: branch.board_id}
        await card_moves.follow_code(tx, boards, code_before, code_after, cause)
