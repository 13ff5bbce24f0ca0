"""Folding the logs of boards into what charts read, and keeping that up to date.

The log is the only source, and it is only ever added to: what was folded up to a version stays right, and
folding goes on from there. What arrives late or is undone is an entry like any other. Whoever needs a board's
past takes in what is new first; a periodic job does so for boards that nobody asks about.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, inf
from typing import Annotated, Self
from uuid import UUID

from fastapi import Depends

from taskly.insights import rollup_repository as repository
from taskly.insights import step_repository as steps
from taskly.insights.models import BoardRollup
from taskly.insights.rollup_repository import Change
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.rules.flow import place_of, turns
from taskly.insights.rules.folding import BoardFold, needed_by, subject_of
from taskly.insights.rules.histories import Scope, Step
from taskly.insights.rules.sprints import Window
from taskly.insights.rules.velocity import Outcome
from taskly.kit.zones import zone_called
from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Database, Transaction
from taskly.platform.db.turns import Places, Turns
from taskly.platform.http.problems import Unavailable
from taskly.platform.runtime import Runtime, RuntimeOf

PART = 1_000
"""So many versions are folded in one transaction: some hundredths of a second of a processor."""
MOST_AT_ONCE = 20_000
"""Whoever asks waits for so many at most: a second or two."""
SMALL_PARTS = 10
"""So many transactions take about the time of a whole part, however little there is to do in each."""
QUESTIONS_AT_ONCE = 3
"""So many are worked out at a time in a process, which has one processor for them, and connections for others, too."""
MOST_OUTCOMES = 10_000
STEPS_IN_A_VERSION = 3
"""So many steps are counted in the time that one version takes to fold."""
VERSIONS_IN_A_CARD = 3
"""So many versions are folded in the time that one card takes to follow its column."""
NO_CARD = UUID(int=0)
BEFORE_ALL = NO_CARD, datetime(1, 1, 2, tzinfo=UTC)


class Rollups:
    """Folds logs of boards. One per process."""

    def __init__(self, database: Database, *, part: int = PART, most: int = MOST_AT_ONCE) -> None:
        self._database = database
        self._part = part
        self._most = most
        self._turns = Turns(
            database.wait_seconds,
            otherwise="What is new on this board is being worked into its charts.",
        )
        self.questions = Places(
            QUESTIONS_AT_ONCE,
            database.wait_seconds,
            otherwise="Other charts are being worked out. Ask again in a moment.",
        )
        """For those whose answers are being worked out. Nobody who has one asks for another, or waits for a turn."""
        self.outcomes = Outcomes()

    async def aclose(self) -> None:
        """Forget everything."""
        self.outcomes = Outcomes()

    async def catch_up(self, board_id: UUID, version: int) -> "Reached | None":
        """Have a board's log folded up to a version, or farther; how far that is. None if the board is gone.

        Raises:
            Unavailable: there is more to fold than one should wait for. What was folded stays.
        """
        async with self._turns.take(board_id):
            reached = await self.fold(board_id, version, most=self._most)
        if reached is not None and not reached.is_enough(version):
            raise Unavailable(reached.words(version), retry_after=2)
        return reached

    async def fold(self, board_id: UUID, version: int, *, most: float = inf) -> "Reached | None":
        """Fold a board's log up to a version, or do about as much as that of `most` versions takes; how far that is.

        None without the board. It goes in parts that are kept each by itself.
        """
        work = 0
        while True:
            async with self._database.transaction(SYSTEM) as tx:
                found = await repository.lock_rollup(tx.session, board_id)
                if found is None:
                    return None
                rollup, time_zone = found
                work += max(
                    await self._fold_part(tx, rollup, time_zone, version),
                    ceil(self._part / SMALL_PARTS),
                )
            reached = Reached.by(rollup, work)
            if reached.is_enough(version) or work >= most:
                return reached

    async def _fold_part(
        self, tx: Transaction, rollup: BoardRollup, time_zone: str, version: int
    ) -> int:
        """Do what is next; as how many versions that counts."""
        if rollup.time_zone != time_zone:
            await _begin_other_days(tx, rollup, time_zone)
        if rollup.counted_at is not None:
            counted = await _count_other_days(tx, rollup, self._part * STEPS_IN_A_VERSION)
            return counted // STEPS_IN_A_VERSION
        if rollup.followed_card_id is not None:
            limit = ceil(self._part / VERSIONS_IN_A_CARD)
            followed = await _follow(tx, rollup, rollup.followed_card_id, limit)
            return followed * VERSIONS_IN_A_CARD
        if rollup.version < version:
            return await _take_in(tx, rollup, min(rollup.version + self._part, version))
        return 0


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a board's log is folded."""

    version: int
    has_days: bool
    """Whether all days are counted."""
    is_whole: bool
    """Whether that is so, and all cards are at this version."""
    work: int
    """What it took, in versions."""

    @classmethod
    def by(cls, rollup: BoardRollup, work: int) -> Self:
        """The same of what is stored."""
        return cls(rollup.version, rollup.counted_at is None, rollup.is_whole, work)

    def is_enough(self, version: int) -> bool:
        """Whether questions about a version can be answered."""
        return self.is_whole and self.version >= version

    def words(self, version: int) -> str:
        """What is said to who would wait."""
        if not self.has_days:
            return "The days of this board are counted anew, as its time zone changed. Ask again in a moment."
        if not self.is_whole:
            return "A column of this board means something else now, and its cards follow. Ask again in a moment."
        return f"{self.version} of {version} changes of this board are worked into its charts. Ask again in a moment."


async def _take_in(tx: Transaction, rollup: BoardRollup, upto: int) -> int:
    """Take in what the log tells up to a version, or up to where a column comes to mean something else."""
    board_id, after = rollup.board_id, rollup.version
    entries = await repository.log_part(tx.session, board_id, after=after, upto=upto)
    needed = needed_by(entry for _, entry in entries)
    fold = BoardFold(
        repository.known_of(rollup), await steps.last_steps(tx.session, board_id, needed)
    )
    for version, entry in entries:
        if fold.changes_category(entry):
            upto, rollup.followed_card_id = version - 1, NO_CARD
            break
        fold.take(entry)
    await _store_cards(tx, rollup, fold)
    _reach(rollup, fold, upto)
    return upto - after


async def _follow(tx: Transaction, rollup: BoardRollup, after: UUID, limit: int) -> int:
    """Take the next entry in for some more cards of the column that it gives another meaning; how many.

    Until all of them are through, the version stays: they change with no other entry meanwhile.
    """
    board_id, version = rollup.board_id, rollup.version + 1
    [(_, entry)] = await repository.log_part(
        tx.session, board_id, after=rollup.version, upto=version
    )
    cards = await steps.last_steps_in_column(
        tx.session, board_id, subject_of(entry), after=after, limit=limit
    )
    fold = BoardFold(repository.known_of(rollup), cards)
    fold.take(entry)
    await _store_cards(tx, rollup, fold)
    if len(cards) == limit:
        rollup.followed_card_id = max(cards)
    else:
        rollup.followed_card_id = None
        _reach(rollup, fold, version)
    return len(cards)


def _reach(rollup: BoardRollup, fold: BoardFold, version: int) -> None:
    rollup.known = repository.known_as_json(fold.known)
    rollup.version = version


async def _store_cards(tx: Transaction, rollup: BoardRollup, fold: BoardFold) -> None:
    board_id = rollup.board_id
    cards = [card for card in fold.cards.values() if card.has_changed]
    changes = Counter[Change]()
    calendar = WorkCalendar(zone_called(rollup.time_zone))
    for card in cards:
        _count(changes, board_id, card.history.stretches(), calendar)
        if card.known is not None:
            # What is stored of its last step comes anew with the rest.
            _count(changes, board_id, [(card.known, None)], calendar, by=-1)
    await repository.store_steps(tx.session, board_id, cards)
    await repository.store_changes(tx.session, board_id, changes)


def _count(
    changes: Counter[Change],
    board_id: UUID,
    stretches: Iterable[tuple[Step, datetime | None]],
    calendar: WorkCalendar,
    *,
    by: int = 1,
) -> None:
    """Add what some steps change day by day, in every scope to which they belong."""
    for step, ended_at in stretches:
        for at, change in turns(step, ended_at):
            day, place = calendar.date_of(at), place_of(step)
            for scope, scope_id in _scopes(board_id, step):
                changes[scope, scope_id, day, place] += by * change


def _scopes(board_id: UUID, step: Step) -> Iterator[tuple[Scope, UUID]]:
    yield Scope.BOARD, board_id
    if step.sprint_id is not None:
        yield Scope.SPRINT, step.sprint_id
    for label_id in step.label_ids:
        yield Scope.LABEL, label_id
    for user_id in step.assignee_ids:
        yield Scope.ASSIGNEE, user_id


async def _begin_other_days(tx: Transaction, rollup: BoardRollup, time_zone: str) -> None:
    """Count the days anew from here on: those of the workspace's new time zone."""
    await repository.forget_days(tx.session, rollup.board_id)
    rollup.time_zone = time_zone
    rollup.counted_card_id, rollup.counted_at = BEFORE_ALL


async def _count_other_days(tx: Transaction, rollup: BoardRollup, limit: int) -> int:
    """Count some more steps to the days of the new time zone; how many."""
    changes = Counter[Change]()
    calendar = WorkCalendar(zone_called(rollup.time_zone))
    found = await steps.all_steps(
        tx.session,
        rollup.board_id,
        after=(rollup.counted_card_id or NO_CARD, rollup.counted_at or BEFORE_ALL[1]),
        limit=limit,
    )
    _count(changes, rollup.board_id, [(step, ended) for _, step, ended in found], calendar)
    await repository.store_changes(tx.session, rollup.board_id, changes)
    more = len(found) == limit
    rollup.counted_card_id, rollup.counted_at = (
        (found[-1][0], found[-1][1].at) if more else (None, None)
    )
    return len(found)


class Outcomes:
    """What became of sprints that are over, kept in memory: the log goes on, but their part of it is written."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, datetime, datetime, datetime], Outcome] = OrderedDict()

    def get(self, window: Window) -> Outcome | None:
        """The outcome of a sprint with such a window, if it is kept."""
        return self._kept.get(_key(window))

    def keep(self, outcome: Outcome, known_until: datetime | None) -> None:
        """Keep an outcome, if all that counts for it is known: entries never count from before the last one."""
        window = outcome.window
        if known_until is not None and known_until >= window.closes_at:
            self._kept[_key(window)] = outcome
            if len(self._kept) > MOST_OUTCOMES:
                self._kept.popitem(last=False)


def _key(window: Window) -> tuple[UUID, datetime, datetime, datetime]:
    return window.sprint_id, window.counts_from, window.opens_at, window.closes_at


def rollups_of(runtime: Runtime) -> Rollups:
    """Those of the process."""
    return runtime.belongings.get(Rollups, lambda: Rollups(runtime.database))


async def _rollups_of(runtime: RuntimeOf) -> Rollups:
    return rollups_of(runtime)


RollupsOf = Annotated[Rollups, Depends(_rollups_of)]
