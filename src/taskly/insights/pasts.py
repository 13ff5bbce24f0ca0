"""The past of boards, folded from their logs and kept in memory.

The log is the only source: it is only ever added to, so what was folded up to a version stays right, and a
later question folds only what came since. What arrives late or is undone is an entry like any other.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from taskly.boards.models import BoardAccess
from taskly.insights import repository
from taskly.insights.rules.folding import BoardFold, Entry
from taskly.insights.rules.histories import BoardPast
from taskly.platform.db.session import Database
from taskly.platform.db.turns import Turns
from taskly.platform.runtime import RuntimeOf

PART = 1_000
"""So many versions are read and folded at a time: milliseconds in which the process does nothing else."""
MOST_CARDS = 50_000
"""So many cards a process keeps in memory: one to three kilobytes each, by what happened to it."""


@dataclass(slots=True)
class Folded:
    """A board's log, folded up to a version."""

    version: int = 0
    past: BoardPast = field(default_factory=BoardPast)
    _fold: BoardFold = field(default_factory=BoardFold)

    @property
    def weight(self) -> int:
        """How much of the memory it takes, in cards."""
        return 1 + self._fold.cards

    def take(self, entries: list[Entry], version: int) -> None:
        """Go on up to a version."""
        for entry in entries:
            self._fold.take(entry)
        self.version = version

    def tell(self) -> None:
        """Let `past` be that of the version."""
        self.past = self._fold.past()


class Pasts:
    """Knows what happened on boards. One per process.

    The boards that were asked about last stay in memory, as long as they have `most_cards` together; the
    very last one stays in any case.
    """

    def __init__(
        self, database: Database, *, most_cards: int = MOST_CARDS, part: int = PART
    ) -> None:
        self._database = database
        self._most_cards = most_cards
        self._part = part
        self._kept: OrderedDict[UUID, Folded] = OrderedDict()
        self._turns = Turns(database.wait_seconds)

    @property
    def kept(self) -> list[UUID]:
        """The boards in memory, the one that was asked about last at the end."""
        return list(self._kept)

    async def aclose(self) -> None:
        """Forget everything."""
        self._kept.clear()

    async def read(self, board: BoardAccess) -> tuple[int, BoardPast]:
        """What happened on a board: up to the version that was authorised, or a newer one.

        Raises:
            Unavailable: it takes too long, because too many wait or PostgreSQL does not answer.
        """
        async with self._turns.take(board.id):
            folded = self._kept.setdefault(board.id, Folded())
            self._kept.move_to_end(board.id)
            if folded.version < board.version:
                await self._go_on(board, folded)
                self._make_room()
            return folded.version, folded.past

    async def _go_on(self, board: BoardAccess, folded: Folded) -> None:
        async with self._database.reading() as session:
            while folded.version < board.version:
                upto = min(folded.version + self._part, board.version)
                entries = await repository.log_part(
                    session, board.id, after=folded.version, upto=upto
                )
                try:
                    folded.take(entries, upto)
                except Exception:
                    # Half of a part was taken in: the next question begins anew.
                    self._kept.pop(board.id, None)
                    raise
        folded.tell()

    def _make_room(self) -> None:
        weight = sum(each.weight for each in self._kept.values())
        while weight > self._most_cards and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            weight -= dropped.weight


async def _pasts_of(runtime: RuntimeOf) -> Pasts:
    return runtime.belongings.get(Pasts, lambda: Pasts(runtime.database))


PastsOf = Annotated[Pasts, Depends(_pasts_of)]
