"""Connections through the GitHub App: who may make them, in whose name they act, what shuts them out."""

import pytest

from taskly.fake_github.wire.told import Installation, KnownApp
from taskly.kit.json import loads
from tests.github.app_place import alerts, connect, install, installations_of, shown, where
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio


async def asked_by(place: Place, path_prefix: str = "/repos/") -> set[str | None]:
    """In whose names GitHub was asked; a signed statement is nobody's."""
    return {request.login for request in await place.github.requests(path_prefix)}


async def refusal(actor: Actor, workspace: Json, full_name: str = REPOSITORY) -> tuple[int, str]:
    """How connecting is refused."""
    answer = await actor.post(
        f"/workspaces/{workspace['id']}/repositories", json={"full_name": full_name}
    )
    return answer.status_code, answer.json()["code"]


async def without_repositories(place: Place, actor: Actor) -> None:
    """Somebody who signed in without giving access to repositories."""
    await place.change(
        "UPDATE users SET github_scopes = '{read:user}' WHERE id = :id", id=actor.user_id
    )


async def available(actor: Actor, workspace: Json) -> dict[str, tuple[str, bool]]:
    """What there is to connect: through which way, and whether it can be."""
    answer = expect(await actor.get(f"/workspaces/{workspace['id']}/repositories/available"), 200)
    assert answer["next_cursor"] is None
    return {each["full_name"]: (each["via"], each["can_connect"]) for each in answer["items"]}


async def test_a_connection_through_the_app_has_no_webhook_and_acts_in_the_apps_name(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, installation: Installation
) -> None:
    made = await connect(ann, workspace)
    await place.settle()

    repository = await shown(ann, workspace)
    assert (made["via"], made["health"]) == ("app", "connecting")
    assert (repository["health"], repository["problem"]) == ("healthy", None)
    assert (await place.github.repository(REPOSITORY)).hooks == []
    assert await asked_by(place, f"/repos/{REPOSITORY}/") == {None, f"{app.slug}[bot]"}
    tokens = f"/app/installations/{installation.id}/access_tokens"
    assert len(await place.github.requests(tokens)) == 1

    await place.github.forget_requests()
    expect(await ann.delete(f"/repositories/{made['id']}"), 204)
    await place.settle()
    assert await place.github.requests() == []


async def test_who_gave_no_access_to_repositories_connects_what_they_administer(
    place: Place, ann: Actor, workspace: Json, installation: Installation
) -> None:
    await place.github.create_repository("octo", "secrets", private=True)
    await place.github.create_repository("octo", "site")
    await place.github.create_repository("octo", "handbook", private=True)
    await place.github.set_access("octo/handbook", "ann", "push")
    await without_repositories(place, ann)

    assert await available(ann, workspace) == {
        "octo/payments": ("app", True),
        "octo/handbook": ("app", False),
    }
    assert await refusal(ann, workspace, "octo/handbook") == (403, "not_an_administrator")
    assert await refusal(ann, workspace, "octo/site") == (403, "not_an_administrator")
    for hidden in ("octo/secrets", "octo/nowhere"):  # That there is one of them is not for her.
        assert await refusal(ann, workspace, hidden) == (409, "github_scopes_missing")
    assert (await connect(ann, workspace))["via"] == "app"


async def test_what_the_app_sees_is_asked_about_a_part_at_a_time(
    place: Place,
    ann: Actor,
    workspace: Json,
    installation: Installation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("taskly.github.connections.available.MOST_ASKED", 2)
    for name in ("aaa", "bbb", "ccc"):
        await place.github.create_repository("octo", name, private=True)
    await without_repositories(place, ann)
    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        path = f"/workspaces/{workspace['id']}/repositories/available"
        page = expect(await ann.get(path, params=cursor), 200)
        pages.append([each["full_name"] for each in page["items"]])
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert pages == [[REPOSITORY], []]


async def test_somebody_elses_login_opens_nothing(
    place: Place, ann: Actor, workspace: Json, installation: Installation
) -> None:
    """A login that Ann had, and that somebody else has by now."""
    await place.change("UPDATE users SET github_id = 999999 WHERE id = :id", id=ann.user_id)
    await place.github.create_repository("octo", "secrets", private=True)
    await place.github.set_access("octo/secrets", "ann", "admin")
    await without_repositories(place, ann)
    assert await refusal(ann, workspace, "octo/secrets") == (409, "github_scopes_missing")


async def test_local_people_go_through_the_app_only_where_links_sign_people_in(
    place: Place, installation: Installation
) -> None:
    local = await place.person("local", at_github=False)
    workspace = await local.workspace()
    assert await available(local, workspace) == {REPOSITORY: ("app", True)}
    settings = place.runtime.settings
    object.__setattr__(settings, "local_sign_in", False)
    assert await refusal(local, workspace) == (409, "github_token_missing")
    object.__setattr__(settings, "local_sign_in", None)
    assert (await connect(local, workspace))["via"] == "app"


async def test_what_the_app_does_not_see_goes_by_the_persons_own_token(
    place: Place, ann: Actor, workspace: Json, app: KnownApp
) -> None:
    await place.repository(ann)
    await place.repository(ann, "octo/website")
    await install(place, app, "octo/website")

    assert await available(ann, workspace) == {
        "octo/payments": ("token", True),
        "octo/website": ("app", True),
    }
    made = await connect(ann, workspace)
    await place.settle()
    assert made["via"] == "token"
    assert len((await place.github.repository(REPOSITORY)).hooks) == 1


async def test_an_app_that_github_does_not_know_is_in_nobodys_way(
    place: Place, ann: Actor, workspace: Json, installation: Installation
) -> None:
    for prefix in ("/app", f"/repos/{REPOSITORY}/installation"):
        await place.github.add_fault("errors", path_prefix=prefix, status=401)
    local = await place.person("local", at_github=False)
    theirs = await local.workspace()
    answer = await local.get(f"/workspaces/{theirs['id']}/repositories/available")
    assert expect(answer, 409)["code"] == "github_app_shut_out"

    assert await available(ann, workspace) == {REPOSITORY: ("token", True)}
    assert (await connect(ann, workspace))["via"] == "token"


async def test_the_app_stands_in_for_a_person_whose_token_is_refused(
    place: Place, ann: Actor, workspace: Json, board: Json, app: KnownApp, by_app: Json
) -> None:
    card = await ann.card(board, "One")
    await place.github.revoke_tokens_of("ann")
    await place.github.forget_requests()
    expect(await ann.post(f"/cards/{card['id']}/branches", json={}), 202)
    await place.settle()
    [branch] = (await ann.snapshot(board["id"]))["branches"]
    assert (branch["state"], branch["error"]) == ("created", None)
    [made] = await place.github.requests(f"/repos/{REPOSITORY}/git/refs", method="POST")
    assert made.login == f"{app.slug}[bot]"
    assert (await shown(ann, workspace))["health"] == "healthy"
    assert await alerts(ann) == []


async def test_the_app_stands_in_for_nobody_who_may_not_write_there(
    place: Place, ann: Actor, workspace: Json, board: Json, by_app: Json
) -> None:
    bob = await place.person("bob")
    await place.github.set_access(REPOSITORY, "bob", "pull")
    await ann.invite(workspace, bob, "member")
    await without_repositories(place, bob)
    card = await ann.card(board, "Refund twice")
    await place.github.forget_requests()

    expect(await bob.post(f"/cards/{card['id']}/branches", json={}), 202)
    await place.settle()

    [branch] = expect(await bob.get(f"/cards/{card['id']}/development"), 200)["branches"]
    assert (branch["state"], branch["error"]) == (
        "failed",
        f"Your GitHub account may not write to {REPOSITORY}: ask somebody who administers it to let you.",
    )
    assert await place.github.requests(f"/repos/{REPOSITORY}/git/refs", method="POST") == []


async def test_the_app_stands_in_for_nobody_whose_token_is_refused_and_who_may_not_write_there(
    place: Place, ann: Actor, workspace: Json, board: Json, by_app: Json
) -> None:
    card = await ann.card(board, "One")
    await place.github.set_access(REPOSITORY, "ann", "pull")
    await place.github.revoke_tokens_of("ann")
    expect(await ann.post(f"/cards/{card['id']}/branches", json={}), 202)
    await place.settle()
    [branch] = (await ann.snapshot(board["id"]))["branches"]
    assert branch["state"] == "failed"
    assert branch["error"].startswith("Your GitHub account may not write to")


async def test_the_permission_shown_is_that_of_the_person_who_connected(
    place: Place, ann: Actor, workspace: Json, by_app: Json
) -> None:
    assert by_app["permission"] == "admin"
    assert (await shown(ann, workspace))["permission"] == "admin"
    await place.github.set_access(REPOSITORY, "ann", "pull")
    expect(await ann.post(f"/repositories/{by_app['id']}/reconcile", json={}), 202)
    await place.settle()
    assert (await shown(ann, workspace))["permission"] == "read"


async def test_what_people_do_is_done_in_their_name_and_else_in_the_apps(
    place: Place, ann: Actor, board: Json, app: KnownApp, by_app: Json
) -> None:
    async def branch_of(title: str) -> str | None:
        card = await ann.card(board, title)
        await place.github.forget_requests()
        expect(await ann.post(f"/cards/{card['id']}/branches", json={}), 202)
        await place.settle()
        [request] = await place.github.requests(f"/repos/{REPOSITORY}/git/refs", method="POST")
        return request.login

    assert await branch_of("One") == "ann"
    await without_repositories(place, ann)
    assert await branch_of("Two") == f"{app.slug}[bot]"


async def kept_token(place: Place, installation: Installation) -> str:
    """The installation's token that all processes share."""
    kept = await place.runtime.redis.get(f"github:installation:{installation.id}")
    owner = f"redis|installation_token|{installation.id}"
    assert isinstance(kept, bytes)
    token: str = loads(place.runtime.encryption.decrypt(kept.decode(), owner))[0]
    return token


async def test_a_token_that_is_refused_is_renewed_once(
    place: Place, ann: Actor, workspace: Json, installation: Installation, by_app: Json
) -> None:
    refused = await kept_token(place, installation)
    await place.github.revoke_token(refused)
    await place.github.forget_requests()
    expect(await ann.post(f"/repositories/{by_app['id']}/reconcile", json={}), 202)
    await place.settle()
    renewals = await place.github.requests(f"/app/installations/{installation.id}/access_tokens")
    asked = await place.github.requests(f"/repos/{REPOSITORY}")
    assert len(renewals) == 1
    assert [request.status for request in asked].count(401) == 1
    assert await kept_token(place, installation) != refused
    assert (await shown(ann, workspace))["health"] == "healthy"


async def test_a_repository_that_the_app_sees_no_more_says_so_until_it_is_seen_again(
    place: Place, ann: Actor, workspace: Json, by_app: Json
) -> None:
    await place.github.choose_repositories(*await where(place), [])
    await place.settle()
    repository = await shown(ann, workspace)
    assert repository["health"] == "failing"
    assert repository["problem"].startswith("The GitHub App does not see octo/payments any more.")
    [told] = await alerts(ann)
    assert (told["alert"], told["detail"]) == ("app_shut_out", repository["problem"])

    await place.github.choose_repositories(*await where(place), [REPOSITORY])
    await place.settle()
    assert (await shown(ann, workspace))["health"] == "healthy"


async def test_an_uninstalled_app_is_told_once_and_a_new_installation_takes_over(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, by_app: Json
) -> None:
    await place.github.uninstall_app(*await where(place))
    await place.settle()
    repository = await shown(ann, workspace)
    assert repository["problem"].startswith("The GitHub App is not installed there any more.")
    await place.change("UPDATE jobs SET next_attempt_at = now() WHERE state = 'pending'")
    expect(await ann.post(f"/repositories/{by_app['id']}/reconcile", json={}), 202)
    await place.settle()
    assert len(await alerts(ann)) == 1
    assert await place.due_jobs() == []

    installed = await install(place, app)
    await place.settle()
    assert (await shown(ann, workspace))["health"] == "healthy"
    assert await installations_of(place) == [installed.id]


async def test_a_deleted_repository_is_not_taken_for_one_that_the_app_does_not_see(
    place: Place, ann: Actor, workspace: Json, by_app: Json
) -> None:
    await place.github.delete_repository(REPOSITORY)
    await place.settle()
    await place.github.suspend_app(*await where(place))
    await place.settle()
    await place.github.unsuspend_app(*await where(place))
    await place.settle()
    assert (await shown(ann, workspace))["problem"].startswith(f"{REPOSITORY} was deleted")
    assert [each["alert"] for each in await alerts(ann)] == ["repository_deleted"]


async def test_a_suspension_that_nobody_told_of_is_noticed_and_told(
    place: Place, ann: Actor, workspace: Json, by_app: Json
) -> None:
    await place.github.add_fault("drop_deliveries")
    await place.github.suspend_app(*await where(place))
    expect(await ann.post(f"/repositories/{by_app['id']}/reconcile", json={}), 202)
    await place.settle()
    assert (await shown(ann, workspace))["problem"].startswith("The GitHub App is suspended there.")
    assert len(await alerts(ann)) == 1

    await place.github.unsuspend_app(*await where(place))
    expect(await ann.post(f"/repositories/{by_app['id']}/reconcile", json={}), 202)
    await place.settle()
    assert (await shown(ann, workspace))["health"] == "healthy"


async def test_health_shows_the_limit_of_the_installation_and_comparing_leaves_a_part_of_it(
    place: Place, ann: Actor, workspace: Json, installation: Installation, by_app: Json
) -> None:
    await place.github.set_rate_limit(f"installation {installation.id}", remaining=1501)
    await place.runtime.redis.flushdb()  # What is known as unchanged costs nothing.
    expect(await ann.post(f"/repositories/{by_app['id']}/reconcile", json={}), 202)
    await place.settle()
    health = expect(await ann.get(f"/repositories/{by_app['id']}/health"), 200)
    assert health["rate_limit"]["remaining"] == 1500
    rows = await place.rows("SELECT state::text FROM jobs WHERE state <> 'done'")
    assert [row["state"] for row in rows] == ["pending"]


async def test_deleting_a_workspace_asks_nothing_of_github_for_the_apps_connections(
    place: Place, ann: Actor, workspace: Json, by_app: Json
) -> None:
    await place.github.forget_requests()
    body = {"name": workspace["name"]}
    expect(await ann.delete(f"/workspaces/{workspace['id']}", json=body), 204)
    await place.settle()
    assert await place.github.requests() == []
