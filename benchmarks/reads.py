"""Reading a board: from the cache, after a change, and when nothing changed."""

import time
from itertools import cycle
from uuid import UUID

from benchmarks.figures import Aim, Figure, Held
from benchmarks.load.http import Load, request
from benchmarks.scene import Scene, Target, always, interleaved, rates
from taskly.api.app import BOARD

CLIENTS = 16
AIM = Aim(Held.RATIO, 0.8, at_least=True)
AIM_FOR_TIMES = Aim(Held.RATIO, 1.25)
WARM_UP = 3


async def measure_reads(scene: Scene) -> list[Figure]:
    """Reads a second by many clients, and what the first read after a change takes."""
    path = f"/api/v1/boards/{scene.board['id']}"
    token = scene.member.token
    tag = (await scene.member.client.get(f"/boards/{scene.board['id']}")).headers["etag"]
    ours = scene.site.address
    cached = await interleaved(
        scene.effort,
        {
            "ours": Target(ours, always(request("GET", path, token=token)), CLIENTS),
            "bare": Target(scene.bare, always(request("GET", "/body")), CLIENTS),
        },
    )
    conditional = request("GET", path, token=token, If_None_Match=tag)
    unchanged = await interleaved(
        scene.effort,
        {
            "ours": Target(ours, always(conditional), CLIENTS),
            "bare": Target(scene.bare, always(request("GET", "/unchanged")), CLIENTS),
        },
    )
    return [
        await _uncached(scene),
        _figure(f"Board read, cached, {CLIENTS} clients", "the same bytes, bare", cached),
        _figure(f"Board read, unchanged (304), {CLIENTS} clients", "304, bare", unchanged),
    ]


def _figure(name: str, beside: str, loads: dict[str, list[Load]]) -> Figure:
    return Figure(
        name=name,
        unit="/s",
        ours=rates(loads["ours"]),
        beside=beside,
        peer=rates(loads["bare"]),
        aim=AIM,
    )


async def _uncached(scene: Scene) -> Figure:
    ours, limits = await _after_changes(scene)
    return Figure(
        name="Board read, first after a change",
        unit="ms",
        ours=ours,
        beside="its statement, then bare",
        peer=limits,
        aim=AIM_FOR_TIMES,
    )


async def _after_changes(scene: Scene) -> tuple[list[float], list[float]]:
    """Milliseconds of the first read after each change; and of PostgreSQL and the bare server alone."""
    board, client = scene.board, scene.member.client
    card, first, second = (each["id"] for each in board["cards"][:3])
    neighbours = cycle((first, second))
    host, port = scene.bare
    ours, limits = [], []
    await scene.member.post(f"/cards/{card}/move", {"before": second})
    for _ in range(scene.effort.samples + WARM_UP):
        await scene.member.post(f"/cards/{card}/move", {"before": next(neighbours)})
        began = time.perf_counter()
        response = await client.get(f"/boards/{board['id']}")
        ours.append((time.perf_counter() - began) * 1000)
        assert response.status_code == 200
        began = time.perf_counter()
        async with scene.runtime.database.reading() as session:
            await BOARD.read(session, UUID(board["id"]))
        await client.get(f"http://{host}:{port}/body")
        limits.append((time.perf_counter() - began) * 1000)
    return ours[WARM_UP:], limits[WARM_UP:]
