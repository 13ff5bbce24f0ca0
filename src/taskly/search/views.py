"""What can be done with saved views, in a workspace that the transaction has locked."""

from typing import Any
from uuid import UUID

from taskly.boards.errors import NoSuchBoard
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.search import view_repository as repository
from taskly.search.errors import QueryInvalid, TooManyViews
from taskly.search.events import ViewChange, ViewShared, ViewUnshared, ViewUpdated
from taskly.search.models import SavedView, ViewAccess
from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.mistakes import QueryMistakes
from taskly.search.view_schemas import CreateView, UpdateView
from taskly.workspaces.access import require_role
from taskly.workspaces.models import Role, WorkspaceAccess

MOST_VIEWS = 100
"""Of one person in one workspace."""

State = dict[str, Any]


async def create_view(
    tx: Transaction, access: WorkspaceAccess, owner_id: UUID, wanted: CreateView
) -> SavedView:
    """Keep a query under a name. Everybody may for themselves; members may for all.

    Raises:
        Forbidden: a viewer would share it.
        QueryInvalid: the query can't be understood.
        NoSuchBoard: the board is not one of the workspace.
        TooManyViews: the person has as many views as one can have.
    """
    workspace_id = access.workspace.id
    _check(tx, access, wanted.query, shared=wanted.shared)
    board_id = wanted.board_id
    if board_id and not await repository.has_board(tx.session, workspace_id, board_id):
        raise NoSuchBoard
    if await repository.count_views(tx.session, workspace_id, owner_id) >= MOST_VIEWS:
        raise TooManyViews(f"A person keeps {MOST_VIEWS} views of a workspace at most.")
    view = SavedView(
        id=new_id(),
        workspace_id=workspace_id,
        owner_id=owner_id,
        version=1,
        created_at=tx.now,
        updated_at=tx.now,
        **wanted.model_dump(exclude={"layout"}),
        layout=wanted.layout.model_dump(),
    )
    tx.session.add(view)
    _record(tx, view, before=None)
    return view


async def update_view(tx: Transaction, access: ViewAccess, patch: UpdateView) -> SavedView:
    """Change what the caller sent of a view; nothing, if nothing would be different.

    Raises:
        Forbidden: a viewer would share it.
        QueryInvalid: the query can't be understood.
    """
    view, changes = access.view, patch.changes()
    _check(tx, access.workspace, changes.get("query", ""), shared=changes.get("shared", False))
    before = _state(view)
    if all(getattr(view, name) == value for name, value in changes.items()):
        return view
    for name, value in changes.items():
        setattr(view, name, value)
    view.version, view.updated_at = view.version + 1, tx.now
    _record(tx, view, before=before)
    return view


async def delete_view(tx: Transaction, access: ViewAccess) -> None:
    """Forget a view."""
    view = access.view
    if view.shared:
        tx.record(view.workspace_id, ViewUnshared(id=view.id, before=_state(view), after=None))
    await tx.session.delete(view)


def _check(tx: Transaction, access: WorkspaceAccess, query: str, *, shared: bool) -> None:
    if shared:
        require_role(access.role, Role.MEMBER)
    try:
        read_query(query, Calendar(tx.now))
    except QueryMistakes as error:
        raise QueryInvalid.at(("body", "query"), error.mistakes) from None


def _record(tx: Transaction, view: SavedView, *, before: State | None) -> None:
    """Record what the others see of a change: a private view is nobody else's business."""
    was_shared = before is not None and before["shared"]
    if not (view.shared or was_shared):
        return
    tx.record(view.workspace_id, _change(view, before if was_shared else None))


def _change(view: SavedView, before: State | None) -> ViewChange:
    after = _state(view)
    if before is None:
        return ViewShared(id=view.id, before=None, after=after)
    if not view.shared:
        return ViewUnshared(id=view.id, before=before, after=None)
    changed = [name for name, value in after.items() if value != before[name]]
    return ViewUpdated(
        id=view.id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


def _state(view: SavedView) -> State:
    """A view as the API shows it."""
    names = ("id", "board_id", "owner_id", "name", "query", "layout", "shared", "version")
    return {name: getattr(view, name) for name in names}
