"""What nobody waits for is sparing with GitHub's limits; what a person asked for is not."""

import pytest

from taskly.fake_github.wire.told import KnownApp
from taskly.github.jobs import FollowInstallation, RefreshPullRequest
from taskly.github.remote.budget import RESERVE
from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import JobSpec
from tests.github.app_place import where
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"


async def promise(place: Place, job: JobSpec) -> None:
    """Have something done by itself."""
    async with place.runtime.database.transaction(SYSTEM) as tx:
        tx.promise(job)
    await place.settle()


async def look(actor: Actor, workspace: Json) -> None:
    """Ask GitHub for something, which shows what is left."""
    expect(await actor.get(f"/workspaces/{workspace['id']}/repositories/available"), 200)


async def test_a_refresh_is_sparing_unless_a_person_asked_for_it(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    opened = await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    await place.github.set_rate_limit("ann", remaining=int(5000 * RESERVE))
    await look(ann, workspace)
    await place.github.forget_requests()

    await promise(place, RefreshPullRequest(repository_id=connected["id"], number=opened.number))
    assert await place.github.requests(login="ann") == []

    [pull] = expect(await ann.get(f"/cards/{card['id']}/development"), 200)["pull_requests"]
    path = f"/cards/{card['id']}/pull-requests/{pull['id']}/refresh"
    expect(await ann.post(path, json={}), 202)
    await place.settle()
    assert await place.github.requests(login="ann") != []


async def test_following_an_installation_is_sparing(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, by_app: Json
) -> None:
    app_id, installation_id = await where(place)
    await place.github.set_rate_limit(f"app {app_id}", int(5000 * RESERVE))
    await look(ann, workspace)
    await place.github.forget_requests()
    await promise(place, FollowInstallation(installation_id=installation_id))
    assert await place.github.requests() == []
