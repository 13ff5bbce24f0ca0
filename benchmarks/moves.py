"""Moving cards on one board: alone, eight at once, and eight at once into the same gap."""

import json
import random
from collections.abc import Callable

from benchmarks.board import assert_is_sound
from benchmarks.figures import Aim, Figure, Held
from benchmarks.load.http import Load, request
from benchmarks.scene import Scene, Target, always, interleaved, milliseconds, rates
from benchmarks.statements import pgbench, write_scripts

CLIENTS = 8
SHARE_OF_NOOP = Aim(Held.RATIO, 0.25, at_least=True)
SINGLE = Aim(Held.VALUE, 3)


async def measure_moves(scene: Scene) -> list[Figure]:
    """Moves beside requests that only know who asks; afterwards the board is sound."""
    ours = scene.site.address
    nothing = always(request("POST", "/api/v1/noop", token=scene.member.token, body=b"{}"))
    loads = await interleaved(
        scene.effort,
        {
            "noop 1": Target(scene.noop, nothing, 1),
            "move 1": Target(ours, lambda client: _anywhere(scene, client), 1),
            "noop 8": Target(scene.noop, nothing, CLIENTS),
            "move 8": Target(ours, lambda client: _anywhere(scene, client), CLIENTS),
            "gap 8": Target(ours, lambda client: _into_one_gap(scene, client), CLIENTS),
        },
    )
    limits = await _limits(scene)
    await assert_is_sound(scene.member, scene.board["id"], scene.site.environment["DATABASE_URL"])
    return _figures(loads, limits)


def _figures(loads: dict[str, list[Load]], limits: dict[int, list[float]]) -> list[Figure]:
    return [
        Figure(
            name="Move, 1 client",
            unit="ms",
            ours=milliseconds(loads["move 1"]),
            beside="no-op with sign-in",
            peer=milliseconds(loads["noop 1"]),
            aim=SINGLE,
        ),
        Figure(
            name="Moves, 1 client",
            unit="/s",
            ours=rates(loads["move 1"]),
            beside="the same statements, pgbench",
            peer=limits[1],
        ),
        Figure(
            name=f"Moves, {CLIENTS} clients",
            unit="/s",
            ours=rates(loads["move 8"]),
            beside="the same statements, pgbench",
            peer=limits[CLIENTS],
        ),
        *(
            Figure(
                name=name,
                unit="/s",
                ours=rates(loads[key]),
                beside="no-op with sign-in",
                peer=rates(loads["noop 8"]),
                aim=SHARE_OF_NOOP,
            )
            for name, key in (
                (f"Moves, {CLIENTS} clients", "move 8"),
                (f"Moves, {CLIENTS} clients, one gap", "gap 8"),
            )
        ),
    ]


async def _limits(scene: Scene) -> dict[int, list[float]]:
    """What PostgreSQL does with the same statements, a second, for so many clients."""
    scripts = await write_scripts(
        scene.runtime, scene.member, scene.peer_board, scene.site.directory / "moves"
    )
    limits: dict[int, list[float]] = {1: [], CLIENTS: []}
    for _ in range(scene.effort.rounds):
        for clients, found in limits.items():
            url = scene.site.environment["DATABASE_URL"]
            rate = await pgbench(url, scripts, clients=clients, seconds=scene.effort.seconds)
            found.append(rate)
    return limits


def _anywhere(scene: Scene, client: int) -> Callable[[], bytes]:
    """Any card before any other, in whichever column."""
    choice = random.Random(client)
    cards = [card["id"] for card in scene.board["cards"]]

    def next_move() -> bytes:
        card, neighbour = choice.sample(cards, 2)
        return _move(scene, card, neighbour)

    return next_move


def _into_one_gap(scene: Scene, client: int) -> Callable[[], bytes]:
    """Two cards of its own in turn, always directly before the same third card."""
    cards = [card["id"] for card in scene.board["cards"]]
    neighbour, own = cards[0], cards[1 + 2 * client : 3 + 2 * client]

    def next_move() -> bytes:
        own.reverse()
        return _move(scene, own[0], neighbour)

    return next_move


def _move(scene: Scene, card: str, before: str) -> bytes:
    body = json.dumps({"before": before}).encode()
    return request("POST", f"/api/v1/cards/{card}/move", token=scene.member.token, body=body)
