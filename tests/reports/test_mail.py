"""Whoever asks for it is told of each week of a board by mail, on Monday morning and once."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from taskly.platform.context import SYSTEM
from taskly.platform.events.models import Job, JobState
from taskly.reports.jobs import PromiseWeeklyDigests, SendWeeklyDigest
from taskly.worker.registry import load_tasks
from tests.notifications.post import address, run, with_mail
from tests.reports.place import Team, a_sprint, team_in
from tests.support.actors import Actor, Json, expect
from tests.support.mailbox import Mailbox, open_mailbox, part
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """Where mail goes."""
    async with open_mailbox() as opened:
        yield opened


@pytest.fixture
async def team(real_world: World, real_alice: Actor, mailbox: Mailbox) -> Team:
    """The same team where commits are real; their mail goes to the mailbox."""
    load_tasks()
    world = with_mail(real_world, **mailbox.settings)
    team = await team_in(world, real_alice, await world.person("bob"))
    for person in (team.alice, team.bob):
        await address(world, person)
    return team


def path_of(team: Team) -> str:
    """The path of the caller's subscription."""
    return f"/boards/{team.board['id']}/reports/subscription"


async def ask_for_it(team: Team, *people: Actor) -> None:
    """Some people want to be told."""
    for person in people:
        expect(await person.request("PUT", path_of(team)), 204)


async def jobs(team: Team, kind: str) -> list[Job]:
    """All jobs of a kind, oldest first."""
    async with team.world.runtime.database.reading() as session:
        query = select(Job).where(Job.kind == kind).order_by(Job.created_at, Job.id)
        return list(await session.scalars(query))


async def look(team: Team) -> list[Job]:
    """What the scheduler has done every quarter of an hour, and then what was promised by it; the latter."""
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        looking = tx.promise(PromiseWeeklyDigests())
    assert (await run(team.world, looking)).state is JobState.DONE
    waiting = [
        job for job in await jobs(team, SendWeeklyDigest.kind) if job.state is JobState.PENDING
    ]
    return [await run(team.world, job.id) for job in waiting]


async def test_a_week_is_told_on_monday_morning_and_once(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    await team.on(30, 6)
    early = await look(team)
    await team.on(30, 7)

    [sent] = await look(team)
    again = await look(team)
    await team.on(31)
    later = await look(team)

    assert (early, again, later) == ([], [], [])
    assert (sent.state, sent.queue, sent.result) == (JobState.DONE, "mail", {"sent": True})
    assert mailbox.recipients == ["bob@example.com"]
    [mail] = mailbox.messages
    assert mail["Subject"] == "Checkout, week 48: 2 cards done"
    assert mail["Message-ID"] == f"<{sent.id}@127.0.0.1>"


async def test_both_parts_of_the_mail_say_the_same(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    cards = await a_sprint(team)
    title = {"title": "<b>Early</b> & co"}
    expect(await team.alice.patch(f"/cards/{cards['Early']['id']}", json=title), 200)
    await team.on(30)
    await look(team)

    [mail] = mailbox.messages
    plain, html = part(mail, "plain").replace("\r\n", "\n"), part(mail, "html")

    site = team.world.runtime.settings.public_url
    assert plain.startswith(
        "Checkout, week 48\nPayments, 23 November 2026 to 29 November 2026\n\n2 cards were done."
    )
    assert (
        "\n== Delivered (2) ==\n\n- CHE-1 <b>Early</b> & co\n  3 points; Bob; Wed 25 Nov\n"
        f"  {site}/c/CHE-1\n"
    ) in plain
    assert "&lt;b&gt;Early&lt;/b&gt; &amp; co" in html
    for heading in (
        "Sprints",
        "Delivered (2)",
        "Started, and not done yet (1)",
        "At risk (1)",
        "Week by week",
    ):
        assert f"== {heading} ==" in plain
        assert f">{heading}</h2>" in html
    assert "<img" not in html


async def test_nothing_is_sent_when_nothing_happened(team: Team, mailbox: Mailbox) -> None:
    await team.card("Waits")
    await ask_for_it(team, team.bob)
    await team.on(37)

    [job] = await look(team)

    assert (job.result, mailbox.messages) == ({"sent": False}, [])
    assert job.payload["week"] == "2026-W49"


async def test_who_does_not_want_it_any_more_gets_nothing(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.alice, team.bob)
    await a_sprint(team)
    expect(await team.bob.delete(path_of(team)), 204)
    await team.on(30)

    await look(team)

    assert mailbox.recipients == ["alice@example.com"]
    assert expect(await team.bob.get(path_of(team)), 200) == {"subscribed": False}
    assert expect(await team.alice.get(path_of(team)), 200) == {"subscribed": True}


async def test_the_link_of_the_mail_ends_it_for_this_board_alone(
    team: Team, mailbox: Mailbox
) -> None:
    workspace: Json = {"id": team.board["workspace_id"]}
    other = await team.alice.board(workspace, name="Elsewhere")
    await ask_for_it(team, team.bob)
    elsewhere = f"/boards/{other['id']}/reports/subscription"
    expect(await team.bob.request("PUT", elsewhere), 204)
    await a_sprint(team)
    await team.on(30)
    await look(team)
    [mail] = mailbox.messages
    [link] = re.findall(r"No more mail about the reports of this board: (\S+)", part(mail, "plain"))
    assert mail["List-Unsubscribe"] == f"<{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    shown = await team.world.client.get(link)
    before = expect(await team.bob.get(path_of(team)), 200)
    ended = await team.world.client.post(link, data={"List-Unsubscribe": "One-Click"})

    assert "No more mail about the reports of this board?" in shown.text
    assert "You will still find it in Taskly, and can ask for it again." in ended.text
    assert (before, ended.status_code) == ({"subscribed": True}, 200)
    assert expect(await team.bob.get(path_of(team)), 200) == {"subscribed": False}
    assert expect(await team.bob.get(elsewhere), 200) == {"subscribed": True}
    settings = expect(await team.bob.get("/me/notification-settings"), 200)
    assert all(each["email"] for each in settings.values())


async def test_who_left_the_workspace_is_told_nothing_also_when_they_come_back(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    workspace = f"/workspaces/{team.board['workspace_id']}"
    await team.on(30, 8)
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        looking = tx.promise(PromiseWeeklyDigests())
    await run(team.world, looking)
    [promised] = await jobs(team, SendWeeklyDigest.kind)
    expect(await team.alice.delete(f"{workspace}/members/{team.bob.user_id}"), 204)

    lost = await run(team.world, promised.id)
    await team.alice.invite({"id": team.board["workspace_id"]}, team.bob, "viewer")

    assert (lost.result, mailbox.messages) == ({"sent": False}, [])
    assert expect(await team.bob.get(path_of(team)), 200) == {"subscribed": False}


async def test_the_morning_is_that_of_the_workspace(team: Team, mailbox: Mailbox) -> None:
    path = f"/workspaces/{team.board['workspace_id']}"
    expect(await team.alice.patch(path, json={"time_zone": "Pacific/Auckland"}), 200)
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    # In Auckland it is thirteen hours later than in UTC.
    await team.on(29, 17)
    early = await look(team)
    await team.on(29, 18)

    await look(team)

    assert (early, len(mailbox.messages)) == ([], 1)


async def test_a_board_in_the_archive_is_told_no_more(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    expect(await team.alice.post(f"/boards/{team.board['id']}/archive"), 200)
    await team.on(30)

    [job] = await look(team)

    assert (job.result, mailbox.messages) == ({"sent": False}, [])


async def test_two_workers_that_look_at_once_promise_each_mail_once(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.alice, team.bob)
    await a_sprint(team)
    await team.on(30)
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        looking = [tx.promise(PromiseWeeklyDigests()) for _ in range(2)]

    done = await asyncio.gather(*(run(team.world, job_id) for job_id in looking))

    assert [job.state for job in done] == [JobState.DONE] * 2
    assert len(await jobs(team, SendWeeklyDigest.kind)) == 2


async def test_a_mail_that_was_not_taken_is_tried_again(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    await team.on(30)
    mailbox.answer_to_content = "451 Try again"
    [refused] = await look(team)
    mailbox.answer_to_content = "250 OK"

    [sent] = await look(team)

    assert (refused.id, refused.state) == (sent.id, JobState.PENDING)
    assert (sent.state, len(mailbox.messages)) == (JobState.DONE, 1)


async def test_many_are_promised_in_several_transactions(
    team: Team, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask_for_it(team, team.alice, team.bob)
    await a_sprint(team)
    await team.on(30)
    monkeypatch.setattr("taskly.reports.tasks.PROMISED_AT_ONCE", 1)

    assert [job.result for job in await look(team)] == [{"sent": True}] * 2
    assert await look(team) == []
    assert sorted(mailbox.recipients) == ["alice@example.com", "bob@example.com"]


async def test_where_no_mail_can_be_sent_the_week_is_told_when_it_can(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    await team.on(30)
    with_mail(team.world, smtp_host=None)
    nothing = await look(team)
    with_mail(team.world, **mailbox.settings)

    await look(team)

    assert (nothing, len(mailbox.messages)) == ([], 1)


async def test_asking_twice_is_asking_once(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    await team.on(30)
    await look(team)

    await ask_for_it(team, team.bob)

    assert await look(team) == []
    assert len(mailbox.messages) == 1
