"""HTTP of starting and completing sprints."""

from taskly.boards.errors import BoardArchived
from taskly.cards.errors import NoSuchSprint
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.sprints import steps
from taskly.sprints.access import SprintToEdit, SprintToRead
from taskly.sprints.errors import (
    NoNextSprint,
    NotInSprint,
    SprintIsCompleted,
    SprintIsStarted,
    SprintNotStarted,
)
from taskly.sprints.step_schemas import CompleteSprint, SprintResult
from taskly.users.access import ReadSession, Tx

router = Router(tags=["sprints"])

CHANGE = (Forbidden, NotFound, BoardArchived, Stale, SprintIsCompleted)


@router.post("/sprints/{sprint_id}/start", responses=problems(*CHANGE, SprintIsStarted))
async def start_sprint(access: SprintToEdit, tx: Tx) -> SprintResult:
    """Start a sprint, whatever its days say. For members.

    The log keeps to what people commit themselves: the goal, and the cards with their points.
    """
    return await steps.stored(tx, await steps.start_sprint(tx, access))


@router.post(
    "/sprints/{sprint_id}/complete",
    responses=problems(*CHANGE, SprintNotStarted, NoNextSprint, NoSuchSprint, NotInSprint),
)
async def complete_sprint(access: SprintToEdit, body: CompleteSprint, tx: Tx) -> SprintResult:
    """Complete a sprint that was started. Cards that are not done go where you say. For members.

    The log keeps what came of it: what was completed, what not, what was added and removed since the start.
    """
    return await steps.stored(tx, await steps.complete_sprint(tx, access, body))


@router.get("/sprints/{sprint_id}/result", responses=problems(NotFound))
async def read_sprint_result(
    access: SprintToRead, session: ReadSession, runtime: RuntimeOf
) -> SprintResult:
    """Read what people committed themselves to when a sprint started, and what came of it."""
    return await steps.result_of(session, access.sprint, runtime.clock.now())
