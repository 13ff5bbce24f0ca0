"""A file becomes a workspace: the same but for its ids, with nobody in it who was not asked."""

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.doctor.repository import INVARIANTS, broken
from taskly.platform.context import SYSTEM
from taskly.platform.http.problems import TooLarge
from taskly.platform.jobs.execution import execute
from taskly.transfer.errors import FileRefused
from taskly.transfer.examination import Examination
from taskly.transfer.jobs import ForgetUploads
from taskly.transfer.uploading import PART_BYTES, take_in
from taskly.worker.registry import load_tasks
from tests.contract.tenants import make_tenant, state_of
from tests.support.actors import Actor, Json, column, expect
from tests.support.purging import purge
from tests.support.world import World
from tests.transfer.files import LINES, comparable, exported, imported, written

pytestmark = pytest.mark.anyio


async def test_a_copy_is_the_same_but_for_its_ids(real_world: World) -> None:
    tenant = await make_tenant(real_world)
    admin = tenant.people["admin"].actor
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE card_branches SET state = 'created'"))
    before = await exported(admin, tenant.workspace)

    job = await imported(real_world, admin, before)

    assert job["state"] == "done", job
    assert "refused" not in job["result"], job
    copy = {"id": job["result"]["workspace_id"]}
    after = await exported(admin, copy)
    assert copy["id"] != tenant.workspace["id"]
    assert comparable(after) == comparable(before)
    async with real_world.runtime.database.reading() as session:
        for invariant in INVARIANTS:
            assert await broken(session, invariant) is None, invariant.name
        assert await session.scalar(text("SELECT count(*) FROM upload_parts")) == 0


async def test_the_copy_can_be_worked_with_and_its_past_read(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace)
    card = await real_alice.card(board, "one")
    await real_alice.card(board, "two")
    await real_alice.move(card, column_id=column(board, "Done")["id"])
    job = await imported(real_world, real_alice, await exported(real_alice, workspace))
    copy = job["result"]["workspace_id"]

    [listed] = expect(await real_alice.get(f"/workspaces/{copy}/boards"), 200)["items"]
    snapshot = await real_alice.snapshot(listed["id"])
    past = expect(await real_alice.get(f"/boards/{listed['id']}/history?at=1"), 200)
    made = await real_alice.card(snapshot, "three")
    [first, *_] = [each for each in snapshot["cards"] if each["title"] == "one"]
    timeline = expect(await real_alice.get(f"/cards/{first['id']}/timeline"), 200)["items"]

    assert {each["title"] for each in snapshot["cards"]} == {"one", "two"}
    assert past["cards"] == []
    assert made["key"] == f"{listed['key']}-3"
    assert [each["type"] for each in timeline] == ["card.moved", "card.created"]
    undone = await real_alice.post(f"/operations/{timeline[0]['operation_id']}/undo")
    assert expect(undone, 200)["left"] == []
    path = f"/workspaces/{copy}"
    [entry, *_] = expect(await real_alice.get(f"{path}/audit?type=workspace"), 200)["items"]
    assert (entry["type"], entry["actor"]["login"]) == ("workspace.imported", "alice")


async def test_nobody_of_the_file_gains_access(real_world: World, real_alice: Actor) -> None:
    bob = await real_world.person("bob")
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "admin")
    lines = await exported(real_alice, workspace)
    settings: Any = real_world.runtime.settings
    asked_first = settings.model_copy(update={"direct_members": False})
    assert not asked_first.direct_members_allowed
    object.__setattr__(real_world.runtime, "settings", asked_first)

    job = await imported(real_world, real_alice, lines)

    copy = job["result"]["workspace_id"]
    assert job["result"]["people"] == {"known": 1, "placeholders": 1}
    assert expect(await bob.get(f"/workspaces/{copy}"), 404)["code"] == "not_found"
    members = expect(await real_alice.get(f"/workspaces/{copy}/members"), 200)["items"]
    named = {each["name"]: each for each in members}
    assert set(named) == {"Alice", "Bob"}
    assert named["Bob"]["user_id"] != str(bob.user_id)
    assert named["Bob"]["login"].startswith("bob~")
    last = await real_alice.delete(f"/workspaces/{copy}/members/me")
    assert expect(last, 409)["code"] == "last_admin"
    async with real_world.runtime.database.reading() as session:
        people = await session.scalar(text("SELECT count(*) FROM users"))
    expect(
        await real_alice.request("DELETE", f"/workspaces/{copy}", json={"name": "Payments"}), 204
    )
    await purge(real_world)
    async with real_world.runtime.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM users")) == int(people or 0) - 1


async def test_where_admins_take_people_in_unasked_those_of_the_file_are_members(
    real_world: World, real_alice: Actor
) -> None:
    bob = await real_world.person("bob")
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "viewer")

    job = await imported(real_world, real_alice, await exported(real_alice, workspace))

    read = expect(await bob.get(f"/workspaces/{job['result']['workspace_id']}"), 200)
    assert read["role"] == "viewer"


async def test_somebody_who_is_not_in_the_file_becomes_its_admin(
    real_world: World, real_alice: Actor
) -> None:
    carol = await real_world.person("carol")
    workspace = await real_alice.workspace()
    lines = await exported(real_alice, workspace)

    job = await imported(real_world, carol, lines)

    read = expect(await carol.get(f"/workspaces/{job['result']['workspace_id']}"), 200)
    assert (read["name"], read["role"]) == ("Payments", "admin")


def changed(lines: list[Json], table: str, **fields: Any) -> list[Json]:
    """The lines with other fields in the first row of a table."""
    found = next(line for line in lines if line.get("table") == table)
    return [
        {"table": table, "row": {**line["row"], **fields}} if line is found else line
        for line in lines
    ]


NOBODY = "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"
WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "a reference to nothing": ("cards", {"column_id": NOBODY}, "cards.column_id"),
    "an assignee who is nobody": ("card_assignees", {"user_id": NOBODY}, "card_assignees.user_id"),
    "an unknown field": ("boards", {"secret": 1}, "boards.secret"),
    "a wrong kind": ("cards", {"number": "1"}, "cards.number"),
    "an unknown priority": ("cards", {"priority": "great"}, "cards.priority"),
    "a number that was not given out": ("cards", {"number": 99}, "cards.number"),
    "a link that is a program": (
        "cards",
        {"attachments": [{"id": NOBODY, "url": "javascript:alert(1)", "title": "x"}]},
        "cards.attachments.0.url",
    ),
    "a gap in the log": ("events", {"version": 2}, "events.version"),
    "a version that is not reached": ("boards", {"version": 999}, "events"),
    "a text that is too long": ("cards", {"title": "x" * 300}, "cards"),
    "a place between no others": ("cards", {"rank": "a0"}, "cards.rank"),
    "the place of a deleted card": ("cards", {"rank": f"~{'0' * 32}"}, "cards.rank"),
    "a name over two lines": ("boards", {"name": "a\nb"}, "boards.name"),
    "text that nobody could have sent": ("cards", {"title": "e\u0301"}, "cards.title"),
    "an id in another form": ("labels", {"id": NOBODY.upper()}, "labels.id"),
    "NUL": ("cards", {"description": "a\0b"}, "cards.description"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_what_is_wrong_is_refused_with_its_place_and_nothing_is_made(
    real_world: World, real_alice: Actor, case: str
) -> None:
    table, fields, place = WRONG[case]
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace)
    label = {"name": "bug", "color": "#d73a4a"}
    expect(await real_alice.post(f"/boards/{board['id']}/labels", json=label), 201)
    await real_alice.card(board, assignee_ids=[str(real_alice.user_id)])
    lines = changed(await exported(real_alice, workspace), table, **fields)
    before = await state_of(real_world)

    job = await imported(real_world, real_alice, lines)

    assert job["state"] == "done"
    assert job["result"]["refused"][0]["place"] == place, job["result"]
    after = await state_of(real_world)
    assert {name for name in after if after[name] != before[name]} == {"jobs"}


async def test_cards_that_wait_for_each_other_in_a_circle_are_refused(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace)
    cards = [await real_alice.card(board, name) for name in ("one", "two", "three")]
    for card, blocker in pairwise(cards):
        expect(
            await real_alice.request("PUT", f"/cards/{card['id']}/blockers/{blocker['id']}"), 200
        )
    lines = await exported(real_alice, workspace)
    waits = {"blocked_id": cards[2]["id"], "blocker_id": cards[0]["id"], "board_id": board["id"]}
    last = max(i for i, line in enumerate(lines) if line.get("table") == "card_dependencies")
    lines.insert(last + 1, {"table": "card_dependencies", "row": waits})
    lines[-1]["rows"] += 1

    job = await imported(real_world, real_alice, lines)

    assert [each["place"] for each in job["result"]["refused"]] == ["card_dependencies"]


def test_a_long_chain_of_cards_is_looked_at_once() -> None:
    examination = Examination()
    examination.counts["workspaces"] = 1
    ids = [str(UUID(int=number)) for number in range(100_000)]
    examination.waiting.update({one: [other] for one, other in pairwise(ids)})
    examination.look_at([(2, b'{"end":true,"rows":1}')])

    examination.conclude()

    examination.waiting[ids[-1]] = [ids[0]]
    with pytest.raises(FileRefused, match="1 mistakes"):
        examination.conclude()


async def test_a_file_that_was_cut_off_is_refused(real_world: World, real_alice: Actor) -> None:
    lines = await exported(real_alice, await real_alice.workspace())

    job = await imported(real_world, real_alice, lines[:-1])

    assert [each["place"] for each in job["result"]["refused"]] == ["file"]


@pytest.mark.parametrize(
    "head", [{}, {"format": "taskly.workspace", "version": 2}, {"format": "other", "version": 1}]
)
async def test_another_format_is_refused_at_once(world: World, alice: Actor, head: Json) -> None:
    before = await state_of(world)
    sent = await alice.post(
        "/workspaces/import",
        json=head,
        headers={"Content-Type": "application/x-ndjson"},
    )

    assert expect(sent, 422)["code"] == "no_workspace_file"
    assert await state_of(world) == before


async def test_a_job_about_a_file_is_its_senders_alone(
    real_world: World, real_alice: Actor
) -> None:
    bob = await real_world.person("bob")
    job = await imported(
        real_world, real_alice, await exported(real_alice, await real_alice.workspace())
    )

    assert expect(await bob.get(f"/jobs/{job['id']}"), 404)["code"] == "not_found"


@pytest.mark.parametrize("size", [256 * 1024 * 1024, 2**40])
async def test_a_file_may_be_larger_than_other_bodies_up_to_a_limit(
    world: World, alice: Actor, size: int
) -> None:
    announced = {**LINES, "Content-Length": str(size)}
    answer = await alice.post("/workspaces/import", content=b"{}", headers=announced)

    is_too_large = size > world.runtime.settings.max_import_bytes
    wanted = (413, "body_too_large") if is_too_large else (422, "no_workspace_file")
    assert (answer.status_code, answer.json()["code"]) == wanted


async def test_nothing_is_left_of_a_file_that_grows_too_large_while_it_comes(
    world: World, alice: Actor
) -> None:
    before = await state_of(world)

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"format":"taskly.workspace","version":1}\n'
        yield b" " * 3 * PART_BYTES
        raise TooLarge

    with pytest.raises(TooLarge):
        await take_in(world.runtime, alice.user_id, pieces())

    assert await state_of(world) == before


async def test_files_that_nobody_read_are_forgotten_after_two_days(
    real_world: World, real_alice: Actor
) -> None:
    load_tasks()
    lines = await exported(real_alice, await real_alice.workspace())
    for _ in range(2):
        sent = await real_alice.post("/workspaces/import", content=written(lines), headers=LINES)
        expect(sent, 202)
        async with real_world.runtime.database.transaction(SYSTEM) as tx:
            await tx.session.execute(
                text("UPDATE upload_parts SET created_at = created_at - interval '1 day 1 hour'")
            )

    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(ForgetUploads())
    await execute(real_world.runtime, job_id)

    async with real_world.runtime.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM upload_parts")) == 1
