"""A file of another product becomes a board: looked at first, then made, all of it, once."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.jobs.execution import execute
from tests.imports.files import CSV, JIRA, trello
from tests.imports.sending import fail_for_its_key, send, start
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio

MADE = {
    "columns": 3,
    "labels": 2,
    "cards": 4,
    "archived": 2,
    "steps": 2,
    "links": 1,
    "comments": 2,
    "card_labels": 2,
    "due_dates": 1,
    "story_points": 0,
    "priorities": 0,
    "assignees": 2,
    "sprints": 0,
    "updated": 0,
}
"""On the board of Trello."""


async def test_a_preview_says_what_would_come_and_makes_nothing(
    alice: Actor, workspace: Json
) -> None:
    preview = expect(await send(alice, workspace, "csv", CSV, file_name="Payments.csv"), 201)

    assert (preview["state"], preview["board_name"]) == ("previewed", "Payments")
    assert preview["counts"] == {
        "columns": 3,
        "labels": 2,
        "cards": 3,
        "archived": 0,
        "steps": 0,
        "links": 0,
        "comments": 0,
        "card_labels": 3,
        "due_dates": 2,
        "story_points": 1,
        "priorities": 1,
    }
    assert preview["columns"] == [
        {"name": "Doing", "category": "in_progress", "cards": 1},
        {"name": "Backlog", "category": "todo", "cards": 1},
        {"name": "Done", "category": "done", "cards": 1},
    ]
    assert preview["people"] == {"alice": str(alice.user_id), "Bob Builder": None}
    budget = next(note for note in preview["notes"] if note["about"] == "Budget")
    assert budget == {"kind": "not_mapped", "about": "Budget", "count": 2, "examples": ["100", "7"]}
    boards = expect(await alice.get(f"/workspaces/{workspace['id']}/boards"), 200)
    assert boards["items"] == []


async def test_a_board_of_trello_comes_with_all_that_is_on_it(
    world: World, alice: Actor, workspace: Json
) -> None:
    preview = expect(await send(alice, workspace, "trello", trello()), 201)
    mona = await world.person("mona-here")
    await alice.invite(workspace, mona, "member")
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    patch = {"people": {"mona": str(mona.user_id)}, "board_key": "TRE", "board_name": "From Trello"}
    expect(await alice.patch(path, json=patch), 200)

    done = await start(world, alice, preview)

    assert (done["state"], done["problem"], done["board_key"]) == ("done", None, "TRE")
    assert done["receipt"]["differences"] == []
    assert done["receipt"]["made"] == MADE
    board = await alice.snapshot(done["board_id"])
    assert board["name"] == "From Trello"
    assert titles(board, "To Do") == ["Refund twice", "Show fees"]
    assert titles(board, "Done") == []
    first, second = sorted(board["cards"], key=lambda card: int(card["number"]))
    assert (first["assignee_ids"], second["assignee_ids"]) == (
        [str(alice.user_id)],
        [str(mona.user_id)],
    )
    assert (first["due_date"], first["comment_count"]) == ("2026-12-01", 2)
    comments = expect(await alice.get(f"/cards/{first['id']}/comments"), 200)["items"]
    assert [comment["body"].splitlines()[-1] for comment in comments] == ["Earlier", "Later"]
    log = fold(await read_whole_log(alice, board["id"]))
    assert differences(log, as_comparable(board)) == []
    told = expect(await mona.get("/me/notifications"), 200)["items"]
    assert [each["kind"] for each in told if each["kind"] == "assigned"] == []


async def test_an_export_of_jira_comes(world: World, alice: Actor, workspace: Json) -> None:
    preview = expect(await send(alice, workspace, "jira", JIRA, file_name="jira.csv"), 201)
    done = await start(world, alice, preview)
    assert (done["state"], done["receipt"]["differences"]) == ("done", [])
    board = await alice.snapshot(done["board_id"])
    assert titles(board, "In Progress") == ["Refund twice"]
    assert column(board, "To Do")["category"] == "todo"


async def test_the_same_file_again_is_noticed(world: World, alice: Actor, workspace: Json) -> None:
    first = expect(await send(alice, workspace, "csv", CSV), 201)
    await start(world, alice, first)
    again = expect(await send(alice, workspace, "csv", CSV), 201)
    other = expect(await send(alice, workspace, "csv", CSV + "More,Done,,,,,,,\n"), 201)
    assert (first["same_as"], again["same_as"], other["same_as"]) == (None, first["id"], None)

    path = f"/workspaces/{workspace['id']}/imports"
    listed = expect(await alice.get(path), 200)["items"]
    assert [each["same_as"] for each in listed] == [None, first["id"], None]
    assert expect(await alice.get(f"{path}/{again['id']}"), 200) == again
    assert expect(await alice.patch(f"{path}/{again['id']}", json={}), 200) == again
    started = expect(await alice.post(f"{path}/{again['id']}/start?again=true"), 202)
    assert started["same_as"] == first["id"]
    assert expect(await alice.get(f"{path}/{first['id']}"), 200)["same_as"] == again["id"]


async def test_the_same_file_becomes_a_second_board_only_if_that_is_said(
    world: World, alice: Actor, workspace: Json
) -> None:
    first = await start(world, alice, expect(await send(alice, workspace, "csv", CSV), 201))
    again = expect(await send(alice, workspace, "csv", CSV), 201)
    path = f"/workspaces/{workspace['id']}/imports"

    refused = await alice.post(f"{path}/{again['id']}/start")
    assert (refused.status_code, refused.json()["code"]) == (409, "imported_already")
    assert refused.json()["import_id"] == first["id"]
    assert expect(await alice.get(f"{path}/{again['id']}"), 200)["state"] == "previewed"

    started = expect(await alice.post(f"{path}/{again['id']}/start?again=true"), 202)
    await execute(world.runtime, UUID(started["job_id"]))
    expect(await alice.delete(f"{path}/{first['id']}"), 204)
    expect(await alice.delete(f"{path}/{again['id']}"), 204)
    third = expect(await send(alice, workspace, "csv", CSV), 201)
    assert (await start(world, alice, third))["state"] == "done"


async def test_what_came_is_taken_away_as_a_whole(
    world: World, alice: Actor, workspace: Json
) -> None:
    done = await start(
        world, alice, expect(await send(alice, workspace, "csv", CSV, file_name="Pay.csv"), 201)
    )
    path = f"/workspaces/{workspace['id']}/imports/{done['id']}"
    board = await alice.snapshot(done["board_id"])
    await alice.card(board, "Mine")

    refused = await alice.delete(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "import_changed_since")
    assert refused.json()["changes"] == 1
    assert (await alice.delete(f"{path}?board_name=Other")).status_code == 409
    expect(await alice.delete(f"{path}?board_name=Pay"), 204)

    assert (await alice.get(f"/boards/{done['board_id']}")).status_code == 404
    shown = expect(await alice.get(path), 200)
    assert (shown["state"], shown["board_id"]) == ("removed", None)
    assert (await alice.post(f"{path}/start")).json()["code"] == "import_not_ready"


async def test_who_may_not_delete_boards_may_not_take_one_away(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    await alice.invite(workspace, bob, "member")
    done = await start(world, bob, expect(await send(bob, workspace, "csv", CSV), 201))
    path = f"/workspaces/{workspace['id']}/imports/{done['id']}"
    assert (await bob.delete(path)).status_code == 403
    expect(await alice.delete(path), 204)
    preview = expect(await send(bob, workspace, "csv", CSV), 201)
    expect(await bob.delete(f"/workspaces/{workspace['id']}/imports/{preview['id']}"), 204)


async def test_a_key_that_is_taken_fails_the_import_and_it_is_started_again(
    world: World, alice: Actor, workspace: Json
) -> None:
    failed = await fail_for_its_key(world, alice, workspace)
    assert (failed["state"], "PAY" in failed["problem"]) == ("failed", True)

    path = f"/workspaces/{workspace['id']}/imports/{failed['id']}"
    expect(await alice.patch(path, json={"board_key": "NEW"}), 200)
    assert (await start(world, alice, failed))["state"] == "done"


@pytest.mark.parametrize(
    ("source", "content", "query", "says"),
    [
        ("csv", b"", {}, "no names of columns"),
        ("csv", b"Title\n", {}, "no cards"),
        ("csv", b"What\nRefund\n", {}, "No column has the titles"),
        ("csv", b"Title\nRefund\n", {"mapping": "title"}, "write it as JSON"),
        ("csv", b"Title\nRefund\n", {"mapping": '{"colour": "Title"}'}, "colour is no field"),
        ("jira", JIRA.encode(), {"mapping": '{"title": "Issue key"}'}, "it is for csv"),
        ("trello", trello(), {"mapping": "{}"}, "it is for csv"),
        ("jira", b"Title\nRefund\n", {}, "no CSV of Jira"),
        ("trello", b"Title\nRefund\n", {}, "not JSON"),
        ("excel", b"Title\nRefund\n", {}, "Input should be"),
    ],
)
async def test_a_file_that_can_not_be_read_is_refused_with_the_reason(
    alice: Actor, workspace: Json, source: str, content: bytes, query: dict[str, str], says: str
) -> None:
    problem = expect(await send(alice, workspace, source, content, **query), 422)
    assert says in problem["detail"]
    listed = expect(await alice.get(f"/workspaces/{workspace['id']}/imports"), 200)
    assert listed["items"] == []


async def test_a_file_may_be_larger_than_other_bodies_but_not_of_any_size(
    world: World, alice: Actor, workspace: Json
) -> None:
    large = b"Title,Notes\nRefund," + b"x" * (2 * 1024 * 1024 // 4) + b"\n"
    lines = large * 4
    assert len(lines) > world.runtime.settings.max_body_bytes
    expect(await send(alice, workspace, "csv", lines), 201)

    most = world.runtime.settings.max_file_bytes
    refused = await send(alice, workspace, "csv", b"Title\n" + b"x" * most)
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


async def test_people_are_matched_only_with_names_of_the_file_and_members(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    preview = expect(await send(alice, workspace, "csv", CSV), 201)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    for people, code in (
        ({"Nobody": str(alice.user_id)}, "invalid"),
        ({"alice": str(bob.user_id)}, "not_a_member"),
    ):
        refused = await alice.patch(path, json={"people": people})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    shown = expect(await alice.patch(path, json={"people": {"alice": None}}), 200)
    assert shown["people"] == {"alice": None, "Bob Builder": None}


async def test_comments_are_by_whoever_starts_the_import(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    await alice.invite(workspace, bob, "member")
    done = await start(world, bob, expect(await send(alice, workspace, "trello", trello()), 201))
    board = await alice.snapshot(done["board_id"])
    card = next(card for card in board["cards"] if card["comment_count"])
    comments = expect(await alice.get(f"/cards/{card['id']}/comments"), 200)["items"]
    assert {comment["author_id"] for comment in comments} == {str(bob.user_id)}


async def test_an_import_whose_board_was_deleted_is_not_started_again(
    world: World, alice: Actor, workspace: Json
) -> None:
    done = await start(world, alice, expect(await send(alice, workspace, "csv", CSV), 201))
    expect(await alice.delete(f"/boards/{done['board_id']}"), 204)
    path = f"/workspaces/{workspace['id']}/imports/{done['id']}"
    assert expect(await alice.post(f"{path}/start"), 409)["code"] == "import_not_ready"


async def test_whose_an_address_is_can_not_be_guessed(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    await alice.invite(workspace, bob, "member")
    async with world.runtime.database.transaction(SYSTEM) as tx:
        statement = text("UPDATE users SET email = 'alice@example.com' WHERE id = :id")
        await tx.session.execute(statement, {"id": alice.user_id})
    file = "Title,Assignees\nRefund,alice@example.com;alice\n"
    preview = expect(await send(bob, workspace, "csv", file), 201)
    assert preview["people"] == {"alice@example.com": None, "alice": str(alice.user_id)}


async def test_people_are_found_by_their_logins_and_names_unless_two_have_the_same(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    mona = await world.person("mona")
    for each in (bob, mona):
        await alice.invite(workspace, each, "member")
    async with world.runtime.database.transaction(SYSTEM) as tx:
        statement = text("UPDATE users SET name = :name WHERE id = :id")
        for each, name in ((alice, "Ann Lee"), (bob, "The Twin"), (mona, "THE TWIN")):
            await tx.session.execute(statement, {"id": each.user_id, "name": name})
    file = "Title,Assignees\nRefund,ANN LEE;the twin;Mona;carol\n"
    preview = expect(await send(alice, workspace, "csv", file), 201)
    assert preview["people"] == {
        "ANN LEE": str(alice.user_id),
        "the twin": None,
        "Mona": str(mona.user_id),
        "carol": None,
    }


async def test_a_file_is_taken_while_the_workspace_is_locked(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    workspace_id = UUID(workspace["id"])
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
        expect(await send(real_alice, workspace, "csv", CSV), 201)


async def test_who_leaves_while_the_file_comes_makes_nothing(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()

    async def file() -> AsyncIterator[bytes]:
        yield b"Title\n"
        async with real_world.runtime.database.transaction(SYSTEM) as tx:
            await tx.session.execute(text("DELETE FROM workspaces"))
        yield b"Refund\n"

    assert (await send(real_alice, workspace, "csv", file())).status_code == 404
