"""Reading the files of workspaces."""

import json

from tests.support.actors import Actor, Json


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
