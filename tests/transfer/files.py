"""Reading and sending the files of workspaces."""

import json
import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from taskly.platform.jobs.execution import execute
from taskly.worker.registry import load_tasks
from tests.support.actors import Actor, Json, expect
from tests.support.world import World

LINES = {"Content-Type": "application/x-ndjson"}
UUID_FORM = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


async def exported(actor: Actor, workspace: Json) -> list[Json]:
    """The lines of a workspace's file."""
    answer = await actor.get(f"/workspaces/{workspace['id']}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert f"taskly-{workspace['id']}.ndjson" in answer.headers["content-disposition"]
    return [json.loads(line) for line in answer.text.split("\n") if line]


def rows(lines: list[Json], table: str) -> list[Json]:
    """The rows of one table."""
    return [line["row"] for line in lines if line.get("table") == table]


def written(lines: Iterable[Json]) -> bytes:
    """Lines as a file."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


async def unexamined(actor: Actor, lines: Iterable[Json]) -> Json:
    """The import of a file that was sent, and that no job has looked at yet."""
    answer = await actor.post("/workspaces/imports", content=written(lines), headers=LINES)
    shown: Json = expect(answer, 201)
    return shown


async def sent(world: World, actor: Actor, lines: Iterable[Json]) -> Json:
    """What a file comes to that was sent and looked at."""
    load_tasks()
    shown = await unexamined(actor, lines)
    await execute(world.runtime, UUID(shown["job_id"]))
    return await shown_to(actor, shown)


async def made(world: World, actor: Actor, preview: Json, **query: str) -> Json:
    """What comes of a file that was looked at and is started."""
    path = f"/workspaces/imports/{preview['id']}/start"
    started = expect(await actor.post(path, params=query), 202)
    await execute(world.runtime, UUID(started["job_id"]))
    return await shown_to(actor, preview)


async def shown_to(actor: Actor, preview: Json) -> Json:
    """An import, as its sender sees it."""
    shown: Json = expect(await actor.get(f"/workspaces/imports/{preview['id']}"), 200)
    return shown


async def imported(world: World, actor: Actor, lines: Iterable[Json]) -> Json:
    """What comes of a file that is sent, looked at and started."""
    preview = await sent(world, actor, lines)
    assert preview["state"] == "previewed", preview
    return await made(world, actor, preview)


def by_order(lines: list[Json]) -> list[Json]:
    """The lines with a number in the place of each id: the same for two files that differ only in their ids."""
    numbers: dict[str, str] = {}

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: named(member) for name, member in value.items()}
        if isinstance(value, list):
            ids = [item for item in value if isinstance(item, str) and UUID_FORM.fullmatch(item)]
            found = [named(item) for item in value]
            return sorted(found) if ids and len(ids) == len(value) else found
        if isinstance(value, str) and UUID_FORM.fullmatch(value):
            return numbers.setdefault(value, f"id {len(numbers)}")
        return value

    return [named(line) for line in lines]


IN_ANY_ORDER = {"card_assignees", "card_watchers", "workspace_members"}
"""Rows that stand in the order of people's ids, which are theirs where they have an account."""


def comparable(lines: list[Json]) -> list[Json]:
    """A file without what is different in a copy: the moment, ids, the role of whoever reads it in, and what
    the log says of that.
    """
    kept = [line for line in lines if "table" in line and not _of_the_copy(line)]
    for line in kept:
        row = line["row"]
        for name in _OF_THE_COPY.get(line["table"], ()):
            del row[name]
    users = sorted((line for line in kept if line["table"] == "users"), key=_login)
    loose = [line for line in kept if line["table"] in IN_ANY_ORDER]
    strict = [line for line in kept if line["table"] not in {"users", *IN_ANY_ORDER}]
    found = by_order([*users, *strict, *loose])
    ordered = len(found) - len(loose)
    return [*found[:ordered], *sorted(found[ordered:], key=json.dumps)]


_OF_THE_COPY = {"workspaces": ("version", "updated_at"), "workspace_members": ("role",)}


def _of_the_copy(line: Json) -> bool:
    return bool(line["table"] == "events" and line["row"]["type"] == "workspace.imported")


def _login(line: Json) -> str:
    return str(line["row"]["login"])
