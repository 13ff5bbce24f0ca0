"""A workspace with connections is deleted: nothing of them stays at GitHub."""

import pytest

from tests.github.place import REPOSITORY, Place
from tests.github.test_connecting import connect, hooks
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio


async def delete(actor: Actor, workspace: Json) -> None:
    """Delete a workspace."""
    path = f"/workspaces/{workspace['id']}"
    expect(await actor.request("DELETE", path, json={"name": workspace["name"]}), 204)


async def test_the_webhooks_of_a_deleted_workspace_are_removed_at_github(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    other = await ann.workspace("Other")
    assert (await connect(ann, other))["status"] == 201
    await place.settle()
    assert len(await hooks(place)) == 2

    await delete(ann, workspace)
    await place.settle()

    [(address, _)] = await hooks(place)
    assert connected["id"] not in address
    assert await place.rows(
        "SELECT state, attempts FROM jobs WHERE kind = 'github.remove_webhook'"
    ) == [{"state": "done", "attempts": 1}]
    assert len(await place.rows("SELECT id FROM git_repositories")) == 1


async def test_a_webhook_that_is_made_while_its_workspace_goes_is_removed_too(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.repository(ann)
    assert (await connect(ann, workspace))["status"] == 201

    await delete(ann, workspace)
    await place.settle()

    assert await hooks(place, REPOSITORY) == []
    assert await place.rows("SELECT id FROM jobs WHERE state <> 'done'") == []
