"""A database with as many cards as one wants, made by PostgreSQL itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from taskly.search.rules.query import PRIORITIES

WORDS = [
    "refund",
    "payment",
    "invoice",
    "login",
    "session",
    "token",
    "worker",
    "queue",
    "board",
    "column",
    "card",
    "sprint",
    "branch",
    "merge",
    "review",
    "deploy",
    "rollback",
    "cache",
    "index",
    "search",
    "filter",
    "label",
    "export",
    "import",
    "webhook",
    "retry",
    "timeout",
    "latency",
    "crash",
    "leak",
    "button",
    "page",
    "form",
    "table",
    "chart",
    "colour",
    "font",
    "mobile",
    "tablet",
    "desktop",
    "dark",
    "light",
    "keyboard",
    "mouse",
    "screen",
    "reader",
]
"""The common words of the cards; each card has a rare one as well."""
PEOPLE = 12
"""In each workspace."""
LABELS = ("bug", "ui", "docs", "good first issue", "chore", "security", "feature", "speed")
COLUMNS = (("To Do", "todo"), ("In Progress", "in_progress"), ("In Review", "in_progress"), ("Done", "done"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    cards: int
    boards: int
    workspaces: int


def uuid(kind: int, number: str) -> str:
    """An expression for the id of the thing of a kind with a number: ordered by the number."""
    return f"(lpad(to_hex(({number})::bigint), 12, '0') || '7{kind:03x}8000' || lpad(to_hex(({number})::bigint), 12, '0'))::uuid"


def series(count: int) -> str:
    """The FROM clause in which n counts from 0."""
    return f"FROM generate_series(0, {count - 1}) n"


USER, WORKSPACE, BOARD, COLUMN, LABEL, SPRINT, CARD, COMMENT = range(1, 9)


def array(values: Sequence[str]) -> str:
    """An expression for a list of texts."""
    return "ARRAY[" + ", ".join(f"'{value}'" for value in values) + "]"


def text_of(salt: int, count: int) -> str:
    """An expression for words that depend on n; the first ones of the list come far more often."""

    def word(salt: int) -> str:
        spread = f"abs(hashint8(n * 31 + {salt}))::float8 / 2147483648"
        return f"({array(WORDS)})[1 + floor({len(WORDS)} * ({spread}) ^ 2)::int]"

    return " || ' ' || ".join(word(salt + each) for each in range(count))


@dataclass(frozen=True, slots=True)
class Filling:
    """The statements that fill an empty database of a size. In all of them n counts what is made."""

    size: Size

    def all(self) -> list[str]:
        """The statements, in order."""
        return [*self.places(), *self.boards(), self.cards(), *self.hanging(), "VACUUM ANALYZE"]

    @property
    def board(self) -> str:
        """The number of the board that card n is on."""
        return f"(n % {self.size.boards})"

    @property
    def workspace(self) -> str:
        """The id of the workspace that card n is in."""
        return uuid(WORKSPACE, f"{self.board} % {self.size.workspaces}")

    def places(self) -> list[str]:
        """People, workspaces, members."""
        people, workspaces = self.size.workspaces * PEOPLE, self.size.workspaces
        return [
            f"INSERT INTO users (id, login, name) SELECT {uuid(USER, 'n')}, 'person' || n, 'Person ' || n {series(people)}",
            f"INSERT INTO workspaces (id, name) SELECT {uuid(WORKSPACE, 'n')}, 'Workspace ' || n {series(workspaces)}",
            f"INSERT INTO workspace_members (workspace_id, user_id, role) SELECT {uuid(WORKSPACE, f'n / {PEOPLE}')}, {uuid(USER, 'n')}, 'member' {series(people)}",
        ]

    def boards(self) -> list[str]:
        """Boards with columns, labels and sprints."""
        boards = self.size.boards
        names, categories = zip(*COLUMNS, strict=True)

        def home(share: int) -> str:
            board = f"n / {share}"
            workspace = uuid(WORKSPACE, f"({board}) % {self.size.workspaces}")
            return f"{workspace}, {uuid(BOARD, board)}"

        return [
            f"INSERT INTO boards (id, workspace_id, name, key, next_card_number) SELECT {uuid(BOARD, 'n')}, {uuid(WORKSPACE, f'n % {self.size.workspaces}')}, 'Board ' || n, 'B' || n, 1000000 {series(boards)}",
            f"INSERT INTO board_columns (id, workspace_id, board_id, name, category, rank) SELECT {uuid(COLUMN, 'n')}, {home(4)}, ({array(names)})[1 + n % 4], (({array(categories)})[1 + n % 4])::column_category, 'a' || (n % 4) {series(boards * 4)}",
            f"INSERT INTO labels (id, workspace_id, board_id, name, color) SELECT {uuid(LABEL, 'n')}, {home(8)}, ({array(LABELS)})[1 + n % 8], '#d73a4a' {series(boards * 8)}",
            f"INSERT INTO sprints (id, workspace_id, board_id, name, starts_on, ends_on) SELECT {uuid(SPRINT, 'n')}, {home(3)}, 'Sprint ' || n % 3, current_date - 20 + 14 * (n % 3), current_date - 7 + 14 * (n % 3) {series(boards * 3)}",
        ]

    def cards(self) -> str:
        """The cards; one word in the title of each is in twenty of them."""
        turn = f"(n / {self.size.boards}) % 4"
        rare = f"'r' || (n % {max(self.size.cards // 20, 1)})"
        return f"""
            INSERT INTO cards (
                id, workspace_id, board_id, number, column_id, rank, title, description, priority, story_points,
                due_date, sprint_id, started_at, completed_at, archived_at, created_at, updated_at, version,
                comment_count
            )
            SELECT {uuid(CARD, "n")}, {self.workspace}, {uuid(BOARD, self.board)}, n / {self.size.boards} + 1,
                {uuid(COLUMN, f"{self.board} * 4 + {turn}")}, 'a' || lpad(n::text, 8, '0'),
                {text_of(1, 4)} || ' ' || {rare}, {text_of(9, 24)},
                (({array(PRIORITIES)})[1 + n % 5])::card_priority, nullif(n % 9, 0),
                CASE n % 3 WHEN 0 THEN current_date + (n % 60)::int - 20 END,
                CASE WHEN n % 4 < 3 THEN {uuid(SPRINT, f"{self.board} * 3 + n % 3")} END,
                CASE WHEN {turn} > 0 THEN now() - interval '9 days' END,
                CASE WHEN {turn} = 3 THEN now() - interval '2 days' END,
                CASE WHEN n % 23 = 0 THEN now() END,
                now() - (n % 300) * interval '1 day', now() - (n % 90) * interval '1 day', 1, (n % 7 = 0)::int
            {series(self.size.cards)}
        """

    def hanging(self) -> list[str]:
        """Assignees, labels, comments and dependencies."""
        cards, boards = self.size.cards, self.size.boards
        first = f"{self.board} % {self.size.workspaces} * {PEOPLE}"
        person = uuid(USER, f"{first} + n / 7 % {PEOPLE}")
        label = uuid(LABEL, f"{self.board} * 8 + (n / 3 + k * 3) % 8")
        return [
            f"INSERT INTO card_assignees (card_id, user_id, workspace_id) SELECT {uuid(CARD, 'n')}, {person}, {self.workspace} {series(cards)} WHERE n % 7 > 1",
            f"INSERT INTO card_labels (card_id, label_id, workspace_id) SELECT {uuid(CARD, 'n')}, {label}, {self.workspace} {series(cards)}, generate_series(0, 1) k WHERE n % 7 > 0",
            f"INSERT INTO card_comments (id, workspace_id, card_id, author_id, body, mention_ids, created_at) SELECT {uuid(COMMENT, 'n')}, {self.workspace}, {uuid(CARD, 'n')}, {uuid(USER, first)}, {text_of(50, 12)}, '{{}}', now() {series(cards)} WHERE n % 7 = 0",
            f"INSERT INTO card_dependencies (blocked_id, blocker_id, board_id, workspace_id) SELECT {uuid(CARD, 'n')}, {uuid(CARD, f'n - {boards}')}, {uuid(BOARD, self.board)}, {self.workspace} {series(cards)} WHERE n >= {boards} AND n % 11 = 0",
        ]


async def fill(database_url: str, size: Size) -> None:
    """Fill an empty, migrated database."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("SET maintenance_work_mem = '512MB'")
        for statement in Filling(size).all():
            await connection.execute(statement, timeout=3600)
    finally:
        await connection.close()
