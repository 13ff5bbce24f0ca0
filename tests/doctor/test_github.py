"""The doctor finds what waits for GitHub and for nobody, and secrets that can't be read any more."""

import pytest
from sqlalchemy import text

from taskly.doctor.github import github_findings
from taskly.doctor.secrets import secret_findings
from taskly.kit.ids import new_id
from taskly.platform.findings import Severity
from tests.support.actors import Actor, Json
from tests.support.world import World

pytestmark = pytest.mark.anyio

REPOSITORY = """
    INSERT INTO git_repositories
        (id, workspace_id, github_id, owner, name, default_branch, private, github_updated_at, health)
    VALUES (:repository, :workspace, 1, 'acme', 'shop', 'main', false, now(), 'healthy')
"""
DELIVERY = """
    INSERT INTO webhook_deliveries
        (id, workspace_id, repository_id, delivery_id, event, state, received_at)
    VALUES (:row, :workspace, :repository, :row, 'push', 'received', now())
"""
BRANCH = """
    INSERT INTO card_branches
        (id, workspace_id, board_id, card_id, repository_id, name, url, state)
    VALUES (:row, :workspace, :board, :card, :repository, 'pay-1', 'https://github.com/', 'creating')
"""
CONNECTING = "UPDATE git_repositories SET health = 'connecting' WHERE id = :repository"
JOB = """
    INSERT INTO jobs (id, kind, queue, payload, state, next_attempt_at)
    VALUES (:job, :kind, 'bulk', jsonb_build_object(CAST(:field AS text), CAST(:waits AS text)),
        CAST(:state AS job_state), now())
"""
WAITING = {
    "deliveries": (DELIVERY, "github.process_delivery", "delivery", "Deliveries of GitHub"),
    "branches": (BRANCH, "github.create_branch", "branch_id", "Branches are being created"),
    "connections": (
        CONNECTING,
        "github.connect_repository",
        "repository_id",
        "Repositories are being connected",
    ),
}


@pytest.fixture
async def place(world: World, alice: Actor) -> Json:
    """A card, and a repository that is connected to its workspace."""
    board = await alice.board(await alice.workspace())
    card = await alice.card(board, "one")
    place = {
        "workspace": board["workspace_id"],
        "board": board["id"],
        "card": card["id"],
        "repository": new_id(),
        "row": new_id(),
    }
    await write(world, REPOSITORY, **place)
    return place


async def write(world: World, statement: str, **values: object) -> None:
    """Change the world behind everybody's back."""
    named = {name: value for name, value in values.items() if f":{name}" in statement}
    async with world.runtime.database.reading() as session:
        await session.execute(text(statement), named)
        await session.commit()


async def found(world: World) -> list[tuple[Severity, str]]:
    """What the doctor says of GitHub."""
    async with world.runtime.database.reading() as session:
        return [(each.severity, each.what) for each in await github_findings(session)]


@pytest.mark.usefixtures("place")
async def test_a_sound_connection_gives_no_finding(world: World) -> None:
    assert await found(world) == []


@pytest.mark.parametrize("name", WAITING)
@pytest.mark.parametrize("state", ["dead", "done", None])
async def test_what_waits_without_an_open_job_is_found(
    world: World, place: Json, name: str, state: str | None
) -> None:
    statement, kind, field, what = WAITING[name]
    await write(world, statement, **place)
    waits = place["repository" if name == "connections" else "row"]
    if state is not None:
        await write(world, JOB, job=new_id(), kind=kind, field=field, waits=str(waits), state=state)

    findings = await found(world)

    assert [severity for severity, _ in findings] == [Severity.ERROR]
    assert findings[0][1].startswith(what)


@pytest.mark.parametrize("name", WAITING)
@pytest.mark.parametrize("state", ["pending", "running"])
async def test_what_waits_for_an_open_job_is_left_alone(
    world: World, place: Json, name: str, state: str
) -> None:
    statement, kind, field, _ = WAITING[name]
    await write(world, statement, **place)
    waits = place["repository" if name == "connections" else "row"]
    await write(world, JOB, job=new_id(), kind=kind, field=field, waits=str(waits), state=state)

    assert await found(world) == []


async def test_a_failing_connection_is_named_with_its_problem(world: World, place: Json) -> None:
    await write(
        world,
        "UPDATE git_repositories SET health = 'failing', problem = 'GitHub says 404.'"
        " WHERE id = :repository",
        **place,
    )

    assert await found(world) == [
        (Severity.WARNING, "The connection to acme/shop fails: GitHub says 404.")
    ]


async def test_dead_deliveries_are_counted_by_repository_unless_they_can_not_be_replayed(
    world: World, place: Json
) -> None:
    for day, payload in ((1, "{}"), (2, "{}"), (3, None)):
        await write(world, DELIVERY, **place | {"row": new_id()})
        await write(
            world,
            "UPDATE webhook_deliveries SET state = 'dead', payload = convert_to(:payload, 'UTF8'),"
            " received_at = make_timestamptz(2026, 11, :day, 9, 0, 0, 'UTC') WHERE state = 'received'",
            payload=payload,
            day=day,
        )

    assert await found(world) == [
        (
            Severity.WARNING,
            "Deliveries of GitHub for acme/shop are dead: 2, the latest of 2026-11-02 09:00 UTC.",
        )
    ]


async def test_secrets_under_a_key_that_is_gone_are_counted(
    world: World, alice: Actor, place: Json
) -> None:
    keys = world.runtime.encryption
    readable = keys.encrypt_text("secret", "somebody")
    await write(
        world,
        "UPDATE git_repositories SET webhook_secret = :readable,"
        " previous_webhook_secret = 'v1:gone:bm9uY2U:Y2lwaGVydGV4dA' WHERE id = :repository",
        **place,
        readable=readable,
    )
    await write(
        world,
        "UPDATE users SET github_token = 'v1:older:bm9uY2U:Y2lwaGVydGV4dA' WHERE id = :user",
        user=alice.user_id,
    )

    async with world.runtime.database.reading() as session:
        findings = [each.what for each in await secret_findings(session, keys)]

    missing = "which TASKLY_ENCRYPTION_KEYS does not have."
    old = "git_repositories.previous_webhook_secret"
    assert findings == [
        f"1 value(s) of users.github_token are encrypted with the key 'older', {missing}",
        f"1 value(s) of {old} are encrypted with the key 'gone', {missing}",
    ]
