"""Thousands of deliveries while worker, Redis and PostgreSQL are killed: each is taken once, and none is lost.

`TASKLY_OUTAGE_DELIVERIES` says how many.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx2
import pytest

from taskly.demo.answers import Board, Card, Snapshot
from taskly.demo.client import Taskly
from taskly.demo.content.plan import PlannedBoard, PlannedCard
from taskly.demo.signing_in import sign_in
from taskly.demo.stage import Stage
from tests.e2e.disasters import kill
from tests.e2e.ending import findings
from tests.e2e.many_deliveries import CardStory, Delivery, Source
from tests.e2e.sender import Sender
from tests.e2e.staging import stage_in
from tests.support.telling import Tell
from tests.support.waiting import until

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.xdist_group("everything"),
    pytest.mark.skipif(sys.platform != "linux", reason="kills processes as Linux does"),
]

DELIVERIES = int(os.environ.get("TASKLY_OUTAGE_DELIVERIES", "2000"))
OF_A_CARD = 50
AT_ONCE = 16
KEY = "OUT"
REPOSITORIES = ("octo/payments", "octo/mobile", "octo/platform", "octo/site")
KILLED = {0.2: "worker", 0.4: "redis", 0.6: "postgres"}
"""Who is killed when which part of the deliveries is taken."""
STANDSTILL_SECONDS = 90
"""Without any delivery worked out for so long there is no hope for the rest."""
UNCALLED_FOR = {"TASKLY_GITHUB_POLL_SECONDS": "86400", "TASKLY_GITHUB_RECONCILE_SECONDS": "86400"}
"""Nothing but deliveries tells what happens: the fake GitHub knows nothing of it."""
MOVES = ["branch_created", "pull_request_opened", "merged"]


@dataclass(slots=True)
class Team:
    """A board with cards, and the repositories in which they are worked on."""

    stage: Stage
    board: Board
    cards: list[Card]
    sources: list[Source]

    def stories(self) -> list[list[Delivery]]:
        """What GitHub sends about each card."""
        began = datetime.now(UTC)
        return [
            CardStory(
                self.sources[card.number % len(self.sources)],
                f"{KEY}-{card.number}",
                card.number,
                began,
            ).deliveries(OF_A_CARD)
            for card in self.cards
        ]

    async def ledger(self) -> list[tuple[str, str]]:
        """GitHub's ids of all stored deliveries, with what became of them."""
        rows = await self._rows("SELECT delivery_id::text, state::text FROM webhook_deliveries")
        return [(row["delivery_id"], row["state"]) for row in rows]

    async def waiting(self) -> int:
        """How many deliveries are still to be worked out."""
        [row] = await self._rows(
            "SELECT count(*) FROM webhook_deliveries WHERE state IN ('received', 'failed')"
        )
        return int(row["count"])

    async def _rows(self, query: str) -> list[Any]:
        connection = await asyncpg.connect(self.stage.instance.environment["DATABASE_URL"])
        try:
            return await connection.fetch(query)
        finally:
            await connection.close()


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    """A team with as many cards as the deliveries need."""
    async with stage_in(tmp_path, **UNCALLED_FOR) as stage:
        await stage.github.create_user("ann")
        await stage.github.create_user("octo", kind="Organization")
        async with await sign_in(stage.address, "ann") as taskly:
            workspace = await taskly.create_workspace("Octo")
            sources = [await _source(stage, taskly, workspace.id, name) for name in REPOSITORIES]
            board = await taskly.create_board(
                workspace.id, PlannedBoard(name="Outage", key=KEY, labels={}, cards=())
            )
            snapshot = await taskly.snapshot(board.id)
            cards = [
                await _card(taskly, snapshot, number) for number in range(DELIVERIES // OF_A_CARD)
            ]
            yield Team(stage, board, cards, sources)


async def _source(stage: Stage, taskly: Taskly, workspace_id: UUID, full_name: str) -> Source:
    """A connected repository, when its webhook is there."""
    owner, _, name = full_name.partition("/")
    await stage.github.create_repository(owner, name, collaborators={"ann": "admin"})
    connected = await taskly.connect_repository(workspace_id, full_name)

    async def is_healthy() -> bool:
        found = {each.id: each for each in await taskly.repositories(workspace_id)}
        return found[connected.id].health == "healthy"

    await until(is_healthy, f"{full_name} is connected")
    seen = await stage.github.repository(full_name)
    [hook] = seen.hooks
    assert hook.secret is not None
    return Source(seen.id, full_name, urlsplit(hook.url).path, hook.secret)


async def _card(taskly: Taskly, board: Snapshot, number: int) -> Card:
    return await taskly.create_card(
        board.id,
        PlannedCard(title=f"Card {number}"),
        column_id=board.columns[0].id,
        label_ids=[],
        assignee_ids=[],
        due_date=None,
    )


async def all_worked_out(team: Team) -> None:
    """Wait until none waits, for as long as they become fewer."""
    waiting, since = DELIVERIES + 1, time.monotonic()
    while waiting:
        now = await team.waiting()
        if now < waiting:
            waiting, since = now, time.monotonic()
        assert time.monotonic() < since + STANDSTILL_SECONDS, f"{waiting} still wait"
        await asyncio.sleep(0.2)


async def test_no_delivery_is_lost_and_none_counts_twice(team: Team, tell: Tell) -> None:
    stories = team.stories()
    kills = {
        round(part * DELIVERIES): partial(kill, team.stage, name) for part, name in KILLED.items()
    }
    async with httpx2.AsyncClient(base_url=team.stage.address, timeout=30) as client:
        sender = Sender(client, kills)
        await sender.send(stories, at_once=AT_ONCE)
    await all_worked_out(team)
    tell_figures(tell, sender, time.monotonic() - sender.taken_at[0])

    assert sender.answers.keys() <= {200, 202, 503}
    assert sender.without_retry_after == 0
    failures = {
        name: team.stage.instance.supervisor.child(name).failures for name in KILLED.values()
    }
    assert failures == {"worker": 1, "redis": 1, "postgres": 1}
    ledger = await team.ledger()
    sent = {delivery.guid for story in stories for delivery in story}
    assert sender.taken.keys() == sent == {guid for guid, state in ledger if state == "processed"}
    assert Counter(state for _, state in ledger) == {
        "processed": len(sent),
        "ignored": len(REPOSITORIES),
    }
    await assert_board_is_right(team)

    async def is_well() -> bool:
        return await findings(team.stage) == []

    await until(is_well, "what was put off for deliveries is done, too")


def tell_figures(tell: Tell, sender: Sender, seconds: float) -> None:
    """Say how fast it went."""
    count = len(sender.taken)
    tell(
        f"{count} deliveries taken in {sender.seconds:.1f} s, {count / sender.seconds:.0f} a second, "
        f"and worked out in {seconds:.1f} s, {count / seconds:.0f} a second"
    )
    tell(
        f"answered {dict(sorted(sender.answers.items()))}, unanswered {sender.unanswered}, "
        f"the longest time without a taken one {sender.longest_gap:.1f} s"
    )


async def assert_board_is_right(team: Team) -> None:
    """Every card is where its story ends, and was moved by each rule once. Who looks signs in anew: it may have been long."""
    async with await sign_in(team.stage.address, "ann") as taskly:
        board = await taskly.snapshot(team.board.id)
        timelines = {card.id: await taskly.timeline(card.id) for card in board.cards}
    columns = {column.id: column.name for column in board.columns}
    keys = {card.id: f"{KEY}-{card.number}" for card in board.cards}
    assert {columns[card.column_id] for card in board.cards} == {"Done"}
    assert Counter(branch.state for branch in board.branches) == {"deleted": len(board.cards)}
    assert sorted(
        (keys[pull.card_id], pull.title, pull.state, pull.review_decision, pull.checks)
        for pull in board.pull_requests
    ) == sorted((key, f"{key} Done", "merged", "approved", "passing") for key in keys.values())
    for card in board.cards:
        timeline = timelines[card.id]
        told = Counter(entry.type for entry in timeline)
        assert (told["branch.added"], told["pull_request.linked"]) == (1, 1)
        moves = [
            entry.reason and entry.reason["rule"]
            for entry in reversed(timeline)
            if entry.type == "card.moved"
        ]
        assert moves == [rule for rule in MOVES if rule in moves]
        assert moves[-1] == "merged"
