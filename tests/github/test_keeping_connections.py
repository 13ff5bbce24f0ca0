"""Connections outlive what happens to their repository and to the account that made them, or say what is wrong."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from taskly.fake_github.wire.asked import RepositoryChange
from taskly.github.connections.access_lost import REFUSED_FOR
from taskly.github.jobs import ReconcileDue
from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from taskly.users.models import User
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"
REFUSED = (
    "GitHub refuses the access that it once gave: sign in with GitHub again. This is about the access of ann, who "
    "connected octo/payments; another admin who administers it at GitHub can reconnect it instead."
)

DELETED = (
    "octo/payments was deleted at GitHub. Disconnect it to take its code off the cards; if somebody restores it at "
    "GitHub, reconnect it."
)
NOT_SHOWN = (
    "GitHub does not show octo/payments to the account that connected it any more: that account lost its access, or "
    "the repository was deleted. An admin of the workspace who administers it at GitHub can reconnect it."
)


@pytest.fixture
async def reviewed(place: Place, ann: Actor, board: Json, connected: Json) -> Json:
    """A card with a branch, and a pull request that was reviewed and checked."""
    github = place.github
    await github.freeze_clock(tick_seconds=60)
    card = await ann.card(board, "Refund twice")
    await github.create_user("rex")
    await github.set_access(REPOSITORY, "rex", "push")
    await github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    pull = await github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await github.review(REPOSITORY, pull.number, "rex", "APPROVE")
    await github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await place.settle()
    return card


async def connection(actor: Actor, workspace: Json) -> Json:
    """The only connection of a workspace."""
    [item] = expect(await actor.get(f"/workspaces/{workspace['id']}/repositories"), 200)["items"]
    found: Json = item
    return found


async def health_of(actor: Actor, connected: Json) -> Json:
    """How a connection is doing."""
    found: Json = expect(await actor.get(f"/repositories/{connected['id']}/health"), 200)
    return found


async def compare(place: Place, actor: Actor, connected: Json) -> None:
    """Compare it with GitHub now."""
    expect(await actor.post(f"/repositories/{connected['id']}/reconcile"), 202)
    await place.settle()


async def compare_what_is_due(place: Place) -> None:
    """Do what the scheduler does."""
    async with place.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(ReconcileDue())
    await execute(place.runtime, job_id)
    await place.settle()


async def alerts(actor: Actor) -> list[str]:
    """What somebody was told is wrong with repositories, the latest first."""
    items = expect(await actor.get("/me/notifications"), 200)["items"]
    return [
        item["repository_alert"]["alert"] for item in items if item["kind"] == "repository_alert"
    ]


async def sign_in_again(place: Place, actor: Actor) -> None:
    """Give GitHub's access anew, as signing in does."""
    token = await place.github.create_token(actor.login, ["repo", "admin:repo_hook"])
    owner = f"users|github_token|{actor.user_id}"
    async with place.runtime.database.transaction(SYSTEM) as tx:
        user = await tx.session.get_one(User, actor.user_id)
        user.github_token = place.runtime.encryption.encrypt_text(token, owner)


async def check_addresses(place: Place, ann: Actor, board: Json, card: Json, name: str) -> None:
    """Everything of the card's code leads to the repository under this name."""
    page = f"{place.github.web_url}/{name}/"
    snapshot = await ann.snapshot(board["id"])
    assert {each["repository"] for each in snapshot["branches"] + snapshot["pull_requests"]} == {
        name
    }
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)
    code = expect(await ann.get(f"/cards/{card['id']}/development"), 200)
    [branch], [pull] = code["branches"], code["pull_requests"]
    addresses = [
        branch["url"],
        pull["url"],
        pull["reviews"][0]["url"],
        pull["check_runs"][0]["url"],
    ]
    assert [url.startswith(page) for url in addresses] == [True] * 4, addresses


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "unheard"])
async def test_a_repository_that_is_transferred_and_renamed_is_followed(
    place: Place,
    ann: Actor,
    workspace: Json,
    board: Json,
    connected: Json,
    reviewed: Json,
    is_told: bool,
) -> None:
    await place.github.create_user("acme", kind="Organization")
    if not is_told:
        await place.github.add_fault("drop_deliveries")
    await place.github.change_repository(REPOSITORY, RepositoryChange(owner="acme"))
    await place.github.rename_repository("acme/payments", "money")
    await place.settle()
    if not is_told:
        await compare(place, ann, connected)

    item = await connection(ann, workspace)
    assert (item["id"], item["full_name"]) == (connected["id"], "acme/money")
    await check_addresses(place, ann, board, reviewed, "acme/money")


async def test_a_stranger_under_the_old_name_is_not_taken_for_the_repository(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json, reviewed: Json
) -> None:
    await place.github.add_fault("drop_deliveries")
    await place.github.rename_repository(REPOSITORY, "money")
    await place.repository(ann, REPOSITORY)
    await place.github.push(REPOSITORY, "PAY-1-of-strangers", ["Begin"], actor="ann")

    await compare(place, ann, connected)

    assert (await connection(ann, workspace))["full_name"] == "octo/money"
    await check_addresses(place, ann, board, reviewed, "octo/money")


async def test_a_deleted_repository_is_told_to_admins_asked_no_more_and_keeps_its_history(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json, reviewed: Json
) -> None:
    before = await ann.snapshot(board["id"])
    await place.github.delete_repository(REPOSITORY)
    await place.settle()

    item = await connection(ann, workspace)
    assert (item["health"], item["problem"]) == ("failing", DELETED)
    assert await alerts(ann) == ["repository_deleted"]
    health = await health_of(ann, connected)
    assert (health["next_sync_at"], health["advice"]) == (None, DELETED)
    after = await ann.snapshot(board["id"])
    assert after["pull_requests"] == before["pull_requests"]
    refused = await ann.post(
        f"/cards/{reviewed['id']}/branches", json={"repository_id": connected["id"]}
    )
    assert expect(refused, 422)["detail"] == item["problem"]
    assert (
        expect(await ann.post(f"/cards/{reviewed['id']}/branches", json={}), 422)["code"]
        == "no_repository"
    )
    await place.github.forget_requests()
    await compare_what_is_due(place)
    assert await place.github.requests() == []
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    await place.settle()
    assert (await ann.snapshot(board["id"]))["pull_requests"] == []
    assert await place.rows("SELECT kind FROM jobs WHERE state = 'dead'") == []


async def test_a_repository_that_is_there_in_spite_of_what_was_told_is_connected_again_by_comparing(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    webhook = await place.webhook(connected)
    payload = webhook.example("repository", action="deleted")
    payload["repository"]["updated_at"] = datetime.now(UTC).isoformat()
    expect(await webhook.send("repository", payload), 202)
    await place.settle()
    assert (await connection(ann, workspace))["health"] == "failing"

    await compare(place, ann, connected)

    item = await connection(ann, workspace)
    assert (item["health"], item["problem"]) == ("healthy", None)
    assert len((await place.github.repository(REPOSITORY)).hooks) == 1


async def test_a_refused_token_is_told_once_and_not_tried_again_until_the_person_signs_in(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    bob, cid = await place.person("bob"), await place.person("cid")
    await ann.invite(workspace, bob, "admin")
    await ann.invite(workspace, cid, "member")
    await ann.patch(f"/workspaces/{workspace['id']}/members/{ann.user_id}", json={"role": "member"})
    await place.github.revoke_tokens_of("ann")
    await place.github.forget_requests()
    for _ in range(3):
        await compare(place, bob, connected)
        await place.change("UPDATE git_repositories SET next_sync_at = now() - interval '1 minute'")
        await compare_what_is_due(place)

    assert len(await place.github.requests()) == 1
    item = await connection(ann, workspace)
    assert (item["health"], item["problem"]) == ("failing", REFUSED)
    assert [await alerts(person) for person in (ann, bob, cid)] == [["access_lost"]] * 2 + [[]]
    [row] = await place.rows("SELECT next_sync_at - now() AS rest FROM git_repositories")
    assert row["rest"] > REFUSED_FOR - timedelta(minutes=5)

    await sign_in_again(place, ann)
    await compare_what_is_due(place)

    item = await connection(ann, workspace)
    assert (item["health"], item["problem"]) == ("healthy", None)


async def test_a_webhook_that_was_to_be_made_without_access_is_made_when_access_is_back(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.repository(ann)
    path = f"/workspaces/{workspace['id']}/repositories"
    expect(await ann.post(path, json={"full_name": REPOSITORY}), 201)
    await place.github.revoke_tokens_of("ann")
    await place.settle()
    assert (await connection(ann, workspace))["health"] == "failing"

    await sign_in_again(place, ann)
    await compare_what_is_due(place)

    assert (await connection(ann, workspace))["health"] == "healthy"
    assert len((await place.github.repository(REPOSITORY)).hooks) == 1


async def test_an_archived_repository_takes_no_pull_requests_and_its_job_says_so(
    place: Place, ann: Actor, connected: Json, reviewed: Json
) -> None:
    await place.github.change_repository(REPOSITORY, RepositoryChange(archived=True))
    await place.settle()
    made = expect(await ann.post(f"/cards/{reviewed['id']}/pull-requests/draft", json={}), 202)
    await place.settle()
    job = expect(await ann.get(f"/jobs/{made['job_id']}"), 200)
    assert job["state"] == "dead"
    assert "octo/payments is archived at GitHub: unarchive it first." in job["error"]


@pytest.mark.parametrize("wanted", ["branches", "pull-requests/draft"])
async def test_whoever_connected_a_repository_and_is_refused_with_a_wish_of_their_own_is_told_at_once(
    place: Place, ann: Actor, workspace: Json, connected: Json, reviewed: Json, wanted: str
) -> None:
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "admin")
    await place.github.revoke_tokens_of("bob")
    path = f"/cards/{reviewed['id']}/{wanted}"
    expect(await bob.post(path, json={}), 202)
    await place.settle()
    assert (await connection(ann, workspace))["health"] == "healthy"

    await place.github.revoke_tokens_of("ann")
    expect(await ann.post(path, json={}), 202)
    await place.settle()

    item = await connection(ann, workspace)
    assert (item["health"], item["problem"]) == ("failing", REFUSED)
    assert [await alerts(person) for person in (ann, bob)] == [["access_lost"]] * 2


async def test_another_admin_takes_a_failing_connection_over_without_losing_a_link(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json, reviewed: Json
) -> None:
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "admin")
    path = f"/repositories/{connected['id']}/reconnect"
    await place.github.revoke_tokens_of("ann")
    await compare(place, bob, connected)
    before = (await ann.snapshot(board["id"]))["pull_requests"]
    assert expect(await bob.post(path), 403)["code"] == "not_an_administrator"
    await place.github.set_access(REPOSITORY, "bob", "admin")
    await place.github.add_fault("drop_deliveries")
    await place.github.merge(REPOSITORY, 1, actor="rex")

    made = expect(await bob.post(path), 202)
    assert (made["id"], made["health"], made["problem"]) == (connected["id"], "connecting", None)
    await place.settle()

    assert (await connection(ann, workspace))["health"] == "healthy"
    [row] = await place.rows("SELECT connected_by FROM git_repositories")
    assert str(row["connected_by"]) == str(bob.user_id)
    assert len((await place.github.repository(REPOSITORY)).hooks) == 1
    [merged] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert (merged["id"], merged["state"]) == (before[0]["id"], "merged")


async def test_a_refusal_of_the_account_before_is_not_held_against_the_one_that_took_over(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "admin")
    await place.github.set_access(REPOSITORY, "bob", "admin")
    path = f"/repositories/{connected['id']}"
    await place.github.revoke_tokens_of("ann")
    job = expect(await bob.post(f"{path}/reconcile"), 202)
    repository = f"/repos/{REPOSITORY}"
    await place.github.add_fault("latency", path_prefix=repository, times=1, milliseconds=1500)
    comparing = asyncio.create_task(execute(place.runtime, UUID(job["job_id"])))
    await asyncio.sleep(0.3)  # It asks GitHub in Ann's name by now.
    expect(await bob.post(f"{path}/reconnect"), 202)
    await comparing
    await place.settle()

    item = await connection(ann, workspace)
    assert (item["health"], item["problem"]) == ("healthy", None)
    assert await alerts(ann) == []


async def test_only_admins_of_the_workspace_reconnect(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    member, eve = await place.person("mia"), await place.person("eve")
    await ann.invite(workspace, member, "member")
    for actor, status in ((member, 403), (eve, 404)):
        await place.github.set_access(REPOSITORY, actor.login, "admin")
        answer = await actor.post(f"/repositories/{connected['id']}/reconnect")
        assert answer.status_code == status


async def test_an_account_that_lost_its_access_is_told_with_what_to_do(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    await place.github.change_repository(REPOSITORY, RepositoryChange(private=True))
    await place.github.set_access(REPOSITORY, "ann", None)
    await place.settle()
    await compare(place, ann, connected)
    await place.hurry()
    await compare(place, ann, connected)

    item = await connection(ann, workspace)
    assert (item["health"], item["problem"]) == ("failing", NOT_SHOWN)
    assert await alerts(ann) == ["access_lost"]


async def test_where_github_cannot_reach_us_a_connection_is_healthy_and_polled(
    place: Place, ann: Actor, workspace: Json, board: Json
) -> None:
    await place.github.add_fault("unreachable_hooks")
    connected = await place.connected(ann, workspace)

    item = await connection(ann, workspace)
    assert (item["health"], item["problem"]) == ("healthy", None)
    health = await health_of(ann, connected)
    assert (health["receiving"], health["health"]) == ("polling", "healthy")
    assert health["advice"] == (
        "GitHub can't reach this installation, so there is no webhook: Taskly asks GitHub itself, and boards follow a "
        "little later. GitHub refuses this: Validation Failed: url is not supported because it isn't reachable over the "
        "public Internet (127.0.0.1). If GitHub should reach it, have the operator set its public address "
        "(TASKLY_PUBLIC_URL) and reconnect the repository."
    )
    await compare(place, ann, connected)
    assert (await connection(ann, workspace))["health"] == "healthy"

    await place.github.clear_faults()
    expect(await ann.post(f"/repositories/{connected['id']}/reconnect"), 202)
    await place.settle()
    health = await health_of(ann, connected)
    assert (health["receiving"], health["advice"]) == ("webhook", None)
