"""Deliveries of GitHub: taken in beside a bare endpoint, and worked out by the worker."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

import asyncpg
from asyncpg import Connection

from benchmarks.figures import Aim, Figure, Held
from benchmarks.load.http import Load, request
from benchmarks.peers import HOOK_SECRET, MAKE_HOOK_TABLE
from benchmarks.repositories import Place, connect, make_small_board
from benchmarks.scene import Scene, Target, interleaved, milliseconds, percentiles, rates
from benchmarks.site import frozen_worker
from taskly.fake_github.driver import FakeGitHub
from taskly.github.deliveries.webhook_secrets import KnownSecrets
from taskly.kit.signatures import make_signature

CLIENTS = 8
REPOSITORIES = ("payments", "receipts", "ledger", "invoices")
EVENT = "pull_request"
POLL_SECONDS, PATIENCE_SECONDS = 0.05, 120
BARE = "HMAC and one row, bare"
ACCEPTED = Aim(Held.VALUE, 100)

WAITING = "SELECT count(*) FROM webhook_deliveries WHERE state IN ('received', 'failed')"
OUTCOMES = "SELECT DISTINCT state::text FROM webhook_deliveries"
FORGET_JOBS = "DELETE FROM jobs WHERE kind = 'github.process_delivery' AND state = 'pending'"
FORGET_DELIVERIES = "DELETE FROM webhook_deliveries WHERE state = 'received'"


async def measure_webhooks(scene: Scene) -> list[Figure]:
    """Deliveries a second that are taken in, and that are worked out."""
    board = await make_small_board(scene.member, "HOOK")
    keys = [f"HOOK-{card['number']}" for card in board["cards"]]
    connection = await asyncpg.connect(scene.site.environment["DATABASE_URL"])
    try:
        async with FakeGitHub(scene.site.github) as github:
            places = [
                await connect(scene.member, github, name, keys[number :: len(REPOSITORIES)])
                for number, name in enumerate(REPOSITORIES)
            ]
            await github.settle()
            await _worked_out(connection)
            worked_out = [
                await _work_out(scene, github, connection, places)
                for _ in range(scene.effort.rounds)
            ]
            [opened, *_] = await github.deliveries(event=EVENT, action="opened")
        body = json.dumps(opened.payload).encode()
        loads = await _take_in(scene, connection, places[0], body)
    finally:
        await connection.close()
    return [*_figures(loads), Figure(name="Webhooks worked out", unit="/s", ours=worked_out)]


def _figures(loads: dict[str, list[Load]]) -> list[Figure]:
    figures = []
    for clients in (1, CLIENTS):
        ours, peer = loads[f"ours {clients}"], loads[f"bare {clients}"]
        some = "1 client" if clients == 1 else f"{clients} clients"
        name = f"Webhook accepted, {some}"
        figures += [
            Figure(
                name=f"Webhooks accepted, {some}",
                unit="/s",
                ours=rates(ours),
                beside=BARE,
                peer=rates(peer),
            ),
            Figure(
                name=f"{name}, p50",
                unit="ms",
                ours=milliseconds(ours),
                beside=BARE,
                peer=milliseconds(peer),
            ),
            Figure(
                name=f"{name}, p99",
                unit="ms",
                ours=percentiles(ours, 0.99),
                beside=BARE,
                peer=percentiles(peer, 0.99),
                aim=ACCEPTED,
            ),
        ]
    return figures


async def _take_in(
    scene: Scene, connection: Connection, place: Place, body: bytes
) -> dict[str, list[Load]]:
    """Load with deliveries that a worker would have to work out, and that are forgotten afterwards.

    The worker stands still meanwhile: what it takes of the processors is another figure.
    """
    await connection.execute(MAKE_HOOK_TABLE)
    secret = (await KnownSecrets(scene.runtime).ask(UUID(place.id)))[0]
    path = f"/api/v1/webhooks/github/{place.id}"
    targets = {
        f"{who} {clients}": Target(address, requests, clients)
        for clients in (1, CLIENTS)
        for who, address, requests in (
            ("bare", scene.bare, lambda _client: _deliveries("/hook", body, HOOK_SECRET)),
            ("ours", scene.site.address, lambda _client: _deliveries(path, body, secret)),
        )
    }
    with frozen_worker(scene.site):
        loads = await interleaved(scene.effort, targets)
        taken = await connection.fetchval(WAITING)
        answered = sum(
            len(load.latencies) for name, each in loads.items() for load in each if "ours" in name
        )
        assert taken >= answered, f"{answered} deliveries were accepted, {taken} are stored"
        await connection.execute(FORGET_JOBS)
        await connection.execute(FORGET_DELIVERIES)
    return loads


def _deliveries(path: str, body: bytes, secret: str) -> Callable[[], bytes]:
    """Requests that differ in their ids alone."""
    signature = make_signature(body, secret)

    def next_delivery() -> bytes:
        return request(
            "POST",
            path,
            body=body,
            X_GitHub_Event=EVENT,
            X_Hub_Signature_256=signature,
            X_GitHub_Delivery=str(uuid4()),
        )

    return next_delivery


async def _work_out(
    scene: Scene, github: FakeGitHub, connection: Connection, places: Sequence[Place]
) -> float:
    """Deliveries a second: a working day of four repositories waits, and the worker begins."""
    with frozen_worker(scene.site):
        for place in places:
            for branch in place.branches:
                await _work_on(github, place.full_name, branch)
        await github.settle()
        waiting: int = await connection.fetchval(WAITING)
    began = time.perf_counter()
    await _worked_out(connection)
    return waiting / (time.perf_counter() - began)


async def _work_on(github: FakeGitHub, full_name: str, branch: str) -> None:
    """A push, a check and a review: six deliveries."""
    await github.push(full_name, branch, ["Refund twice, and say so"])
    await github.report_check(full_name, branch, "tests", conclusion="success")
    number = next(
        pull.number
        for pull in (await github.repository(full_name)).pull_requests
        if pull.head_ref == branch
    )
    await github.review(full_name, number, "ben", "APPROVE")


async def _worked_out(connection: Connection) -> None:
    """Wait until nothing is left to do; everything must have come to something."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if await connection.fetchval(WAITING) == 0:
                break
            await asyncio.sleep(POLL_SECONDS)
    outcomes = {row[0] for row in await connection.fetch(OUTCOMES)}
    assert outcomes <= {"processed", "ignored"}, outcomes
