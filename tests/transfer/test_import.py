"""A file becomes a workspace: the same but for its ids, with nobody in it who was not asked."""

import re
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.doctor.repository import INVARIANTS, broken
from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from taskly.transfer.errors import NotAllCame
from taskly.transfer.examination import Examination
from taskly.transfer.identities import fresh_ids
from taskly.transfer.importing import Made, Making, examine, make_workspace, people_here
from taskly.transfer.jobs import ImportWorkspace
from tests.contract.tenants import make_tenant, state_of
from tests.support.actors import Actor, Json, column, expect
from tests.support.purging import purge
from tests.support.world import World
from tests.transfer.files import (
    comparable,
    exported,
    imported,
    made,
    rows,
    sent,
)

pytestmark = pytest.mark.anyio


async def test_an_import_is_finished_when_its_workspace_is_there(
    real_world: World, real_alice: Actor, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def take_a_minute(making: Making) -> Made:
        clock.advance(timedelta(minutes=1))
        return await make_workspace(making)

    monkeypatch.setattr("taskly.transfer.tasks.make_workspace", take_a_minute)
    done = await imported(
        real_world, real_alice, await exported(real_alice, await real_alice.workspace())
    )
    assert datetime.fromisoformat(done["finished_at"]) == clock.now()


async def test_a_copy_is_the_same_but_for_its_ids(real_world: World) -> None:
    tenant = await make_tenant(real_world)
    admin = tenant.people["admin"].actor
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE card_branches SET state = 'created'"))
    before = await exported(admin, tenant.workspace)

    shown = await imported(real_world, admin, before)

    assert (shown["state"], shown["problem"], shown["mistakes"]) == ("done", None, [])
    receipt = shown["receipt"]
    assert receipt["differences"] == []
    assert receipt["made"] == receipt["expected"]
    counted = {name: len(rows(before, name)) for name in receipt["made"]}
    assert receipt["expected"] == counted | {"users": 0}
    assert [(each["kind"], each["count"]) for each in receipt["changes"]] == [
        ("member", 4),
        ("disconnected", 1),
    ]
    copy = {"id": shown["workspace_id"]}
    after = await exported(admin, copy)
    assert copy["id"] != tenant.workspace["id"]
    assert comparable(after) == comparable(before)
    async with real_world.runtime.database.reading() as session:
        for invariant in INVARIANTS:
            assert await broken(session, invariant) is None, invariant.name
        parts = text("SELECT count(*) FROM upload_parts WHERE upload_id = :id")
        assert await session.scalar(parts, {"id": shown["id"]}) == 0


async def test_boards_with_several_labels_come(real_world: World, real_alice: Actor) -> None:
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace, template="bug-triage")

    shown = await imported(real_world, real_alice, await exported(real_alice, workspace))

    assert shown["receipt"]["differences"] == []
    boards = f"/workspaces/{shown['workspace_id']}/boards"
    [copy] = expect(await real_alice.get(boards), 200)["items"]
    names = [each["name"] for each in (await real_alice.snapshot(copy["id"]))["labels"]]
    assert names == [each["name"] for each in board["labels"]]
    assert len(names) > 1


async def test_the_copy_can_be_worked_with_and_its_past_read(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace)
    card = await real_alice.card(board, "one")
    await real_alice.card(board, "two")
    await real_alice.move(card, column_id=column(board, "Done")["id"])
    shown = await imported(real_world, real_alice, await exported(real_alice, workspace))
    copy = shown["workspace_id"]

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


def ask_first(world: World, *, asked: bool = True) -> None:
    """Let nobody, or anybody, be a member without being asked."""
    settings: Any = world.runtime.settings
    wanted = settings.model_copy(update={"direct_members": not asked})
    assert wanted.direct_members_allowed is not asked
    object.__setattr__(world.runtime, "settings", wanted)


async def test_nobody_of_the_file_gains_access(real_world: World, real_alice: Actor) -> None:
    bob = await real_world.person("bob")
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "admin")
    lines = await exported(real_alice, workspace)
    ask_first(real_world)

    shown = await imported(real_world, real_alice, lines)

    copy = shown["workspace_id"]
    assert shown["people"] == {"alice": str(real_alice.user_id), "bob": None}
    [placeholder] = shown["receipt"]["changes"]
    assert (placeholder["kind"], placeholder["count"]) == ("placeholder", 1)
    assert placeholder["examples"] == ["bob"]
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


async def test_people_are_called_in_the_next_file_as_in_the_first(
    real_world: World, real_alice: Actor
) -> None:
    bob = await real_world.person("bob")
    await know_at_github(real_world, bob, 42)
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "member")
    assigned = {"assignee_ids": [str(bob.user_id)]}
    await real_alice.card(await real_alice.board(workspace), "Ask", **assigned)
    first = await exported(real_alice, workspace)
    ask_first(real_world)

    files, copies = [first], []
    for _ in range(2):
        shown = await imported(real_world, real_alice, files[-1])
        copies.append(f"/workspaces/{shown['workspace_id']}")
        files.append(await exported(real_alice, {"id": shown["workspace_id"]}))

    same = comparable(deepcopy(first))
    for lines in files:
        called = {(row["login"], row["github_id"]) for row in rows(lines, "users")}
        assert called == {("alice", None), ("bob", 42)}
        assert comparable(lines) == same
    for copy in copies:
        members = expect(await real_alice.get(f"{copy}/members"), 200)["items"]
        [login] = [each["login"] for each in members if each["name"] == "Bob"]
        assert re.fullmatch("bob~[0-9a-f]{12}", login)
        for name in ("BOB", login):
            found = expect(await real_alice.get(f"{copy}/search?q=assignee:{name}"), 200)["items"]
            assert [each["title"] for each in found] == ["Ask"]


async def test_who_joins_the_copy_in_which_they_are_a_placeholder_is_told_apart_in_its_file(
    real_world: World, real_alice: Actor
) -> None:
    bob = await real_world.person("bob")
    await know_at_github(real_world, bob, 42)
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "member")
    ask_first(real_world)
    shown = await imported(real_world, real_alice, await exported(real_alice, workspace))
    copy = {"id": shown["workspace_id"]}
    ask_first(real_world, asked=False)
    await real_alice.invite(copy, bob, "member")

    lines = await exported(real_alice, copy)

    ask_first(real_world)
    called = sorted((row["login"], row["github_id"] or 0) for row in rows(lines, "users"))
    assert called == [("alice", 0), ("bob", 0), ("bob", 42)]
    again = await imported(real_world, bob, lines)
    assert (again["state"], again["people"]) == ("done", {"alice": None, "bob": str(bob.user_id)})


async def know_at_github(world: World, actor: Actor, github_id: int) -> None:
    """Let somebody have an account at GitHub."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        known = text("UPDATE users SET github_id = :github_id WHERE id = :id")
        await tx.session.execute(known, {"github_id": github_id, "id": actor.user_id})


async def test_the_audit_log_says_from_where_the_file_was_read_in(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    preview = await sent(real_world, real_alice, await exported(real_alice, workspace))
    firefox = {"User-Agent": "Firefox/140.0", "X-Request-ID": "start"}
    path = f"/workspaces/imports/{preview['id']}/start"
    started = expect(await real_alice.post(path, headers=firefox), 202)
    await execute(real_world.runtime, UUID(started["job_id"]))
    copy = expect(await real_alice.get(f"/workspaces/imports/{preview['id']}"), 200)["workspace_id"]

    [entry, *_] = expect(await real_alice.get(f"/workspaces/{copy}/audit"), 200)["items"]
    [noted, *_] = expect(await real_alice.get("/me/audit"), 200)["items"]

    assert (entry["type"], noted["type"]) == ("workspace.imported", "import.started")
    assert noted["subject_id"] == preview["id"]
    for each in (entry, noted):
        came = (each["address"], each["user_agent"], each["request_id"])
        assert came == ("127.0.0.1", "Firefox/140.0", "start")


async def test_where_admins_take_people_in_unasked_those_of_the_file_are_members(
    real_world: World, real_alice: Actor
) -> None:
    bob = await real_world.person("bob")
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "viewer")

    preview = await sent(real_world, real_alice, await exported(real_alice, workspace))

    [member] = [each for each in preview["notes"] if each["kind"] != "not_in_file"]
    assert (member["kind"], member["examples"]) == ("member", ["bob"])
    assert preview["people"]["bob"] == str(bob.user_id)
    shown = await made(real_world, real_alice, preview)
    read = expect(await bob.get(f"/workspaces/{shown['workspace_id']}"), 200)
    assert read["role"] == "viewer"


@pytest.mark.parametrize(("take_in", "held"), [(True, {"alice", "bob"}), (False, {"alice"})])
async def test_only_who_becomes_a_member_is_held_while_the_workspace_is_made(
    real_world: World, real_alice: Actor, take_in: bool, held: set[str]
) -> None:
    bob = await real_world.person("bob")
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "viewer")
    preview = await sent(real_world, real_alice, await exported(real_alice, workspace))
    examination = await examined(real_world, preview)
    database = real_world.runtime.database

    async with database.transaction(SYSTEM) as tx:
        await people_here(tx.session, real_alice.user_id, examination, take_in=take_in, lock=True)
        free = text("SELECT login FROM users FOR UPDATE SKIP LOCKED")
        async with database.transaction(SYSTEM) as other:
            logins = set(await other.session.scalars(free))

    assert {"alice", "bob"} - logins == held


async def test_nothing_is_made_of_a_file_that_loses_a_piece_while_it_is_read(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    await real_alice.card(await real_alice.board(workspace))
    preview = await sent(real_world, real_alice, await exported(real_alice, workspace))
    examination = await examined(real_world, preview)
    job = ImportWorkspace(import_id=UUID(preview["id"]), user_id=real_alice.user_id)
    database = real_world.runtime.database
    async with database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("DELETE FROM upload_parts"))
    before = await state_of(real_world)

    async def make() -> None:
        async with database.transaction(SYSTEM) as tx:
            ids = fresh_ids(examination.ids)
            await make_workspace(Making(tx, job, examination, ids, True, _no_progress))

    with pytest.raises(NotAllCame, match=r"boards, .*cards"):
        await make()

    assert await state_of(real_world) == before


async def examined(world: World, preview: Json) -> Examination:
    """What a file holds that was sent."""
    async with world.runtime.database.reading() as session:
        return await examine(session, UUID(preview["id"]), _no_progress)


async def _no_progress(_read: int) -> None:
    pass


async def test_somebody_who_is_not_in_the_file_becomes_its_admin(
    real_world: World, real_alice: Actor
) -> None:
    carol = await real_world.person("carol")
    workspace = await real_alice.workspace()
    lines = await exported(real_alice, workspace)

    shown = await imported(real_world, carol, lines)

    read = expect(await carol.get(f"/workspaces/{shown['workspace_id']}"), 200)
    assert (read["name"], read["role"]) == ("Payments", "admin")
    assert [each["kind"] for each in shown["receipt"]["changes"]] == ["member", "added"]


async def test_whoever_was_less_becomes_admin_and_is_told_so(
    real_world: World, real_alice: Actor
) -> None:
    bob = await real_world.person("bob")
    workspace = await real_alice.workspace()
    await real_alice.invite(workspace, bob, "viewer")

    shown = await imported(real_world, bob, await exported(real_alice, workspace))

    assert expect(await bob.get(f"/workspaces/{shown['workspace_id']}"), 200)["role"] == "admin"
    raised = shown["receipt"]["changes"][-1]
    assert (raised["kind"], raised["examples"]) == ("role_raised", ["viewer"])
