"""What goes wrong before a report is mailed, or comes back afterwards, leaves nobody out and tells nobody twice."""

import pytest

from taskly.reports.jobs import TellSprint
from tests.history.test_undo import left, undo
from tests.reports.place import Team
from tests.reports.post import (
    ask_for_it,
    completed,
    forgotten,
    jobs,
    mailed_team,
    ten_minutes_later,
)
from tests.support.actors import Actor
from tests.support.mailbox import Mailbox
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
