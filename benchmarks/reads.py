"""Reading a board: from the cache, after a change, and when nothing changed."""

from benchmarks.figures import Aim, Figure, Held
from benchmarks.load.http import request
from benchmarks.scene import Scene, Target, always, interleaved, rates

CLIENTS = 16
AIM = Aim(Held.RATIO, 0.8, at_least=True)


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
        Figure(
            name=f"Board read, cached, {CLIENTS} clients",
            unit="/s",
            ours=rates(cached["ours"]),
            beside="the same bytes, bare",
            peer=rates(cached["bare"]),
            aim=AIM,
        ),
        Figure(
            name=f"Board read, unchanged (304), {CLIENTS} clients",
            unit="/s",
            ours=rates(unchanged["ours"]),
            beside="304, bare",
            peer=rates(unchanged["bare"]),
            aim=AIM,
        ),
    ]
