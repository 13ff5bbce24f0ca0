"""Pages of a list neither lose nor repeat anything while others write."""

import pytest

from tests.support.actors import Actor, expect

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


def paging(limit: int, cursor: str | None) -> dict[str, str | int]:
    """The query of a page."""
    return {"limit": limit} | ({} if cursor is None else {"cursor": cursor})
