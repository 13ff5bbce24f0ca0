"""Repositories and who may see and change them."""

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import RepositoryChange
from tests.fake_github.stage import ADDRESS, PATH, REPOSITORY, Receiver, Stage

pytestmark = pytest.mark.anyio


async def test_a_repository_says_what_its_viewer_may_do(
    octo: httpx2.AsyncClient, mona: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    async def permissions(client: httpx2.AsyncClient) -> list[str]:
        shown = (await client.get(PATH)).json()["permissions"]
        return [name for name, allowed in shown.items() if allowed]

    assert await permissions(octo) == ["admin", "maintain", "push", "triage", "pull"]
    assert await permissions(mona) == ["push", "triage", "pull"]
    assert await permissions(stranger) == ["pull"]


async def test_a_private_repository_is_hidden_from_outsiders_and_from_narrow_tokens(
    stage: Stage, octo: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    await stage.github.create_repository("octo-user", "secret", private=True)
    narrow = stage.client(await stage.github.create_token("octo-user", ["public_repo"]))

    statuses = [
        (await client.get("/repos/octo-user/secret")).status_code
        for client in (octo, stranger, narrow, stage.client())
    ]

    assert statuses == [200, 404, 404, 404]


async def test_the_list_of_repositories_holds_what_one_owns_and_works_in(
    github: FakeGitHub, octo: httpx2.AsyncClient, mona: httpx2.AsyncClient
) -> None:
    await github.create_repository("octo-user", "alpha", private=True)

    async def names(client: httpx2.AsyncClient, **query: str) -> list[str]:
        answer = await client.get("/user/repos", params=query)
        return [each["full_name"] for each in answer.json()]

    assert await names(octo) == ["octo-user/alpha", REPOSITORY]
    assert await names(octo, visibility="private") == ["octo-user/alpha"]
    assert await names(mona) == [REPOSITORY]
    assert await names(mona, affiliation="owner") == []


async def test_an_old_name_redirects_to_the_repository(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    renamed = await github.rename_repository(REPOSITORY, "billing")

    moved = await octo.get(f"{PATH}/branches/main")
    followed = await octo.get(moved.headers["location"].removeprefix(f"{ADDRESS}/api/v3"))

    assert moved.status_code == 301
    assert moved.headers["location"].endswith(f"/repositories/{renamed.id}/branches/main")
    assert followed.json()["name"] == "main"
    assert (await octo.patch(PATH, json={})).status_code == 307


async def test_renaming_tells_the_old_name(
    stage: Stage, github: FakeGitHub, hook: int, receiver: Receiver
) -> None:
    await github.rename_repository(REPOSITORY, "billing")

    assert await stage.settled() == ["repository renamed"]
    payload = receiver.last("repository renamed")
    assert payload["changes"] == {"repository": {"name": {"from": "payments"}}}
    assert payload["repository"]["full_name"] == "octo-user/billing"


async def test_an_archived_repository_is_read_only(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    main = (await github.repository(REPOSITORY)).branches["main"]
    await github.change_repository(REPOSITORY, RepositoryChange(archived=True))

    response = await octo.post(f"{PATH}/git/refs", json={"ref": "refs/heads/late", "sha": main})

    assert response.status_code == 403
    assert list((await github.repository(REPOSITORY)).branches) == ["main"]


async def test_a_repository_of_an_organisation_names_it_in_webhooks(
    stage: Stage, octo: httpx2.AsyncClient, receiver: Receiver
) -> None:
    await stage.github.create_user("acme", kind="Organization")
    await stage.github.create_repository("acme", "api", collaborators={"octo-user": "admin"})
    answer = await octo.post(
        "/repos/acme/api/hooks",
        json={
            "events": ["push"],
            "config": {"url": "http://receiver.test/", "content_type": "json"},
        },
    )
    await stage.github.push("acme/api", "main", ["A change"], actor="octo-user")

    assert answer.status_code == 201
    assert await stage.settled() == ["ping", "push"]
    assert receiver.last("push")["organization"]["login"] == "acme"
    assert (await octo.get("/repos/acme/api")).json()["organization"]["login"] == "acme"


async def test_reading_somebodys_permission_needs_push(
    octo: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    path = f"{PATH}/collaborators/mona/permission"

    answer = (await octo.get(path)).json()

    assert (answer["permission"], answer["role_name"]) == ("write", "write")
    assert (await stranger.get(path)).status_code == 403


async def test_a_file_is_written_only_by_who_has_read_it(octo: httpx2.AsyncClient) -> None:
    path, body = f"{PATH}/contents/docs/a.md", {"message": "Write", "content": "aGk="}

    made = await octo.put(path, json=body)
    blind = await octo.put(path, json={**body, "sha": "0" * 40})
    read = (await octo.get(path)).json()
    changed = await octo.put(path, json={**body, "content": "aG8=", "sha": read["sha"]})

    assert (made.status_code, blind.status_code, changed.status_code) == (201, 409, 200)
    assert (await octo.get(path)).json()["content"].strip() == "aG8="
