"""Sending files, and having the jobs run that make boards of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.imports import carrying
from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from tests.imports.files import CSV
from tests.support.actors import Actor, Json, expect
from tests.support.world import World


async def send(
    actor: Actor,
    workspace: Json,
    source: str,
    content: bytes | str | AsyncIterator[bytes],
    **query: str,
) -> Any:
    """Send a file; the answer."""
    path = f"/workspaces/{workspace['id']}/imports"
    headers = {"Content-Type": "application/octet-stream"}
    return await actor.post(
        path, params={"source": source, **query}, content=content, headers=headers
    )


async def send_and_start(
    actor: Actor, workspace: Json, source: str, content: bytes | str
) -> tuple[str, UUID]:
    """Send a file and start its import: where it is shown, and the job that is to make its board."""
    preview = expect(await send(actor, workspace, source, content), 201)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    return path, UUID(expect(await actor.post(f"{path}/start"), 202)["job_id"])


async def start(world: World, actor: Actor, preview: Json) -> Json:
    """Start an import and let its job run; the import then."""
    path = f"/workspaces/{preview['workspace_id']}/imports/{preview['id']}"
    started = expect(await actor.post(f"{path}/start"), 202)
    await execute(world.runtime, UUID(started["job_id"]))
    shown: Json = expect(await actor.get(path), 200)
    return shown


async def fail_for_its_key(world: World, actor: Actor, workspace: Json) -> Json:
    """Start an import whose board is to have a key that is taken, PAY; the import, which failed."""
    await actor.board(workspace, key="PAY")
    preview = expect(await send(actor, workspace, "csv", CSV), 201)
    path = f"/workspaces/{workspace['id']}/imports/{preview['id']}"
    expect(await actor.patch(path, json={"board_key": "PAY"}), 200)
    return await start(world, actor, preview)


async def due(world: World) -> None:
    """Have all jobs be due."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE jobs SET next_attempt_at = now()"))


def before_it_is_shown(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[object]]
) -> None:
    """Have something happen when the cards of an import's board are there, and nobody sees them yet."""
    fill_board = carrying.fill_board

    async def fill_and_wait(*arguments: Any) -> Any:
        filled = await fill_board(*arguments)
        await happens()
        return filled

    monkeypatch.setattr("taskly.imports.tasks.fill_board", fill_and_wait)
