"""What can be done with the series of sprints of a board that the transaction has locked."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from taskly.boards.models import BoardAccess
from taskly.kit.zones import day_in, zone_called
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import Invalid, NotFound
from taskly.sprints import repository, service
from taskly.sprints.events import SeriesCreated, SeriesDeleted, SeriesUpdated
from taskly.sprints.models import Sprint, SprintSeries
from taskly.sprints.rules.days import Status, status_on
from taskly.sprints.rules.series import Slot, name_of, next_slot
from taskly.sprints.schemas import CreateSprint, SprintResponse
from taskly.sprints.series_schemas import PlannedAhead, SeriesResponse, SetSeries, template_of

LAST_YEAR = 2999
BEFORE_AHEAD = {"ahead": 0}
"""What series were like of which the log does not say how many of their sprints there always are."""


def series_state(series: SprintSeries) -> dict[str, Any]:
    """A series as the log shows it."""
    return SeriesResponse.of(series).model_dump()


async def set_series(tx: Transaction, board: BoardAccess, wanted: SetSeries) -> SprintSeries:
    """Give a board a series, or let the one that it has go on otherwise, and make the sprints that it lacks.

    Sprints that are there stay as they are.
    """
    present = await repository.series_of(tx.session, board.id)
    series = put_series(tx, board, present, wanted.fields_for(present))
    await keep_ahead(tx, board, series)
    return series


def put_series(
    tx: Transaction, board: BoardAccess, present: SprintSeries | None, wanted: Mapping[str, Any]
) -> SprintSeries:
    """Let a board have this series, whether it has one or not, and record what that changes."""
    if present is None:
        fields = BEFORE_AHEAD | dict(wanted)
        series = SprintSeries(board_id=board.id, workspace_id=board.workspace_id, **fields)
        tx.session.add(series)
        after = series_state(series)
        tx.record(board.id, SeriesCreated(id=board.id, before=None, after=after))
        return series
    changed = {name: value for name, value in wanted.items() if value != getattr(present, name)}
    if changed:
        before = {name: getattr(present, name) for name in changed}
        for name, value in changed.items():
            setattr(present, name, value)
        tx.record(board.id, SeriesUpdated(id=board.id, before=before, after=changed))
    return present


async def delete_series(tx: Transaction, board: BoardAccess) -> None:
    """End a board's series; its sprints stay.

    Raises:
        NotFound: the board has none.
    """
    series = await repository.series_of(tx.session, board.id)
    if series is None:
        raise NotFound
    await remove_series(tx, series)


async def remove_series(tx: Transaction, series: SprintSeries) -> None:
    """End a series, and record it."""
    change = SeriesDeleted(id=series.board_id, before=series_state(series), after=None)
    tx.record(series.board_id, change)
    await tx.session.delete(series)


async def plan_ahead(tx: Transaction, board: BoardAccess, ahead: int) -> PlannedAhead:
    """Make sprints of a board's series until so many are planned; none, if so many are.

    Raises:
        NotFound: the board has no series.
        Invalid: a sprint would be in the year 3000 or later.
    """
    series = await repository.series_of(tx.session, board.id)
    if series is None:
        raise NotFound
    made, planned = await _fill_up(tx, board, series, ahead)
    if len(planned) < ahead:
        raise Invalid(f"ahead: sprints are of the years until {LAST_YEAR}.")
    await tx.session.flush()
    shown = await repository.sprints_in_plan(tx.session, planned)
    return PlannedAhead(made=made, sprints=[SprintResponse.of(each, tx.now) for each in shown])


async def keep_ahead(tx: Transaction, board: BoardAccess, series: SprintSeries) -> int:
    """Make sprints until as many are planned as the series says, as far as there are years for them; how many."""
    if series.ahead == 0:
        return 0
    made, _ = await _fill_up(tx, board, series, series.ahead)
    return made


async def _fill_up(
    tx: Transaction, board: BoardAccess, series: SprintSeries, ahead: int
) -> tuple[int, list[UUID]]:
    """Make sprints until so many are planned, or years end: how many are new, and all that are planned."""
    zone = await repository.time_zone_of(tx.session, board.workspace_id)
    today = day_in(zone_called(zone), tx.now)
    present = await repository.sprints_in_series(tx.session, board.id)
    last = _last_slot(present)
    planned = [
        each.id
        for each in present
        if each.started_at is None
        and status_on(today, each.starts_on, each.ends_on) is Status.PLANNED
    ]
    made = 0
    while len(planned) < ahead:
        last = next_slot(template_of(series), last, today)
        if last.ends_on.year > LAST_YEAR:
            break
        sprint = await _make(tx, board, series, last)
        made += 1
        if last.starts_on > today:
            planned.append(sprint.id)
    return made, planned


def _last_slot(present: Sequence[Sprint]) -> Slot | None:
    if not present:
        return None
    last = present[-1]
    ends_on = max(sprint.ends_on for sprint in present)
    return Slot(last.series_number or 0, last.starts_on, ends_on)


async def _make(tx: Transaction, board: BoardAccess, series: SprintSeries, slot: Slot) -> Sprint:
    wanted = CreateSprint(
        name=name_of(template_of(series), slot.number),
        starts_on=slot.starts_on,
        ends_on=slot.ends_on,
        capacity=series.capacity,
    )
    sprint = await service.create_sprint(tx, board, wanted)
    sprint.series_number = slot.number
    return sprint
