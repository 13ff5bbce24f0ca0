"""Deliveries of GitHub: taken in, and worked out until a socket hears of it."""

import asyncio
import copy
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from benchmarks.board import Json
from benchmarks.figures import Figure
from benchmarks.live import follow
from benchmarks.load.http import request
from benchmarks.load.sockets import Crowd
from benchmarks.scene import Scene, Target, always, interleaved, milliseconds, rates
from taskly.fake_github.driver import FakeGitHub
from taskly.github.deliveries.webhook_secrets import KnownSecrets
from taskly.kit.signatures import make_signature

CLIENTS = 8
REPOSITORY = "ann/payments"
BRANCH = "refunds"
WARM_UP = 3
CONNECT_SECONDS, TRIES = 30, 300
SETTLE_SECONDS = 0.05


async def measure_webhooks(scene: Scene) -> list[Figure]:
    """Deliveries a second, and how long it is from a signed delivery to a socket."""
    repository_id, opened = await _connected(scene)
    secret = (await KnownSecrets(scene.runtime).ask(UUID(repository_id)))[0]
    path = f"/api/v1/webhooks/github/{repository_id}"
    arrived = await _follow(scene, path, opened, secret)
    nothing = always(request("POST", "/api/v1/noop", token=scene.member.token, body=b"{}"))
    ours = scene.site.address
    loads = await interleaved(
        scene.effort,
        {
            f"{who} {clients}": Target(address, requests, clients)
            for clients in (1, CLIENTS)
            for who, address, requests in (
                ("noop", scene.noop, nothing),
                ("ours", ours, lambda _client: _unimportant(path, opened, secret)),
            )
        },
    )
    return [
        Figure(
            name="Webhook accepted, 1 client",
            unit="ms",
            ours=milliseconds(loads["ours 1"]),
            beside="no-op with sign-in",
            peer=milliseconds(loads["noop 1"]),
        ),
        Figure(
            name=f"Webhooks accepted, {CLIENTS} clients",
            unit="/s",
            ours=rates(loads[f"ours {CLIENTS}"]),
            beside="no-op with sign-in",
            peer=rates(loads[f"noop {CLIENTS}"]),
        ),
        Figure(name="Webhook to socket, through the worker", unit="ms", ours=arrived),
    ]


async def _connected(scene: Scene) -> tuple[str, Json]:
    """Connect a repository with a pull request for a card: its id, and what GitHub said of it."""
    key = f"{scene.board['key']}-1"
    async with FakeGitHub(scene.site.github) as github:
        await github.create_repository("ann", "payments")
        body = {"full_name": REPOSITORY}
        repositories = f"/workspaces/{scene.member.workspace_id}/repositories"
        made = await scene.member.post(repositories, body)
        for _ in range(TRIES):
            if (await scene.member.get(repositories))["items"][0]["health"] == "healthy":
                break
            await asyncio.sleep(CONNECT_SECONDS / TRIES)
        await github.push(REPOSITORY, BRANCH, [f"{key} Refund twice"])
        await github.open_pull_request(REPOSITORY, BRANCH, f"{key} Refund twice")
        await github.settle()
        delivery = (await github.deliveries(event="pull_request", action="opened"))[0]
    return made["id"], delivery.payload


async def _follow(scene: Scene, path: str, opened: Json, secret: str) -> list[float]:
    """Milliseconds from a delivery to the socket, of one after the other."""
    crowd = Crowd()
    await follow(scene, crowd, 1)
    arrived = []
    for number in range(scene.effort.samples + WARM_UP):
        title = f"{scene.board['key']}-1 Take {number} of it"
        body = _edited(opened, title, number)
        delivered = crowd.expect(title.encode())
        began = time.perf_counter()
        response = await scene.member.client.post(
            f"{scene.site.url}{path}", content=body, headers=_headers(body, "pull_request", secret)
        )
        assert response.status_code == 202, response.text
        arrived.append((await crowd.wait_for(delivered) - began) * 1000)
        await asyncio.sleep(SETTLE_SECONDS)
    await crowd.leave()
    return arrived[WARM_UP:]


def _edited(opened: Json, title: str, number: int) -> bytes:
    """What GitHub says when somebody gives a pull request another title."""
    payload = copy.deepcopy(opened)
    payload["action"] = "edited"
    payload["pull_request"]["title"] = title
    at = datetime.now(UTC) + timedelta(minutes=1 + number)  # later than all that GitHub has told
    payload["pull_request"]["updated_at"] = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return json.dumps(payload).encode()


def _unimportant(path: str, opened: Json, secret: str) -> Callable[[], bytes]:
    """Deliveries of the same size that are stored and give the worker nothing to do."""
    body = json.dumps(opened).encode()
    headers = {
        name.replace("-", "_"): value
        for name, value in _headers(body, "star", secret).items()
        if name not in {"Content-Type", "X-GitHub-Delivery"}
    }

    def next_delivery() -> bytes:
        return request("POST", path, body=body, **headers, X_GitHub_Delivery=str(uuid4()))

    return next_delivery


def _headers(body: bytes, event: str, secret: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": str(uuid4()),
        "X-Hub-Signature-256": make_signature(body, secret),
    }
