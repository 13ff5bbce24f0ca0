"""Writes streams: boards with notes, people who come and go."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete

from taskly.boards.models import Board
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM, Actor
from taskly.platform.db.session import Database
from taskly.platform.events.change import Change
from taskly.platform.events.log import Stream, from_row, read_log
from taskly.platform.events.models import StreamKind
from taskly.platform.realtime.messages import event_message
from taskly.users.models import User
from taskly.workspaces.events import WorkspaceDeleted
from taskly.workspaces.models import Role, Workspace, WorkspaceMember
from taskly.workspaces.repository import forget_everybody


class NoteTaken(Change):
    """Something happened on a board."""

    type = "note.taken"
    entity = "note"


class MemberRemoved(Change):
    """A person is not in the workspace any more."""

    type = "member.removed"
    entity = "member"


@dataclass(frozen=True, slots=True)
class Scribe:
    """Changes boards and workspaces as services do."""

    database: Database

    async def person(self, login: str) -> UUID:
        """A new account."""
        async with self.database.transaction(SYSTEM) as tx:
            user = User(id=new_id(), login=login, name=login.title())
            tx.session.add(user)
        return user.id

    async def board(self, *people: UUID) -> Stream:
        """A new board, in a new workspace of these people."""
        workspace_id, board_id = new_id(), new_id()
        async with self.database.transaction(SYSTEM) as tx:
            tx.session.add(Workspace(id=workspace_id, name="Payments"))
            await tx.session.flush()
            tx.session.add(Board(id=board_id, workspace_id=workspace_id, name="Pay", key="PAY"))
            for user_id in people:
                tx.session.add(
                    WorkspaceMember(workspace_id=workspace_id, user_id=user_id, role=Role.MEMBER)
                )
        return Stream(StreamKind.BOARD, board_id, workspace_id)

    async def write(self, stream: Stream, count: int = 1, *, text: str = "") -> int:
        """Record so many changes in one transaction; the stream's version after them."""
        async with self.database.transaction(Actor.user(new_id())) as tx:
            version = await tx.lock(stream)
            for _ in range(count):
                after = {"text": text or f"{version}", "at": tx.now.isoformat()}
                change = NoteTaken(id=new_id(), before=None, after=after, card_id=new_id())
                version = tx.record(stream.id, change)
        return version

    async def remove(self, user_id: UUID, board: Stream) -> None:
        """Take a person out of the board's workspace."""
        workspace = Stream(StreamKind.WORKSPACE, board.workspace_id, board.workspace_id)
        async with self.database.transaction(SYSTEM) as tx:
            await tx.lock(workspace)
            await tx.session.execute(
                delete(WorkspaceMember).where(
                    WorkspaceMember.workspace_id == workspace.id, WorkspaceMember.user_id == user_id
                )
            )
            tx.record(
                workspace.id, MemberRemoved(id=user_id, before={"role": "member"}, after=None)
            )

    async def delete(self, board: Stream) -> None:
        """Delete a board."""
        async with self.database.transaction(SYSTEM) as tx:
            await tx.session.execute(delete(Board).where(Board.id == board.id))

    async def end(self, board: Stream) -> None:
        """End the board's workspace; its rows stay for now."""
        workspace = Stream(StreamKind.WORKSPACE, board.workspace_id, board.workspace_id)
        async with self.database.transaction(SYSTEM) as tx:
            await tx.lock(board)
            await tx.lock(workspace)
            await forget_everybody(tx.session, workspace.id)
            tx.record(
                workspace.id, WorkspaceDeleted(id=workspace.id, before={"name": "P"}, after=None)
            )

    async def log_of(self, stream: Stream, after: int = 0) -> list[str]:
        """The log as clients should hear it."""
        texts = []
        async with self.database.reading() as session:
            while rows := await read_log(session, stream.id, after=after, limit=10_000):
                texts += [event_message(from_row(row)).text for row in rows]
                after = rows[-1].version
        return texts
