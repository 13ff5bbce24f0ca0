"""Pages of a list neither lose nor repeat anything while others write."""

import pytest

from tests.support.actors import Actor, Json, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_boards_made_between_two_pages_do_not_disturb_them(alice: Actor, limit: int) -> None:
    workspace = await alice.workspace()
    path = f"/workspaces/{workspace['id']}/boards"
    there = [(await alice.board(workspace))["id"] for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        page = expect(await alice.get(path, params=paging(limit, cursor)), 200)
        seen += [each["id"] for each in page["items"]]
        there.append((await alice.board(workspace))["id"])
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert seen == there[: len(seen)]
    assert len(seen) >= 4


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_changes_between_two_pages_of_a_timeline_do_not_disturb_them(
    alice: Actor, limit: int
) -> None:
    card = await alice.card(await alice.board(await alice.workspace()))
    for count in range(5):
        expect(await alice.patch(f"/cards/{card['id']}", json={"title": f"title {count}"}), 200)
    path = f"/cards/{card['id']}/timeline"
    there = [each["version"] for each in expect(await alice.get(path), 200)["items"]]
    seen: list[int] = []
    cursor: str | None = None
    while len(seen) < len(there):
        page = expect(await alice.get(path, params=paging(limit, cursor)), 200)
        seen += [each["version"] for each in page["items"]]
        change = {"title": f"title beside {len(seen)}"}
        expect(await alice.patch(f"/cards/{card['id']}", json=change), 200)
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert seen == there
    assert cursor is None


@pytest.mark.parametrize(
    "path", ["/workspaces", "/workspaces/{workspace}/members", "/workspaces/{workspace}/boards"]
)
async def test_pages_of_one_make_up_the_whole_list(
    world: World, alice: Actor, bob: Actor, path: str
) -> None:
    workspace, *_ = [await alice.workspace(f"Team {number}") for number in range(3)]
    for person in (bob, await world.person("carol")):
        await alice.invite(workspace, person, "member")
    for _ in range(3):
        await alice.board(workspace)
    path = path.format(workspace=workspace["id"])
    whole = expect(await alice.get(path), 200)
    seen: list[Json] = []
    cursor: str | None = None
    while not seen or cursor is not None:
        page = expect(await alice.get(path, params=paging(1, cursor)), 200)
        assert len(page["items"]) == 1
        seen += page["items"]
        cursor = page["next_cursor"]

    assert (seen, whole["next_cursor"]) == (whole["items"], None)
    assert len(seen) == 3


def paging(limit: int, cursor: str | None) -> dict[str, str | int]:
    """The query of a page."""
    return {"limit": limit} | ({} if cursor is None else {"cursor": cursor})
