"""Taskly beside a GitHub that somebody else wrote: `emulate`, which knows nothing of Taskly.

It has no statuses of commits, so what is fetched of a whole pull request is not tried here.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from pydantic import SecretStr

from taskly.embedded.ports import reserved_port
from taskly.kit.json import dumps
from tests.conftest import make_settings
from tests.github.place import Served, serving
from tests.support.actors import Actor, Json, expect, titles
from tests.support.database import clone
from tests.support.node import EMULATE, running
from tests.support.servers import Servers
from tests.support.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

HOST = "127.0.0.1"
CLIENT_ID, CLIENT_SECRET = "the-client", "the-client-secret"
REPOSITORY = "ann/payments"
BRANCH = "feature/PAY-1-refund-twice"


@dataclass(slots=True)
class Beside:
    """Taskly, and what it does not know the inside of."""

    taskly: Served
    github: httpx2.AsyncClient
    """Ann's own program; what she does at GitHub."""

    async def told(self, event: str, action: str | None = None) -> None:
        """Wait until this delivery has arrived, and work out all that came."""

        async def has_arrived() -> bool:
            found = await self.taskly.rows(
                "SELECT convert_from(payload, 'UTF8')::jsonb ->> 'action' AS action"
                " FROM webhook_deliveries WHERE event = :event",
                event=event,
            )
            return {"action": action} in found

        await until(has_arrived, f"{event} {action} is delivered")
        await self.taskly.run_jobs()

    async def ledger(self) -> list[str]:
        """What was told, and what became of it."""
        found = await self.taskly.rows(
            "SELECT event || ' ' || state::text AS told FROM webhook_deliveries ORDER BY id"
        )
        return [row["told"] for row in found]


@pytest.fixture
async def beside(servers: Servers, template: str, tmp_path: Path) -> AsyncIterator[Beside]:
    """Taskly is registered as an application there, and Ann has a repository."""
    with reserved_port(HOST, 0, fixed=True) as port:
        address = f"http://{HOST}:{port}"
        async with clone(servers.database_url, template) as url:
            settings = make_settings(url, servers.redis_url).model_copy(
                update={
                    "github_api_url": address,
                    "github_web_url": address,
                    "github_client_id": CLIENT_ID,
                    "github_client_secret": SecretStr(CLIENT_SECRET),
                }
            )
            async with serving(settings) as taskly:
                seed = tmp_path / "seed.json"
                seed.write_bytes(dumps(_seed(str(taskly.client.base_url))))
                arguments = ("start", "--service", "github", "--port", str(port))
                more = ("--seed", str(seed), "--base-url", address)
                async with (
                    running(EMULATE, *arguments, *more, ready="Ready"),
                    httpx2.AsyncClient(
                        base_url=address, headers={"Authorization": "Bearer ann-s-own"}
                    ) as github,
                ):
                    yield Beside(taskly, github)


def _seed(taskly: str) -> Json:
    people = {"ann-s-own": "ann", "rex-s-own": "rex"}
    return {
        "tokens": {
            token: {"login": login, "scopes": ["repo", "admin:repo_hook"]}
            for token, login in people.items()
        },
        "github": {
            "users": [
                {"login": login, "name": login.title(), "email": f"{login}@example.com"}
                for login in people.values()
            ],
            "repos": [{"owner": "ann", "name": "payments", "auto_init": True}],
            "oauth_apps": [
                {
                    "client_id": CLIENT_ID,
                    "client_secret": CLIENT_SECRET,
                    "name": "Taskly",
                    "redirect_uris": [f"{taskly}/api/v1/auth/github/callback"],
                }
            ],
        },
    }


async def sign_in(beside: Beside, login: str) -> Actor:
    """To GitHub's page, the button of this person there, and back."""
    client = beside.taskly.client
    away = await client.get("/api/v1/auth/github/login", params={"repositories": "true"})
    page = await beside.github.get(away.headers["location"])
    assert page.status_code == 200, page.text
    asked = dict(page.request.url.params)
    pressed = await beside.github.post("/login/oauth/callback", data={**asked, "login": login})
    back = await client.get(pressed.headers["location"], headers={"Accept": "application/json"})
    tokens = expect(back, 200)
    me = expect(
        await client.get(
            "/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"}
        ),
        200,
    )
    return Actor(client, UUID(me["id"]), me["login"], tokens["access_token"])


async def where_is(ann: Actor, board: Json, title: str) -> str:
    """The column that a card is in."""
    snapshot = await ann.snapshot(board["id"])
    names: list[str] = [column["name"] for column in snapshot["columns"]]
    return next(name for name in names if title in titles(snapshot, name))


async def test_somebody_signs_in_connects_and_disconnects_a_repository(beside: Beside) -> None:
    ann = await sign_in(beside, "ann")
    assert ann.login == "ann"
    workspace = await ann.workspace()
    repositories = f"/workspaces/{workspace['id']}/repositories"
    available = expect(await ann.get(f"{repositories}/available"), 200)
    assert [(each["full_name"], each["can_connect"]) for each in available["items"]] == [
        (REPOSITORY, True)
    ]
    connected = expect(await ann.post(repositories, json={"full_name": REPOSITORY}), 201)
    await beside.taskly.run_jobs()
    [shown] = expect(await ann.get(repositories), 200)["items"]
    assert (shown["id"], shown["health"]) == (connected["id"], "healthy")
    [hook] = (await beside.github.get(f"/repos/{REPOSITORY}/hooks")).json()
    assert hook["config"]["url"].endswith(f"/api/v1/webhooks/github/{connected['id']}")
    await beside.github.post(f"/repos/{REPOSITORY}/hooks/{hook['id']}/pings")
    await beside.told("ping")

    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    await beside.taskly.run_jobs()
    assert (await beside.github.get(f"/repos/{REPOSITORY}/hooks")).json() == []


async def push_and_open(github: httpx2.AsyncClient) -> str:
    """What Ann does for the branch; the path of her pull request."""
    written = {"message": "Begin", "content": "cmVmdW5k", "branch": BRANCH}
    await github.put(f"/repos/{REPOSITORY}/contents/refunds.txt", json=written)
    opening = {"title": "Refunds", "head": BRANCH, "base": "main"}
    pull = expect(await github.post(f"/repos/{REPOSITORY}/pulls", json=opening), 201)
    return f"/repos/{REPOSITORY}/pulls/{pull['number']}"


async def test_a_card_goes_from_branch_to_merge(beside: Beside) -> None:
    ann = await sign_in(beside, "ann")
    workspace = await ann.workspace()
    board = await ann.board(workspace, key="PAY")
    card = await ann.card(board, "Refund twice")
    connecting = {"full_name": REPOSITORY}
    expect(await ann.post(f"/workspaces/{workspace['id']}/repositories", json=connecting), 201)
    await beside.taskly.run_jobs()

    expect(await ann.post(f"/cards/{card['id']}/branches", json={}), 202)
    await beside.taskly.run_jobs()
    await beside.told("create")
    assert await where_is(ann, board, "Refund twice") == "In Progress"

    pull = await push_and_open(beside.github)
    await beside.told("pull_request", "opened")
    assert await where_is(ann, board, "Refund twice") == "In Review"

    review, rex = {"event": "APPROVE", "body": "Fine."}, {"Authorization": "Bearer rex-s-own"}
    await beside.github.post(f"{pull}/reviews", json=review, headers=rex)
    await beside.told("pull_request_review", "submitted")
    expect(await beside.github.put(f"{pull}/merge", json={}), 200)
    await beside.told("pull_request", "closed")
    assert await where_is(ann, board, "Refund twice") == "Done"
    [shown] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert (shown["state"], shown["review_decision"]) == ("merged", "approved")
    assert await beside.ledger() == [
        "create processed",
        "push processed",
        "pull_request processed",
        "pull_request_review processed",
        "pull_request processed",
    ]
