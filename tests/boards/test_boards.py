"""Making, reading, changing and putting away boards, as the API promises it."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from taskly.api.app import BOARD
from taskly.boards.snapshots import REDIS_SECONDS, Snapshots
from taskly.platform.events.log import read_log
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

LABEL = {"name": "bug", "color": "#d73a4a"}
SPRINT = {"name": "Sprint 12", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace without boards."""
    return await alice.workspace()


@pytest.fixture
async def board(alice: Actor, workspace: Json) -> Json:
    """A board with one card."""
    board = await alice.board(workspace)
    await alice.card(board)
    return await alice.snapshot(board["id"])


async def test_a_board_for_which_no_columns_are_asked_has_four(
    alice: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace)

    ordered = sorted(board["columns"], key=lambda each: each["rank"].encode())
    assert [(each["name"], each["category"], each["wip_limit"]) for each in ordered] == [
        ("To Do", "todo", None),
        ("In Progress", "in_progress", None),
        ("In Review", "in_progress", None),
        ("Done", "done", None),
    ]
    assert board["cards"] == board["labels"] == board["sprints"] == []


async def test_a_board_has_the_columns_that_are_asked_for(alice: Actor, workspace: Json) -> None:
    wanted = [{"name": "Doing", "wip_limit": 3}, {"name": "Done", "category": "done"}]
    board = await alice.board(workspace, columns=wanted)

    assert column(board, "Doing")["category"] == "in_progress"
    assert column(board, "Doing")["wip_limit"] == 3
    assert column(board, "Done")["category"] == "done"


async def test_boards_of_the_same_name_have_different_keys(alice: Actor, workspace: Json) -> None:
    keys = [(await alice.board(workspace, name="Mobile App"))["key"] for _ in range(3)]

    assert keys == ["MA", "MA2", "MA3"]


@pytest.mark.parametrize(
    ("name", "key"), [("Élan", "ELA"), ("Über Änderung", "UA"), ("Große", "GRO"), ("支払い", "BX")]
)
async def test_a_key_is_made_of_letters_without_their_accents(
    alice: Actor, workspace: Json, name: str, key: str
) -> None:
    assert (await alice.board(workspace, name=name))["key"] == key


async def test_a_key_belongs_to_one_board_of_a_workspace(alice: Actor, workspace: Json) -> None:
    await alice.board(workspace, key="PAY")
    again = {"name": "Other", "key": "PAY"}

    refused = await alice.post(f"/workspaces/{workspace['id']}/boards", json=again)
    elsewhere = await alice.board(await alice.workspace("Elsewhere"), key="PAY")

    assert expect(refused, 409)["code"] == "key_taken"
    assert elsewhere["key"] == "PAY"


@pytest.mark.parametrize("key", ["p", "P", "pay", "1PAY", "PAY-1", "P" * 11])
async def test_a_key_that_can_not_begin_a_card_key_is_refused(
    alice: Actor, workspace: Json, key: str
) -> None:
    refused = await alice.post(
        f"/workspaces/{workspace['id']}/boards", json={"name": "Pay", "key": key}
    )

    assert expect(refused, 422)["code"] == "invalid"


async def test_a_new_name_leaves_the_key(alice: Actor, board: Json) -> None:
    path = f"/boards/{board['id']}"
    renamed = expect(await alice.patch(path, json={"name": "Shop"}), 200)

    assert (renamed["name"], renamed["key"]) == ("Shop", board["key"])
    assert renamed["version"] == board["version"] + 1
    assert expect(await alice.patch(path, json={"name": "Shop"}), 200) == renamed


async def test_an_archived_board_is_read_and_restored_but_not_changed(
    alice: Actor, board: Json
) -> None:
    path = f"/boards/{board['id']}"
    expect(await alice.post(f"{path}/archive"), 200)
    refused = [
        await alice.patch(path, json={"name": "Shop"}),
        await alice.post(f"{path}/labels", json=LABEL),
        await alice.post(f"{path}/cards", json={"title": "late"}),
        await alice.patch(f"/cards/{board['cards'][0]['id']}", json={"title": "late"}),
        await alice.post(f"/cards/{board['cards'][0]['id']}/move", json={"position": 0}),
    ]

    assert [expect(each, 409)["code"] for each in refused] == ["board_archived"] * len(refused)
    assert (await alice.snapshot(board["id"]))["cards"] == board["cards"]
    restored = expect(await alice.post(f"{path}/restore"), 200)
    assert restored["archived_at"] is None
    await alice.card(board, "in time")


async def test_only_an_admin_deletes_a_board_and_everything_goes_with_it(
    alice: Actor, bob: Actor, workspace: Json, board: Json
) -> None:
    await alice.invite(workspace, bob, "member")
    refused = await bob.delete(f"/boards/{board['id']}")
    expect(await alice.delete(f"/boards/{board['id']}"), 204)

    assert expect(refused, 403)["code"] == "forbidden"
    for path in (f"/boards/{board['id']}", f"/cards/{board['cards'][0]['id']}"):
        assert expect(await alice.get(path), 404)["code"] == "not_found"


async def test_a_label_has_a_name_of_its_own(alice: Actor, board: Json) -> None:
    path = f"/boards/{board['id']}/labels"
    made = expect(await alice.post(path, json=LABEL), 201)

    assert expect(await alice.post(path, json=LABEL), 409)["code"] == "name_taken"
    assert (await alice.snapshot(board["id"]))["labels"] == [made]


async def test_who_has_the_present_version_is_not_sent_it_again(alice: Actor, board: Json) -> None:
    path = f"/boards/{board['id']}"
    tag = (await alice.get(path)).headers["ETag"]
    same = await alice.get(path, headers={"If-None-Match": tag})
    other_release = await alice.get(path, headers={"If-None-Match": f'"{board["version"]}.0"'})
    await alice.card(board, "another")
    newer = await alice.get(path, headers={"If-None-Match": tag})

    assert tag.startswith(f'"{board["version"]}.')
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert expect(other_release, 200) == board
    assert expect(newer, 200)["version"] == board["version"] + 1
    assert newer.headers["ETag"] == tag.replace(
        str(board["version"]), str(newer.json()["version"]), 1
    )


async def test_a_change_may_name_the_tag_that_came_with_the_board(
    alice: Actor, board: Json
) -> None:
    path = f"/boards/{board['id']}"
    current = {"If-Match": (await alice.get(path)).headers["ETag"]}

    expect(await alice.patch(path, json={"name": "Shop"}, headers=current), 200)

    refused = await alice.patch(path, json={"name": "Mall"}, headers=current)
    assert expect(refused, 412)["current_version"] == board["version"] + 1


TO_ONE_VERSION: list[tuple[str, str, Json | None]] = [
    ("DELETE", "/boards/{board}", None),
    ("POST", "/boards/{board}/archive", None),
    ("POST", "/boards/{board}/restore", None),
    ("POST", "/boards/{board}/duplicate", {"name": "Copy"}),
    ("POST", "/boards/{board}/columns", {"name": "QA"}),
    ("PATCH", "/boards/{board}/columns/{column}", {"name": "QA"}),
    ("DELETE", "/boards/{board}/columns/{column}?delete_cards=true", None),
    ("POST", "/boards/{board}/labels", {"name": "bug", "color": "#d73a4a"}),
    ("POST", "/boards/{board}/cards", {"title": "x"}),
    ("POST", "/boards/{board}/cards/paste", {"lines": "x"}),
    ("PATCH", "/boards/{board}/automation", {"merged_needs": "all"}),
    ("PUT", "/cards/{card}/assignees/{alice}", None),
    ("POST", "/cards/{card}/checklist", {"text": "x"}),
    ("POST", "/cards/{card}/copy", {}),
    ("POST", "/cards/{card}/comments", {"body": "x"}),
    ("DELETE", "/cards/{card}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), TO_ONE_VERSION)
async def test_every_change_may_name_the_version_that_it_is_meant_for(
    alice: Actor, board: Json, method: str, path: str, body: Json | None
) -> None:
    card = await alice.card(board, "card")
    expect(await alice.patch(f"/cards/{card['id']}", json={"title": "faster"}), 200)
    before = await alice.snapshot(board["id"])
    where = path.format(
        board=board["id"], column=card["column_id"], card=card["id"], alice=alice.user_id
    )
    sent = {} if body is None else {"json": body}
    stale = {"If-Match": f'"{card["version"]}"'}
    problem = expect(await alice.request(method, where, headers=stale, **sent), 412)
    assert problem["current_version"] == before["version"]
    assert await alice.snapshot(board["id"]) == before
    present = {"If-Match": f'"{before["version"]}"'}
    assert (await alice.request(method, where, headers=present, **sent)).is_success


async def test_redis_keeps_one_version_of_a_board(world: World, alice: Actor, board: Json) -> None:
    for number in range(5):
        await alice.card(board, f"card {number}")
        await alice.snapshot(board["id"])

    keys = [key async for key in world.runtime.redis.scan_iter(f"board:*{board['id']}*")]
    assert len(keys) == 1
    assert 0 < await world.runtime.redis.ttl(keys[0]) <= REDIS_SECONDS


async def test_another_process_takes_from_redis_only_the_version_that_it_wants(
    world: World, alice: Actor, board: Json
) -> None:
    def forget() -> None:
        world.app.state.snapshots = Snapshots(BOARD, world.runtime.database, world.runtime.redis)

    forget()
    assert await alice.snapshot(board["id"]) == board
    await alice.card(board, "another")
    forget()
    assert (await alice.snapshot(board["id"]))["version"] == board["version"] + 1


async def test_the_end_of_a_board_is_the_last_event_of_its_log(
    world: World, alice: Actor, board: Json
) -> None:
    expect(await alice.delete(f"/boards/{board['id']}"), 204)

    async with world.runtime.database.reading() as session:
        log = await read_log(session, UUID(board["id"]), after=board["version"], limit=10)
    assert [(event.version, event.type) for event in log] == [
        (board["version"] + 1, "board.deleted")
    ]


Change = Callable[[Actor, Json], Awaitable[object]]

CHANGES: dict[str, Change] = {
    "rename": lambda who, board: who.patch(f"/boards/{board['id']}", json={"name": "Shop"}),
    "archive": lambda who, board: who.post(f"/boards/{board['id']}/archive"),
    "label": lambda who, board: who.post(f"/boards/{board['id']}/labels", json=LABEL),
    "sprint": lambda who, board: who.post(f"/boards/{board['id']}/sprints", json=SPRINT),
    "new card": lambda who, board: who.card(board, "new"),
    "edit": lambda who, board: who.patch(
        f"/cards/{board['cards'][0]['id']}", json={"title": "edited"}
    ),
    "move": lambda who, board: who.move(board["cards"][0], column_id=column(board, "Done")["id"]),
    "archive card": lambda who, board: who.post(f"/cards/{board['cards'][0]['id']}/archive"),
    "delete card": lambda who, board: who.delete(f"/cards/{board['cards'][0]['id']}"),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_after_a_change_nobody_is_shown_the_board_before_it(
    alice: Actor, board: Json, change: str
) -> None:
    assert await alice.snapshot(board["id"]) == board

    await CHANGES[change](alice, board)

    after = await alice.snapshot(board["id"])
    assert after["version"] == board["version"] + 1
    assert {name for name in board if board[name] != after[name]} > {"version"}


async def test_following_a_board_gives_what_happened_since_a_version(
    alice: Actor, board: Json
) -> None:
    await alice.card(board, "another")
    path = f"/boards/{board['id']}/events"

    news = expect(await alice.get(path, params={"after": board["version"], "wait": 0}), 200)
    none = expect(await alice.get(path, params={"after": news["version"], "wait": 0}), 200)

    assert [event["type"] for event in news["events"]] == ["card.created"]
    assert news["version"] == board["version"] + 1
    assert (none["events"], none["version"]) == ([], news["version"])
