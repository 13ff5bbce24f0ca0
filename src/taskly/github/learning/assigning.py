"""Putting the author of a branch or pull request on a card when its work starts, where a board wants that."""

from collections.abc import Sequence
from uuid import UUID

from taskly.cards import repository as cards
from taskly.cards.access import open_card_for_taskly
from taskly.cards.editing import set_assignees
from taskly.github import repository
from taskly.github.facts.code_repository import Code
from taskly.github.learning import assignment_repository
from taskly.github.rules import reasons
from taskly.github.rules.automation import Rule
from taskly.github.rules.moving import Begun
from taskly.github.rules.reasons import Cause, Named
from taskly.platform.context import ActorKind
from taskly.platform.db.session import Transaction
from taskly.workspaces import repository as workspaces

STARTING = frozenset({Rule.BRANCH_CREATED, Rule.PULL_REQUEST_OPENED})
"""The rules by which work starts."""


async def assign_author(
    tx: Transaction, card_id: UUID, rules: Sequence[Begun], code: Code, cause: Cause
) -> None:
    """Put an author on a card whose board is locked and on which nobody is, if work starts by one of the rules.

    The first author counts who is in the workspace. It happens once in a card's life: whom people take off stays off.
    """
    starting = [each for each in rules if each.rule in STARTING]
    access = await open_card_for_taskly(tx, card_id) if starting else None
    if access is None or access.card.archived_at is not None:
        return
    hanging = await cards.hanging_of(tx.session, card_id)
    if hanging.assignee_ids or await assignment_repository.was_assigned(tx.session, card_id):
        return
    for each in starting:
        named = code.names[each.because]
        author = await _author(tx, access.board.workspace_id, named)
        if author is not None:
            reason = reasons.assigned(each.rule, named, cause)
            await set_assignees(tx, access, [author], reason=reason)
            await tx.session.flush()
            return


async def _author(tx: Transaction, workspace_id: UUID, named: Named) -> UUID | None:
    """The person of the workspace who made a branch or pull request: of a branch that was found, who pushed it."""
    if named.author_id is not None:
        return await repository.member_with_github_id(tx.session, workspace_id, named.author_id)
    user_id = named.made_by
    was_pushed = named.branch is not None and named.is_there
    if user_id is None and was_pushed and tx.actor.kind is ActorKind.GITHUB:
        user_id = tx.actor.user_id
    if user_id is None or await workspaces.outsiders_among(tx.session, workspace_id, [user_id]):
        return None
    return user_id
