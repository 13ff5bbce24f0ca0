"""A workspace that tells a receiver what happens in it; jobs run when a test says so."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from taskly.kit.clock import FrozenClock
from taskly.kit.json import loads
from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import JobSpec
from taskly.platform.jobs.execution import execute
from taskly.users.issuing import Issuer
from taskly.users.sessions import Device, start_session
from taskly.webhooks.jobs import ProbeFailing, TakeNews
from tests.support.actors import Actor, Json, expect
from tests.support.receiver import Receiver
from tests.support.world import World


@dataclass(slots=True, repr=False)
class Place:
    """An application in which commits are real, somebody who administers a workspace, and a receiver."""

    world: World
    clock: FrozenClock
    alice: Actor
    receiver: Receiver
    workspace: Json = field(default_factory=dict)
    webhook: Json = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where the webhooks of the workspace are."""
        return f"/workspaces/{self.workspace['id']}/webhooks"

    async def listening(self, *event_types: str, **fields: Any) -> Json:
        """Make a webhook for the receiver; with its secret."""
        body = {
            "url": f"http://127.0.0.1:{self.receiver.port}/hook",
            "event_types": event_types or ("*",),
            **fields,
        }
        self.webhook = expect(await self.alice.post(self.path, json=body), 201)
        return self.webhook

    async def standing(self) -> Json:
        """The webhook as it is now."""
        shown: Json = expect(await self.alice.get(f"{self.path}/{self.webhook['id']}"), 200)
        return shown

    async def ask(self, action: str, **body: Any) -> Json:
        """Do something with the webhook."""
        options = {"json": body} if body or action == "resume" else {}
        answer = await self.alice.post(f"{self.path}/{self.webhook['id']}/{action}", **options)
        assert answer.status_code in {200, 202}, answer.text
        shown: Json = answer.json()
        return shown

    async def log(self, query: str = "") -> list[Json]:
        """The delivery log, oldest first."""
        path = f"{self.path}/{self.webhook['id']}/deliveries?limit=200{query}"
        shown: Json = expect(await self.alice.get(path), 200)
        return list(reversed(shown["items"]))

    async def states(self) -> list[str]:
        """The states of all messages, oldest first."""
        return [entry["state"] for entry in await self.log()]

    async def promise(self, spec: JobSpec) -> None:
        """Promise a job, as the scheduler does."""
        async with self.world.runtime.database.transaction(SYSTEM) as tx:
            tx.promise(spec)

    async def tell(self) -> None:
        """Take what is new in the log, and send whatever is due."""
        await self.promise(TakeNews())
        await self.run_jobs()

    async def probe(self) -> None:
        """Let an hour pass, and probe."""
        self.clock.advance(timedelta(hours=1))
        await self.alice_signs_in_again()
        await self.promise(ProbeFailing())
        await self.run_jobs()

    async def run_jobs(self) -> None:
        """Make one attempt at every job that is due or becomes due by others."""
        tried: set[UUID] = set()
        while due := [job_id for job_id in await self.due_jobs() if job_id not in tried]:
            for job_id in due:
                await execute(self.world.runtime, job_id)
            tried.update(due)

    async def due_jobs(self, kinds: str = "webhooks.%") -> list[UUID]:
        """The jobs of this domain that could be claimed now, oldest first."""
        async with self.world.runtime.database.reading() as session:
            found = await session.scalars(
                text(
                    "SELECT id FROM jobs WHERE state = 'pending' AND next_attempt_at <= now()"
                    " AND kind LIKE :kinds ORDER BY id"
                ),
                {"kinds": kinds},
            )
            return list(found)

    async def hurry(self) -> None:
        """Make all waits of messages be over, one attempt each."""
        await self.change("UPDATE jobs SET next_attempt_at = now() WHERE state = 'pending'")
        await self.run_jobs()

    async def change(self, sql: str, **parameters: Any) -> None:
        """Change rows behind the application's back."""
        async with self.world.runtime.database.transaction(SYSTEM) as tx:
            await tx.session.execute(text(sql), parameters)

    async def take_only(self) -> None:
        """Take what is new in the log, and send nothing yet."""
        await self.promise(TakeNews())
        [taking] = await self.due_jobs(TakeNews.kind)
        await execute(self.world.runtime, taking)

    async def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a query finds."""
        async with self.world.runtime.database.reading() as session:
            found = await session.execute(text(sql), parameters)
            return [dict(row) for row in found.mappings()]

    async def alice_signs_in_again(self) -> None:
        """Give Alice a token that counts at the present time."""
        async with self.world.runtime.database.transaction(SYSTEM) as tx:
            issuer = Issuer(self.world.runtime.settings)
            device = Device("tests", "127.0.0.1")
            issued = await start_session(tx, issuer, self.alice.user_id, device)
        self.alice.token = issued.access_token

    async def fail(self, status: int = 500, times: int = 5) -> None:
        """Have the webhook's one message fail so often, over more than ten minutes."""
        for _ in range(times):
            self.receiver.will_answer(status)
            self.clock.advance(timedelta(minutes=3))
            await self.hurry()

    def told(self) -> list[tuple[str, Any]]:
        """Type and version of what the receiver got, in the order in which it came."""
        bodies = [loads(request.body) for request in self.receiver.received]
        return [(body["type"], body["data"].get("version")) for body in bodies]

    def ids(self) -> list[str]:
        """The message ids that the receiver saw."""
        return [request.headers["webhook-id"] for request in self.receiver.received]
