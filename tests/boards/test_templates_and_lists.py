"""What a board begins with, and what lists say of boards."""

from datetime import datetime, timedelta

import pytest

from taskly.boards.rules import TEMPLATES, TemplateName
from taskly.kit.clock import FrozenClock
from tests.support.actors import Actor, Json, column, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace without boards."""
    return await alice.workspace()


async def listed(actor: Actor, workspace: Json) -> list[Json]:
    """The boards of a workspace as they are listed."""
    page = expect(await actor.get(f"/workspaces/{workspace['id']}/boards"), 200)
    found: list[Json] = page["items"]
    return found


@pytest.mark.parametrize("name", list(TemplateName))
async def test_a_board_begins_with_what_its_template_says(
    alice: Actor, workspace: Json, name: TemplateName
) -> None:
    board = await alice.board(workspace, template=name.value)
    [template] = [
        each
        for each in expect(await alice.get("/board-templates"), 200)
        if each["name"] == name.value
    ]
    fields = ("name", "category", "wip_limit")
    columns = [{field: each[field] for field in fields} for each in board["columns"]]
    assert columns == template["columns"]
    labels = [{field: each[field] for field in ("name", "color")} for each in board["labels"]]
    assert labels == template["labels"]
    assert len(columns) == len(TEMPLATES[name].columns)
    log = await read_whole_log(alice, board["id"])
    assert differences(fold(log), as_comparable(board)) == []


async def test_without_a_template_a_board_has_four_columns_and_named_ones_count_more(
    alice: Actor, workspace: Json
) -> None:
    plain = await alice.board(workspace)
    assert [each["name"] for each in plain["columns"]] == [
        "To Do",
        "In Progress",
        "In Review",
        "Done",
    ]
    own = await alice.board(workspace, template="bug-triage", columns=[{"name": "All"}])
    assert [each["name"] for each in own["columns"]] == ["All"]
    assert len(own["labels"]) == 4


async def test_an_unknown_template_is_refused(alice: Actor, workspace: Json) -> None:
    path = f"/workspaces/{workspace['id']}/boards"
    refused = await alice.post(path, json={"name": "Payments", "template": "waterfall"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert await listed(alice, workspace) == []


async def test_a_list_says_what_goes_on_on_each_board(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    assert isinstance(world.clock, FrozenClock)
    carol, dora = await world.person("carol"), await world.person("dora")
    for person in (bob, carol, dora):
        await alice.invite(workspace, person, "member")
    busy, quiet = await alice.board(workspace), await alice.board(workspace, name="Quiet")
    at_work = [str(alice.user_id), str(bob.user_id)]
    all_three = [*at_work, str(carol.user_id)]
    await alice.card(busy, assignee_ids=at_work)
    await alice.card(busy, assignee_ids=at_work[:1])
    await alice.card(busy, column_id=column(busy, "Done")["id"], assignee_ids=all_three[1:])
    for method in ("archive", "delete"):
        card = await alice.card(busy, assignee_ids=[str(dora.user_id)])
        path = f"/cards/{card['id']}"
        expect(
            await (alice.delete(path) if method == "delete" else alice.post(f"{path}/archive")),
            204 if method == "delete" else 200,
        )
    world.clock.advance(timedelta(minutes=1))
    await alice.card(busy, "last")
    one, other = await listed(bob, workspace)
    assert (one["id"], other["id"]) == (busy["id"], quiet["id"])
    assert (one["card_count"], one["open_count"]) == (4, 3)
    assert (one["assignee_ids"], one["member_ids"]) == (sorted(at_work), sorted(all_three))
    assert datetime.fromisoformat(one["updated_at"]) == world.clock.now()
    assert (other["card_count"], other["open_count"]) == (0, 0)
    assert (other["assignee_ids"], other["member_ids"]) == ([], [])
