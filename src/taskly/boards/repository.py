"""Every query about boards, their columns and labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import Board, BoardAccess, BoardColumn, FormerBoardKey, Label
from taskly.boards.rules import WipPolicy
from taskly.platform.driver import Row, RowReader
from taskly.workspaces.models import Role

_TO_READ = """
    SELECT asked.user_id,
        boards.id, boards.workspace_id, boards.key, boards.version, boards.archived_at,
        boards.wip_policy, member.role
    FROM unnest($1::uuid[], $2::uuid[]) AS asked (board_id, user_id)
    JOIN boards ON boards.id = asked.board_id
    JOIN workspace_members AS member
        ON member.workspace_id = boards.workspace_id AND member.user_id = asked.user_id
"""
_LOCKED = """
    SELECT boards.id, boards.workspace_id, boards.key, boards.version, boards.archived_at,
        boards.wip_policy, member.role
    FROM boards
    JOIN workspace_members AS member
        ON member.workspace_id = boards.workspace_id AND member.user_id = CAST(:user_id AS uuid)
    WHERE boards.id = CAST(:board_id AS uuid)
    FOR NO KEY UPDATE OF boards
"""
_TO_LOCK = text(_LOCKED)
_TO_CHANGE = text(f"{_LOCKED} FOR SHARE OF member")

BoardAndPerson = tuple[UUID, UUID]
"""A board's id, and the id of somebody who wants to see it."""


async def boards_to_read(
    hot: RowReader, asked: Sequence[BoardAndPerson]
) -> dict[BoardAndPerson, BoardAccess]:
    """The boards, each with its person's role; outsiders get nothing."""
    board_ids, user_ids = zip(*asked, strict=True)
    rows = await hot.fetch_rows(_TO_READ, board_ids, user_ids)
    return {(row["id"], row["user_id"]): _access(row) for row in rows}


async def board_to_change(
    session: AsyncSession, board_id: UUID, user_id: UUID, *, stays: bool = True
) -> BoardAccess | None:
    """The same, and the board's lock until the end of the transaction; so long the person keeps the role, too.

    Unless `stays` is false: whoever goes on to lock more boards or the workspace must not hold on to a
    person before. The role then is one from before the wait, so ask again when all is locked.
    """
    parameters = {"board_id": board_id, "user_id": user_id}
    found = await session.execute(_TO_CHANGE if stays else _TO_LOCK, parameters)
    row = found.mappings().one_or_none()
    return None if row is None else _access(row)


def _access(row: Row) -> BoardAccess:
    return BoardAccess(
        id=row["id"],
        workspace_id=row["workspace_id"],
        key=row["key"],
        version=row["version"],
        archived_at=row["archived_at"],
        wip_policy=WipPolicy(row["wip_policy"]),
        role=Role(row["role"]),
    )


async def all_boards_of(session: AsyncSession, workspace_id: UUID) -> Sequence[Board]:
    """Every board of a workspace, oldest first."""
    query = select(Board).where(Board.workspace_id == workspace_id).order_by(Board.id)
    return (await session.scalars(query)).all()


async def board_row(session: AsyncSession, board_id: UUID) -> Board:
    """The board itself, to be changed by whoever holds its lock."""
    return await session.get_one(Board, board_id)


async def board_of(session: AsyncSession, workspace_id: UUID, board_id: UUID) -> Board | None:
    """A board of a workspace, archived ones included."""
    return await session.scalar(
        select(Board).where(Board.workspace_id == workspace_id, Board.id == board_id)
    )


async def keys_taken(session: AsyncSession, workspace_id: UUID) -> set[str]:
    """The keys that the boards of the workspace have or had."""
    present = select(Board.key).where(Board.workspace_id == workspace_id)
    former = select(FormerBoardKey.key).where(
        FormerBoardKey.workspace_id == workspace_id, FormerBoardKey.board_id.is_not(None)
    )
    return set(await session.scalars(present.union(former)))


async def former_key(session: AsyncSession, workspace_id: UUID, key: str) -> FormerBoardKey | None:
    """What a key is kept for that no board of the workspace has at present."""
    return await session.get(FormerBoardKey, (workspace_id, key))


async def first_number(session: AsyncSession, workspace_id: UUID, key: str) -> int:
    """The number of the first card of a board that takes a key."""
    kept = select(FormerBoardKey.next_card_number).where(
        FormerBoardKey.workspace_id == workspace_id, FormerBoardKey.key == key
    )
    return await session.scalar(kept) or 1


async def has_key(session: AsyncSession, workspace_id: UUID, key: str) -> bool:
    """Whether a board of the workspace has this key at present."""
    found = select(Board.id).where(Board.workspace_id == workspace_id, Board.key == key)
    return await session.scalar(found) is not None


async def spend_keys(session: AsyncSession, board: Board) -> None:
    """Note of the keys that led to a board, which is about to be deleted, how far its numbers went."""
    await session.execute(
        update(FormerBoardKey)
        .where(
            FormerBoardKey.workspace_id == board.workspace_id, FormerBoardKey.board_id == board.id
        )
        .values(next_card_number=board.next_card_number)
    )


async def columns_of(session: AsyncSession, board_id: UUID) -> Sequence[BoardColumn]:
    """The columns of a board from left to right."""
    return (
        await session.scalars(
            select(BoardColumn)
            .where(BoardColumn.board_id == board_id, BoardColumn.deleted_at.is_(None))
            .order_by(BoardColumn.rank)
        )
    ).all()


async def column_row(session: AsyncSession, board_id: UUID, column_id: UUID) -> BoardColumn | None:
    """A column of the board, to be changed by whoever holds its lock."""
    return await session.scalar(
        select(BoardColumn).where(
            BoardColumn.board_id == board_id,
            BoardColumn.id == column_id,
            BoardColumn.deleted_at.is_(None),
        )
    )


async def label_row(session: AsyncSession, board_id: UUID, label_id: UUID) -> Label | None:
    """A label of the board, to be changed by whoever holds its lock."""
    return await session.scalar(
        select(Label).where(Label.board_id == board_id, Label.id == label_id)
    )


async def count_labels(session: AsyncSession, board_id: UUID) -> int:
    """How many labels the board has."""
    found = await session.scalar(
        select(func.count()).select_from(Label).where(Label.board_id == board_id)
    )
    return found or 0


async def labels_missing(
    session: AsyncSession, board_id: UUID, label_ids: Sequence[UUID]
) -> set[UUID]:
    """Those of `label_ids` that are not labels of the board."""
    found = await session.scalars(
        select(Label.id).where(Label.board_id == board_id, Label.id.in_(label_ids))
    )
    return set(label_ids) - set(found)


async def labels_of(session: AsyncSession, board_id: UUID) -> Sequence[Label]:
    """The labels of a board, in the order of their ids."""
    return (
        await session.scalars(select(Label).where(Label.board_id == board_id).order_by(Label.id))
    ).all()


async def labels_by_id(session: AsyncSession, label_ids: Sequence[UUID]) -> Sequence[Label]:
    """Some labels, in the order of their ids."""
    return (
        await session.scalars(select(Label).where(Label.id.in_(label_ids)).order_by(Label.id))
    ).all()


async def label_by_name(session: AsyncSession, board_id: UUID, name: str) -> Label | None:
    """The label of this name, in any case of letters."""
    return (await labels_called(session, board_id, [name])).get(name)


async def labels_called(
    session: AsyncSession, board_id: UUID, names: Sequence[str]
) -> dict[str, Label]:
    """The labels with these names in any case of letters, by the names as they were asked for.

    PostgreSQL folds the case, as in the index that keeps names apart: Python folds some letters differently.
    """
    wanted = func.unnest(bindparam("names", list(names), ARRAY(Text))).column_valued("wanted")
    query = select(wanted, Label).where(
        Label.board_id == board_id, func.lower(Label.name) == func.lower(wanted)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


@dataclass(frozen=True, slots=True)
class SnapshotPart:
    """A list in a board's snapshot: its name, and a scalar subquery that makes it as JSON.

    The subquery sees the board as `boards`. Each domain declares its own part in its repository; the
    application puts them together, so that a board need not know what lies on it.
    """

    name: str
    sql: str


COLUMNS = SnapshotPart(
    "columns",
    """
    SELECT json_agg(row_to_json(item) ORDER BY item.rank) FROM (
        SELECT id, name, category, rank, wip_limit
        FROM board_columns WHERE board_id = boards.id AND deleted_at IS NULL
    ) AS item
    """,
)

LABELS = SnapshotPart(
    "labels",
    """
    SELECT json_agg(row_to_json(item) ORDER BY item.id) FROM (
        SELECT id, name, color FROM labels WHERE board_id = boards.id
    ) AS item
    """,
)

RFC3339 = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


class SnapshotQuery:
    """The one statement that reads a whole board as JSON: one statement, so one moment."""

    def __init__(self, parts: Sequence[SnapshotPart]) -> None:
        lists = ", ".join(f"'{part.name}', coalesce(({part.sql}), '[]'::json)" for part in parts)
        statement = f"""
            SELECT boards.version, json_build_object(
                'id', boards.id, 'workspace_id', boards.workspace_id, 'name', boards.name,
                'key', boards.key, 'version', boards.version, 'automation', boards.automation,
                'wip_policy', boards.wip_policy,
                'archived_at', to_char(boards.archived_at AT TIME ZONE 'UTC', '{RFC3339}'),
                {lists}
            )::text
            FROM boards WHERE boards.id = CAST(:board_id AS uuid)
        """  # noqa: S608 - parts are constants of our own
        self._statement = text(statement)
        self.shape = sha256(statement.encode()).hexdigest()[:12]
        """Names what snapshots consist of: another release of Taskly may have another one."""

    async def read(self, session: AsyncSession, board_id: UUID) -> tuple[int, bytes] | None:
        """The board's version and its snapshot; None if it is gone."""
        row = (await session.execute(self._statement, {"board_id": board_id})).one_or_none()
        return None if row is None else (row[0], row[1].encode())
