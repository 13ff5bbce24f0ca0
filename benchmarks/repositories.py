"""Repositories at the fake GitHub that are connected, with pull requests for the cards of a small board."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.board import Json, Member
from taskly.fake_github.driver import FakeGitHub

OWNER = "ann"
CARDS = 20
CONNECT_SECONDS, TRIES = 30, 300


@dataclass(frozen=True, slots=True)
class Place:
    """A connected repository, and a branch with an open pull request for each card of a board."""

    id: str
    full_name: str
    branches: Sequence[str]


async def make_small_board(member: Member, key: str) -> Json:
    """A board with some cards."""
    path = f"/workspaces/{member.workspace_id}/boards"
    board = await member.post(path, {"name": f"Board {key}", "key": key})
    column_id = (await member.get(f"/boards/{board['id']}"))["columns"][0]["id"]
    for number in range(1, CARDS + 1):
        await add_card(member, board["id"], column_id, f"Refund {number} times")
    shown: Json = await member.get(f"/boards/{board['id']}")
    return shown


async def add_card(member: Member, board_id: str, column_id: str, title: str) -> Json:
    """A card in a column."""
    card: Json = await member.post(
        f"/boards/{board_id}/cards", {"title": title, "column_id": column_id}
    )
    return card


async def connect(member: Member, github: FakeGitHub, name: str, keys: Sequence[str]) -> Place:
    """Make and connect a repository, and open a pull request for each of these keys."""
    full_name = f"{OWNER}/{name}"
    await github.create_repository(OWNER, name)
    path = f"/workspaces/{member.workspace_id}/repositories"
    made = await member.post(path, {"full_name": full_name})
    for _ in range(TRIES):
        found = next(each for each in (await member.get(path))["items"] if each["id"] == made["id"])
        if found["health"] == "healthy" and found["last_sync_at"] is not None:
            break
        await asyncio.sleep(CONNECT_SECONDS / TRIES)
    else:
        raise AssertionError(f"{full_name} was not connected: {found}")
    branches = [f"feature/{key}" for key in keys]
    for key, branch in zip(keys, branches, strict=True):
        await github.push(full_name, branch, [f"{key} Refund twice"])
        await github.open_pull_request(full_name, branch, f"{key} Refund twice")
    return Place(made["id"], full_name, branches)
