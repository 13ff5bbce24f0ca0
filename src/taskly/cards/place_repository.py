"""The queries that place cards: the hottest statements, written by hand.

A spot is found and its board locked in one round trip; the place is written in the same round trip as
its event. See `docs/adr/0002-moves-in-two-statements.md` for what that is worth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.boards.rules import Category, WipPolicy
from taskly.boards.schemas import Place
from taskly.cards.models import BEHIND_ALL, Card
from taskly.cards.schemas import MoveCard
from taskly.platform.driver import DriverStatement, RowReader
from taskly.platform.events.log import Condition, Rider
from taskly.workspaces.models import Role


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a column, as it was asked for and found: the ranks between which a card has to lie."""

    column_id: UUID | None
    category: Category | None
    anchor_column_id: UUID | None
    """The column of the named neighbour; None if it is not on the board."""
    low: str | None
    high: str | None
    column_name: str | None
    wip_limit: int | None
    others: int
    """So many cards are in a column with a limit, without the one that is to come."""

    @property
    def is_full(self) -> bool:
        """Whether the column has its limit of cards already, without the one that is to come."""
        return self.wip_limit is not None and self.others >= self.wip_limit

    def holds(self, rank: str) -> bool:
        """Whether a card of this rank stands in the spot already."""
        return (self.low is None or self.low < rank) and (self.high is None or rank < self.high)

    @property
    def required_column_id(self) -> UUID:
        """The column of a spot that was checked."""
        if self.column_id is None:
            raise LookupError("the spot was not checked")
        return self.column_id

    @property
    def required_category(self) -> Category:
        """The category of a spot that was checked."""
        if self.category is None:
            raise LookupError("the spot was not checked")
        return self.category


@dataclass(slots=True)
class Relocation:
    """A card on its way: what it is now, its board with the caller's role, and the spot to go to."""

    id: UUID
    number: int
    column_id: UUID
    rank: str
    started_at: datetime | None
    completed_at: datetime | None
    archived_at: datetime | None
    version: int
    updated_at: datetime
    board: BoardAccess
    spot: Spot
    is_stale: bool
    """The board changed while the statement waited for its lock: what stands beside it is old."""

    @property
    def key(self) -> str:
        """What people call the card, such as `PAY-12`."""
        return f"{self.board.key}-{self.number}"

    @property
    def over_limit(self) -> bool:
        """Whether its column holds more cards than its limit when it is there."""
        return self.spot.is_full

    def state(self) -> dict[str, Any]:
        """The fields that a move may change, as the log shows them."""
        return {name: getattr(self, name) for name in PLACE}


PLACE = ("column_id", "rank", "started_at", "completed_at", "version", "updated_at")

# `self` is the card that goes, or for a new card a row with its board and the column to fall back on.
# '~' sorts after every rank; deleted cards stand behind it.
_SPOT = """
    LEFT JOIN cards AS anchor
        ON anchor.id = CAST(:neighbour AS uuid) AND anchor.board_id = self.board_id
        AND anchor.archived_at IS NULL AND anchor.id IS DISTINCT FROM self.id
    LEFT JOIN board_columns AS target
        ON target.board_id = self.board_id
        AND target.id = coalesce(CAST(:column_id AS uuid), anchor.column_id, self.column_id)
        AND target.deleted_at IS NULL
    LEFT JOIN LATERAL (
        SELECT coalesce(anchor.rank, (
            SELECT other.rank FROM cards AS other
            WHERE CAST(:position AS int) IS NOT NULL AND other.column_id = target.id
                AND other.archived_at IS NULL AND other.id IS DISTINCT FROM self.id
            ORDER BY other.rank OFFSET CAST(:position AS int) LIMIT 1
        )) AS rank
    ) AS reference ON true
    LEFT JOIN LATERAL (
        SELECT
            CASE WHEN :behind THEN reference.rank ELSE (
                SELECT max(other.rank) FROM cards AS other
                WHERE other.column_id = target.id AND other.id IS DISTINCT FROM self.id
                    AND other.rank < coalesce(reference.rank, '~')
            ) END AS low,
            CASE WHEN :behind THEN (
                SELECT min(other.rank) FROM cards AS other
                WHERE other.column_id = target.id AND other.id IS DISTINCT FROM self.id
                    AND other.rank > reference.rank AND other.rank < '~'
            ) ELSE reference.rank END AS high
    ) AS gap ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS others FROM cards AS other
        WHERE target.wip_limit IS NOT NULL AND other.column_id = target.id
            AND other.archived_at IS NULL AND other.id IS DISTINCT FROM self.id
    ) AS crowd ON true
"""
_SPOT_COLUMNS = (
    "target.id, target.category, anchor.column_id, gap.low, gap.high,"
    " target.name, target.wip_limit, crowd.others"
)

_SPOT_FOR_NEW_CARD = text(f"""
    SELECT {_SPOT_COLUMNS} FROM (
        SELECT CAST(NULL AS uuid) AS id, CAST(:board_id AS uuid) AS board_id, (
            SELECT id FROM board_columns
            WHERE board_id = CAST(:board_id AS uuid) AND deleted_at IS NULL
            ORDER BY rank LIMIT 1
        ) AS column_id
    ) AS self {_SPOT}
""")  # noqa: S608 - constants of our own

_CARD_FIELDS = (
    "id",
    "number",
    "column_id",
    "rank",
    "started_at",
    "completed_at",
    "archived_at",
    "version",
    "updated_at",
)
_BOARD_FIELDS = ("id", "workspace_id", "key", "version", "archived_at", "wip_policy")
_RELOCATION = """
    SELECT
        self.id, self.number, self.column_id, self.rank, self.started_at, self.completed_at,
        self.archived_at, self.version, self.updated_at,
        boards.id, boards.workspace_id, boards.key, boards.version, boards.archived_at,
        boards.wip_policy,
        {role},
        boards.version <> (SELECT version FROM boards AS seen WHERE seen.id = self.board_id),
        {spot_columns}
    FROM cards AS self
    JOIN boards ON boards.id = self.board_id
    {membership} {spot}
    WHERE self.id = CAST(:card_id AS uuid) AND self.deleted_at IS NULL
"""
_LOCKED = "FOR NO KEY UPDATE OF boards"
_BY_PERSON = _RELOCATION.format(
    role="member.role::text",
    spot_columns=_SPOT_COLUMNS,
    membership="""
        JOIN workspace_members AS member
        ON member.workspace_id = boards.workspace_id AND member.user_id = CAST(:user_id AS uuid)
    """,
    spot=_SPOT,
)
_BY_TASKLY = _RELOCATION.format(
    role="'admin'", spot_columns=_SPOT_COLUMNS, membership="", spot=_SPOT
)
_RELOCATION_BY_PERSON = text(f"{_BY_PERSON} {_LOCKED} FOR SHARE OF member")
_RELOCATION_BY_TASKLY = text(_BY_TASKLY + _LOCKED)
_PROSPECT = DriverStatement(_BY_PERSON)


async def spot(session: AsyncSession, board_id: UUID, column_id: UUID | None, place: Place) -> Spot:
    """The spot for a new card. The board is locked."""
    parameters = {"board_id": board_id, "column_id": column_id, **_asked(place)}
    row = (await session.execute(_SPOT_FOR_NEW_CARD, parameters)).one()
    return _spot(tuple[Any, ...](row))


async def relocation(
    session: AsyncSession, user_id: UUID | None, card_id: UUID, target: MoveCard
) -> Relocation | None:
    """Lock the card's board and read the card and its spot; None for outsiders and lost cards.

    One round trip. When it had to wait for the lock, `is_stale` says that what was read beside the
    board's row is from before the wait; reading again, now with the lock held, is right.
    """
    parameters = {"card_id": card_id, "column_id": target.column_id, **_asked(target)}
    statement = _RELOCATION_BY_TASKLY
    if user_id is not None:
        statement, parameters["user_id"] = _RELOCATION_BY_PERSON, user_id
    found = (await session.execute(statement, parameters)).one_or_none()
    return None if found is None else _relocation(found)


async def prospect(
    hot: RowReader, user_id: UUID, card_id: UUID, target: MoveCard
) -> Relocation | None:
    """The same as things stand, with nothing locked: it holds as long as the board's version does."""
    parameters = {"card_id": card_id, "column_id": target.column_id, "user_id": user_id}
    arguments = _PROSPECT.arguments({**parameters, **_asked(target)})
    rows = await hot.fetch_rows(_PROSPECT.sql, *arguments)
    return _relocation(rows[0]) if rows else None


def _relocation(found: Iterable[Any]) -> Relocation:
    row = tuple(found)
    card = dict(zip(_CARD_FIELDS, row[:9], strict=True))
    board = dict(zip(_BOARD_FIELDS, row[9:15], strict=True))
    board["wip_policy"] = WipPolicy(board["wip_policy"])
    return Relocation(
        **card,
        board=BoardAccess(**board, role=Role(row[15])),
        is_stale=row[16],
        spot=_spot(row[17:]),
    )


def store_place(move: Relocation) -> Rider:
    """The statement that writes the card's place; it rides along with the event."""
    return Rider(
        _STORE_PLACE, {"ride_id": move.id} | {f"ride_{k}": v for k, v in move.state().items()}
    )


_STORE_PLACE = """
    UPDATE cards SET
        column_id = CAST(:ride_column_id AS uuid), rank = :ride_rank,
        started_at = CAST(:ride_started_at AS timestamptz),
        completed_at = CAST(:ride_completed_at AS timestamptz),
        version = :ride_version, updated_at = CAST(:ride_updated_at AS timestamptz)
    WHERE id = CAST(:ride_id AS uuid)
"""


def may_change(board: BoardAccess, user_id: UUID) -> Condition:
    """That the person still is in the board's workspace, and no viewer, once the board's lock is held."""
    return Condition(_MAY_CHANGE, {"if_workspace": board.workspace_id, "if_person": user_id})


_MAY_CHANGE = """
    SELECT present.user_id FROM held, workspace_members AS present
    WHERE present.workspace_id = CAST(:if_workspace AS uuid)
        AND present.user_id = CAST(:if_person AS uuid) AND present.role <> 'viewer'
    FOR SHARE OF present
"""


def _asked(place: Place) -> dict[str, Any]:
    return {
        "neighbour": place.before or place.after,
        "behind": place.after is not None,
        "position": place.position,
    }


def _spot(row: Sequence[Any]) -> Spot:
    column_id, category, *rest = row
    return Spot(column_id, None if category is None else Category(category), *rest)


async def ranks_of_column(session: AsyncSession, column_id: UUID) -> list[tuple[UUID, str]]:
    """All cards of a column, archived ones included, in order."""
    rows = await session.execute(
        select(Card.id, Card.rank)
        .where(Card.column_id == column_id, Card.rank < BEHIND_ALL)
        .order_by(Card.rank)
    )
    return [(row.id, row.rank) for row in rows]


_SET_RANKS = text("""
    UPDATE cards SET rank = fresh.rank, version = fresh.version
    FROM unnest(CAST(:ids AS uuid[]), CAST(:ranks AS text[]), CAST(:versions AS bigint[]))
        AS fresh (id, rank, version)
    WHERE cards.id = fresh.id
""")


async def set_ranks(
    session: AsyncSession, card_ids: Sequence[UUID], ranks: Sequence[str], versions: Sequence[int]
) -> None:
    """Write new ranks and versions; unlike a change of a card, it does not count as an update."""
    await session.execute(
        _SET_RANKS, {"ids": list(card_ids), "ranks": list(ranks), "versions": list(versions)}
    )
