"""Connecting repositories: permissions, the webhook made once, health shown, nothing left behind."""

import asyncio
from uuid import UUID

import pytest

from taskly.github.deliveries.payloads import EVENTS
from taskly.github.repository import lock_repository
from taskly.github.urls import hook_url
from taskly.platform.context import SYSTEM
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect, titles
from tests.support.folding import as_comparable, fold, read_whole_log
from tests.support.waiting import wait_for_lock_waits

pytestmark = pytest.mark.anyio


async def connect(actor: Actor, workspace: Json, full_name: str = REPOSITORY) -> Json:
    """The answer to connecting, whatever it is."""
    answer = await actor.post(
        f"/workspaces/{workspace['id']}/repositories", json={"full_name": full_name}
    )
    return {"status": answer.status_code, **answer.json()}


async def shown(actor: Actor, workspace: Json) -> list[Json]:
    """The connected repositories."""
    items: list[Json] = expect(await actor.get(f"/workspaces/{workspace['id']}/repositories"), 200)[
        "items"
    ]
    return items


async def hooks(place: Place, full_name: str = REPOSITORY) -> list[tuple[str, list[str]]]:
    """The webhooks at GitHub: addresses and events."""
    repository = await place.github.repository(full_name)
    return [(hook.url, sorted(hook.events)) for hook in repository.hooks]


async def test_a_connected_repository_has_a_webhook_with_a_secret_of_its_own(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.repository(ann)
    made = await connect(ann, workspace)
    assert made["status"] == 201
    assert made["health"] == "connecting"
    job = expect(await ann.get(f"/jobs/{made['job_id']}"), 200)
    assert (job["kind"], job["state"]) == ("github.connect_repository", "pending")
    await place.settle()
    job = expect(await ann.get(f"/jobs/{made['job_id']}"), 200)
    assert (job["state"], job["attempts"], job["error"]) == ("done", 1, None)
    [item] = await shown(ann, workspace)
    assert (item["full_name"], item["health"], item["problem"]) == (REPOSITORY, "healthy", None)
    assert item["last_sync_at"] is not None
    url = hook_url(place.runtime.settings.public_url, made["id"])
    assert await hooks(place) == [(url, sorted(EVENTS))]
    [hook] = (await place.github.repository(REPOSITORY)).hooks
    assert hook.secret == (await place.webhook(made)).secret
    [row] = await place.rows("SELECT webhook_secret FROM git_repositories")
    assert str(hook.secret) not in row["webhook_secret"]


async def test_the_first_synchronisation_brings_open_and_lately_merged_pull_requests(
    place: Place, ann: Actor, workspace: Json, board: Json
) -> None:
    await place.repository(ann)
    for title in ("One", "Two", "Three", "Four"):
        await ann.card(board, title)
    github = place.github
    await github.freeze_clock(tick_seconds=60)
    numbers = {}
    for number, name in enumerate(("open", "merged", "closed", "commit"), 1):
        message = "PAY-4 Do" if name == "commit" else "Do"
        await github.push(REPOSITORY, name, [message], actor="ann")
        title = name if name == "commit" else f"PAY-{number} {name}"
        pull = await github.open_pull_request(REPOSITORY, name, title, author="ann")
        numbers[name] = pull.number
    await github.create_user("rex")
    await github.set_access(REPOSITORY, "rex", "push")
    await github.review(REPOSITORY, numbers["open"], "rex", "APPROVE")
    await github.report_check(REPOSITORY, "open", "build", conclusion="success")
    await github.report_status(REPOSITORY, "open", "failure", context="deploy")
    await github.merge(REPOSITORY, numbers["merged"])
    await github.close_pull_request(REPOSITORY, numbers["closed"])
    await connect(ann, workspace)
    await place.settle()
    snapshot = await ann.snapshot(board["id"])
    found = {pull["number"]: pull for pull in snapshot["pull_requests"]}
    assert {number: pull["state"] for number, pull in found.items()} == {
        numbers["open"]: "open",
        numbers["merged"]: "merged",
        numbers["commit"]: "open",
    }
    reviewed = found[numbers["open"]]
    assert (reviewed["review_decision"], reviewed["checks"]) == ("approved", "failing")
    assert found[numbers["commit"]]["source"] == "commit"
    assert titles(snapshot, "Done") == ["Two"]
    assert titles(snapshot, "In Review") == ["One", "Four"]
    assert titles(snapshot, "To Do") == ["Three"]
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)


async def test_what_cannot_be_connected_says_why_and_leaves_nothing(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.repository(ann)
    await place.github.set_access(REPOSITORY, "ann", "push")
    refused = await connect(ann, workspace)
    assert (refused["status"], refused["code"]) == (403, "not_an_administrator")
    unknown = await connect(ann, workspace, "octo/nothing")
    assert (unknown["status"], unknown["code"]) == (404, "github_not_found")
    assert unknown["detail"] == (
        "GitHub has no repository octo/nothing, or does not show it to your account."
    )
    for name in ("octo", "octo/", "../admin", "octo/..", "octo/pay ments", "octo/a/b", ""):
        assert (await connect(ann, workspace, name))["status"] == 422
    local = await place.person("local", at_github=False)
    tokenless = await connect(local, await local.workspace())
    assert (tokenless["status"], tokenless["code"]) == (409, "github_token_missing")
    await place.change("UPDATE users SET github_scopes = '{read:user,user:email}'")
    narrow = await connect(ann, workspace)
    assert (narrow["status"], narrow["code"], narrow["scopes"]) == (
        409,
        "github_scopes_missing",
        ["repo", "admin:repo_hook"],
    )
    await place.change("UPDATE users SET github_scopes = '{repo}'")
    await place.github.revoke_tokens_of("ann")
    revoked = await connect(ann, workspace)
    assert (revoked["status"], revoked["code"]) == (409, "github_token_refused")
    assert await shown(ann, workspace) == []
    assert await hooks(place) == []


async def test_only_admins_connect_and_disconnect(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    bob, eve = await place.person("bob"), await place.person("eve")
    await ann.invite(workspace, bob, "member")
    for actor, status in ((bob, 403), (eve, 404)):
        assert (await connect(actor, workspace, "octo/website"))["status"] == status
        path = f"/workspaces/{workspace['id']}/repositories/available"
        assert (await actor.get(path)).status_code == status
        assert (await actor.delete(f"/repositories/{connected['id']}")).status_code == status
    assert len(await shown(bob, workspace)) == 1
    assert (await eve.get(f"/workspaces/{workspace['id']}/repositories")).status_code == 404


async def test_who_ceases_to_be_an_admin_while_waiting_disconnects_nothing(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "admin")
    database = place.runtime.database
    async with database.transaction(SYSTEM) as tx:
        await lock_repository(tx.session, UUID(connected["id"]))
        asked = asyncio.create_task(bob.delete(f"/repositories/{connected['id']}"))
        await wait_for_lock_waits(database)
        member = f"/workspaces/{workspace['id']}/members/{bob.user_id}"
        expect(await ann.patch(member, json={"role": "member"}), 200)

    assert expect(await asked, 403)["code"] == "forbidden"
    assert [each["health"] for each in await shown(bob, workspace)] == ["healthy"]


async def test_a_repository_is_connected_to_a_workspace_once_and_to_several_workspaces(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    again = await connect(ann, workspace)
    assert (again["status"], again["code"]) == (409, "repository_connected")
    second = await connect(ann, await ann.workspace("Another"))
    assert second["status"] == 201
    await place.settle()
    assert len(await hooks(place)) == 2


async def test_an_attempt_that_was_killed_after_making_the_webhook_makes_no_second_one(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.repository(ann)
    made = await connect(ann, workspace)
    await place.run_jobs()
    await place.change("UPDATE git_repositories SET webhook_id = NULL, health = 'connecting'")
    await place.change(
        "UPDATE jobs SET state = 'pending', next_attempt_at = now() "
        "WHERE kind = 'github.connect_repository'"
    )
    await place.settle()
    assert len(await hooks(place)) == 1
    [row] = await place.rows("SELECT webhook_id FROM git_repositories")
    assert row["webhook_id"] is not None
    [hook] = (await place.github.repository(REPOSITORY)).hooks
    assert hook.secret == (await place.webhook(made)).secret


async def test_while_github_is_down_connecting_goes_on_later(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.repository(ann)
    await connect(ann, workspace)
    await place.github.add_fault("errors", path_prefix="/repos/octo/payments/hooks", times=3)
    await place.run_jobs()
    assert [item["health"] for item in await shown(ann, workspace)] == ["connecting"]
    await place.hurry()
    await place.settle()
    assert [item["health"] for item in await shown(ann, workspace)] == ["healthy"]
    assert len(await hooks(place)) == 1


async def test_a_webhook_that_github_refuses_is_shown_as_the_connections_problem(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.repository(ann)
    made = await connect(ann, workspace)
    await place.github.set_access(REPOSITORY, "ann", "pull")
    await place.settle()
    [item] = await shown(ann, workspace)
    assert item["health"] == "failing"
    assert item["problem"] == (
        "GitHub does not let the account that connected octo/payments make its webhook: "
        "somebody who administers the repository has to connect it again. Until then Taskly asks GitHub itself."
    )
    job = expect(await ann.get(f"/jobs/{made['job_id']}"), 200)
    assert job["state"] == "dead"
    assert item["last_sync_at"] is not None


async def test_a_revoked_token_is_shown_and_ends_the_job(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.repository(ann)
    await connect(ann, workspace)
    await place.github.revoke_tokens_of("ann")
    await place.github.forget_requests()
    await place.settle()
    await place.hurry()
    await place.settle()
    [item] = await shown(ann, workspace)
    assert (item["health"], item["problem"]) == (
        "failing",
        (
            "GitHub refuses the access that it once gave: sign in with GitHub again. This is about the access of ann, who "
            "connected octo/payments; another admin who administers it at GitHub can reconnect it instead."
        ),
    )
    assert len(await place.github.requests()) == 1


async def test_disconnecting_takes_links_and_webhook_away_and_keeps_history(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund")
    await place.github.push(REPOSITORY, "fix-PAY-1", actor="ann")
    await place.github.open_pull_request(REPOSITORY, "fix-PAY-1", "Fix", author="ann")
    await place.settle()
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    snapshot = await ann.snapshot(board["id"])
    assert (snapshot["branches"], snapshot["pull_requests"]) == ([], [])
    assert titles(snapshot, "In Review") == ["Refund"]
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)
    assert await shown(ann, workspace) == []
    await place.settle()
    assert await hooks(place) == []
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    assert [entry["type"] for entry in timeline][:2] == [
        "branch.removed",
        "pull_request.unlinked",
    ]
    assert (await ann.delete(f"/repositories/{connected['id']}")).status_code == 404


async def test_a_repository_connected_again_brings_its_links_back(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    await ann.card(board, "Refund")
    await place.github.push(REPOSITORY, "fix-PAY-1", actor="ann")
    await place.github.open_pull_request(REPOSITORY, "fix-PAY-1", "Fix", author="ann")
    await place.settle()
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    again = await connect(ann, workspace)
    assert (again["status"], again["id"]) == (201, connected["id"])
    await place.settle()
    [item] = await shown(ann, workspace)
    assert item["health"] == "healthy"
    assert len(await hooks(place)) == 1
    assert len((await ann.snapshot(board["id"]))["pull_requests"]) == 1


async def test_the_workspaces_log_tells_of_connections_without_secrets(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    rows = await place.rows(
        "SELECT type, data FROM events WHERE stream_id = CAST(:id AS uuid) ORDER BY version",
        id=workspace["id"],
    )
    told = [(row["type"], row["data"]["after"]) for row in rows if "repository" in row["type"]]
    assert [kind for kind, _ in told] == [
        "repository.connected",
        "repository.updated",
        "repository.disconnected",
    ]
    assert set(told[0][1]) == {
        "id",
        "full_name",
        "default_branch",
        "private",
        "archived",
        "health",
        "problem",
    }
    assert told[1][1] == {"health": "healthy"}
