"""The audit log: who did what, when and from where; for admins, by page and as a file."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.http.problems import Forbidden
from taskly.platform.jobs.execution import execute
from taskly.users.principal import Principal
from taskly.worker.registry import load_tasks
from taskly.workspaces import audit
from taskly.workspaces.access import open_workspace
from taskly.workspaces.audit import ExportFormat
from taskly.workspaces.audit_repository import AuditFilter
from taskly.workspaces.jobs import ForgetTraces
from tests.imports.sending import send
from tests.support.actors import Actor, Json, expect
from tests.support.world import World
from tests.workspaces.invitations import invite, stay_signed_in

pytestmark = pytest.mark.anyio

FIREFOX = {"User-Agent": "Firefox/140.0\x7f", "X-Request-ID": "one-request"}


def path_of(workspace: Json) -> str:
    """Where a workspace's audit log is."""
    return f"/workspaces/{workspace['id']}/audit"


async def entries(reader: Actor, workspace: Json, **query: Any) -> list[Json]:
    """A page of the audit log."""
    items: list[Json] = expect(await reader.get(path_of(workspace), params=query), 200)["items"]
    return items


async def types(reader: Actor, workspace: Json, **query: Any) -> list[str]:
    """The types on a page, newest first."""
    return [each["type"] for each in await entries(reader, workspace, **query)]


async def test_an_entry_says_who_did_what_when_and_from_where(
    alice: Actor, workspace: Json
) -> None:
    path = f"/workspaces/{workspace['id']}"
    expect(await alice.patch(path, json={"name": "Shop"}, headers=FIREFOX), 200)

    newest, *_ = await entries(alice, workspace)

    assert newest == {
        "id": newest["id"],
        "at": "2026-11-23T09:00:00Z",
        "type": "workspace.updated",
        "actor": {
            "kind": "user",
            "user_id": str(alice.user_id),
            "login": "alice",
            "name": "Alice",
        },
        "address": "127.0.0.1",
        "user_agent": "Firefox/140.0",
        "request_id": "one-request",
        "entity": "workspace",
        "subject_id": workspace["id"],
        "before": {"name": "Payments"},
        "after": {"name": "Shop"},
    }


async def test_everything_about_the_workspace_is_there_and_work_on_cards_is_not(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    await alice.invite(workspace, bob, "member")
    board = await alice.board(workspace)
    card = await bob.card(board)
    await bob.move(card, position=0)
    await invite(alice, workspace, "mona@example.com")
    expect(await bob.delete(f"/workspaces/{workspace['id']}/members/me"), 204)

    found = await entries(alice, workspace)

    assert [(each["type"], each["actor"]["login"]) for each in found] == [
        ("member.removed", "bob"),
        ("invitation.created", "alice"),
        ("board.created", "alice"),
        ("member.added", "alice"),
        ("member.added", "alice"),
        ("workspace.created", "alice"),
    ]
    assert "mona@example.com" not in json.dumps(found)


async def test_what_a_job_makes_of_a_file_comes_from_where_its_import_was_started(
    world: World, alice: Actor, workspace: Json
) -> None:
    load_tasks()
    preview = expect(await send(alice, workspace, "csv", "Name\nRefund\n"), 201)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}/start"
    started = expect(await alice.post(path, headers=FIREFOX), 202)
    await execute(world.runtime, UUID(started["job_id"]))

    made, noted, *_ = await entries(alice, workspace)

    assert (made["type"], noted["type"]) == ("board.created", "import.started")
    assert noted["subject_id"] == preview["id"]
    for each in (made, noted):
        came = (each["actor"]["login"], each["address"], each["user_agent"], each["request_id"])
        assert came == ("alice", "127.0.0.1", "Firefox/140.0", "one-request")
    assert (await entries(alice, workspace, type="import"))[0] == noted


async def test_it_is_filtered_by_person_kind_and_time(
    alice: Actor, bob: Actor, workspace: Json, clock: FrozenClock
) -> None:
    await stay_signed_in(alice, bob)
    await alice.invite(workspace, bob, "admin")
    clock.advance(timedelta(hours=1))
    path = f"/workspaces/{workspace['id']}"
    expect(await bob.patch(path, json={"name": "Shop"}), 200)
    clock.advance(timedelta(hours=1))
    expect(await bob.patch(f"{path}/members/{bob.user_id}", json={"capacity": 5}), 200)

    assert await types(alice, workspace, actor=str(bob.user_id)) == [
        "member.updated",
        "workspace.updated",
    ]
    assert await types(alice, workspace, type="member") == [
        "member.updated",
        "member.added",
        "member.added",
    ]
    assert await types(alice, workspace, type="member.updated") == ["member.updated"]
    assert await types(alice, workspace, type="memb") == []
    assert await types(alice, workspace, after="2026-11-23T10:00:00Z") == [
        "member.updated",
        "workspace.updated",
    ]
    between = {"after": "2026-11-23T11:00:00+01:00", "before": "2026-11-23T11:00:00Z"}
    assert await types(alice, workspace, **between) == ["workspace.updated"]


@pytest.mark.parametrize(
    "query",
    [
        {"actor": "alice"},
        {"type": "member_%"},
        {"type": "Member"},
        {"after": "1763888400"},
        {"after": "2026-11-23"},
        {"after": "2026-11-23T09:00:00"},
        {"before": "0001-01-01T00:00:00+14:00"},
        {"before": "2026-02-30T00:00:00Z"},
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(
    alice: Actor, workspace: Json, query: dict[str, str]
) -> None:
    refused = await alice.get(path_of(workspace), params=query)

    assert expect(refused, 422)["code"] == "invalid"


async def test_pages_neither_lose_nor_repeat(alice: Actor, workspace: Json) -> None:
    for number in range(5):
        path = f"/workspaces/{workspace['id']}"
        expect(await alice.patch(path, json={"name": f"Name {number}"}), 200)
    whole = await entries(alice, workspace)

    found, cursor = [], None
    while True:
        query = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        page = expect(await alice.get(path_of(workspace), params=query), 200)
        found.extend(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert found == whole
    assert len(found) == 7


async def test_as_a_file_it_says_the_same(
    alice: Actor, workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "ROWS_AT_A_TIME", 2)
    for name in ("Shop", "Other"):
        path = f"/workspaces/{workspace['id']}"
        agent = {"User-Agent": '=cmd|"calc"'}
        expect(await alice.patch(path, json={"name": name}, headers=agent), 200)
    whole = await entries(alice, workspace)

    lines = await alice.get(f"{path_of(workspace)}/export", params={"format": "ndjson"})
    table = await alice.get(f"{path_of(workspace)}/export", params={"type": "workspace"})

    assert lines.headers["content-type"] == "application/x-ndjson"
    assert lines.headers["content-disposition"] == 'attachment; filename="audit.ndjson"'
    assert [json.loads(line) for line in lines.text.splitlines()] == whole
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["type"] for row in rows] == [
        "workspace.updated",
        "workspace.updated",
        "workspace.created",
    ]
    assert rows[0]["user_agent"] == '\'=cmd|"calc"'
    assert rows[0]["actor"] == "alice"
    assert json.loads(rows[0]["change"])["after"] == {"name": "Other"}


async def test_whoever_loses_the_right_gets_no_further_page(
    world: World, alice: Actor, bob: Actor, workspace: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "ROWS_AT_A_TIME", 1)
    await alice.invite(workspace, bob, "admin")
    database, reader = world.runtime.database, Principal(bob.user_id)
    async with database.reading() as session:
        access = await open_workspace(session, reader, UUID(workspace["id"]))
    file = audit.export(database, reader, access, AuditFilter(), ExportFormat.NDJSON)
    first = [await anext(file), await anext(file)]

    path = f"/workspaces/{workspace['id']}/members/{bob.user_id}"
    expect(await alice.patch(path, json={"role": "viewer"}), 200)

    with pytest.raises(Forbidden):
        await anext(file)
    assert [json.loads(part)["type"] for part in first if part] == ["member.added"]


async def test_members_read_none_of_it(alice: Actor, bob: Actor, workspace: Json) -> None:
    await alice.invite(workspace, bob, "member")

    for path in (path_of(workspace), f"{path_of(workspace)}/export"):
        assert expect(await bob.get(path), 403)["code"] == "forbidden"


async def test_everybody_reads_of_their_own_sign_ins_and_tokens(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    token = {"name": "ci", "scopes": ["read"]}
    made = expect(await alice.post("/me/tokens", json=token, headers=FIREFOX), 201)
    expect(await alice.delete(f"/me/tokens/{made['id']}"), 204)
    expect(await bob.post("/auth/logout"), 204)

    found = expect(await alice.get("/me/audit"), 200)["items"]

    assert [(each["type"], each["subject_id"]) for each in found[:2]] == [
        ("token.revoked", made["id"]),
        ("token.created", made["id"]),
    ]
    assert [each["type"] for each in found[2:]] == ["session.started"]
    assert (found[1]["address"], found[1]["user_agent"]) == ("127.0.0.1", "Firefox/140.0")
    assert await types(alice, workspace, type="token") == []


async def test_old_traces_are_forgotten_and_younger_ones_stay(
    real_world: World, real_alice: Actor, clock: FrozenClock
) -> None:
    load_tasks()
    workspace = await real_alice.workspace()
    await invite(real_alice, workspace, "old@example.com")
    clock.advance(timedelta(days=398))
    await real_world.person("later")
    clock.advance(timedelta(days=3))
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(ForgetTraces())

    await execute(real_world.runtime, job_id)

    async with real_world.runtime.database.reading() as session:
        kept = list(await session.scalars(text("SELECT type FROM audit_entries")))
        invitations = await session.scalar(text("SELECT count(*) FROM workspace_invitations"))
    assert kept == ["session.started"]
    assert invitations == 0
