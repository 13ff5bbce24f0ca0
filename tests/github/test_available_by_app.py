"""Choosing among what is reached through the app: who is in nobody's way, and what a page costs."""

from typing import Any

import pytest

from taskly.fake_github.wire.told import KnownApp
from taskly.github.connections.available import TOO_LONG
from tests.github.app_place import connect, install
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

SUSPENDED = (
    "The GitHub App is suspended there. Whoever administers the account lets it go on at GitHub, in the account's "
    "settings, under GitHub Apps."
)
OTHERS = ("acme", "umbrella")
SOMETHING_MISSING = {
    "account": None,
    "reason": "Not all that the GitHub App sees could be asked, so repositories may be missing. Try again later.",
}

REFUSED = {
    "account": None,
    "reason": "GitHub refuses the access that it once gave: sign in with GitHub again.",
}


async def ask(actor: Actor, workspace: Json, **query: Any) -> Json:
    """A page of what there is to connect."""
    path = f"/workspaces/{workspace['id']}/repositories/available"
    page: Json = expect(await actor.get(path, params=query), 200)
    return page


def names(page: Json) -> list[tuple[str, str]]:
    """What is on a page, and how it would be connected."""
    return [(each["full_name"], each["via"]) for each in page["items"]]


@pytest.fixture
async def without_own(place: Place, ann: Actor) -> None:
    """Ann has signed in without giving access to repositories."""
    await place.change(
        "UPDATE users SET github_scopes = '{read:user}' WHERE id = :id", id=ann.user_id
    )


async def give_access(place: Place, actor: Actor, scope: str) -> None:
    """Somebody signs in anew, giving access to what this scope says."""
    login = expect(await actor.get("/me"), 200)["login"]
    await place.github.revoke_tokens_of(login)
    token = await place.github.create_token(login, [scope])
    owner = f"users|github_token|{actor.user_id}"
    await place.change(
        "UPDATE users SET github_token = :token, github_scopes = :scopes WHERE id = :id",
        token=place.runtime.encryption.encrypt_text(token, owner),
        scopes=[scope],
        id=actor.user_id,
    )


@pytest.fixture
async def installed(place: Place, ann: Actor, app: KnownApp) -> dict[str, int]:
    """The app on three organisations with a private repository of Ann's each; the installations' ids."""
    await place.repository(ann)
    for owner in OTHERS:
        await place.repository(ann, f"{owner}/app")
    ids = {"octo": (await install(place, app)).id}
    for owner in OTHERS:
        ids[owner] = (await place.github.install_app(app.id, owner)).id
    await place.settle()
    return ids


async def count(place: Place, path: str) -> int:
    """How often GitHub was asked for this since that was counted last."""
    return len(await place.github.requests(path, method="GET"))


@pytest.mark.usefixtures("without_own")
async def test_installations_that_cannot_be_asked_are_named_and_the_rest_is_listed(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, installed: dict[str, int]
) -> None:
    await place.github.suspend_app(app.id, installed["octo"])
    await place.runtime.redis.delete(f"github:installation:{installed['acme']}")
    token = f"/app/installations/{installed['acme']}/access_tokens"
    await place.github.add_fault("errors", path_prefix=token, status=500)

    page = await ask(ann, workspace)

    assert names(page) == [("umbrella/app", "app")]
    assert page["next_cursor"] is None
    assert page["unasked"] == [SOMETHING_MISSING], "nothing shows that Ann has to do with them"

    await give_access(place, ann, "public_repo")
    assert (await ask(ann, workspace))["unasked"] == [
        {"account": "octo", "reason": SUSPENDED},
        {
            "account": "acme",
            "reason": "GitHub has a problem of its own (500). Try again later.",
        },
    ]


@pytest.mark.usefixtures("without_own")
async def test_an_installation_at_its_limit_is_named_and_the_rest_is_listed(
    place: Place, ann: Actor, workspace: Json, installed: dict[str, int]
) -> None:
    await place.github.set_rate_limit(f"installation {installed['octo']}", 0)
    page = await ask(ann, workspace)
    assert names(page) == [("acme/app", "app"), ("umbrella/app", "app")]
    assert page["unasked"] == [SOMETHING_MISSING]
    await give_access(place, ann, "public_repo")
    [unasked] = (await ask(ann, workspace))["unasked"]
    assert unasked["account"] == "octo"
    assert unasked["reason"].startswith("GitHub's limit is reached; it is free again in")


async def test_strangers_hear_nothing_of_other_peoples_installations(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, installed: dict[str, int]
) -> None:
    await place.github.suspend_app(app.id, installed["octo"])
    bob = await place.person("bob")
    page = await ask(bob, await bob.workspace())
    assert (page["items"], page["unasked"]) == ([], [])
    await place.github.set_rate_limit(f"installation {installed['acme']}", 0)
    page = await ask(bob, await bob.workspace())
    assert (page["items"], page["unasked"]) == ([], [SOMETHING_MISSING])


async def test_whoever_administers_a_workspace_hears_of_the_accounts_that_it_is_connected_to(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, installed: dict[str, int]
) -> None:
    await connect(ann, workspace)
    await place.settle()
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "admin")
    await place.github.suspend_app(app.id, installed["octo"])
    assert (await ask(bob, workspace))["unasked"] == [{"account": "octo", "reason": SUSPENDED}]


async def test_an_app_that_cannot_be_asked_leaves_what_a_persons_own_token_reaches(
    place: Place, ann: Actor, workspace: Json, installed: dict[str, int]
) -> None:
    await place.github.add_fault("errors", path_prefix="/app/installations", status=500)
    page = await ask(ann, workspace)
    assert {via for _, via in names(page)} == {"token"}
    assert len(page["items"]) == 3
    assert [each["account"] for each in page["unasked"]] == [None]


async def test_own_repositories_cost_one_request_more_where_the_app_sees_whole_accounts(
    place: Place, ann: Actor, workspace: Json, installed: dict[str, int]
) -> None:
    await place.github.forget_requests()
    first = await ask(ann, workspace, limit=2)
    assert [via for _, via in names(first)] == ["app", "app"]
    assert await count(place, "/user/repos") == 1
    assert await count(place, "/app/installations") == 1
    assert await count(place, "/installation/repositories") == 0


async def test_only_where_repositories_were_chosen_it_is_asked_which(
    place: Place, ann: Actor, workspace: Json, app: KnownApp
) -> None:
    await place.repository(ann)
    for name in ("octo/website", "acme/app"):
        await place.repository(ann, name)
    await install(place, app, "octo/website")
    await place.github.install_app(app.id, "acme", None)
    await place.github.forget_requests()
    page = await ask(ann, workspace, q="octo")
    assert sorted(names(page)) == [(REPOSITORY, "token"), ("octo/website", "app")]
    await place.github.forget_requests()
    page = await ask(ann, workspace, limit=1)
    assert names(page) == [("acme/app", "app")]


async def test_where_github_refuses_a_persons_token_what_the_app_sees_is_listed(
    place: Place, ann: Actor, workspace: Json, installed: dict[str, int]
) -> None:
    await place.github.revoke_tokens_of("ann")
    page = await ask(ann, workspace)
    assert sorted(names(page)) == [
        ("acme/app", "app"),
        (REPOSITORY, "app"),
        ("umbrella/app", "app"),
    ]
    assert page["unasked"] == [REFUSED]


async def test_without_an_app_a_refused_token_is_an_error(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.github.revoke_tokens_of("ann")
    answer = await ann.get(f"/workspaces/{workspace['id']}/repositories/available")
    assert expect(answer, 409)["code"] == "github_token_refused"


async def test_a_long_list_of_ones_own_is_read_some_pages_at_a_time(
    place: Place,
    ann: Actor,
    workspace: Json,
    installed: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("taskly.github.remote.client.PAGE", 1)
    monkeypatch.setattr("taskly.github.connections.own_list.MOST_PAGES", 1)
    behind = (await ask(ann, workspace, limit=3))["next_cursor"]
    await place.runtime.redis.delete(f"github:own_repositories:{ann.user_id}")
    costs: list[int] = []
    notes: list[list[str]] = []
    for _ in range(4):
        await place.github.forget_requests()
        page = await ask(ann, workspace, cursor=behind)
        costs.append(await count(place, "/user/repos"))
        notes.append([each["reason"] for each in page["unasked"]])
    assert costs == [1, 1, 1, 0]
    assert notes == [[TOO_LONG], [TOO_LONG], [], []]


async def test_an_empty_list_of_ones_own_is_remembered(
    place: Place, installed: dict[str, int]
) -> None:
    bob = await place.person("bob")
    workspace = await bob.workspace()
    await ask(bob, workspace)
    await place.github.forget_requests()
    await ask(bob, workspace)
    assert await count(place, "/user/repos") == 1


async def test_pages_behind_the_own_list_go_on_where_the_last_one_ended(
    place: Place, ann: Actor, workspace: Json, app: KnownApp, installed: dict[str, int]
) -> None:
    """Ann's token reaches what is public; her private repositories are reached through the app."""
    for owner in OTHERS:
        for name in ("one", "two"):
            await place.github.create_repository(owner, name, private=True)
            await place.github.set_access(f"{owner}/{name}", "ann", "admin")
    await give_access(place, ann, "public_repo")
    page = await ask(ann, workspace, limit=3)
    shown = names(page)
    assert len(shown) == 3
    costs: list[tuple[int, int]] = []
    while page["next_cursor"] is not None:
        await place.github.forget_requests()
        page = await ask(ann, workspace, limit=2, cursor=page["next_cursor"])
        shown += names(page)
        costs.append(
            (await count(place, "/user/repos"), await count(place, "/installation/repositories"))
        )
    assert shown[3:] == [(f"{owner}/{name}", "app") for owner in OTHERS for name in ("one", "two")]
    assert costs == [(1, 3), (0, 2)]
