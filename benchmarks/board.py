"""A board of 500 cards with descriptions, labels and assignees, and who works on it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx2

from benchmarks.site import Site
from taskly.demo.signing_in import sign_in
from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import OAuthChange

CARDS = 500
LABELS = 12
LOGINS = ("ann", "ben", "chika", "dana")
WRITERS = 8
SENTENCE = "The second refund of a payment that was split between two cards has to arrive, too. "
VERSIONS = (
    "SELECT min(version), max(version), count(DISTINCT version) FROM events WHERE stream_id = $1"
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is signed in and administers a workspace."""

    client: httpx2.AsyncClient
    token: str
    user_id: str
    workspace_id: str

    async def get(self, path: str) -> Any:
        """The answer to a GET."""
        response = await self.client.get(path)
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        return response.json()

    async def post(self, path: str, body: Json) -> Any:
        """The answer to a POST."""
        response = await self.client.post(path, json=body)
        assert response.is_success, f"{path}: {response.status_code} {response.text}"
        return response.json()


@asynccontextmanager
async def signed_in(site: Site) -> AsyncIterator[Member]:
    """Sign people in as they do it, by way of GitHub; the first one, with a workspace of them all."""
    async with FakeGitHub(site.github) as github:
        # As a GitHub App does it: people's tokens may do what the people may.
        await github.change_oauth(OAuthChange(expiring_tokens=True))
        for login in LOGINS:
            await github.create_user(login, email=f"{login}@octo.example")
    people = [await sign_in(site.url, login) for login in LOGINS]
    async with people[0] as first:
        workspace = await first.create_workspace("Benchmark")
        for login in LOGINS[1:]:
            await first.add_member(workspace.id, login, "member")
        me = (await first.members(workspace.id))[0]
        async with httpx2.AsyncClient(
            base_url=f"{site.url}/api/v1",
            headers={"Authorization": f"Bearer {first.access_token}"},
            timeout=30,
            trust_env=False,
        ) as client:
            yield Member(client, first.access_token, str(me.user_id), str(workspace.id))
    for person in people[1:]:
        await person.__aexit__(None, None, None)


async def make_board(member: Member, key: str) -> Json:
    """A full board; its snapshot."""
    members = (await member.get(f"/workspaces/{member.workspace_id}/members"))["items"]
    board = await member.post(
        f"/workspaces/{member.workspace_id}/boards", {"name": f"Board {key}", "key": key}
    )
    labels = [
        (
            await member.post(
                f"/boards/{board['id']}/labels", {"name": f"label {n}", "color": "#d73a4a"}
            )
        )["id"]
        for n in range(LABELS)
    ]
    columns = [column["id"] for column in (await member.get(f"/boards/{board['id']}"))["columns"]]
    choice = random.Random(key)
    cards = [
        {
            "title": f"Card {number} of the board that is measured",
            "description": SENTENCE * choice.randint(4, 16),
            "acceptance_criteria": "- [ ] Both refunds arrive",
            "column_id": choice.choice(columns),
            "story_points": choice.randint(1, 8),
            "label_ids": choice.sample(labels, 3),
            "assignee_ids": [each["user_id"] for each in choice.sample(members, 2)],
        }
        for number in range(CARDS)
    ]
    for start in range(0, CARDS, WRITERS):
        await asyncio.gather(
            *(
                member.post(f"/boards/{board['id']}/cards", card)
                for card in cards[start : start + WRITERS]
            )
        )
    shown: Json = await member.get(f"/boards/{board['id']}")
    assert len(shown["cards"]) == CARDS
    return shown


async def assert_is_sound(member: Member, board_id: str, database_url: str) -> None:
    """No two cards share a place, none is lost, and the versions of the log are gapless."""
    board = await member.get(f"/boards/{board_id}")
    places = {(card["column_id"], card["rank"]) for card in board["cards"]}
    assert len(places) == len(board["cards"]) == CARDS, "two cards share a place"
    connection = await asyncpg.connect(database_url)
    try:
        log = await connection.fetchrow(VERSIONS, UUID(board_id))
    finally:
        await connection.close()
    assert log is not None
    assert tuple(log) == (1, board["version"], board["version"]), f"the log has gaps: {log}"
