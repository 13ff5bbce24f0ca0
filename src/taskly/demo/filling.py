"""Fills a workspace through the API. What is there already, by its name or key, is left as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from taskly.demo.answers import Snapshot, Workspace
from taskly.demo.client import Taskly
from taskly.demo.content.people import AUTHOR, BOARDS, PEOPLE, WORKSPACE
from taskly.demo.past.deeds import Make
from taskly.demo.past.telling import BoardPast, Team, tell
from taskly.demo.past.travelling import Travellers

UNFINISHED = f"{WORKSPACE}, being filled"
"""What the workspace is called until everything is in it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A workspace with its boards, and what of it is new."""

    workspace: Workspace
    boards: Sequence[Snapshot]
    new_boards: int
    new_cards: int
    """With those in the archive."""


async def fill(travellers: Travellers, owner: str | None, now: datetime) -> Filled:
    """Fill the author's workspace, and let everything in it have happened until `now`.

    All travellers have signed in; `owner`, if there is one, becomes a second admin. A filling that was cut off is
    begun anew.
    """
    author = travellers.clients[AUTHOR.login]
    known = {each.name: each for each in await author.workspaces()}
    if UNFINISHED in known:
        await author.delete_workspace(known[UNFINISHED])
    workspace = known.get(WORKSPACE)
    keys = {board.key for board in await author.boards(workspace.id)} if workspace else set()
    pasts = [BoardPast(plan, now) for plan in BOARDS if plan.key not in keys]
    if pasts:
        travellers.clock.set(min(past.begins for past in pasts))
        workspace = workspace or await author.create_workspace(UNFINISHED)
        ids = await _people(author, workspace.id, owner)
        await tell(pasts, workspace.id, Team(travellers.clients, ids), travellers.clock)
        travellers.clock.set(now)
        workspace = await author.rename_workspace(workspace.id, WORKSPACE)
    if workspace is None:
        raise LookupError("there is no board to fill a workspace with")
    return Filled(
        workspace=workspace,
        boards=await _snapshots(author, workspace.id),
        new_boards=len(pasts),
        new_cards=sum(isinstance(deed.act, Make) for past in pasts for deed in past.deeds),
    )


async def _people(author: Taskly, workspace_id: UUID, owner: str | None) -> Mapping[str, UUID]:
    """The members by login; who is missing becomes one."""
    roles = {person.login: "member" for person in PEOPLE} | ({owner: "admin"} if owner else {})
    members = {each.login: each.user_id for each in await author.members(workspace_id)}
    for login, role in roles.items():
        if login not in members:
            members[login] = (await author.add_member(workspace_id, login, role)).user_id
    for person in PEOPLE:
        await author.set_capacity(workspace_id, members[person.login], person.capacity)
    return members


async def _snapshots(author: Taskly, workspace_id: UUID) -> list[Snapshot]:
    """The boards of the plan, in its order."""
    boards = {board.key: board.id for board in await author.boards(workspace_id)}
    return [await author.snapshot(boards[plan.key]) for plan in BOARDS]
