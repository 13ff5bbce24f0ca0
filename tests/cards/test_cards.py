"""Making, reading, changing and putting away cards, as the API promises it."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.actors import Actor, Json, column, expect, titles

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with a label and a sprint."""
    board = await alice.board(await alice.workspace())
    expect(await alice.post(f"/boards/{board['id']}/labels", json=LABEL), 201)
    expect(await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT), 201)
    return await alice.snapshot(board["id"])


LABEL = {"name": "bug", "color": "#d73a4a"}
SPRINT = {"name": "Sprint 12", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}


def everything(alice: Actor, board: Json) -> Json:
    """A value for each field that can be changed."""
    return {
        "title": "Refund twice",
        "description": "The second refund fails.",
        "acceptance_criteria": "- [ ] Both arrive",
        "priority": "high",
        "story_points": 3,
        "due_date": "2026-12-04",
        "sprint_id": board["sprints"][0]["id"],
        "assignee_ids": [str(alice.user_id)],
        "label_ids": [board["labels"][0]["id"]],
    }


async def test_a_card_needs_only_a_title_and_goes_to_the_end_of_the_first_column(
    alice: Actor, board: Json
) -> None:
    await alice.card(board, "one")
    card = await alice.card(board, "two")

    assert (card["key"], card["number"], card["title"]) == ("PAY-2", 2, "two")
    assert (card["description"], card["priority"], card["story_points"]) == ("", "none", None)
    assert card["assignee_ids"] == card["label_ids"] == []
    assert titles(await alice.snapshot(board["id"]), "To Do") == ["one", "two"]


async def test_a_card_keeps_everything_it_was_made_with(alice: Actor, board: Json) -> None:
    wanted = everything(alice, board)
    made = await alice.card(board, **wanted)

    shown = expect(await alice.get(f"/cards/{made['id']}"), 200)

    assert {name: shown[name] for name in wanted} == wanted
    assert shown == made | {"position": 0}


async def test_a_card_made_in_done_is_done(alice: Actor, board: Json) -> None:
    card = await alice.card(board, column_id=column(board, "Done")["id"])

    assert card["started_at"] == card["completed_at"] == "2026-11-23T09:00:00Z"


async def test_a_new_card_goes_where_it_is_wanted(alice: Actor, board: Json) -> None:
    first = await alice.card(board, "first")
    await alice.card(board, "above", before=first["id"])
    await alice.card(board, "below", after=first["id"])
    await alice.card(board, "top", position=0)

    shown = titles(await alice.snapshot(board["id"]), "To Do")
    assert shown == ["top", "above", "first", "below"]


@pytest.mark.parametrize("name", ["assignee_ids", "label_ids", "sprint_id", "column_id"])
async def test_a_card_names_only_what_its_board_has(alice: Actor, board: Json, name: str) -> None:
    codes = {"assignee_ids": "not_a_member", "sprint_id": "no_such_sprint"}
    stranger: Any = [str(uuid4())] if name.endswith("ids") else str(uuid4())

    answer = await alice.post(f"/boards/{board['id']}/cards", json={"title": "x", name: stranger})

    assert expect(answer, 422)["code"] == codes.get(name, "not_on_board")
    assert await alice.snapshot(board["id"]) == board


@pytest.mark.parametrize(
    ("name", "most", "too_much"),
    [
        ("title", "t" * 255, "t" * 256),
        ("description", "d" * 50_000, "d" * 50_001),
        ("story_points", 99, 100),
        ("story_points", 0, -1),
    ],
)
async def test_a_limit_is_still_allowed_and_beyond_it_nothing_changes(
    alice: Actor, board: Json, name: str, most: object, too_much: object
) -> None:
    card = await alice.card(board)
    allowed = expect(await alice.patch(f"/cards/{card['id']}", json={name: most}), 200)
    refused = await alice.patch(f"/cards/{card['id']}", json={name: too_much})

    assert expect(refused, 422)["code"] == "invalid"
    assert expect(await alice.get(f"/cards/{card['id']}"), 200)[name] == allowed[name] == most


async def test_a_card_has_at_most_ten_people(alice: Actor, board: Json) -> None:
    card = await alice.card(board)
    crowd = [str(uuid4()) for _ in range(11)]

    refused = await alice.patch(f"/cards/{card['id']}", json={"assignee_ids": crowd})

    assert expect(refused, 422)["code"] == "invalid"


@pytest.mark.parametrize(
    "name", ["title", "description", "priority", "story_points", "due_date", "sprint_id"]
)
async def test_a_patch_changes_the_field_it_names_and_no_other(
    alice: Actor, board: Json, name: str
) -> None:
    card = await alice.card(board)
    value = everything(alice, board)[name]

    after = expect(await alice.patch(f"/cards/{card['id']}", json={name: value}), 200)

    changed = {each for each in card if card[each] != after[each]}
    assert changed == {name, "version"}
    assert after[name] == value


@pytest.mark.parametrize("name", ["story_points", "due_date", "sprint_id"])
async def test_null_empties_what_may_be_empty(alice: Actor, board: Json, name: str) -> None:
    card = await alice.card(board, **everything(alice, board))

    after = expect(await alice.patch(f"/cards/{card['id']}", json={name: None}), 200)

    assert after == card | {name: None, "version": after["version"]}


@pytest.mark.parametrize("name", ["title", "description", "priority", "assignee_ids", "label_ids"])
async def test_null_is_refused_where_something_has_to_be(
    alice: Actor, board: Json, name: str
) -> None:
    card = await alice.card(board, **everything(alice, board))

    refused = await alice.patch(f"/cards/{card['id']}", json={name: None})

    assert expect(refused, 422)["code"] == "invalid"
    assert expect(await alice.get(f"/cards/{card['id']}"), 200) == card | {"position": 0}


@pytest.mark.parametrize("patch", [{}, {"title": "A card"}, {"assignee_ids": []}])
async def test_a_patch_that_changes_nothing_makes_no_version(
    alice: Actor, board: Json, patch: Json
) -> None:
    card = await alice.card(board)

    assert expect(await alice.patch(f"/cards/{card['id']}", json=patch), 200) == card


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", ""), ("POST", "/archive"), ("POST", "/restore"), ("DELETE", "")]
)
async def test_a_change_of_an_older_version_is_refused(
    alice: Actor, board: Json, method: str, path: str
) -> None:
    card = await alice.card(board)
    now = expect(await alice.patch(f"/cards/{card['id']}", json={"title": "newer"}), 200)
    body = {"json": {"title": "older"}} if method == "PATCH" else {}

    answer = await alice.request(
        method,
        f"/cards/{card['id']}{path}",
        headers={"If-Match": f'"{card["version"]}"'},
        **body,
    )

    assert expect(answer, 412)["current_version"] == now["version"]
    assert answer.headers["ETag"] == f'"{now["version"]}"'
    assert expect(await alice.get(f"/cards/{card['id']}"), 200) == now | {"position": 0}


async def test_who_has_the_card_as_it_is_is_not_sent_it_again(alice: Actor, board: Json) -> None:
    first = await alice.card(board)
    card = await alice.card(board)
    path = f"/cards/{card['id']}"
    read = await alice.get(path)
    known = {"If-None-Match": read.headers["ETag"]}
    same = await alice.get(path, headers=known)
    by_key = await alice.get(
        f"/workspaces/{board['workspace_id']}/cards/{card['key']}", headers=known
    )
    expect(await alice.post(f"/cards/{first['id']}/archive"), 200)
    elsewhere = await alice.get(path, headers=known)

    assert read.headers["ETag"] == f'"{card["version"]}.1-0"'
    assert [(each.status_code, each.content) for each in (same, by_key)] == [(304, b"")] * 2
    assert expect(elsewhere, 200) == read.json() | {"position": 0}
    changed = await alice.patch(
        path, json={"title": "newer"}, headers={"If-Match": read.headers["ETag"]}
    )
    expect(changed, 200)


@pytest.mark.parametrize("day", ["9999-12-31", "3000-01-01", "1899-12-31", "0001-01-01"])
async def test_a_day_that_would_mean_for_ever_is_refused(
    alice: Actor, board: Json, day: str
) -> None:
    refused = await alice.post(f"/boards/{board['id']}/cards", json={"title": "x", "due_date": day})
    problem = expect(refused, 422)
    assert problem["detail"] == (
        "body.due_date: write a day as YYYY-MM-DD, in the years 1900 to 2999"
    )


@pytest.mark.parametrize("day", ["2999-12-31", "1900-01-01"])
async def test_the_first_and_the_last_day_are_shown_as_they_are(
    alice: Actor, board: Json, day: str
) -> None:
    await alice.card(board, due_date=day)
    assert [card["due_date"] for card in (await alice.snapshot(board["id"]))["cards"]] == [day]


async def test_an_archived_card_can_be_read_and_has_no_position(alice: Actor, board: Json) -> None:
    card = await alice.card(board)
    archived = expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    again = expect(await alice.post(f"/cards/{card['id']}/archive"), 200)

    assert again == archived
    assert archived["archived_at"] == "2026-11-23T09:00:00Z"
    assert expect(await alice.get(f"/cards/{card['id']}"), 200)["position"] is None


async def test_the_number_of_a_deleted_card_is_not_given_again(alice: Actor, board: Json) -> None:
    card = await alice.card(board)
    expect(await alice.delete(f"/cards/{card['id']}"), 204)

    assert expect(await alice.get(f"/cards/{card['id']}"), 404)["code"] == "not_found"
    assert (await alice.card(board))["key"] == "PAY-2"


async def test_a_card_is_found_by_what_people_call_it(alice: Actor, board: Json) -> None:
    card = await alice.card(board)
    path = f"/workspaces/{board['workspace_id']}/cards"

    assert expect(await alice.get(f"{path}/pay-1"), 200)["id"] == card["id"]
    assert expect(await alice.get(f"{path}/PAY-2"), 404)["code"] == "not_found"
    assert expect(await alice.get(f"{path}/PAY-0"), 422)["code"] == "invalid"


async def test_the_timeline_tells_who_changed_what_newest_first_in_pages(
    alice: Actor, board: Json
) -> None:
    card = await alice.card(board, "old")
    expect(await alice.patch(f"/cards/{card['id']}", json={"title": "new"}), 200)
    expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    path = f"/cards/{card['id']}/timeline"

    first = expect(await alice.get(path, params={"limit": 2}), 200)
    rest = await alice.get(path, params={"limit": 2, "cursor": first["next_cursor"]})

    entries = first["items"] + expect(rest, 200)["items"]
    assert [each["type"] for each in entries] == ["card.archived", "card.updated", "card.created"]
    assert (entries[1]["before"]["title"], entries[1]["after"]["title"]) == ("old", "new")
    somebody = {"kind": "user", "user_id": str(alice.user_id)}
    assert [each["actor"] for each in entries] == [somebody] * 3
    assert rest.json()["next_cursor"] is None


async def test_nobody_outside_the_workspace_sees_a_card(
    alice: Actor, bob: Actor, board: Json
) -> None:
    card = await alice.card(board)

    for path in (f"/cards/{card['id']}", f"/cards/{card['id']}/timeline"):
        assert expect(await bob.get(path), 404)["code"] == "not_found"
