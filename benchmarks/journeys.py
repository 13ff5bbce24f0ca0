"""What people wait for: from a delivery to a socket, the branch of one click, and from a merge to a screen."""

import asyncio
import copy
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from benchmarks.board import Json
from benchmarks.figures import Aim, Figure, Held, share
from benchmarks.live import follow
from benchmarks.load.sockets import Crowd
from benchmarks.repositories import Place, add_card, connect, make_small_board
from benchmarks.scene import Scene
from taskly.fake_github.driver import FakeGitHub
from taskly.github.deliveries.webhook_secrets import KnownSecrets
from taskly.kit.signatures import make_signature

KEY = "WALK"
MOST_SAMPLES = 30
WARM_UP = 2
SETTLE_SECONDS = 0.05
BRANCH, MERGE = Aim(Held.VALUE, 3000), Aim(Held.VALUE, 1000)
CREATED = b'"state":"created"'

Deed = Callable[[], Awaitable[object]]


async def measure_journeys(scene: Scene) -> list[Figure]:
    """Milliseconds until a socket has told it, of one after the other."""
    board = await make_small_board(scene.member, KEY)
    crowd = Crowd()
    await follow(scene, crowd, 1, board_id=board["id"])
    async with FakeGitHub(scene.site.github) as github:
        place = await connect(scene.member, github, "walks", [f"{KEY}-1"])
        await github.settle()
        walk = _Walk(scene, github, place, board, crowd)
        delivered = await walk.deliveries()
        branches = [await walk.branch() for _ in range(walk.samples)]
        merges = [await walk.merge() for _ in range(walk.samples)]
    await crowd.leave()
    return [
        *_figures("Webhook to socket, through the worker", delivered, None),
        *_figures("One-click branch, until a socket says it is there", branches, BRANCH),
        *_figures("Merge at GitHub, until a socket says the card is done", merges, MERGE),
    ]


def _figures(name: str, took: list[float], aim: Aim | None) -> list[Figure]:
    took = took[WARM_UP:]
    return [
        Figure(name=f"{name}, p50", unit="ms", ours=took, aim=aim),
        Figure(name=f"{name}, p99", unit="ms", ours=[share(took, 0.99)], aim=aim),
    ]


class _Walk:
    """The board on a screen, and what is done to it."""

    def __init__(
        self, scene: Scene, github: FakeGitHub, place: Place, board: Json, crowd: Crowd
    ) -> None:
        self.samples = min(scene.effort.samples, MOST_SAMPLES) + WARM_UP
        self._scene = scene
        self._github = github
        self._place = place
        self._board = board
        self._crowd = crowd

    async def deliveries(self) -> list[float]:
        """From a signed delivery with a pull request's new title to the socket."""
        [opened] = await self._github.deliveries(
            event="pull_request", action="opened", hook_id=await self._hook_id()
        )
        secret = (await KnownSecrets(self._scene.runtime).ask(UUID(self._place.id)))[0]
        address = f"{self._scene.site.url}/api/v1/webhooks/github/{self._place.id}"
        took = []
        for number in range(self._scene.effort.samples + WARM_UP):
            title = f"{KEY}-1 Take {number} of it"
            body = _edited(opened.payload, title, number)

            async def deliver(body: bytes = body) -> None:
                response = await self._scene.member.client.post(
                    address, content=body, headers=_headers(body, secret)
                )
                assert response.status_code == 202, response.text

            took.append(await self._until(title.encode(), deliver))
        return took

    async def branch(self) -> float:
        """From the click until the branch is there."""
        card = await self._card("Make a branch")
        path, body = f"/cards/{card['id']}/branches", {"repository_id": self._place.id}
        return await self._until(CREATED, lambda: self._scene.member.post(path, body))

    async def merge(self) -> float:
        """From the merge at GitHub until its card is moved to Done."""
        card = await self._card("Merge it")
        key, full_name = f"{KEY}-{card['number']}", self._place.full_name
        await self._github.push(full_name, key, ["Work"])
        numbers: list[int] = []

        async def open_it() -> None:
            pull = await self._github.open_pull_request(full_name, key, f"{key} Work")
            numbers.append(pull.number)

        await self._until(self._moved_to("In Review"), open_it)
        await self._github.settle()
        done = self._moved_to("Done")
        return await self._until(done, lambda: self._github.merge(full_name, numbers[0]))

    def _moved_to(self, name: str) -> bytes:
        """What an event says of a card that is moved to this column."""
        [column_id] = [each["id"] for each in self._board["columns"] if each["name"] == name]
        return f'"column_id":"{column_id}"'.encode()

    async def _hook_id(self) -> int:
        [hook] = (await self._github.repository(self._place.full_name)).hooks
        return hook.id

    async def _card(self, title: str) -> Json:
        column_id = self._board["columns"][0]["id"]
        return await add_card(self._scene.member, self._board["id"], column_id, title)

    async def _until(self, marker: bytes, act: Deed) -> float:
        """Milliseconds from a deed until the socket has told something with these bytes in it."""
        await asyncio.sleep(SETTLE_SECONDS)
        told = self._crowd.expect(marker)
        began = time.perf_counter()
        await act()
        return (await self._crowd.wait_for(told) - began) * 1000


def _edited(opened: Json, title: str, number: int) -> bytes:
    """What GitHub says when somebody gives a pull request another title."""
    payload = copy.deepcopy(opened)
    payload["action"] = "edited"
    payload["pull_request"]["title"] = title
    at = datetime.now(UTC) + timedelta(minutes=1 + number)  # later than all that GitHub has told
    payload["pull_request"]["updated_at"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps(payload).encode()


def _headers(body: bytes, secret: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": "pull_request",
        "X-GitHub-Delivery": str(uuid4()),
        "X-Hub-Signature-256": make_signature(body, secret),
    }
