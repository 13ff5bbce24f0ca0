"""Taking back changes of sprints."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from taskly.history.repository import former_value, last_coming_or_going
from taskly.history.schemas import WhyLeft
from taskly.history.taking_back import TakingBack
from taskly.platform.events.models import Event
from taskly.sprints import personal, repository, series, service, steps
from taskly.sprints.capacity_repository import anything_said_in
from taskly.sprints.models import Sprint
from taskly.sprints.personal import CAPACITY, DAYS_OFF, Saying
from taskly.sprints.rules.days import wrong_with
from taskly.sprints.schemas import UpdateSprint
from taskly.sprints.service import DAYS


async def creation_back(work: TakingBack, event: Event) -> None:
    """Delete a sprint that was made, as long as no card is in it."""
    sprint = work.sprint(UUID(event.data["id"]))
    if sprint is None:
        work.leave(event, WhyLeft.GONE)
    elif await _is_used(work, sprint):
        work.leave(event, WhyLeft.IN_USE)
    else:
        service.record_deletion(work.tx, sprint)
        work.note(event)


async def _is_used(work: TakingBack, sprint: Sprint) -> bool:
    """Whether a sprint was started, or a card is in it."""
    await work.batch.store()  # So that cards which were taken out of it just now do not count.
    await work.tx.session.flush()
    cards = await repository.card_ids_in(work.tx.session, sprint.id)
    return sprint.started_at is not None or bool(cards)


async def fields_back(work: TakingBack, event: Event) -> None:
    """Give a sprint its former fields, each only where nobody changed it since."""
    sprint = work.sprint(UUID(event.data["id"]))
    if sprint is None:
        work.leave(event, WhyLeft.GONE)
        return
    before, after = event.data["before"], event.data["after"]
    possible = {}
    for name in before:
        if getattr(sprint, name) == _typed(name, after[name]):
            possible[name] = _typed(name, before[name])
        else:
            work.leave(event, WhyLeft.CHANGED_SINCE, name)
    days = {name: possible.get(name, getattr(sprint, name)) for name in DAYS}
    # It had these days once, though it may have been longer than a sprint may be by now.
    if wrong_with(**days) is not None and await _other_day_moved(work, event, sprint, possible):
        for name in possible.keys() & days:
            work.leave(event, WhyLeft.CHANGED_SINCE, name)
            del possible[name]
    if possible:
        service.change_fields(work.tx, sprint, possible)
        work.note(event, *possible)


async def _other_day_moved(
    work: TakingBack, event: Event, sprint: Sprint, possible: Collection[str]
) -> bool:
    """Whether the days of a sprint that stay as they are were others when one of them was changed."""
    for name in set(DAYS) - set(possible):
        was = await former_value(work.tx.session, event, name)
        if was is not None and _typed(name, was) != getattr(sprint, name):
            return True
    return False


async def deletion_back(work: TakingBack, event: Event) -> None:
    """Bring a deleted sprint back; its cards come back by their own changes.

    One that its series got in its place goes first, so that taking this back in turn finds none of the same number.
    """
    sprint = work.sprints.get(UUID(event.data["id"]))
    if sprint is None or sprint.deleted_at is None:
        work.leave(event, WhyLeft.GONE)
        return
    for other in work.sprints.values():
        if _has_place_of(sprint, other) and await _came_untouched_after(work, sprint, other):
            service.record_deletion(work.tx, other)
    service.restore_sprint(work.tx, sprint)
    work.note(event)


def _has_place_of(sprint: Sprint, other: Sprint) -> bool:
    """Whether another sprint is the one of the series that a deleted one was."""
    number, board_id = sprint.series_number, sprint.board_id
    return (
        number is not None
        and (other.board_id, other.series_number) == (board_id, number)
        and other.deleted_at is None
    )


async def _came_untouched_after(work: TakingBack, sprint: Sprint, other: Sprint) -> bool:
    """Whether another sprint came after one was deleted, and nobody did anything with it."""
    session = work.tx.session
    last = await last_coming_or_going(session, sprint.board_id, (sprint.id, other.id))
    if last is None or last["id"] != str(other.id):
        return False
    came = {name: last["after"][name] for name in UpdateSprint.model_fields}
    return (
        all(getattr(other, name) == _typed(name, value) for name, value in came.items())
        and not await _is_used(work, other)
        and not await anything_said_in(session, other.id)
    )


async def step_back(work: TakingBack, event: Event) -> None:
    """Let a sprint be not started, not completed, or the contrary, as long as nobody took a step since."""
    sprint = work.sprint(UUID(event.data["id"]))
    if sprint is None:
        work.leave(event, WhyLeft.GONE)
        return
    before, after = (
        {name: at and datetime.fromisoformat(at) for name, at in event.data[side].items()}
        for side in ("before", "after")
    )
    is_over = sprint.completed_at is not None and "completed_at" not in after
    if is_over or any(getattr(sprint, name) != at for name, at in after.items()):
        work.leave(event, WhyLeft.CHANGED_SINCE)
        return
    steps.take_step(work.tx, sprint, steps.kind_of(before), before, event.data.get("facts"))
    work.note(event, *before)


async def absence_back(work: TakingBack, event: Event) -> None:
    """Let somebody be away as long as before, as long as nobody changed that since."""
    await _unsay(work, event, DAYS_OFF)


async def capacity_back(work: TakingBack, event: Event) -> None:
    """Let somebody take as much in a sprint as before, as long as nobody changed that since."""
    await _unsay(work, event, CAPACITY)


async def _unsay(work: TakingBack, event: Event, what: Saying) -> None:
    before, after = event.data["before"], event.data["after"]
    state = after if before is None else before
    sprint, user_id = work.sprint(UUID(state["sprint_id"])), UUID(state["user_id"])
    if sprint is None or user_id not in work.member_ids:
        work.leave(event, WhyLeft.GONE)
        return
    was, became = (None if each is None else each[what.field] for each in (before, after))
    if await personal.said(work.tx, sprint, user_id, what) != became:
        work.leave(event, WhyLeft.CHANGED_SINCE)
        return
    await personal.put(work.tx, sprint, user_id, what, was)
    work.note(event, *([what.field] if before and after else []))


async def series_back(work: TakingBack, event: Event) -> None:
    """Let a board have the series that it had, or none, as long as nobody changed it since."""
    before, after = event.data["before"], event.data["after"]
    access = work.boards[event.stream_id]
    present = await repository.series_of(work.tx.session, access.id)
    if (present is None) is not (after is None) or any(
        getattr(present, name) != _typed(name, value) for name, value in (after or {}).items()
    ):
        work.leave(event, WhyLeft.CHANGED_SINCE)
        return
    if before is not None:
        wanted = {name: _typed(name, value) for name, value in before.items()}
        series.put_series(work.tx, access, present, wanted)
    elif present is not None:
        await series.remove_series(work.tx, present)
    await work.tx.session.flush()
    work.note(event, *([] if before is None or after is None else before))


def _typed(name: str, value: Any) -> Any:
    """A sprint's field from the log, as the sprint has it."""
    return date.fromisoformat(value) if name in DAYS else value
