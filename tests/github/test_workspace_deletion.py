"""A workspace with connections is deleted: nothing of them stays at GitHub."""

import pytest

from taskly.github.jobs import RemoveWebhook
from taskly.platform.context import SYSTEM
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


@pytest.mark.parametrize("known", [True, False])
async def test_a_webhook_that_is_gone_already_needs_no_removing(
    place: Place, ann: Actor, connected: Json, known: bool
) -> None:
    [row] = await place.rows("SELECT id, webhook_id FROM git_repositories")
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    await place.settle()
    assert await hooks(place) == []
    job = RemoveWebhook(
        repository_id=row["id"],
        full_name=REPOSITORY,
        webhook_id=row["webhook_id"] if known else None,
        user_id=ann.user_id,
    )
    async with place.runtime.database.transaction(SYSTEM) as tx:
        tx.promise(job)

    await place.settle()

    assert await place.rows("SELECT id FROM jobs WHERE state <> 'done'") == []


async def test_a_webhook_that_nobody_may_remove_any_more_ends_as_a_dead_job(
    place: Place, ann: Actor, connected: Json
) -> None:
    job = RemoveWebhook(
        repository_id=connected["id"], full_name=REPOSITORY, webhook_id=1, user_id=None
    )
    async with place.runtime.database.transaction(SYSTEM) as tx:
        tx.promise(job)
    await place.github.forget_requests()

    await place.run_jobs()

    [dead] = await place.rows("SELECT kind, attempts FROM jobs WHERE state = 'dead'")
    assert dead == {"kind": "github.remove_webhook", "attempts": 1}
    assert await place.github.requests() == []
