"""Taskly and GitHub side by side, both over real HTTP: webhooks arrive, jobs run when a test says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI
from sqlalchemy import text

from taskly.api.app import create_app
from taskly.fake_github.driver import FakeGitHub
from taskly.github.deliveries.webhook_secrets import read_secret
from taskly.github.models import GitRepository
from taskly.github.urls import WEBHOOK_PATH
from taskly.kit.ids import new_id
from taskly.kit.json import dumps
from taskly.kit.signatures import make_signature
from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from taskly.users.issuing import Issuer
from taskly.users.models import User
from taskly.users.sessions import Device, start_session
from taskly.worker.registry import load_tasks
from tests.github.payload_examples import example, repository
from tests.support.actors import Actor, Json, expect
from tests.support.serving import served

REPOSITORY = "octo/payments"


@dataclass(frozen=True, slots=True)
class Webhook:
    """A connection's webhook as GitHub knows it."""

    client: httpx2.AsyncClient
    path: str
    secret: str
    github_id: int

    async def send(
        self, event: str, payload: Json | bytes, *, guid: str | None = None, **headers: str
    ) -> httpx2.Response:
        """Send a signed delivery; `headers` are sent in place of the right ones."""
        body = payload if isinstance(payload, bytes) else dumps(payload)
        right = {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": guid or str(uuid4()),
            "X-Hub-Signature-256": make_signature(body, self.secret),
        }
        changed = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(self.path, content=body, headers={**right, **changed})

    def example(self, event: str, **fields: Any) -> Json:
        """An example of a payload, about this repository."""
        return example(event, repository=repository(id=self.github_id), **fields)


@dataclass(slots=True)
class Served:
    """A served application and its runtime."""

    app: FastAPI
    runtime: Runtime
    client: httpx2.AsyncClient

    async def run_jobs(self) -> int:
        """Make one attempt at every job that is due or becomes due by others; how many there were."""
        tried: set[UUID] = set()
        while due := [job_id for job_id in await self.due_jobs() if job_id not in tried]:
            for job_id in due:
                await execute(self.runtime, job_id)
            tried.update(due)
        return len(tried)

    async def due_jobs(self) -> list[UUID]:
        """The jobs that could be claimed now, oldest first."""
        rows = await self.rows(
            "SELECT id FROM jobs WHERE state = 'pending' AND next_attempt_at <= now() ORDER BY id"
        )
        return [row["id"] for row in rows]

    async def hurry(self) -> None:
        """Make all jobs that wait for their next attempt due."""
        await self.change("UPDATE jobs SET next_attempt_at = now() WHERE state = 'pending'")

    async def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a query finds."""
        async with self.runtime.database.reading() as session:
            found = await session.execute(text(sql), parameters)
            return [dict(row) for row in found.mappings()]

    async def change(self, sql: str, **parameters: Any) -> None:
        """Change rows behind the application's back."""
        async with self.runtime.database.transaction(SYSTEM) as tx:
            await tx.session.execute(text(sql), parameters)

    async def webhook(self, repository: Json) -> "Webhook":
        """The webhook of a connection, for a test to play GitHub."""
        async with self.runtime.database.reading() as session:
            row = await session.get_one(GitRepository, UUID(repository["id"]))
        secret = read_secret(self.runtime.encryption, row)
        return Webhook(self.client, f"{WEBHOOK_PATH}/{row.id}", secret, row.github_id)


@dataclass(slots=True)
class Place(Served):
    """That, and the fake GitHub that it talks to."""

    github: FakeGitHub

    async def person(self, login: str, *, at_github: bool = True) -> Actor:
        """Somebody new, signed in, with a token of GitHub's if they have an account there."""
        user = User(id=new_id(), login=login, name=login.title())
        if at_github:
            account = await self.github.create_user(login)
            token = await self.github.create_token(login, ["repo", "admin:repo_hook"])
            owner = f"users|github_token|{user.id}"
            user.github_id = account.id
            user.github_token = self.runtime.encryption.encrypt_text(token, owner)
        async with self.runtime.database.transaction(SYSTEM) as tx:
            tx.session.add(user)
            await tx.session.flush()
            issued = await start_session(
                tx, Issuer(self.runtime.settings), user.id, Device("tests", "127.0.0.1")
            )
        return Actor(self.client, user.id, login, issued.access_token)

    async def settle(self) -> None:
        """Wait until GitHub has told everything and all that is due has been worked out."""
        for _ in range(20):
            await self.github.settle()
            if not await self.run_jobs():
                return
        raise AssertionError("there is always something new to do")

    async def repository(self, owner: Actor, full_name: str = REPOSITORY) -> None:
        """A repository at GitHub that somebody administers."""
        login = full_name.partition("/")[0]
        if login not in {user.login for user in (await self.github.state()).users}:
            await self.github.create_user(login, kind="Organization")
        await self.github.create_repository(login, full_name.partition("/")[2])
        await self.github.set_access(full_name, owner.login, "admin")

    async def connected(self, admin: Actor, workspace: Json, full_name: str = REPOSITORY) -> Json:
        """A repository that is made at GitHub, connected, and synchronised."""
        await self.repository(admin, full_name)
        made: Json = expect(
            await admin.post(
                f"/workspaces/{workspace['id']}/repositories", json={"full_name": full_name}
            ),
            201,
        )
        await self.settle()
        return made


async def pull_of(actor: Actor, card: Json) -> Json:
    """A card's one pull request, as its development shows it."""
    [shown] = expect(await actor.get(f"/cards/{card['id']}/development"), 200)["pull_requests"]
    found: Json = shown
    return found


@asynccontextmanager
async def open_place(settings: Settings, github: FakeGitHub) -> AsyncIterator[Place]:
    """Serve the application beside a fake GitHub until the block ends."""
    async with serving(settings) as each:
        yield Place(each.app, each.runtime, each.client, github)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Served]:
    """Serve the application with these settings until the block ends."""
    load_tasks()
    apps: list[FastAPI] = []

    def make(address: str) -> FastAPI:
        apps.append(create_app(settings.model_copy(update={"public_url": address})))
        return apps[0]

    async with (
        served(make) as address,
        httpx2.AsyncClient(base_url=address, trust_env=False, timeout=60) as client,
    ):
        yield Served(apps[0], apps[0].state.runtime, client)
