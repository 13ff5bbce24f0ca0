"""Where the journeys are made: a workspace with a repository, somebody who is signed in, boards that they watch."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

from taskly.demo.client import Taskly
from taskly.demo.signing_in import sign_in
from taskly.demo.stage import Stage
from taskly.demo.watching import BoardWatch, CardView
from taskly.fake_github.driver import FakeGitHub
from tests.support.waiting import until

OWNER, REPOSITORY = "ann", "ann/payments"
CRITERIA = "- [ ] Both refunds arrive\n- [x] Receipts say so"

Json = dict[str, Any]


class Journey:
    """Somebody in a workspace with one connected repository; everything goes by HTTP and sockets."""

    def __init__(self, stage: Stage, taskly: Taskly, client: httpx2.AsyncClient) -> None:
        self.stage = stage
        self.taskly = taskly
        self._client = client
        self.workspace_id = UUID(int=0)
        self.repository_id = UUID(int=0)

    @property
    def github(self) -> FakeGitHub:
        """The fake GitHub."""
        return self.stage.github

    async def get(self, path: str) -> Any:
        """The answer to a GET."""
        return await self._ask("GET", path)

    async def post(self, path: str, body: Json, expected: int = 201) -> Any:
        """The answer to a POST."""
        return await self._ask("POST", path, body, expected)

    async def patch(self, path: str, body: Json) -> Any:
        """The answer to a PATCH."""
        return await self._ask("PATCH", path, body)

    async def settle_in(self) -> None:
        """Make a workspace, connect the repository, and wait until its webhook is there."""
        self.workspace_id = (await self.taskly.create_workspace("Journeys")).id
        path = f"/workspaces/{self.workspace_id}/repositories"
        made = await self.post(path, {"full_name": REPOSITORY})
        self.repository_id = UUID(made["id"])

        async def is_compared() -> bool:
            [found] = (await self.get(path))["items"]
            return found["health"] == "healthy" and found["last_sync_at"] is not None

        await until(is_compared, f"{REPOSITORY} is connected")

    async def done(self, job_id: str) -> Json:
        """What a job came to."""

        async def is_over() -> bool:
            return (await self.get(f"/jobs/{job_id}"))["state"] in {"done", "dead"}

        await until(is_over, "the job is over")
        job: Json = await self.get(f"/jobs/{job_id}")
        assert job["state"] == "done", job
        result: Json = job["result"]
        return result

    async def reason(self, card: "Card") -> Json:
        """Why a card was moved last, as its timeline says."""
        timeline = await self.get(f"/cards/{card.id}/timeline")
        moved = [each for each in timeline["items"] if each["type"] == "card.moved"]
        assert moved[0]["actor"]["kind"] == "github", moved[0]
        reason: Json = moved[0]["reason"]
        return reason

    async def _ask(
        self, method: str, path: str, body: Json | None = None, expected: int = 200
    ) -> Any:
        response = await self._client.request(method, path, json=body)
        assert response.status_code == expected, f"{path}: {response.status_code} {response.text}"
        return response.json()


@dataclass(frozen=True)
class Card:
    """A card, as its key and its address name it."""

    id: UUID
    key: str


class OpenBoard:
    """A board on somebody's screen."""

    def __init__(self, journey: Journey, board: Json, watch: BoardWatch) -> None:
        self.id: str = board["id"]
        self.key: str = board["key"]
        self.watch = watch
        self._journey = journey

    async def add_card(self, title: str) -> Card:
        """A card in the first column."""
        column_id = (await self._journey.get(f"/boards/{self.id}"))["columns"][0]["id"]
        body = {"title": title, "column_id": column_id, "acceptance_criteria": CRITERIA}
        made = await self._journey.post(f"/boards/{self.id}/cards", body)
        return Card(UUID(made["id"]), f"{self.key}-{made['number']}")

    def view(self, card: Card) -> CardView:
        """What the card shows now."""
        return self.watch.view(card.id)


@asynccontextmanager
async def settled(stage: Stage) -> AsyncIterator[Journey]:
    """Ann, signed in by way of GitHub, with a repository that is connected to her workspace."""
    await stage.github.create_user(OWNER, name="Ann Moreau", email="ann@octo.example")
    await stage.github.create_repository(OWNER, "payments")
    async with await sign_in(stage.address, OWNER) as taskly, _client(stage, taskly) as client:
        journey = Journey(stage, taskly, client)
        await journey.settle_in()
        yield journey


@asynccontextmanager
async def opened(journey: Journey, key: str) -> AsyncIterator[OpenBoard]:
    """A new board that a socket follows."""
    path = f"/workspaces/{journey.workspace_id}/boards"
    board = await journey.post(path, {"name": f"Board {key}", "key": key})
    watch = BoardWatch(journey.taskly, await journey.taskly.snapshot(UUID(board["id"])))
    async with watch.following():
        yield OpenBoard(journey, board, watch)


def _client(stage: Stage, taskly: Taskly) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url=f"{stage.address}/api/v1",
        headers={"Authorization": f"Bearer {taskly.access_token}"},
        timeout=30,
        trust_env=False,
    )
