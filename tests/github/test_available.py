"""Choosing a repository to connect: what there is, what the account may do there, searched and in pages."""

from typing import Any

import httpx2
import pytest

from taskly.fake_github.wire.asked import RepositoryChange
from taskly.fake_github.wire.words import Permission
from taskly.github.connections.available import MOST_PAGES
from taskly.github.remote.understanding import PAGE
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

LESS: dict[str, Permission] = {"handbook": "push", "docs": "triage", "rules": "maintain"}
"""What Ann may do where she does not administer."""


def not_yours(full_name: str, may: str) -> str:
    """Why she can't connect one of them."""
    return (
        f"Your GitHub account does not administer {full_name}, it may {may}: ask somebody who administers it to "
        "connect it."
    )


async def ask(actor: Actor, workspace: Json, **query: Any) -> httpx2.Response:
    """The answer to the question which repositories there are to connect."""
    path = f"/workspaces/{workspace['id']}/repositories/available"
    return await actor.get(path, params=query)


async def names(actor: Actor, workspace: Json, **query: Any) -> tuple[list[str], str | None]:
    """The names on a page, and where the list goes on."""
    page = expect(await ask(actor, workspace, **query), 200)
    return [item["full_name"] for item in page["items"]], page["next_cursor"]


async def make(place: Place, count: int, start: int = 0) -> list[str]:
    """Repositories of Ann's own, the latest first."""
    found: list[str] = []
    for number in range(start, start + count):
        await place.github.create_repository("ann", f"repository-{number:03}")
        found.insert(0, f"ann/repository-{number:03}")
    return found


async def test_available_repositories_say_what_the_account_may_do_and_why_one_cannot_be_connected(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    github = place.github
    await place.repository(ann, "octo/website")
    for name, permission in LESS.items():
        await github.create_repository("octo", name, private=True)
        await github.set_access(f"octo/{name}", "ann", permission)
    await place.repository(ann, "octo/old")
    await github.change_repository("octo/old", RepositoryChange(archived=True))

    items = expect(await ask(ann, workspace), 200)["items"]

    found = {item["full_name"]: (item["permission"], item["reason"]) for item in items}
    assert found == {
        REPOSITORY: ("admin", None),
        "octo/website": ("admin", None),
        "octo/handbook": ("write", not_yours("octo/handbook", "write to it")),
        "octo/docs": ("triage", not_yours("octo/docs", "triage its issues and pull requests")),
        "octo/rules": ("maintain", not_yours("octo/rules", "maintain it")),
        "octo/old": ("admin", "octo/old is archived at GitHub: unarchive it there to connect it."),
    }
    assert {item["full_name"] for item in items if item["connected"]} == {REPOSITORY}
    assert {item["full_name"] for item in items if item["private"]} == {
        f"octo/{name}" for name in LESS
    }
    assert all(item["can_connect"] is (item["reason"] is None) for item in items)
    assert {item["default_branch"] for item in items} == {"main"}
    refused = await ann.post(
        f"/workspaces/{workspace['id']}/repositories", json={"full_name": "octo/old"}
    )
    assert expect(refused, 409)["code"] == "repository_archived"


async def test_pages_show_each_repository_once_with_the_latest_push_first(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.github.freeze_clock(tick_seconds=1)
    there = await make(place, PAGE + 5)
    shown: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page, following = await names(ann, workspace, limit=40, **cursor)
        shown += page
        if following is None:
            break
        cursor = {"cursor": following}
    assert shown == there


async def test_a_search_looks_through_githubs_pages_and_says_where_it_goes_on(
    place: Place, ann: Actor, workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.github.remote.client.PAGE", 2)
    await place.github.freeze_clock(tick_seconds=1)
    [wanted] = await make(place, 1)
    await make(place, 2 * MOST_PAGES, start=1)

    found, following = await names(ann, workspace, q="Ann/Repository-000")
    assert (found, following is None) == ([], False)
    assert await names(ann, workspace, q="Ann/Repository-000", cursor=following) == ([wanted], None)


async def test_a_cursor_of_another_search_is_refused(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await make(place, 3)
    _, following = await names(ann, workspace, q="repository", limit=1)
    assert (await ask(ann, workspace, q="repo", cursor=following)).status_code == 422


async def test_connected_repositories_show_what_the_account_may_do_and_comparing_keeps_it_up_to_date(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    assert connected["permission"] == "admin"
    await place.github.set_access(REPOSITORY, "ann", "maintain")
    expect(await ann.post(f"/repositories/{connected['id']}/reconcile"), 202)
    await place.settle()
    [item] = expect(await ann.get(f"/workspaces/{workspace['id']}/repositories"), 200)["items"]
    assert item["permission"] == "maintain"
