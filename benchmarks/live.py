"""From the commit to the sockets: one, and a thousand over both api processes."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from uuid import UUID

from benchmarks.figures import Aim, Figure, Held
from benchmarks.load.sockets import Crowd
from benchmarks.peers import CHANNEL
from benchmarks.scene import Scene
from taskly.cards.moving import move_card, open_move
from taskly.cards.schemas import MoveCard
from taskly.platform.context import Actor
from taskly.platform.db.session import Announcer
from taskly.platform.events.log import Recorded
from taskly.platform.events.outbox import Promise
from taskly.platform.realtime.messages import event_bytes

WARM_UP = 3
SETTLE_SECONDS = 0.02
ONE = Aim(Held.VALUE, 5)
LAST = Aim(Held.RATIO, 1.25)


async def measure_live(scene: Scene) -> list[Figure]:
    """What an event takes, and what the same bytes take through Redis and a loop that sends them."""
    many = scene.effort.sockets
    first, second = (card["id"] for card in scene.board["cards"][1:3])
    # From here on, each move goes to where the card is not.
    await scene.member.post(f"/cards/{_moved(scene)}/move", {"before": second})
    neighbours = cycle((first, second))
    one, bare_one = await _measure(scene, 1, neighbours)
    last, bare_last = await _measure(scene, many, neighbours)
    return [
        Figure(
            name="Event, commit to 1 socket",
            unit="ms",
            ours=one,
            beside="bare fan-out through Redis",
            peer=bare_one,
            aim=ONE,
        ),
        Figure(
            name=f"Event, commit to the last of {many} sockets",
            unit="ms",
            ours=last,
            beside="bare fan-out through Redis",
            peer=bare_last,
            aim=LAST,
        ),
    ]


class _Noting:
    """Passes on what is announced, and notes when: the commit is done at that moment, and not later."""

    def __init__(self, announcer: Announcer) -> None:
        self._announcer = announcer
        self.at = 0.0

    def announce(self, recorded: Sequence[Recorded], promised: Sequence[Promise]) -> None:
        self.at = time.perf_counter()
        self._announcer.announce(recorded, promised)


async def follow(scene: Scene, crowd: Crowd, sockets: int, *, board_id: str | None = None) -> None:
    """Let so many clients follow a board, the one that is measured if none is named."""
    await crowd.gather(
        scene.site.address,
        f"/ws/boards/{board_id or scene.board['id']}",
        sockets,
        token=scene.member.token,
        greeting=b'"kind":"hello"',
    )


async def _measure(
    scene: Scene, sockets: int, neighbours: Iterator[str]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each event, ours and bare in turn."""
    crowd, bare_crowd = Crowd(), Crowd()
    await follow(scene, crowd, sockets)
    await bare_crowd.gather(scene.bare, "/live", sockets)
    ours, bare = [], []
    for _ in range(scene.effort.samples + WARM_UP):
        took, message = await _one_event(scene, crowd, next(neighbours))
        ours.append(took)
        bare.append(await _one_message(scene, bare_crowd, message))
    await crowd.leave()
    await bare_crowd.leave()
    return ours[WARM_UP:], bare[WARM_UP:]


def _moved(scene: Scene) -> str:
    """The card that is moved to and fro."""
    card_id: str = scene.board["cards"][0]["id"]
    return card_id


async def _one_event(scene: Scene, crowd: Crowd, neighbour: str) -> tuple[float, bytes]:
    """From the commit of a move to its last delivery; and what was delivered."""
    card_id, target = UUID(_moved(scene)), MoveCard(before=UUID(neighbour))
    user_id = UUID(scene.member.user_id)
    database = scene.runtime.database
    announcer = database.announcer
    database.announcer = noting = _Noting(announcer)
    async with database.transaction(Actor.user(user_id)) as tx:
        move = await open_move(tx, user_id, card_id, target)
        await move_card(tx, move, target)
        (recorded,) = tx.log.recorded
        delivered = crowd.expect(str(tx.operation_id).encode())
    database.announcer = announcer
    ended = await crowd.wait_for(delivered)
    await asyncio.sleep(SETTLE_SECONDS)
    return (ended - noting.at) * 1000, event_bytes(recorded)


async def _one_message(scene: Scene, crowd: Crowd, message: bytes) -> float:
    delivered = crowd.expect(message)
    began = time.perf_counter()
    await scene.runtime.redis.publish(CHANNEL, message)
    ended = await crowd.wait_for(delivered)
    await asyncio.sleep(SETTLE_SECONDS)
    return (ended - began) * 1000
