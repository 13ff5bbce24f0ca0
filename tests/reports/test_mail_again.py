"""What goes wrong before a report is mailed, or comes back afterwards, leaves nobody out and tells nobody twice."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.insights.rollup_repository import lock_rollup
from taskly.insights.rollups import Rollups
from taskly.platform.context import SYSTEM
from taskly.platform.events.models import JobState
from taskly.reports.jobs import SendReport, TellSprint, TellWeek
from tests.history.test_undo import left, undo
from tests.notifications.post import run
from tests.reports.place import Team, a_sprint
from tests.reports.post import (
    ask_for_it,
    completed,
    do,
    forgotten,
    jobs,
    look,
    mailed_team,
    promised_weeks,
    sent,
    stands,
    ten_minutes_later,
    with_carol,
)
from tests.support.actors import Actor
from tests.support.mailbox import Mailbox, part
from tests.support.waiting import wait_for_lock_waits
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def team(real_world: World, real_alice: Actor, mailbox: Mailbox) -> Team:
    """The team, with mail."""
    return await mailed_team(real_world, real_alice, mailbox)


async def test_a_completion_that_comes_back_after_its_mails_were_forgotten_is_told_nobody(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    done = await completed(team)
    await ten_minutes_later(team)
    await team.on(32)
    assert await forgotten(team) == 1
    undone = await undo(team.alice, done.headers["Operation-ID"])
    assert left(await undo(team.alice, undone["operation_id"])) == []

    mails = await ten_minutes_later(team)

    assert [job.result for job in await jobs(team, TellSprint)] == [{"mails": 1}, {"mails": 0}]
    assert (mails, mailbox.recipients) == ([], ["bob@example.com"])


async def test_a_completion_that_is_undone_while_its_report_is_worked_out_is_told_when_it_comes_back(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    done = await completed(team)
    [promised] = await jobs(team, TellSprint)
    database = team.world.runtime.database
    async with database.transaction(SYSTEM) as tx:
        # The job has seen that the sprint is completed, and waits until it may fold the log.
        await lock_rollup(tx.session, UUID(team.board["id"]))
        telling = asyncio.create_task(run(team.world, promised.id))
        await wait_for_lock_waits(database)
        undone = await undo(team.alice, done.headers["Operation-ID"])
    told = await telling
    assert left(await undo(team.alice, undone["operation_id"])) == []

    await ten_minutes_later(team)

    assert told.result == {"mails": 0}
    [mail] = mailbox.messages
    assert "Sprint 12 ended with 3 of 3 points done" in part(mail, "plain")


async def test_a_week_whose_job_died_is_told_the_next_day(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    await team.on(30)
    await promised_weeks(team)
    [died] = await jobs(team, TellWeek)
    await stands(team, died, JobState.DEAD)

    the_same_day = await look(team)
    await team.on(31)
    mails = await look(team)
    nothing_left = await promised_weeks(team)

    [_, told] = await jobs(team, TellWeek)
    assert (the_same_day, told.result, sent(mails)) == ([], {"mails": 1}, [True])
    assert (nothing_left.result, mailbox.recipients) == ({"boards": 0}, ["bob@example.com"])


async def test_who_asked_in_time_and_was_seen_late_is_told_and_nobody_else_once_more(
    team: Team, mailbox: Mailbox
) -> None:
    carol = await with_carol(team)
    await ask_for_it(team, team.alice, team.bob)
    await a_sprint(team)
    await team.on(30)
    await look(team)
    await ask_for_it(team, carol)
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        # She asked before seven, in a transaction that ended when the others had been told.
        in_time = "UPDATE report_subscriptions SET told_monday = '2026-11-16' WHERE user_id = :id"
        await tx.session.execute(text(in_time), {"id": carol.user_id})

    await team.on(31)
    mails = await look(team)

    assert sent(mails) == [True]
    assert [*sorted(mailbox.recipients[:2]), *mailbox.recipients[2:]] == [
        f"{name}@example.com" for name in ("alice", "bob", "carol")
    ]


async def test_however_much_is_to_be_folded_first_the_sprint_is_told(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    for title in ("Fees", "Taxes", "Coupons"):
        await team.card(title)
    await completed(team)
    database = team.world.runtime.database
    slow = Rollups(database, part=1, most=1)
    assert team.world.runtime.belongings.get(Rollups, lambda: slow) is slow

    *put_off, done = [job for _ in range(30) for job in await do(team, TellSprint)]
    await do(team, SendReport)

    assert len(put_off) > len(TellSprint.retry_delays)
    assert all("Ask again in a moment." in str(job.last_error) for job in put_off)
    assert (done.state, done.attempts, done.result) == (JobState.DONE, 1, {"mails": 1})
    assert mailbox.recipients == ["bob@example.com"]


async def test_a_report_that_this_version_can_not_read_is_given_up_at_once_and_in_words(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    await completed(team)
    await do(team, TellSprint)
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE report_mailings SET letter = letter - 'subject'"))

    [mail] = await do(team, SendReport)

    assert (mail.state, mailbox.messages) == (JobState.DEAD, [])
    assert (
        mail.last_error == "this version of Taskly can't read the report, as another one wrote it"
    )
