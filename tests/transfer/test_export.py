"""A workspace as a file: complete, as it was at one moment, without secrets and addresses."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from taskly.migrations.tables import METADATA
from taskly.platform.db.engine import answer_seconds
from taskly.platform.runtime import open_runtime
from taskly.platform.settings import Settings
from taskly.transfer import repository
from taskly.transfer.exporting import write_file
from taskly.transfer.tables import LEFT_OUT, TABLES
from taskly.users.principal import Principal
from tests.contract.tenants import make_tenant
from tests.support.actors import Actor, Json, expect
from tests.support.world import World
from tests.transfer.files import exported, rows

pytestmark = pytest.mark.anyio

SECRET = ("secret", "token", "hash", "email", "address", "payload", "search")


def test_every_table_is_in_the_file_or_left_out_for_a_reason() -> None:
    names = [each.name for each in TABLES]
    assert sorted([*names, *LEFT_OUT]) == sorted(METADATA.tables)


def test_no_column_of_the_file_is_a_secret_or_an_address() -> None:
    columns = {f"{each.name}.{column.name}" for each in TABLES for column in each.columns}
    assert [name for name in sorted(columns) if any(word in name for word in SECRET)] == []


async def test_the_file_holds_everything_and_says_how_much(world: World) -> None:
    tenant = await make_tenant(world)
    admin = tenant.people["admin"].actor

    lines = await exported(admin, tenant.workspace)

    assert (lines[0]["format"], lines[0]["version"]) == ("taskly.workspace", 1)
    assert lines[-1] == {"end": True, "rows": len(lines) - 2}
    found = {name: rows(lines, name) for name in (each.name for each in TABLES)}
    assert [each["name"] for each in found["workspaces"]] == ["Payments"]
    assert {each["login"] for each in found["users"]} == {
        "admin", "second-admin", "member", "viewer", "other",
    }  # fmt: skip
    assert set(found["users"][0]) == {"id", "github_id", "login", "name"}
    assert len(found["workspace_members"]) == 5
    assert {each["title"] for each in found["cards"]} >= {"A card", "Another card"}
    assert [each["body"] for each in found["card_comments"]] == ["Does the bank answer?"]
    for name in ("card_assignees", "card_labels", "card_dependencies", "saved_views", "sprints"):
        assert len(found[name]) == 1, name
    assert len(found["git_repositories"]) == len(found["card_branches"]) == 1
    board = await admin.snapshot(tenant.board["id"])
    versions = [each["version"] for each in found["events"] if each["stream_id"] == board["id"]]
    assert versions == list(range(1, board["version"] + 1))


async def test_what_is_put_away_deleted_or_private(alice: Actor) -> None:
    workspace = await alice.workspace()
    board = await alice.board(workspace)
    archived, deleted = await alice.card(board, "archived"), await alice.card(board, "deleted")
    expect(await alice.post(f"/cards/{archived['id']}/archive"), 200)
    expect(await alice.delete(f"/cards/{deleted['id']}"), 204)
    view = {"name": "Mine", "query": "is:open"}
    expect(await alice.post(f"/workspaces/{workspace['id']}/views", json=view), 201)

    lines = await exported(alice, workspace)

    assert {each["title"]: bool(each["deleted_at"]) for each in rows(lines, "cards")} == {
        "archived": False,
        "deleted": True,
    }
    assert rows(lines, "saved_views") == []


async def test_nothing_of_another_workspace_is_in_the_file(world: World, alice: Actor) -> None:
    workspace = await alice.workspace()
    stranger = await make_tenant(world, "strange-")

    lines = await exported(alice, workspace)

    told = json.dumps(lines)
    assert stranger.workspace["id"] not in told
    assert [each["login"] for each in rows(lines, "users")] == ["alice"]


async def test_the_audit_log_says_who_took_a_copy(alice: Actor) -> None:
    workspace = await alice.workspace()

    await exported(alice, workspace)

    items = expect(await alice.get(f"/workspaces/{workspace['id']}/audit"), 200)["items"]
    entry = items[0]
    assert (entry["type"], entry["actor"]["login"]) == ("workspace.exported", "alice")
    assert entry["address"] == "127.0.0.1"


async def test_of_a_copy_that_could_not_be_written_the_audit_log_says_nothing(
    world: World, alice: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    workspace = await alice.workspace()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))

    with pytest.raises(FileNotFoundError):
        await write_file(world.runtime, Principal(alice.user_id), UUID(workspace["id"]))

    items = expect(await alice.get(f"/workspaces/{workspace['id']}/audit"), 200)["items"]
    assert "workspace.exported" not in {each["type"] for each in items}


async def test_the_file_is_of_one_moment_while_others_write(
    real_world: World, real_alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace)
    real, changed = repository.rows_of, asyncio.Event()

    async def rows_of(session: Any, table: Any, workspace_id: Any) -> Any:
        if table.name == "cards":
            # The boards are written already; what happens now must not be in the file.
            await real_alice.card(board, "too late")
            changed.set()
        async for part in real(session, table, workspace_id):
            yield part

    monkeypatch.setattr(repository, "rows_of", rows_of)
    lines = await exported(real_alice, workspace)

    assert changed.is_set()
    assert rows(lines, "cards") == []
    [row] = rows(lines, "boards")
    log = [each for each in rows(lines, "events") if each["stream_id"] == row["id"]]
    assert [each["version"] for each in log] == list(range(1, row["version"] + 1))
    async with real_world.runtime.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM cards")) == 1


async def test_a_snapshot_may_take_longer_than_requests(settings: Settings) -> None:
    hurried = settings.model_copy(update={"statement_timeout_seconds": 0.05})
    slow = text("SELECT pg_sleep(:seconds)").bindparams(seconds=answer_seconds(hurried) + 0.05)
    async with (
        open_runtime(hurried, application="taskly tests") as runtime,
        runtime.database.snapshot() as session,
    ):
        await session.execute(slow)
        with pytest.raises(DBAPIError, match="read-only"):
            await session.execute(text("CREATE TABLE other ()"))


async def test_the_answer_says_how_large_the_file_is(alice: Actor) -> None:
    answer = await alice.get(f"/workspaces/{(await alice.workspace())['id']}/export")

    assert answer.headers["content-length"] == str(len(answer.content))


async def test_times_and_texts_are_written_as_they_are(alice: Actor) -> None:
    workspace = await alice.workspace()
    card = await alice.card(await alice.board(workspace), 'Zoë "quotes" \\ 🦊')

    lines = await exported(alice, workspace)

    [row] = rows(lines, "cards")
    assert row["title"] == card["title"]
    wanted: Json = {"checklist": [], "attachments": [], "comment_count": 0}
    assert {name: row[name] for name in wanted} == wanted
