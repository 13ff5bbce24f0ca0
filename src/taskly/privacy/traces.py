"""Taking somebody's login out of the log and out of what hangs on it.

This is the one place that changes what was logged: the order, the times and the ids stay, a login in it
becomes nobody's.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from taskly.platform.db.session import Transaction
from taskly.platform.events.models import Event
from taskly.privacy import erasure_repository as repository
from taskly.privacy import github_repository as github
from taskly.privacy.rules import ENTITIES, without_filter, without_mention, without_person
from taskly.users.models import User


async def remove_traces(tx: Transaction, user: User, workspace_ids: Collection[UUID]) -> None:
    """Let nothing in these workspaces name the person where programs wrote their login; what people say
    of each other in words of their own stays.
    """
    changes = await repository.changes_that_may_name(
        tx.session, workspace_ids, ENTITIES, user.login
    )
    for event in changes:
        cleaned = without_person(event.data, user.login)
        if cleaned != event.data:
            event.data = cleaned
    for comment in await repository.comments(tx.session, _comments(changes)):
        comment.body = without_mention(comment.body, user.login)
    for view in await repository.views_that_may_name(tx.session, workspace_ids, user.login):
        view.query = without_filter(view.query, user.login)
    await tx.session.flush()
    if user.github_id is not None:
        await github.forget_account(tx.session, workspace_ids, login=user.login, name=user.name)


def _comments(changes: Sequence[Event]) -> set[UUID]:
    return {UUID(event.data["id"]) for event in changes if event.data["entity"] == "comment"}
