"""Nothing names somebody any more who has gone, now and in the past; all else stays as it was written."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.privacy.jobs import RemoveTraces
from taskly.privacy.traces_repository import forget_in_import
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


async def test_titles_steps_and_links_name_nobody_either_however_long_they_are(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    link = {"url": f"https://example.com/@{LOGIN}/1", "title": f"By @{LOGIN}"}
    title = f"@{LOGIN} ".ljust(255, "x")
    card = await alice.card(board, title, checklist=[{"text": f"Ask @{LOGIN}", "done": True}])
    expect(await alice.post(f"/cards/{card['id']}/attachments", json=link), 201)
    long = await alice.card(board, description=f"`@{LOGIN}`".ljust(50_000, "x"))

    expect(await go(zaphod), 204)
    await settle(world)

    snapshot = await alice.snapshot(board["id"])
    cards = {each["id"]: each for each in snapshot["cards"]}
    assert cards[long["id"]]["description"] == "`@_`".ljust(49_993, "x")
    shown = cards[card["id"]]
    assert shown["title"] == "@_ ".ljust(248, "x")
    [step], [attachment] = shown["checklist"], shown["attachments"]
    assert (step["text"], step["done"]) == ("Ask @former_member", True)
    assert attachment["url"] == "https://example.com/@former_member/1"
    assert attachment["title"] == "By @former_member"
    log = await read_whole_log(alice, board["id"])
    assert differences(fold(log), as_comparable(snapshot)) == []
    assert f"@{LOGIN}" not in str(log)


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

    await settle_again(world)

    after = await state_of(world)
    assert {**after, "jobs": None} == {**before, "jobs": None}


async def settle_again(world: World) -> None:
    """Have the job of a deletion tried again."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        again = "UPDATE jobs SET state = 'pending', next_attempt_at = now() WHERE kind = :kind"
        await tx.session.execute(text(again), {"kind": RemoveTraces.kind})
    await settle(world)


REFUSE = (
    (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'not now'; END $$"
    ),
    (
        "CREATE TRIGGER refusing BEFORE UPDATE ON cards FOR EACH ROW"
        " WHEN (NEW.workspace_id = '{}') EXECUTE FUNCTION refuse()"
    ),
)
"""Statements after which no card of a workspace can be changed."""


async def test_a_job_that_breaks_off_goes_on_where_it_was(
    world: World, alice: Actor, zaphod: Actor
) -> None:
    cards = {}
    for name in ("One", "Two"):
        workspace = await alice.workspace(name)
        await alice.invite(workspace, zaphod, "member")
        board = await alice.board(workspace)
        cards[workspace["id"]] = await alice.card(board, description=f"@{LOGIN}")
    done, left = sorted(cards)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        for statement in REFUSE:
            await tx.session.execute(text(statement.format(left)))
    expect(await go(zaphod), 204)
    await settle(world)
    async with world.runtime.database.reading() as session:
        query = text("SELECT state, payload FROM jobs WHERE kind = :kind")
        job = (await session.execute(query, {"kind": RemoveTraces.kind})).one()
    assert (job.state, job.payload["workspace_ids"]) == ("pending", [left])

    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("DROP TRIGGER refusing ON cards"))
    path = f"/cards/{cards[done]['id']}"
    expect(await alice.patch(path, json={"acceptance_criteria": f"@{LOGIN}"}), 200)
    await settle_again(world)

    later = expect(await alice.get(path), 200)
    assert (later["description"], later["acceptance_criteria"]) == ("@former_member", f"@{LOGIN}")
    rest = expect(await alice.get(f"/cards/{cards[left]['id']}"), 200)
    assert rest["description"] == "@former_member"


async def test_where_others_took_somebody_in_and_out_nothing_names_them_either(
    world: World, alice: Actor, zaphod: Actor
) -> None:
    workspace = await alice.workspace()
    await alice.invite(workspace, zaphod, "member")
    card = await alice.card(await alice.board(workspace), description=f"Ask @{LOGIN}.")
    out = f"/workspaces/{workspace['id']}/members/{zaphod.user_id}"
    expect(await alice.delete(out), 204)

    expect(await go(zaphod), 204)
    await settle(world)

    shown = expect(await alice.get(f"/cards/{card['id']}"), 200)
    assert shown["description"] == "Ask @former_member."


async def test_somebody_who_has_the_login_later_stays_named(
    world: World, alice: Actor, zaphod: Actor, board: Json, clock: FrozenClock
) -> None:
    before = await alice.card(board, description=f"Ask @{LOGIN}.")
    expect(await go(zaphod), 204)
    clock.advance(timedelta(minutes=1))
    newcomer = await world.person(LOGIN)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        joined = text("UPDATE users SET created_at = :now WHERE id = :id")
        await tx.session.execute(joined, {"now": clock.now(), "id": newcomer.user_id})
    after = await alice.card(board, description=f"Ask @{LOGIN}.")
    said = f"/cards/{before['id']}/comments"
    expect(await alice.post(said, json={"body": f"Hello @{LOGIN}"}), 201)

    await settle(world)

    texts = [
        expect(await alice.get(f"/cards/{card['id']}"), 200)["description"]
        for card in (before, after)
    ]
    assert texts == ["Ask @former_member.", f"Ask @{LOGIN}."]
    [comment] = expect(await alice.get(said), 200)["items"]
    assert comment["body"] == f"Hello @{LOGIN}"
    past = [
        [each["after"].get("description") for each in entries if "after" in each]
        for entries in [
            expect(await alice.get(f"/cards/{card['id']}/timeline"), 200)["items"]
            for card in (before, after)
        ]
    ]
    assert f"Ask @{LOGIN}." not in past[0]
    assert past[1] == [f"Ask @{LOGIN}."]


async def test_names_of_files_are_nobody_who_has_gone(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    path, names = f"/workspaces/{board['workspace_id']}/imports", ("Bob", str(zaphod.user_id))
    files = [await preview_that_names(alice, path, name, zaphod) for name in names]

    expect(await go(zaphod), 204)
    await settle(world)

    for name, file in zip(names, files, strict=True):
        left = expect(await alice.get(f"{path}/{file}"), 200)["people"]
        assert left == {"alice": str(alice.user_id), name: None}


async def test_names_of_files_are_forgotten_file_by_file(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    path = f"/workspaces/{board['workspace_id']}/imports"
    files = [await preview_that_names(alice, path, name, zaphod) for name in ("Bob", "Robert")]
    who = UUID(board["workspace_id"]), zaphod.user_id
    done = []
    for _ in range(3):
        async with world.runtime.database.transaction(SYSTEM) as tx:
            done.append(await forget_in_import(tx.session, *who))
        shown = [expect(await alice.get(f"{path}/{file}"), 200)["people"] for file in files]
        done.append(sum(str(zaphod.user_id) in people.values() for people in shown))
    assert done == [1, 1, 1, 0, 0, 0]


async def preview_that_names(actor: Actor, path: str, name: str, somebody: Actor) -> str:
    """An import that waits, of a file in which somebody is called so; its id."""
    table = f"Name,Assignee\nRefund,alice\nFees,{name}\n"
    headers = {"Content-Type": "application/octet-stream"}
    preview = expect(await actor.post(f"{path}?source=csv", content=table, headers=headers), 201)
    people = {"people": {name: str(somebody.user_id)}}
    expect(await actor.patch(f"{path}/{preview['id']}", json=people), 200)
    return str(preview["id"])
