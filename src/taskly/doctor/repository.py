"""What always holds of the data, and the queries that find where it does not.

The database's constraints and the boards' locks keep these true; the doctor looks whether they did.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards import parts_repository
from taskly.cards.dependency_rules import in_circles
from taskly.platform.findings import Finding, Severity

SHOWN = 5
Culprits = Callable[[AsyncSession], Awaitable[Sequence[object]]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule, and a query whose rows break it: one column that names the culprit; or what finds those."""

    name: str
    rule: str
    culprits: str | Culprits


async def _waiting_for_themselves(session: AsyncSession) -> list[object]:
    """Board by board: the ways between all cards of an installation are more than it has room for."""
    found: list[object] = []
    boards = await session.scalars(text("SELECT DISTINCT board_id FROM card_dependencies"))
    for board_id in boards.all():
        waiting = await parts_repository.waiting(session, [board_id])
        found += in_circles(waiting, waiting)
    return found


INVARIANTS = (
    Invariant(
        "columns",
        "every card is in a column of its own board",
        """
        SELECT cards.id FROM cards
        LEFT JOIN board_columns ON board_columns.id = cards.column_id
        WHERE board_columns.board_id IS DISTINCT FROM cards.board_id
        """,
    ),
    Invariant(
        "places",
        "no two cards of a column share a place",
        """
        SELECT column_id || ' at ' || rank FROM cards
        GROUP BY column_id, rank HAVING count(*) > 1
        """,
    ),
    Invariant(
        "board log",
        "a board's events are numbered from 1 to its version without a gap",
        """
        SELECT boards.id FROM boards
        LEFT JOIN events ON events.stream_id = boards.id
        GROUP BY boards.id
        HAVING count(events.id) <> boards.version OR coalesce(max(events.version), 0) <> boards.version
        """,
    ),
    Invariant(
        "charts",
        "what charts know of a board at its version is what its cards are",
        """
        SELECT rollup.board_id FROM board_rollups AS rollup
        JOIN boards ON boards.id = rollup.board_id
        WHERE rollup.version > boards.version OR rollup.version = boards.version AND EXISTS (
            SELECT FROM (
                SELECT cards.id, column_id, category, sprint_id, story_points,
                    ARRAY(SELECT label_id FROM card_labels WHERE card_id = cards.id ORDER BY 1),
                    ARRAY(SELECT user_id FROM card_assignees WHERE card_id = cards.id ORDER BY 1)
                FROM cards JOIN board_columns ON board_columns.id = column_id
                WHERE cards.board_id = rollup.board_id AND cards.deleted_at IS NULL
                    AND (cards.archived_at IS NULL OR category = 'done')
            ) AS card
            FULL JOIN (
                SELECT card_id AS id, column_id, category, sprint_id, points, label_ids, assignee_ids
                FROM card_steps
                WHERE board_id = rollup.board_id AND until = 'infinity'
                    AND (presence = 'on_board' OR presence = 'archived' AND category = 'done')
            ) AS step ON step.id = card.id
            WHERE card IS DISTINCT FROM step
        )
        """,
    ),
    Invariant(
        "days of charts",
        "the days of a board's charts add up to the cards that are there, in all and of each sprint, label and person",
        """
        SELECT DISTINCT board_id FROM (
            SELECT board_id, scope, scope_id, column_id, category, cards FROM flow_days
            UNION ALL
            SELECT board_id, scope::flow_scope, scope_id, column_id, category, -1 FROM card_steps
            CROSS JOIN LATERAL (
                VALUES ('board', ARRAY[board_id]), ('sprint', array_remove(ARRAY[sprint_id], NULL)),
                    ('label', label_ids), ('assignee', assignee_ids)
            ) AS belongs (scope, scope_ids)
            CROSS JOIN LATERAL unnest(scope_ids) AS scope_id
            WHERE until = 'infinity'
                AND (presence = 'on_board' OR presence = 'archived' AND category = 'done')
        ) AS days
        JOIN board_rollups USING (board_id)
        WHERE counted_at IS NULL
        GROUP BY board_id, scope, scope_id, column_id, category HAVING sum(cards) <> 0
        """,
    ),
    Invariant(
        "workspace log",
        "a workspace's events are numbered from 1 to its version without a gap",
        """
        SELECT workspaces.id FROM workspaces
        LEFT JOIN events ON events.stream_id = workspaces.id
        GROUP BY workspaces.id
        HAVING count(events.id) <> workspaces.version
            OR coalesce(max(events.version), 0) <> workspaces.version
        """,
    ),
    Invariant(
        "card versions",
        "a card's version is that of an event of its board",
        """
        SELECT cards.id FROM cards
        LEFT JOIN events ON events.stream_id = cards.board_id AND events.version = cards.version
        WHERE events.id IS NULL
        """,
    ),
    Invariant(
        "card keys",
        "a card's number was given out by its board and to nobody else",
        """
        SELECT cards.id FROM cards JOIN boards ON boards.id = cards.board_id
        WHERE cards.number >= boards.next_card_number
        UNION ALL
        SELECT (array_agg(id))[1] FROM cards GROUP BY board_id, number HAVING count(*) > 1
        """,
    ),
    Invariant(
        "dependencies",
        "no card waits for itself by way of others",
        _waiting_for_themselves,
    ),
    Invariant(
        "blockers",
        "no card waits for one that was deleted",
        """
        SELECT edge.blocked_id FROM card_dependencies AS edge
        JOIN cards AS blocker ON blocker.id = edge.blocker_id
        WHERE blocker.deleted_at IS NOT NULL
        """,
    ),
    Invariant(
        "admins",
        "every workspace in which somebody is has an admin",
        """
        SELECT workspace_id FROM workspace_members GROUP BY workspace_id
        HAVING bool_and(role <> 'admin')
        """,
    ),
    Invariant(
        "order of text",
        "ranks are compared bytewise, whatever the database's collation",
        """
        SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE column_name = 'rank' AND table_schema = current_schema()
            AND collation_name IS DISTINCT FROM 'C'
        """,
    ),
)


def named(culprits: Sequence[object]) -> str:
    """The first few of them, and how many more there are."""
    few = ", ".join(map(str, culprits[:SHOWN]))
    return few if len(culprits) <= SHOWN else f"{few} and {len(culprits) - SHOWN} more"


async def broken(session: AsyncSession, invariant: Invariant) -> Finding | None:
    """The finding about an invariant, if it does not hold."""
    if isinstance(invariant.culprits, str):
        rows = (await session.execute(text(invariant.culprits))).scalars().all()
    else:
        rows = await invariant.culprits(session)
    if not rows:
        return None
    return Finding(
        Severity.ERROR,
        f"It does not hold that {invariant.rule}: {named(rows)}.",
        "This is a defect of Taskly or a change made past it. Keep a backup of the database as it is "
        "and report it.",
    )
