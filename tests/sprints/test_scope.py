"""Cards in and out of sprints, and what is told of that."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from tests.history.test_undo import undo
from tests.platform.statements import driver_of, statements_of
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

SPRINT = {"name": "Sprint 12", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board of Alice and Bob with a sprint."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    board = await alice.board(workspace, template="kanban")
    expect(await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT), 201)
    return await alice.snapshot(board["id"])


def path_of(board: Json) -> str:
    """The path of its sprint."""
    return f"/sprints/{board['sprints'][0]['id']}"


async def told(actor: Actor, board: Json) -> list[tuple[str, int, int, str]]:
    """Kind, number, points and phase of each change of the scope."""
    page = expect(await actor.get(f"{path_of(board)}/scope-changes"), 200)
    return [(each["kind"], each["number"], each["points"], each["phase"]) for each in page["items"]]


async def test_cards_go_in_and_out_together_or_not_at_all(
    alice: Actor, bob: Actor, board: Json
) -> None:
    one, two = [await alice.card(board, title, story_points=3) for title in ("one", "two")]
    path = f"{path_of(board)}/cards"
    changed = await bob.post(path, json={"add": [one["id"], two["id"]]})
    assert expect(changed, 200)["changed"] == 2
    before = await alice.snapshot(board["id"])

    wrong = {"add": [two["id"], board["id"]], "remove": [one["id"]]}
    refused = expect(await bob.post(path, json=wrong), 422)

    assert (refused["code"], refused["refused"][0]["reason"]) == ("bulk_refused", "not_found")
    assert await alice.snapshot(board["id"]) == before
    assert expect(await bob.post(path, json={"add": [two["id"]]}), 200)["changed"] == 0
    assert await alice.snapshot(board["id"]) == before
    assert expect(await bob.post(path, json={"remove": [one["id"]]}), 200)["changed"] == 1
    assert expect(await bob.post(path, json={"remove": [one["id"]]}), 200)["changed"] == 0
    made = await alice.post(f"/boards/{board['id']}/sprints", json=SPRINT)
    elsewhere = f"/sprints/{expect(made, 201)['id']}/cards"
    other = expect(await bob.post(elsewhere, json={"remove": [two["id"]]}), 422)
    assert [(each["key"], each["reason"]) for each in other["refused"]] == [
        (two["key"], "in_another_sprint")
    ]
    page = expect(await alice.get(f"{path_of(board)}/scope-changes"), 200)
    assert {each["actor"]["user_id"] for each in page["items"]} == {str(bob.user_id)}
    assert [each["card_id"] for each in page["items"]] == [one["id"], two["id"], one["id"]]


async def test_each_change_of_the_scope_is_told_with_its_points(alice: Actor, board: Json) -> None:
    sprint_id = board["sprints"][0]["id"]
    card = await alice.card(board, "one", sprint_id=sprint_id, story_points=3)
    other = await alice.card(board, "two")
    on_card, on_other = f"/cards/{card['id']}", f"/cards/{other['id']}"
    expect(await alice.post(f"{path_of(board)}/start"), 200)
    expect(await alice.patch(on_card, json={"story_points": 8, "title": "more"}), 200)
    expect(await alice.patch(on_other, json={"sprint_id": sprint_id, "story_points": 2}), 200)
    expect(await alice.patch(on_other, json={"title": "the same"}), 200)
    expect(await alice.patch(on_other, json={"sprint_id": None, "story_points": 5}), 200)
    expect(await alice.post(f"{path_of(board)}/complete", json={}), 200)

    assert await told(alice, board) == [
        ("added", 1, 3, "planning"),
        ("re_estimated", 1, 5, "running"),
        ("added", 2, 2, "running"),
        ("removed", 2, -2, "running"),
        ("removed", 1, -8, "over"),
    ]


async def test_who_goes_from_the_board_goes_from_the_sprint(alice: Actor, board: Json) -> None:
    sprint_id = board["sprints"][0]["id"]
    fields = {"sprint_id": sprint_id, "story_points": 3}
    card, done = [await alice.card(board, title, **fields) for title in ("open", "done")]
    await alice.move(done, column_id=column(board, "Done")["id"])
    for each in (card, done):
        expect(await alice.post(f"/cards/{each['id']}/archive"), 200)
    expect(await alice.post(f"/cards/{card['id']}/restore"), 200)
    deleted = await alice.delete(f"/cards/{done['id']}")
    await undo(alice, deleted.headers["Operation-ID"])
    other = await alice.board({"id": board["workspace_id"]}, name="Other")
    moved = await alice.post(f"/cards/{card['id']}/move-to-board", json={"board_id": other["id"]})
    expect(moved, 200)
    await undo(alice, moved.headers["Operation-ID"])

    assert [(kind, number, points) for kind, number, points, _ in await told(alice, board)] == [
        ("added", 1, 3),
        ("added", 2, 3),
        ("removed", 1, -3),
        ("added", 1, 3),
        ("removed", 2, -3),
        ("added", 2, 3),
        ("removed", 1, -3),
        ("added", 1, 3),
    ]


LONG_LOG = """
    INSERT INTO events (
        id, stream_kind, stream_id, version, workspace_id, card_id, type, actor_kind, operation_id, data, created_at
    )
    SELECT gen_random_uuid(), 'board', :board_id, n + 1000, :workspace_id, md5((n % 1000)::text)::uuid, 'card.updated',
        'system', gen_random_uuid(), '{"entity": "card", "before": {"title": "a"}, "after": {"title": "b"}}', now()
    FROM generate_series(1, 20000) AS n
"""


def indexes_of(plan: dict[str, Any]) -> Iterator[str]:
    """The indexes that a plan reads the log by; the log itself, where it is read whole."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    elif "Index Name" in plan:
        yield plan["Index Name"]
    for part in plan.get("Plans", ()):
        yield from indexes_of(part)


async def test_the_log_of_a_board_is_not_read_for_the_changes_of_a_sprint(
    world: World, alice: Actor, board: Json
) -> None:
    await alice.card(board, "one", sprint_id=board["sprints"][0]["id"])
    async with world.runtime.database.transaction(SYSTEM) as tx:
        ids = {"board_id": board["id"], "workspace_id": board["workspace_id"]}
        await tx.session.execute(text(LONG_LOG), ids)
        await tx.session.execute(text("ANALYZE events"))

    sent = await statements_of(world, lambda: alice.get(f"{path_of(board)}/scope-changes"))

    [asked] = [each for each in sent if "OFFSET" in each.sql]
    rows = await (await driver_of(world)).fetch(
        f"EXPLAIN (FORMAT JSON) {asked.sql}", *asked.parameters
    )
    assert sorted(indexes_of(rows[0][0][0]["Plan"])) == [
        "ix_events_card_id_created_at",
        "ix_events_sprint_id",
    ]
    assert await told(alice, board) == [("added", 1, 0, "planning")]
