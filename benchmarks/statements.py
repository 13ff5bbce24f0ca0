"""The statements of a move, run by pgbench: what PostgreSQL can do without Taskly.

The statements are not written down here: some moves are made in this process, and what they send is kept
and made into scripts. A script moves the same card again, to another rank of its column, with
the next version of its board.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.board import Json, Member
from taskly.cards.moving import move_card, open_move
from taskly.cards.schemas import MoveCard
from taskly.embedded.binaries import postgres_programs
from taskly.embedded.postgres import VERSION
from taskly.platform.context import Actor
from taskly.platform.runtime import Runtime

SCRIPTS = 16
NEXT_VERSION = "(SELECT version + 1 FROM boards WHERE id = '{board}')"
NEW_RANK = "left(md5(random()::text), 16)"

_PARAMETER = re.compile(r"\$(\d+)")


@dataclass(slots=True)
class Statements:
    """What an engine sends, with its parameters put in."""

    fixed: Mapping[str, str]
    """SQL to put in for some parameters, by their names."""
    sent: list[str] = field(default_factory=list)

    @contextmanager
    def kept(self, engine: AsyncEngine) -> Iterator[None]:
        """Keep what is sent while the block runs."""
        event.listen(engine.sync_engine, "before_cursor_execute", self._keep)
        try:
            yield
        finally:
            event.remove(engine.sync_engine, "before_cursor_execute", self._keep)

    def _keep(
        self, _connection: Any, _cursor: Any, sql: str, _sent: Any, context: Any, _many: bool
    ) -> None:
        names: Sequence[str] = context.compiled.positiontup
        values: Mapping[str, Any] = context.compiled_parameters[0]

        def put_in(found: re.Match[str]) -> str:
            name = names[int(found[1]) - 1]
            return self.fixed.get(name) or literal(values[name])

        self.sent.append(_PARAMETER.sub(put_in, sql))


def literal(value: Any) -> str:
    """A value as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value)
    if isinstance(value, list):
        return f"ARRAY[{', '.join(map(literal, value))}]"
    if isinstance(value, UUID | datetime | str):
        # A colon would begin a variable of pgbench, inside of texts, too.
        text = str(value).replace("\\", r"\\").replace("'", "''").replace(":", r"\x3a")
        return f"E'{text}'"
    raise TypeError(f"{type(value).__name__} is none of the types of our parameters")


async def write_scripts(runtime: Runtime, member: Member, board: Json, folder: Path) -> list[Path]:
    """Move some cards of a board, and write down what was sent as pgbench's scripts."""
    engine = runtime.database.writer
    assert isinstance(engine, AsyncEngine)
    version = NEXT_VERSION.format(board=board["id"])
    fixed = {
        "head": version,
        "ride_version": version,
        "versions": f"ARRAY[{version}]",
        "ride_rank": NEW_RANK,
        "ids": "ARRAY[gen_random_uuid()]",
    }
    cards = [card["id"] for card in board["cards"]]
    user_id = UUID(member.user_id)
    scripts = []
    for number in range(SCRIPTS):
        card_id, target = UUID(cards[number]), MoveCard(before=UUID(cards[-1 - number]))
        statements = Statements(fixed)
        with statements.kept(engine):
            async with runtime.database.transaction(Actor.user(user_id)) as tx:
                move = await open_move(tx, user_id, card_id, target)
                await move_card(tx, move, target)
        scripts.append(";\n".join(["BEGIN", *statements.sent, "COMMIT;\n"]))
    return _written(scripts, folder)


def _written(scripts: Sequence[str], folder: Path) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number}.sql" for number in range(len(scripts))]
    for path, script in zip(paths, scripts, strict=True):
        path.write_text(script, encoding="utf-8")
    return paths


async def pgbench(
    database_url: str, scripts: Sequence[Path], *, clients: int, seconds: float
) -> float:
    """Transactions a second. No transaction may fail."""
    program = postgres_programs(VERSION, None) / "pgbench"
    words = [f"--file={path}" for path in scripts]
    process = await asyncio.create_subprocess_exec(
        str(program),
        *("--no-vacuum", "--protocol=prepared", f"--client={clients}"),
        f"--time={max(1, round(seconds))}",
        *words,
        database_url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()[-2000:]
    failed = re.search(rb"number of failed transactions: (\d+)", printed)
    assert failed is not None
    assert failed[1] == b"0", printed.decode()
    rate = re.search(rb"tps = ([0-9.]+)", printed)
    assert rate is not None, printed.decode()
    return float(rate[1])
