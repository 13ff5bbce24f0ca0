"""HTTP of series of sprints."""

from taskly.boards.access import BoardToEdit, BoardToRead
from taskly.boards.errors import BoardArchived
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.sprints import repository, series
from taskly.sprints.series_schemas import PlanAhead, PlannedAhead, SeriesResponse, SetSeries
from taskly.users.access import ReadSession, Tx

router = Router(tags=["sprints"])

CHANGE = (Forbidden, NotFound, BoardArchived, Stale)


@router.get("/boards/{board_id}/sprint-series", responses=problems(NotFound))
async def read_sprint_series(board: BoardToRead, session: ReadSession) -> SeriesResponse:
    """Read a board's series of sprints; 404 if it has none."""
    found = await repository.series_of(session, board.id)
    if found is None:
        raise NotFound
    return SeriesResponse.of(found)


@router.put("/boards/{board_id}/sprint-series", responses=problems(*CHANGE))
async def set_sprint_series(board: BoardToEdit, body: SetSeries, tx: Tx) -> SeriesResponse:
    """Say what a board's sprints have in common that are made ahead: length, pause, name, capacity. For members.

    So many as `ahead` says are made at once, and from then on whenever one of them begins. Sprints that are there stay
    as they are.
    """
    return SeriesResponse.of(await series.set_series(tx, board, body))


@router.delete("/boards/{board_id}/sprint-series", status_code=204, responses=problems(*CHANGE))
async def delete_sprint_series(board: BoardToEdit, tx: Tx) -> None:
    """End a board's series; its sprints stay. For members."""
    await series.delete_series(tx, board)


@router.post("/boards/{board_id}/sprint-series/sprints", responses=problems(*CHANGE))
async def plan_sprints_ahead(board: BoardToEdit, body: PlanAhead, tx: Tx) -> PlannedAhead:
    """Make the next sprints of the series until so many are planned. For members.

    Numbers and days go on from the last one. Asked again, it makes none, as long as so many have not begun.
    """
    return await series.plan_ahead(tx, board, body.ahead)
