"""HTTP of the capacity of sprints."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from taskly.boards.errors import BoardArchived, NotOnBoard
from taskly.cards.bulk_schemas import MOST_AT_ONCE
from taskly.cards.schemas import MOST_HANGING
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.sprints import capacity
from taskly.sprints.access import SprintToEdit, SprintToRead
from taskly.sprints.capacity_schemas import (
    CapacityPreview,
    CapacityResponse,
    DaysOff,
    OwnCapacity,
    SetCapacity,
    SetDaysOff,
)
from taskly.sprints.personal import CAPACITY, DAYS_OFF, say
from taskly.users.access import ReadSession, Tx
from taskly.workspaces.errors import NotAMember

router = Router(tags=["sprints"])

Cards = Annotated[
    list[UUID],
    Query(
        min_length=1, max_length=MOST_AT_ONCE, description="Cards to be put in; may be repeated."
    ),
]
People = Annotated[
    list[UUID] | None,
    Query(
        max_length=MOST_HANGING["assignee_ids"],
        description="Who would be on them, may be repeated; whoever is on them, if left out.",
    ),
]


@router.get("/sprints/{sprint_id}/capacity", responses=problems(NotFound))
async def read_sprint_capacity(access: SprintToRead, session: ReadSession) -> CapacityResponse:
    """Read who can take how much in a sprint, who has how much, and whether that is healthy.

    The points of a card are split evenly among those who are on it.
    """
    return await capacity.capacity_of(session, access)


@router.put(
    "/sprints/{sprint_id}/days-off/{user_id}",
    responses=problems(Forbidden, NotFound, BoardArchived, Stale),
)
async def set_days_off(access: SprintToEdit, user_id: UUID, body: SetDaysOff, tx: Tx) -> DaysOff:
    """Say how many working days of a sprint somebody is away: so much less they can take. For members."""
    await say(tx, access, user_id, DAYS_OFF, body.days or None)
    return DaysOff(user_id=user_id, days_off=body.days)


@router.put(
    "/sprints/{sprint_id}/capacities/{user_id}",
    responses=problems(Forbidden, NotFound, BoardArchived, Stale),
)
async def set_capacity_in_sprint(
    access: SprintToEdit, user_id: UUID, body: SetCapacity, tx: Tx
) -> OwnCapacity:
    """Say how many points somebody can take in one sprint, or let that follow from the workspace again. For members."""
    await say(tx, access, user_id, CAPACITY, body.capacity)
    return OwnCapacity(user_id=user_id, capacity=body.capacity)


@router.get(
    "/sprints/{sprint_id}/capacity/preview", responses=problems(NotFound, NotOnBoard, NotAMember)
)
async def preview_sprint_capacity(
    access: SprintToRead, session: ReadSession, add: Cards, assignee: People = None
) -> CapacityPreview:
    """Read what would become of it if cards were put into the sprint, or given to people. Nothing changes."""
    return await capacity.preview(session, access, add, assignee)
