"""Does what was drawn, deed by deed, each at its moment and in the name of whoever did it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import merge
from operator import itemgetter
from random import Random
from uuid import UUID

from taskly.demo.answers import Board
from taskly.demo.client import Taskly
from taskly.demo.content.people import AUTHOR
from taskly.demo.content.plan import PlannedBoard, PlannedCard
from taskly.demo.past.deeds import (
    Archive,
    ChangeScope,
    Complete,
    Deed,
    Estimate,
    KeepAhead,
    Make,
    Move,
    PlanAhead,
    SetGoal,
    Start,
    TakeDaysOff,
    Wait,
)
from taskly.demo.past.present import present_deeds
from taskly.demo.past.work_time import WorkTime, first_day
from taskly.demo.past.worked import AHEAD, archiving, past_deeds, sprint_deeds
from taskly.kit.clock import FrozenClock

BEFORE_ANYTHING = timedelta(days=1)
INSTANT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Team:
    """The people, each with a client, by their logins."""

    clients: Mapping[str, Taskly]
    ids: Mapping[str, UUID]


class BoardPast:
    """The past of one board: what is to be done, and how far it is."""

    def __init__(self, plan: PlannedBoard, now: datetime) -> None:
        self.plan = plan
        sprints_over = len(plan.series.past) if plan.series else 0
        self.work_time = WorkTime(first_day(now.date(), sprints_over))
        self.deeds = drawn(plan, self.work_time.days_until(now))
        self.begins = self.work_time.moment(self.deeds[0].at) - BEFORE_ANYTHING
        self._today = now.date()

    async def make_board(self, taskly: Taskly, workspace_id: UUID) -> "ToldBoard":
        """Make the board with all that cards need."""
        board = await taskly.create_board(workspace_id, self.plan)
        labels = {
            name: (await taskly.create_label(board.id, name, color)).id
            for name, color in self.plan.labels.items()
        }
        if self.plan.series is not None:
            await taskly.set_series(board.id, self.plan.series, self.work_time.first)
            await taskly.plan_ahead(board.id, AHEAD)
        columns = {each.name: each.id for each in (await taskly.snapshot(board.id)).columns}
        return ToldBoard(board, labels, columns, self._today)

    def deeds_of(self, board: "ToldBoard") -> Iterator[tuple[datetime, "ToldBoard", Deed]]:
        """When what is done on the board that was made, never two deeds at once."""
        last = self.begins
        for deed in self.deeds:
            last = max(self.work_time.moment(deed.at), last + INSTANT)
            yield last, board, deed


def drawn(plan: PlannedBoard, now: float) -> list[Deed]:
    """All that happened on a board until `now`, in its order."""
    deeds = list(present_deeds(plan, now, _random(plan, "present")))
    if plan.series is not None:
        deeds += sprint_deeds(plan.series)
        past = list(past_deeds(plan.series, _random(plan, "past")))
        deeds += [*past, *archiving(plan.series, past)]
    return sorted(deeds, key=lambda deed: deed.at)


def _random(plan: PlannedBoard, name: str) -> Random:
    return Random(f"{plan.key} {name}")  # noqa: S311 - drawn to be repeated, not to be secret


async def tell(
    pasts: Sequence[BoardPast], workspace_id: UUID, team: Team, clock: FrozenClock
) -> list[Board]:
    """Make the boards, and let everything happen on them; the clock is set to each moment."""
    author = team.clients[AUTHOR.login]
    told = []
    for past in pasts:
        clock.set(past.begins)
        told.append(await past.make_board(author, workspace_id))
    deeds = (past.deeds_of(board) for past, board in zip(pasts, told, strict=True))
    for at, board, deed in merge(*deeds, key=itemgetter(0)):
        clock.set(at)
        await board.do(team, deed)
    return [each.board for each in told]


class ToldBoard:
    """A board on which something happens."""

    def __init__(
        self, board: Board, labels: Mapping[str, UUID], columns: Mapping[str, UUID], today: date
    ) -> None:
        self.board = board
        self._labels = labels
        self._columns = columns
        self._today = today
        self._cards: dict[str, UUID] = {}
        self._sprints: list[UUID] = []

    async def do(self, team: Team, deed: Deed) -> None:
        """Do one thing.

        Raises:
            Refused: Taskly will not have it.
        """
        taskly = team.clients[deed.by]
        match deed.act:
            case Make(card):
                await self._make(taskly, card, team)
            case Move(title, column):
                await taskly.move_card(self._cards[title], self._columns[column])
            case Estimate(title, points):
                await taskly.estimate(self._cards[title], points)
            case Wait(title, other):
                await taskly.let_wait(self._cards[title], self._cards[other])
            case Archive(titles):
                await taskly.archive([self._cards[title] for title in titles])
            case _:
                await self._plan(taskly, deed, team)

    async def _make(self, taskly: Taskly, card: PlannedCard, team: Team) -> None:
        due = card.due_in_days
        made = await taskly.create_card(
            self.board.id,
            card,
            column_id=next(iter(self._columns.values())),
            label_ids=[self._labels[name] for name in card.labels],
            assignee_ids=[team.ids[login] for login in card.assignees],
            due_date=None if due is None else self._today + timedelta(days=due),
        )
        self._cards[card.title] = made.id

    async def _plan(self, taskly: Taskly, deed: Deed, team: Team) -> None:
        match deed.act:
            case PlanAhead(sprints):
                await taskly.plan_ahead(self.board.id, sprints)
            case KeepAhead(sprints):
                await taskly.keep_ahead(self.board.id, sprints)
            case SetGoal(sprint, goal):
                await taskly.set_goal(await self._sprint(taskly, sprint), goal)
            case TakeDaysOff(sprint, login, days):
                await taskly.take_days_off(
                    await self._sprint(taskly, sprint), team.ids[login], days
                )
            case ChangeScope(sprint, add, remove):
                await taskly.change_scope(
                    await self._sprint(taskly, sprint),
                    add=[self._cards[title] for title in add],
                    remove=[self._cards[title] for title in remove],
                )
            case Start(sprint):
                await taskly.start_sprint(await self._sprint(taskly, sprint))
            case Complete(sprint):
                await taskly.complete_sprint(await self._sprint(taskly, sprint))
            case _:
                raise TypeError(f"nobody can do {deed.act}")

    async def _sprint(self, taskly: Taskly, number: int) -> UUID:
        """The sprint of this number, counted from the first one of the board."""
        if number >= len(self._sprints):
            shown = await taskly.sprints(self.board.id)
            self._sprints = [each.id for each in shown]
        return self._sprints[number]
