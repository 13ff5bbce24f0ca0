"""How changes of branches and pull requests get into the log: as the snapshot shows them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from taskly.github.events import (
    BranchAdded,
    BranchRemoved,
    BranchUpdated,
    PullRequestLinked,
    PullRequestUnlinked,
    PullRequestUpdated,
    RepositoryConnected,
    RepositoryDisconnected,
    RepositoryUpdated,
)
from taskly.github.models import CardBranch, CardPullRequest, GitRepository, PullRequestRow
from taskly.github.rules.reasons import Named
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import Change

State = dict[str, Any]
Reason = Mapping[str, Any]


def repository_state(repository: GitRepository) -> State:
    """A connection as the workspace's log shows it."""
    return {
        "id": repository.id,
        "full_name": repository.full_name,
        "default_branch": repository.default_branch,
        "private": repository.private,
        "archived": repository.archived,
        "health": repository.health.value,
        "problem": repository.problem,
    }


def branch_state(branch: CardBranch, repository: GitRepository) -> State:
    """A card's branch as the snapshot shows it."""
    return {
        "id": branch.id,
        "card_id": branch.card_id,
        "repository": repository.full_name,
        "name": branch.name,
        "url": branch.url,
        "state": branch.state.value,
        "error": branch.error,
    }


def pull_request_state(
    link: CardPullRequest, pull: PullRequestRow, repository: GitRepository
) -> State | None:
    """A card's pull request as the snapshot shows it; None if a person took it away from the card."""
    if link.removed_at is not None:
        return None
    return {
        "id": link.id,
        "card_id": link.card_id,
        "repository": repository.full_name,
        "number": pull.number,
        "title": pull.title,
        "url": pull.url,
        "state": pull.state.value,
        "author": pull.author,
        "head_branch": pull.head_branch,
        "base_branch": pull.base_branch,
        "review_decision": None if pull.review_decision is None else pull.review_decision.value,
        "checks": None if pull.checks is None else pull.checks.value,
        "source": link.source.value,
        "closes": link.closes,
        "merged_at": pull.merged_at,
        "verified_at": pull.verified_at,
    }


def named_pull_request(pull: PullRequestRow, repository: GitRepository) -> Named:
    """A pull request as reasons name it."""
    return Named(repository.full_name, pull.url, number=pull.number, commit=pull.head_sha or None)


def named_branch(branch: CardBranch, repository: GitRepository) -> Named:
    """A card's branch as reasons name it."""
    return Named(repository.full_name, branch.url, branch=branch.name, commit=branch.base_sha)


_BRANCH_CHANGES = (BranchAdded, BranchUpdated, BranchRemoved)
_PULL_REQUEST_CHANGES = (PullRequestLinked, PullRequestUpdated, PullRequestUnlinked)


def record_repository(
    tx: Transaction, repository: GitRepository, before: State | None, after: State | None
) -> None:
    """Record what changed of a connection in the workspace's stream, which the caller has locked."""
    kinds = (RepositoryConnected, RepositoryUpdated, RepositoryDisconnected)
    _record(tx, repository.workspace_id, repository.id, None, kinds, before, after, None)


def record_branch(
    tx: Transaction,
    branch: CardBranch,
    before: State | None,
    after: State | None,
    reason: Reason | None = None,
    *,
    board_id: UUID | None = None,
) -> None:
    """Record what changed of a card's branch, on its board or a former one; nothing, if nothing did."""
    own = (board_id or branch.board_id, branch.id, branch.card_id)
    _record(tx, *own, _BRANCH_CHANGES, before, after, reason)


def record_pull_request(
    tx: Transaction,
    link: CardPullRequest,
    before: State | None,
    after: State | None,
    reason: Reason | None = None,
    *,
    board_id: UUID | None = None,
) -> None:
    """Record what changed of a card's pull request, on its board or a former one; nothing, if nothing did."""
    own = (board_id or link.board_id, link.id, link.card_id)
    _record(tx, *own, _PULL_REQUEST_CHANGES, before, after, reason)


def _record(
    tx: Transaction,
    stream_id: UUID,
    id_: UUID,
    card_id: UUID | None,
    kinds: tuple[type[Change], type[Change], type[Change]],
    before: State | None,
    after: State | None,
    reason: Reason | None,
) -> None:
    added, updated, removed = kinds
    if before == after:
        return
    kind = updated
    if before is None:
        kind = added
    elif after is None:
        kind = removed
    else:
        changed = [name for name, value in after.items() if value != before[name]]
        before = {name: before[name] for name in changed}
        after = {name: after[name] for name in changed}
    change = kind(id=id_, card_id=card_id, before=before, after=after, reason=reason)
    tx.record(stream_id, change)
