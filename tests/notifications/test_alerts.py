"""Admins are told when something is wrong with what GitHub tells of a repository, and not over and over."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from taskly.github.alerts import raise_alert
from taskly.github.delivery_models import DeliveryState, WebhookDelivery
from taskly.github.jobs import ProcessDelivery
from taskly.github.models import Alert
from taskly.kit.clock import FrozenClock
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from tests.contract.tenants import connect
from tests.notifications.place import Team, pass_time, read_all, told
from tests.notifications.post import run_all
from tests.support.actors import Actor, Json, expect
from tests.support.mailbox import Mailbox, part

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


@pytest.fixture
async def repository_id(mailed: Team) -> UUID:
    """A repository that is connected to the team's workspace."""
    return UUID(await connect(mailed.world, UUID(mailed.workspace["id"]), 1))


async def die(team: Team, repository_id: UUID, times: int = 1) -> None:
    """Let so many deliveries die, and whatever follows from it be done."""
    for _ in range(times):
        row = WebhookDelivery(
            id=new_id(),
            workspace_id=UUID(team.workspace["id"]),
            repository_id=repository_id,
            delivery_id=new_id(),
            event="push",
            payload=b"{",
            state=DeliveryState.RECEIVED,
            received_at=team.world.clock.now(),
        )
        async with team.world.runtime.database.transaction(SYSTEM) as tx:
            tx.session.add(row)
            job_id = tx.promise(ProcessDelivery(delivery=row.id))
        await execute(team.world.runtime, job_id)
    await tell(team)


async def tell(team: Team) -> None:
    """Do the jobs that tell of it."""
    async with team.world.runtime.database.reading() as session:
        query = text("SELECT id FROM jobs WHERE kind = 'github.alert_admins' AND state = 'pending'")
        job_ids = (await session.scalars(query)).all()
    for job_id in job_ids:
        await execute(team.world.runtime, job_id)


async def fall_silent(team: Team, repository_id: UUID) -> None:
    """Let somebody notice that nothing comes any more."""
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        raise_alert(
            tx,
            workspace_id=UUID(team.workspace["id"]),
            repository_id=repository_id,
            alert=Alert.SILENT,
            detail="Nothing came since Monday.",
        )
    await tell(team)


async def alerts(person: Actor) -> list[Json]:
    """What somebody was told of repositories, the latest first."""
    return [item for item in await told(person) if item["kind"] == "repository_alert"]


async def test_admins_hear_once_that_deliveries_die(mailed: Team, repository_id: UUID) -> None:
    with capture_logs() as logged:
        await die(mailed, repository_id, times=3)

    [shown] = await alerts(mailed.alice)
    detail = "push: unreadable: body: Invalid JSON: EOF while parsing an object at line 1 column 1"
    assert shown["repository_alert"] == {
        "repository_id": str(repository_id),
        "repository": "octo/payments",
        "alert": "deliveries_dead",
        "detail": detail,
    }
    assert (shown["reason"], shown["actor_id"]) == (
        "because you are an admin, or connected it",
        None,
    )
    assert await alerts(mailed.bob) == []
    [line] = [each for each in logged if each["event"] == "repository.alerted"]
    assert (line["log_level"], line["repository"]) == ("error", "octo/payments")
    audit = await mailed.alice.get(
        f"/workspaces/{mailed.workspace['id']}/audit", params={"type": "repository.alerted"}
    )
    [entry] = expect(audit, 200)["items"]
    assert (entry["actor"]["kind"], entry["after"]["alert"]) == ("system", "deliveries_dead")


async def test_an_alert_comes_again_when_the_hour_is_over_and_the_last_one_was_read(
    mailed: Team, clock: FrozenClock, repository_id: UUID
) -> None:
    heard = []
    for is_later, is_read in ((False, False), (True, False), (False, True), (True, False)):
        if is_later:
            await pass_time(mailed, clock, HOUR)
        if is_read:
            await read_all(mailed.alice)
        await die(mailed, repository_id)
        heard.append(len(await alerts(mailed.alice)))
    assert heard == [1, 1, 1, 2]


async def test_another_repository_and_another_reason_are_told_for_themselves(
    mailed: Team, repository_id: UUID
) -> None:
    other = UUID(await connect(mailed.world, UUID(mailed.workspace["id"]), 2))
    await die(mailed, repository_id)
    await die(mailed, other)
    for _ in range(2):
        await fall_silent(mailed, repository_id)
    shown = [item["repository_alert"] for item in await alerts(mailed.alice)]
    assert [(each["repository"], each["alert"]) for each in shown] == [
        ("octo/payments", "silent"),
        ("octo/payments-2", "deliveries_dead"),
        ("octo/payments", "deliveries_dead"),
    ]


async def test_an_alert_comes_by_mail(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock, repository_id: UUID
) -> None:
    await fall_silent(mailed, repository_id)
    await pass_time(mailed, clock, timedelta(minutes=15))

    await run_all(mailed.world)

    [mail] = [each for each in mailbox.messages if each["To"] == "alice@example.com"]
    assert mail["Subject"] == "Payments: octo/payments: GitHub tells nothing any more"
    words = part(mail, "plain")
    assert "Nothing came since Monday." in words
    assert "No more mail when something is wrong with a repository: " in words


async def test_who_wants_alerts_by_mail_only_gets_one_an_hour(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock, repository_id: UUID
) -> None:
    wanted = {"repository_alert": {"in_app": False}}
    expect(await mailed.alice.patch("/me/notification-settings", json=wanted), 200)
    for _ in range(2):
        await fall_silent(mailed, repository_id)
        await pass_time(mailed, clock, HOUR)
        await run_all(mailed.world)
    assert await alerts(mailed.alice) == []
    assert [mail["To"] for mail in mailbox.messages].count("alice@example.com") == 2


async def test_nothing_is_told_of_a_repository_that_was_disconnected_meanwhile(
    mailed: Team, repository_id: UUID
) -> None:
    expect(await mailed.alice.delete(f"/repositories/{repository_id}"), 204)
    await fall_silent(mailed, repository_id)
    assert await alerts(mailed.alice) == []
