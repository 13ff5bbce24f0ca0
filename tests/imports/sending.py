"""Sending files, and having the jobs run that make boards of them."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from taskly.platform.jobs.execution import execute
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


async def start(world: World, actor: Actor, preview: Json) -> Json:
    """Start an import and let its job run; the import then."""
    path = f"/workspaces/{preview['workspace_id']}/imports/{preview['id']}"
    started = expect(await actor.post(f"{path}/start"), 202)
    await execute(world.runtime, UUID(started["job_id"]))
    shown: Json = expect(await actor.get(path), 200)
    return shown
