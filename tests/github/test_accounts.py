"""In whose name GitHub is asked: a person's own, and the operator's only for people who have none."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from pydantic import SecretStr

from taskly.fake_github.driver import FakeGitHub
from taskly.github.jobs import ReconcileRepository
from taskly.platform.context import SYSTEM
from taskly.platform.settings import Settings
from tests.github.place import Place, open_place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

SIGN_IN_AGAIN = "GitHub refuses the access that it once gave: sign in with GitHub again."


@pytest.fixture
async def place(place_settings: Settings, github: FakeGitHub) -> AsyncIterator[Place]:
    """Taskly with a token of its operator, who has a private repository."""
    await github.create_user("operator")
    await github.create_repository("operator", "secrets", private=True)
    token = await github.create_token("operator", ["repo", "admin:repo_hook"])
    settings = place_settings.model_copy(update={"github_token": SecretStr(token)})
    async with open_place(settings, github) as running:
        yield running


async def available(actor: Actor, workspace: Json) -> Json:
    """The answer to the question which repositories there are to connect."""
    answer = await actor.get(f"/workspaces/{workspace['id']}/repositories/available")
    return {"status": answer.status_code, **answer.json()}


async def test_a_local_person_acts_in_the_operators_name(place: Place) -> None:
    local = await place.person("local", at_github=False)
    found = await available(local, await local.workspace())
    assert [item["full_name"] for item in found["items"]] == ["operator/secrets"]


@pytest.mark.parametrize(
    "loss",
    [
        "UPDATE users SET github_token = NULL WHERE id = :id",
        "UPDATE users SET github_token_expires_at = now() - interval '1 second' WHERE id = :id",
        "UPDATE users SET github_token = 'v1:test:bm9uY2U:Y2lwaGVydGV4dA' WHERE id = :id",
    ],
    ids=["absent", "expired", "unreadable"],
)
async def test_whoever_signed_in_with_github_never_acts_in_the_operators_name(
    place: Place, ann: Actor, workspace: Json, loss: str
) -> None:
    await place.change(loss, id=ann.user_id)
    await place.github.forget_requests()
    refused = await available(ann, workspace)
    assert (refused["status"], refused["code"]) == (409, "github_token_refused")
    assert refused["detail"] == SIGN_IN_AGAIN
    connecting = await ann.post(
        f"/workspaces/{workspace['id']}/repositories", json={"full_name": "operator/secrets"}
    )
    assert expect(connecting, 409)["code"] == "github_token_refused"
    assert await place.github.requests() == []
    assert await place.rows("SELECT id FROM git_repositories") == []


async def test_a_connection_whose_person_is_gone_is_not_used_in_the_operators_name(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    await place.change("UPDATE git_repositories SET connected_by = NULL")
    await place.change("DELETE FROM jobs")
    async with place.runtime.database.transaction(SYSTEM) as tx:
        tx.promise(ReconcileRepository(repository_id=UUID(connected["id"])))
    await place.github.forget_requests()
    await place.run_jobs()
    [item] = expect(await ann.get(f"/workspaces/{workspace['id']}/repositories"), 200)["items"]
    assert item["health"] == "failing"
    assert await place.github.requests() == []
