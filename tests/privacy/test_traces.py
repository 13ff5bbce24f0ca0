"""Nothing names somebody any more who has gone, now and in the past; all else stays as it was written."""

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.privacy.jobs import RemoveTraces
from tests.contract.tenants import state_of
from tests.privacy.zaphod import (
    EMAIL,
    LOGIN,
    NAME,
    WITH_TRACES,
    dump,
    go,
    leave_traces,
    places_of,
    settle,
)
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_no_column_of_any_table_names_who_has_gone(
    world: World, alice: Actor, zaphod: Actor, board: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.privacy.traces.PAGE", 2)
    await leave_traces(world, alice, zaphod, board)
    needles = (LOGIN, NAME.lower(), EMAIL, "4242", "zaphod")
    # Nothing below would be found out if nothing had been there.
    assert await places_of(world, needles) >= {"users", "api_tokens", *WITH_TRACES}

    expect(await go(zaphod), 204)
    assert await places_of(world, needles) == {"jobs", *WITH_TRACES}
    await settle(world)

    after = await dump(world)
    found = {
        (table, needle) for table, rows in after.items() for needle in needles if needle in rows
    }
    assert found == set()
    binary = LOGIN.encode().hex()
    assert [table for table, rows in after.items() if binary in rows] == []
    async with world.runtime.database.reading() as session:
        of_zaphod = {"id": zaphod.user_id}
        for table in ("sessions", "api_tokens", "card_watchers", "idempotency_keys"):
            left = text(f"SELECT count(*) FROM {table} WHERE user_id = :id")  # noqa: S608
            assert await session.scalar(left, of_zaphod) == 0, table
        where = text("SELECT count(*) FROM audit_entries WHERE actor_id = :id AND address <> ''")
        assert await session.scalar(where, of_zaphod) == 0


async def test_a_card_says_the_same_but_for_the_login_now_and_in_its_past(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    card = await leave_traces(world, alice, zaphod, board)
    before = (await alice.snapshot(board["id"]))["cards"][0]
    search = f"/workspaces/{board['workspace_id']}/search?q={LOGIN}"
    assert len(expect(await alice.get(search), 200)["items"]) == 1

    expect(await go(zaphod), 204)
    await settle(world)

    after = await alice.snapshot(board["id"])
    texts = {
        "description": "What @former_member wants.\n\n> Ask @former_member.",
        "acceptance_criteria": "- @former_member, or his heirs, are happy",
    }
    changed = {name: after["cards"][0][name] for name in ("version", "updated_at")}
    assert after["cards"][0] == before | texts | changed
    log = await read_whole_log(alice, board["id"])
    assert differences(fold(log), as_comparable(after)) == []
    past = expect(await alice.get(f"/boards/{board['id']}/history?at={after['version']}"), 200)
    assert {name: past["cards"][0][name] for name in texts} == texts
    entries = expect(await alice.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    assert entries[-1]["after"]["description"] == texts["description"]
    assert expect(await alice.get(search), 200)["items"] == []


async def test_what_only_looks_like_the_login_stays(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    said = f"{LOGIN} @{LOGIN}.eu @{LOGIN}x me@{LOGIN} @{LOGIN}-. @{LOGIN}!"
    card = await alice.card(board, description=said)
    view = {"name": "Mine", "query": f"label:{LOGIN} assignee:{LOGIN}.eu,{LOGIN}"}
    expect(await alice.post(f"/workspaces/{board['workspace_id']}/views", json=view), 201)

    expect(await go(zaphod), 204)
    await settle(world)

    shown = expect(await alice.get(f"/cards/{card['id']}"), 200)
    assert shown["description"] == (
        f"{LOGIN} @{LOGIN}.eu @{LOGIN}x me@{LOGIN} @former_member-. @former_member!"
    )
    [kept] = expect(await alice.get(f"/workspaces/{board['workspace_id']}/views"), 200)["items"]
    assert kept["query"] == f"label:{LOGIN} assignee:{LOGIN}.eu,former_member"


async def test_what_is_done_twice_changes_nothing_and_the_job_forgets_whom_it_was_about(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    await leave_traces(world, alice, zaphod, board)
    expect(await go(zaphod), 204)
    await settle(world)
    before = await state_of(world)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        again = "UPDATE jobs SET state = 'pending', next_attempt_at = now() WHERE kind = :kind"
        await tx.session.execute(text(again), {"kind": RemoveTraces.kind})

    await settle(world)

    after = await state_of(world)
    assert {**after, "jobs": None} == {**before, "jobs": None}
