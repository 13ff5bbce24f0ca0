"""Somebody who has left traces everywhere, and goes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from taskly.github.commit_models import CommitRow, PullRequestCommit
from taskly.github.delivery_models import DeliveryState, WebhookDelivery
from taskly.github.models import GitRepository, Health, PullRequestReview, PullRequestRow
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.reviews import ReviewState
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from taskly.privacy.jobs import RemoveTraces
from taskly.worker.registry import load_tasks
from tests.support.actors import Actor, Json, expect
from tests.support.world import World

LOGIN, NAME, EMAIL = "zaphod-b", "Zaphod Beeblebrox", "zaphod@magrathea.example"
ADDRESS = "192.0.2.42"
WITH_TRACES = {
    "card_comments",
    "cards",
    "commits",
    "pull_request_commits",
    "events",
    "pull_request_reviews",
    "pull_requests",
    "saved_views",
}
"""Tables with texts in which somebody stands whom others or programs have named."""
SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)


async def go(actor: Actor, login: str = LOGIN) -> Any:
    """Delete the account."""
    return await actor.request("DELETE", "/me", json={"login": login})


async def settle(world: World) -> None:
    """Do the job that a deletion promises."""
    load_tasks()
    announcer: Any = world.runtime.database.announcer
    [promised] = [each for each in announcer.promised if each.spec.kind == RemoveTraces.kind]
    await execute(world.runtime, promised.id)


async def dump(world: World) -> dict[str, str]:
    """Everything in the database that is text, table by table."""
    async with world.runtime.database.reading() as session:
        tables = list(
            await session.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            )
        )
        return {
            table: str(
                await session.scalar(
                    text(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM \"{table}\" t")  # noqa: S608
                )
            ).lower()
            for table in tables
        }


async def places_of(world: World, needles: Sequence[str]) -> set[str]:
    """The tables in which one of these stands."""
    tables = await dump(world)
    return {name for name, rows in tables.items() if any(needle in rows for needle in needles)}


async def tell_of_github(world: World, workspace_id: str) -> None:
    """Facts of GitHub that name zaphod."""
    of = {"workspace_id": UUID(workspace_id)}
    repository = GitRepository(
        id=new_id(), github_id=1, owner="octo", name="payments", default_branch="main",
        private=True, health=Health.HEALTHY, github_updated_at=SEPTEMBER, **of,
    )  # fmt: skip
    pull = PullRequestRow(
        id=new_id(), repository_id=repository.id, github_id=7, number=7, title="Fix", body="",
        url="https://github.com/octo/payments/pull/7", author=LOGIN, state=PullRequestState.OPEN,
        draft=False, was_ready=True, head_branch="fix", head_sha="a" * 40, head_fork=f"{LOGIN}/payments",
        base_branch="main", requested_reviewers=[LOGIN, "octocat"], opened_at=SEPTEMBER,
        merged_by=LOGIN.upper(), github_updated_at=SEPTEMBER, asked=False, verified_at=SEPTEMBER,
        **of,
    )  # fmt: skip
    rows = [
        PullRequestReview(
            id=new_id(), pull_request_id=pull.id, reviewer_id=4242, reviewer=LOGIN, github_id=9,
            state=ReviewState.APPROVED, submitted_at=SEPTEMBER, **of,
        ),
        CommitRow(
            id=new_id(), repository_id=repository.id, branch="fix", sha="a" * 40, message="Fix",
            author=NAME, committed_at=SEPTEMBER, **of,
        ),
        PullRequestCommit(
            id=new_id(), pull_request_id=pull.id, sha="a" * 40, message="Fix", author=LOGIN,
            committed_at=SEPTEMBER, **of,
        ),
        WebhookDelivery(
            id=new_id(), repository_id=repository.id, delivery_id=new_id(), event="push",
            payload=f'{{"sender":{{"login":"{LOGIN}"}}}}'.encode(), state=DeliveryState.PROCESSED,
            received_at=SEPTEMBER, **of,
        ),
    ]  # fmt: skip
    async with world.runtime.database.transaction(SYSTEM) as tx:
        for each in (repository, pull):
            tx.session.add(each)
            await tx.session.flush()
        tx.session.add_all(rows)


async def leave_traces(world: World, alice: Actor, zaphod: Actor, board: Json) -> Json:
    """Let zaphod do, and have done to him, something of everything; a card."""
    at = {"X-Forwarded-For": ADDRESS, "User-Agent": f"{LOGIN}'s browser"}
    workspace = f"/workspaces/{board['workspace_id']}"
    card = await zaphod.card(
        board,
        "His card",
        assignee_ids=[str(zaphod.user_id)],
        description=f"What @{LOGIN} wants.\n\n> Ask @{LOGIN.upper()}.",
        acceptance_criteria=f"- @{LOGIN}, or his heirs, are happy",
    )
    on_card = f"/cards/{card['id']}"
    expect(await zaphod.post(f"{on_card}/comments", json={"body": "I was here."}), 201)
    said = {"body": f"Ask @{LOGIN}, or @{LOGIN.upper()}!"}
    comment = expect(await alice.post(f"{on_card}/comments", json=said), 201)
    expect(
        await alice.patch(f"{on_card}/comments/{comment['id']}", json={"body": f"@{LOGIN}?"}), 200
    )
    expect(await zaphod.request("PUT", f"{on_card}/watchers/me"), 204)
    for who, shared in ((zaphod, False), (zaphod, True), (alice, True)):
        query = f'assignee:me,{LOGIN},"{LOGIN.upper()}"' if who is alice else f"assignee:{LOGIN}"
        view = {"name": f"View {shared}", "query": query, "shared": shared}
        expect(await who.post(f"{workspace}/views", json=view), 201)
    token = {"name": f"{LOGIN} laptop", "scopes": ["read"]}
    expect(await zaphod.post("/me/tokens", json=token, headers={**at, "Idempotency-Key": "k"}), 201)
    elsewhere = await alice.workspace("Elsewhere")
    invited = {"emails": [EMAIL.upper(), "trillian@example.com"]}
    expect(await alice.post(f"/workspaces/{elsewhere['id']}/invitations", json=invited), 201)
    await tell_of_github(world, board["workspace_id"])
    return card
