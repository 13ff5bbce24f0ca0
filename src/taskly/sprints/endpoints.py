"""HTTP of sprints."""

from datetime import date
from uuid import UUID

from taskly.boards.access import BoardToEdit, BoardToRead
from taskly.boards.errors import BoardArchived
from taskly.platform.db.session import Transaction
from taskly.platform.http.pages import Page, PageRequest, Paging
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.sprints import repository, service
from taskly.sprints.access import SprintToEdit, SprintToRead
from taskly.sprints.errors import SprintIsCompleted
from taskly.sprints.models import Sprint
from taskly.sprints.schemas import CreateSprint, SprintResponse, UpdateSprint
from taskly.users.access import ReadSession, Tx

router = Router(tags=["sprints"])

CHANGE = (Forbidden, NotFound, BoardArchived, Stale)


@router.post("/boards/{board_id}/sprints", status_code=201, responses=problems(*CHANGE))
async def create_sprint(board: BoardToEdit, body: CreateSprint, tx: Tx) -> SprintResponse:
    """Plan a sprint. It may share days with others, which the answer says. For members."""
    return await _shown(tx, await service.create_sprint(tx, board, body))


@router.get("/boards/{board_id}/sprints", responses=problems(NotFound))
async def list_sprints(
    board: BoardToRead, session: ReadSession, runtime: RuntimeOf, paging: Paging
) -> Page[SprintResponse]:
    """List the sprints of a board, in the order of their first days."""
    rows = await repository.sprints_of(session, board.id, after=_place(paging), limit=paging.rows)
    now = runtime.clock.now()
    return paging.page(
        rows,
        lambda row: SprintResponse.of(row, now),
        lambda row: (row.sprint.starts_on.toordinal(), row.sprint.id),
    )


async def _shown(tx: Transaction, sprint: Sprint) -> SprintResponse:
    return SprintResponse.of(await service.in_plan(tx, sprint), tx.now)


def _place(paging: PageRequest) -> tuple[date, UUID] | None:
    place = paging.place((int, UUID))
    if place is None:
        return None
    return date.fromordinal(min(max(place[0], 1), date.max.toordinal())), place[1]


@router.get("/sprints/{sprint_id}", responses=problems(NotFound))
async def read_sprint(
    access: SprintToRead, session: ReadSession, runtime: RuntimeOf
) -> SprintResponse:
    """Read one sprint, with where it stands today."""
    found = await repository.in_plan(session, access.sprint.id)
    return SprintResponse.of(found, runtime.clock.now())


@router.patch("/sprints/{sprint_id}", responses=problems(*CHANGE, SprintIsCompleted))
async def update_sprint(access: SprintToEdit, body: UpdateSprint, tx: Tx) -> SprintResponse:
    """Change a sprint's name, goal, days or capacity; a later last day extends it. For members."""
    return await _shown(tx, await service.update_sprint(tx, access, body))


@router.delete("/sprints/{sprint_id}", status_code=204, responses=problems(*CHANGE))
async def delete_sprint(access: SprintToEdit, tx: Tx) -> None:
    """Delete a sprint; its cards go back to the backlog, which can be undone. For members."""
    await service.delete_sprint(tx, access)
