"""A file is looked at first, made once, and taken away as a whole."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.imports.errors import BROKE_OFF
from taskly.platform.context import SYSTEM
from taskly.platform.http.problems import TooLarge
from taskly.platform.jobs.execution import execute
from taskly.transfer.jobs import ForgetUploads
from taskly.transfer.tables import NOT_IN_FILES
from taskly.transfer.uploading import PART_BYTES, take_in
from taskly.worker.registry import load_tasks
from tests.contract.tenants import state_of
from tests.support.actors import Actor, expect
from tests.support.purging import purge
from tests.support.world import World
from tests.transfer.files import (
    LINES,
    exported,
    imported,
    made,
    rows,
    sent,
    shown_to,
    unexamined,
    written,
)

pytestmark = pytest.mark.anyio


async def test_a_file_is_its_senders_alone(real_world: World, real_alice: Actor) -> None:
    bob = await real_world.person("bob")
    lines = await exported(real_alice, await real_alice.workspace())
    preview = await sent(real_world, real_alice, lines)
    path = f"/workspaces/imports/{preview['id']}"

    for answer in (
        await bob.get(path),
        await bob.post(f"{path}/start"),
        await bob.delete(path),
        await bob.get(f"/jobs/{preview['job_id']}"),
    ):
        assert expect(answer, 404)["code"] == "not_found"
    again = await sent(real_world, bob, lines)
    assert again["same_as"] is None


async def test_a_preview_says_what_would_come_and_makes_nothing(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace(name="Payments")
    await real_alice.card(await real_alice.board(workspace), "one")
    lines = await exported(real_alice, workspace)

    preview = await sent(real_world, real_alice, lines)

    assert (preview["state"], preview["workspace_name"]) == ("previewed", "Payments")
    assert preview["counts"]["cards"] == preview["counts"]["boards"] == 1
    assert preview["counts"]["events"] == len(rows(lines, "events"))
    assert preview["people"] == {"alice": str(real_alice.user_id)}
    assert {each["about"] for each in preview["notes"]} == set(NOT_IN_FILES)
    assert preview["workspace_id"] is None
    listed = expect(await real_alice.get("/workspaces"), 200)["items"]
    assert [each["id"] for each in listed] == [workspace["id"]]
    job = expect(await real_alice.get(f"/jobs/{preview['job_id']}"), 200)
    assert job["progress"] == {"done": len(written(lines)), "total": len(written(lines))}


async def test_the_same_file_is_made_once_unless_that_is_said(
    real_world: World, real_alice: Actor
) -> None:
    lines = await exported(real_alice, await real_alice.workspace())
    first = await sent(real_world, real_alice, lines)
    second = await sent(real_world, real_alice, lines)
    assert second["same_as"] is None
    path = f"/workspaces/imports/{second['id']}"
    started = [await real_alice.post(f"/workspaces/imports/{first['id']}/start") for _ in range(2)]
    assert len({expect(answer, 202)["job_id"] for answer in started}) == 1

    refused = expect(await real_alice.post(f"{path}/start"), 409)

    assert (refused["code"], refused["import_id"]) == ("imported_already", first["id"])
    await execute(real_world.runtime, UUID(started[0].json()["job_id"]))
    assert expect(await real_alice.get(path), 200)["same_as"] == first["id"]
    assert expect(await real_alice.post(f"{path}/start"), 409)["import_id"] == first["id"]
    other = await made(real_world, real_alice, second, again="true")
    assert other["state"] == "done"
    assert other["workspace_id"] != (await shown_to(real_alice, first))["workspace_id"]
    assert len(expect(await real_alice.get("/workspaces"), 200)["items"]) == 3


async def test_of_the_same_file_started_twice_at_once_one_workspace_comes(
    real_world: World, real_alice: Actor
) -> None:
    lines = await exported(real_alice, await real_alice.workspace())
    previews = [await sent(real_world, real_alice, lines) for _ in range(4)]

    answers = await asyncio.gather(
        *(real_alice.post(f"/workspaces/imports/{each['id']}/start") for each in previews)
    )

    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]


async def test_what_came_is_taken_away_as_a_whole(real_world: World, real_alice: Actor) -> None:
    lines = await exported(real_alice, await real_alice.workspace())
    before = await state_of(real_world)
    shown = await imported(real_world, real_alice, lines)
    path = f"/workspaces/imports/{shown['id']}"

    expect(await real_alice.delete(path), 204)

    expect(await real_alice.get(f"/workspaces/{shown['workspace_id']}"), 404)
    assert (await shown_to(real_alice, shown))["state"] == "removed"
    over = expect(await real_alice.post(f"{path}/start"), 409)
    assert over["code"] == "import_not_ready"
    expect(await real_alice.delete(path), 204)
    await purge(real_world)
    after = await state_of(real_world)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"jobs", "workspace_imports", "events", "audit_entries"}


async def test_a_workspace_that_was_deleted_is_in_nobodys_way(
    real_world: World, real_alice: Actor
) -> None:
    lines = await exported(real_alice, await real_alice.workspace(name="Payments"))
    shown = await imported(real_world, real_alice, lines)
    other = await sent(real_world, real_alice, lines)
    copy = f"/workspaces/{shown['workspace_id']}"
    expect(await real_alice.request("DELETE", copy, json={"name": "Payments"}), 204)

    ended = await shown_to(real_alice, shown)
    assert (ended["state"], ended["workspace_id"]) == ("done", None)
    assert (await made(real_world, real_alice, other))["state"] == "done"
    await purge(real_world)
    assert await shown_to(real_alice, shown) == {**ended, "same_as": other["id"]}

    for _ in range(2):
        expect(await real_alice.delete(f"/workspaces/imports/{shown['id']}"), 204)
        assert (await shown_to(real_alice, shown))["state"] == "removed"


async def test_a_workspace_that_was_deleted_is_taken_away_before_it_is_purged(
    real_world: World, real_alice: Actor
) -> None:
    lines = await exported(real_alice, await real_alice.workspace(name="Payments"))
    shown = await imported(real_world, real_alice, lines)
    copy = f"/workspaces/{shown['workspace_id']}"
    expect(await real_alice.request("DELETE", copy, json={"name": "Payments"}), 204)

    expect(await real_alice.delete(f"/workspaces/imports/{shown['id']}"), 204)

    assert (await shown_to(real_alice, shown))["state"] == "removed"


async def test_what_people_worked_on_is_taken_away_only_by_its_name(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace(name="Payments")
    await real_alice.board(workspace)
    shown = await imported(real_world, real_alice, await exported(real_alice, workspace))
    copy, path = shown["workspace_id"], f"/workspaces/imports/{shown['id']}"
    [board] = expect(await real_alice.get(f"/workspaces/{copy}/boards"), 200)["items"]
    await real_alice.card(await real_alice.snapshot(board["id"]))

    refused = expect(await real_alice.delete(path), 409)

    assert (refused["code"], refused["changes"]) == ("import_changed_since", 1)
    expect(await real_alice.get(f"/workspaces/{copy}"), 200)
    expect(await real_alice.delete(f"{path}?workspace_name=Payments"), 204)
    expect(await real_alice.get(f"/workspaces/{copy}"), 404)


async def test_a_preview_is_taken_away_with_its_file(real_world: World, real_alice: Actor) -> None:
    preview = await sent(
        real_world, real_alice, await exported(real_alice, await real_alice.workspace())
    )

    expect(await real_alice.delete(f"/workspaces/imports/{preview['id']}"), 204)

    async with real_world.runtime.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM upload_parts")) == 0


async def test_nothing_is_started_or_taken_away_while_a_job_is_at_work(
    real_world: World, real_alice: Actor
) -> None:
    lines = await exported(real_alice, await real_alice.workspace())
    path = f"/workspaces/imports/{(await unexamined(real_alice, lines))['id']}"

    assert expect(await real_alice.post(f"{path}/start"), 409)["code"] == "import_not_ready"
    assert expect(await real_alice.delete(path), 409)["code"] == "import_not_ready"


async def test_a_job_that_dies_says_so_in_words_and_can_be_started_again(
    real_world: World, real_alice: Actor
) -> None:
    lines = await exported(real_alice, await real_alice.workspace())
    preview = await sent(real_world, real_alice, lines)
    started = expect(await real_alice.post(f"/workspaces/imports/{preview['id']}/start"), 202)
    await again(real_world, started["job_id"], attempts=99)

    failed = await shown_to(real_alice, preview)

    assert (failed["state"], failed["problem"]) == ("failed", BROKE_OFF)
    assert (await made(real_world, real_alice, preview))["state"] == "done"


async def test_a_dead_job_that_is_tried_again_leaves_alone_what_a_later_one_does_and_has_done(
    real_world: World, real_alice: Actor
) -> None:
    lines = await exported(real_alice, await real_alice.workspace())
    preview = await sent(real_world, real_alice, lines)
    path = f"/workspaces/imports/{preview['id']}/start"
    dead = expect(await real_alice.post(path), 202)["job_id"]
    await again(real_world, dead, attempts=99)
    assert (await shown_to(real_alice, preview))["state"] == "failed"
    waiting = expect(await real_alice.post(path), 202)
    for attempts in (0, 99):
        await again(real_world, dead, attempts=attempts)
        assert await shown_to(real_alice, preview) == waiting
    done = await made(real_world, real_alice, preview)
    assert (done["state"], done["job_id"]) == ("done", waiting["job_id"])

    for job_id in (dead, preview["job_id"]):
        for attempts in (0, 99):
            await again(real_world, job_id, attempts=attempts)
            assert await shown_to(real_alice, preview) == done

    assert len(expect(await real_alice.get("/workspaces"), 200)["items"]) == 2


async def test_a_dead_job_that_is_tried_again_makes_what_nobody_has_started_anew(
    real_world: World, real_alice: Actor
) -> None:
    lines = await exported(real_alice, await real_alice.workspace())
    sent_file = await unexamined(real_alice, lines)
    for attempts, state in ((99, "failed"), (0, "previewed")):
        await again(real_world, sent_file["job_id"], attempts=attempts)
        assert (await shown_to(real_alice, sent_file))["state"] == state
    path = f"/workspaces/imports/{sent_file['id']}/start"
    job_id = expect(await real_alice.post(path), 202)["job_id"]

    for attempts, state in ((99, "failed"), (0, "done")):
        await again(real_world, job_id, attempts=attempts)
        assert (await shown_to(real_alice, sent_file))["state"] == state


async def again(world: World, job_id: str, *, attempts: int) -> None:
    """Have a job tried again that has had some attempts; with too many it dies."""
    load_tasks()
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text(
                "UPDATE jobs SET state = 'pending', attempts = :attempts, next_attempt_at = now(),"
                " finished_at = NULL WHERE id = :id"
            ),
            {"id": UUID(job_id), "attempts": attempts},
        )
    await execute(world.runtime, UUID(job_id))


@pytest.mark.parametrize("size", [256 * 1024 * 1024, 2**40])
async def test_a_file_may_be_larger_than_other_bodies_up_to_a_limit(
    world: World, alice: Actor, size: int
) -> None:
    announced = {**LINES, "Content-Length": str(size)}
    answer = await alice.post("/workspaces/imports", content=b"{}", headers=announced)

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
    lines = await exported(real_alice, await real_alice.workspace())
    for _ in range(2):
        preview = await sent(real_world, real_alice, lines)
        async with real_world.runtime.database.transaction(SYSTEM) as tx:
            await tx.session.execute(
                text("UPDATE upload_parts SET created_at = created_at - interval '1 day 1 hour'")
            )

    await forget(real_world)

    async with real_world.runtime.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM upload_parts")) == 1
    assert (await made(real_world, real_alice, preview))["state"] == "done"


async def test_files_that_a_job_is_to_read_are_not_forgotten(
    real_world: World, real_alice: Actor
) -> None:
    lines = await exported(real_alice, await real_alice.workspace())
    examined = await unexamined(real_alice, lines)
    started = await sent(real_world, real_alice, lines)
    path = f"/workspaces/imports/{started['id']}/start"
    job_id = expect(await real_alice.post(path), 202)["job_id"]
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text("UPDATE upload_parts SET created_at = created_at - interval '3 days'")
        )

    await forget(real_world)

    for job in (examined["job_id"], job_id):
        await execute(real_world.runtime, UUID(job))
    assert (await shown_to(real_alice, examined))["state"] == "previewed"
    assert (await shown_to(real_alice, started))["state"] == "done"


async def test_whom_a_file_names_is_forgotten_after_thirty_days(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    bob = await real_world.person("bobby-tables")
    await real_alice.invite(workspace, bob, "viewer")
    lines = await exported(real_alice, workspace)
    shown = await imported(real_world, real_alice, lines)
    assert "bobby-tables" in json.dumps(shown)
    for days in (29, 2):
        await forget(real_world)
        kept = await shown_to(real_alice, shown)
        assert kept == {**shown, "created_at": kept["created_at"]}
        async with real_world.runtime.database.transaction(SYSTEM) as tx:
            age = text(
                "UPDATE workspace_imports SET created_at = created_at - CAST(:age AS interval)"
            )
            await tx.session.execute(age, {"age": timedelta(days=days)})

    await forget(real_world)

    left = await shown_to(real_alice, shown)
    assert (left["people"], left["notes"], left["state"]) == ({}, [], "done")
    assert "bobby-tables" not in json.dumps(left)
    assert left["receipt"]["made"] == shown["receipt"]["made"]


async def test_what_is_taken_away_names_nobody(real_world: World, real_alice: Actor) -> None:
    workspace = await real_alice.workspace()
    bob = await real_world.person("bobby-tables")
    await real_alice.invite(workspace, bob, "viewer")
    shown = await imported(real_world, real_alice, await exported(real_alice, workspace))

    expect(await real_alice.delete(f"/workspaces/imports/{shown['id']}"), 204)

    assert "bobby-tables" not in json.dumps(await shown_to(real_alice, shown))


async def test_with_an_account_go_the_files_that_it_sent(
    real_world: World, real_alice: Actor
) -> None:
    bob = await real_world.person("bob")
    lines = await exported(real_alice, await real_alice.workspace())
    for person in (real_alice, bob):
        await sent(real_world, person, lines)

    expect(await bob.request("DELETE", "/me", json={"login": "bob"}), 204)

    async with real_world.runtime.database.reading() as session:
        left = text("SELECT u.created_by FROM upload_parts p JOIN workspace_imports u ON true")
        assert list(await session.scalars(left)) == [real_alice.user_id]


async def forget(world: World) -> None:
    """Forget what is old."""
    load_tasks()
    async with world.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(ForgetUploads())
    await execute(world.runtime, job_id)
