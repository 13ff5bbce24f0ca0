"""Deliveries, requests, faults, limits, the clock, and everything at once."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from taskly.fake_github.control import views
from taskly.fake_github.control.reaching import GitHubNow, SiteNow
from taskly.fake_github.wire import asked, told, words
from taskly.fake_github.world.faults import Fault

router = APIRouter()

USUAL_STATUS: dict[words.FaultKind, int] = {"errors": 502, "limited": 403}


@router.get("/state", tags=["everything"])
async def state(site: SiteNow) -> told.State:
    """Everything there is."""
    return views.state(site)


@router.post("/reset", status_code=204, tags=["everything"])
async def reset(site: SiteNow, wanted: asked.Reset) -> None:
    """Forget everything and begin again."""
    await site.reset(wanted.seed)


@router.get("/deliveries", tags=["deliveries"])
async def deliveries(
    github: GitHubNow,
    hook_id: int | None = None,
    event: str | None = None,
    action: str | None = None,
    guid: str | None = None,
) -> list[told.Delivery]:
    """The attempts to deliver, oldest first."""
    return [
        views.delivery(each)
        for each in github.deliveries.all()
        if hook_id in {None, each.hook_id}
        and event in {None, each.envelope.event}
        and action in {None, each.envelope.action}
        and guid in {None, each.envelope.guid}
    ]


@router.post("/deliveries/settle", tags=["deliveries"])
async def settle(
    site: SiteNow, timeout_seconds: Annotated[float, Query(ge=0, le=60)] = 10
) -> told.Settled:
    """Wait until nothing is on its way."""
    settled = await site.deliverer.settle(timeout_seconds)
    return told.Settled(settled=settled, held=site.deliverer.held)


@router.post("/deliveries/release", tags=["deliveries"])
async def release(site: SiteNow, wanted: asked.Release) -> told.Released:
    """Let held deliveries go; the fault that holds them stays on."""
    released = site.deliverer.release(site.github, wanted.order, wanted.count)
    return told.Released(released=released)


@router.get("/requests", tags=["requests"])
async def requests(
    github: GitHubNow,
    path_prefix: str = "",
    method: str | None = None,
    login: str | None = None,
) -> list[told.Request]:
    """The requests that came, in order of arrival."""
    return [
        views.request(each)
        for each in github.requests.all()
        if each.path.startswith(path_prefix)
        and method in {None, each.method}
        and login in {None, each.login}
    ]


@router.delete("/requests", status_code=204, tags=["requests"])
async def forget_requests(github: GitHubNow) -> None:
    """Forget the requests."""
    github.requests.clear()


@router.post("/faults", status_code=201, tags=["faults"])
async def new_fault(github: GitHubNow, wanted: asked.NewFault) -> told.Fault:
    """Something goes wrong from now on."""
    fault = Fault(
        id=github.numbers.next("fault"),
        **wanted.model_dump(exclude={"status"}),
        status=wanted.status or USUAL_STATUS.get(wanted.kind, 502),
    )
    github.faults.add(fault)
    return views.fault(fault)


@router.get("/faults", tags=["faults"])
async def all_faults(github: GitHubNow) -> list[told.Fault]:
    """The faults that are on."""
    return [views.fault(each) for each in github.faults.active.values()]


@router.delete("/faults", status_code=204, tags=["faults"])
async def end_faults(github: GitHubNow, kind: words.FaultKind | None = None) -> None:
    """End all faults, or those of one kind. Held deliveries stay held until they are released."""
    github.faults.clear(kind)


@router.put("/rate-limits", tags=["faults"])
async def set_budget(github: GitHubNow, wanted: asked.NewBudget) -> told.Budget:
    """Leave somebody just so many requests."""
    budget = github.limits.set(
        wanted.login,
        wanted.resource,
        remaining=wanted.remaining,
        reset_at=github.now() + timedelta(seconds=wanted.resets_in_seconds),
    )
    return told.Budget(
        login=wanted.login,
        resource=wanted.resource,
        limit=budget.limit,
        remaining=budget.remaining,
        reset_at=budget.reset_at,
    )


@router.get("/clock", tags=["clock"])
async def clock(github: GitHubNow) -> told.Time:
    """What time it is."""
    return views.time(github)


@router.post("/clock/freeze", tags=["clock"])
async def freeze(github: GitHubNow, wanted: asked.Freeze) -> told.Time:
    """Time stops."""
    github.clock.freeze(wanted.at, timedelta(seconds=wanted.tick_seconds))
    return views.time(github)


@router.post("/clock/advance", tags=["clock"])
async def advance(github: GitHubNow, wanted: asked.Advance) -> told.Time:
    """Time moves."""
    github.clock.advance(timedelta(seconds=wanted.seconds))
    return views.time(github)


@router.post("/clock/run", tags=["clock"])
async def run(github: GitHubNow) -> told.Time:
    """Back to real time."""
    github.clock.run()
    return views.time(github)
