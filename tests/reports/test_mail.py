"""Whoever asks for it is told of each week of a board by mail, on Monday morning and once."""

import asyncio
import re

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.platform.events.models import Job, JobState
from taskly.reports.jobs import SendReport, TellWeek, TellWeeks
from tests.notifications.post import run, with_mail
from tests.reports.place import Team, a_sprint, sprint_of
from tests.reports.post import (
    NO_MORE,
    WANTED,
    again,
    ask_for_it,
    attached,
    do,
    drawn,
    forgotten,
    jobs,
    look,
    mailed_team,
    path_of,
    promised_weeks,
    sent,
    step,
    with_carol,
)
from tests.support.actors import Actor, Json, expect
from tests.support.mailbox import Mailbox, part
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def team(real_world: World, real_alice: Actor, mailbox: Mailbox) -> Team:
    """The team, with mail."""
    return await mailed_team(real_world, real_alice, mailbox)


async def test_a_week_is_told_on_monday_morning_and_once(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    await team.on(30, 6)
    early = await look(team)
    await team.on(30, 7)

    [done] = await look(team)
    once_more = await look(team)
    await team.on(31)
    later = await look(team)

    assert (early, once_more, later) == ([], [], [])
    assert (done.state, done.queue, done.result) == (JobState.DONE, "mail", {"sent": True})
    assert mailbox.recipients == ["bob@example.com"]
    [mail] = mailbox.messages
    assert mail["Subject"] == "Checkout, week 48: 2 cards done"
    assert mail["Message-ID"] == f"<{done.id}@127.0.0.1>"


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


async def test_pictures_of_the_week_and_of_the_sprints_that_run_are_attached(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    await step(team, team.sprint, "start")
    await team.put(team.alice, await team.card("Refunds", 3), "Done")
    await sprint_of(team.alice, team.board, "Beside it", "2026-11-24", "2026-12-01")
    await sprint_of(team.alice, team.board, "Over", "2026-11-24", "2026-11-29")
    await team.on(30)
    await look(team)

    [mail] = mailbox.messages
    files = attached(mail)

    assert list(files) == ["throughput.svg", "burndown.svg", "burndown-2.svg"]
    at_the_end = {"as_of": "2026-11-29T23:59:59.999999Z"}
    days = {"from": "2026-11-23", "to": "2026-11-29"}
    assert files["throughput.svg"] == await drawn(team, "throughput", **at_the_end, **days)
    assert "Burndown of Sprint 12" in files["burndown.svg"]
    assert "Burndown of Beside it" in files["burndown-2.svg"]
    # It is looked at on other days than that on which it was drawn.
    assert re.findall(">(today|29 Nov)<", files["burndown.svg"]) == ["29 Nov", "29 Nov"]
    said = "Attached: throughput.svg, burndown.svg and burndown-2.svg."
    assert said in part(mail, "plain")


async def mails_of_the_week(team: Team) -> list[Job]:
    """The mails that are promised on Monday morning; none has gone out yet."""
    await promised_weeks(team)
    await do(team, TellWeek)
    return await jobs(team, SendReport)


async def test_a_week_is_worked_out_once_for_everybody(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.alice, team.bob)
    cards = await a_sprint(team)
    await team.on(30)
    first, second = await mails_of_the_week(team)
    await run(team.world, first.id)
    renamed = {"title": "Something else"}
    expect(await team.alice.patch(f"/cards/{cards['Early']['id']}", json=renamed), 200)
    await team.put(team.alice, cards["Big"], "Done")

    await run(team.world, second.id)

    texts = [part(mail, "plain").partition("\n--")[0] for mail in mailbox.messages]
    assert texts[0] == texts[1]
    assert "Early" in texts[1]


async def test_a_worker_that_dies_between_promises_leaves_nobody_out_and_nobody_twice(
    team: Team, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    carol = await with_carol(team)
    await ask_for_it(team, team.alice, team.bob)
    await a_sprint(team)
    await team.on(30)
    await look(team)
    await ask_for_it(team, carol)
    [told] = await jobs(team, TellWeek)
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE report_subscriptions SET told_monday = '2026-11-16'"))
    await again(team, told)
    monkeypatch.setattr("taskly.reports.tasks.PROMISED_AT_ONCE", 1)

    [repeated] = await do(team, TellWeek)
    mails = await do(team, SendReport)

    assert (repeated.result, sent(mails)) == ({"mails": 3}, [True])
    assert sorted(mailbox.recipients) == [
        f"{name}@example.com" for name in ("alice", "bob", "carol")
    ]


async def test_what_was_mailed_is_forgotten_after_a_week(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    await team.on(30)
    await mails_of_the_week(team)
    assert await forgotten(team) == 0
    await team.on(38)
    assert await forgotten(team) == 1

    mails = await do(team, SendReport)

    assert (sent(mails), mailbox.messages) == ([False], [])


async def test_nothing_is_sent_when_nothing_happened(team: Team, mailbox: Mailbox) -> None:
    await team.card("Waits")
    await ask_for_it(team, team.bob)
    await team.on(37)

    mails = await look(team)

    [told] = await jobs(team, TellWeek)
    assert (mails, mailbox.messages, told.result) == ([], [], {"mails": 0})
    assert told.payload["week"] == "2026-W49"
    assert await look(team) == []
    assert [job.id for job in await jobs(team, TellWeek)] == [told.id]


async def test_who_does_not_want_it_any_more_gets_nothing(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.alice, team.bob)
    await a_sprint(team)
    expect(await team.bob.delete(path_of(team)), 204)
    await team.on(30)

    await look(team)

    assert mailbox.recipients == ["alice@example.com"]
    assert expect(await team.bob.get(path_of(team)), 200) == NO_MORE
    assert expect(await team.alice.get(path_of(team)), 200) == WANTED


async def test_who_asks_in_vain_is_told_why(
    team: Team, real_world: World, mailbox: Mailbox
) -> None:
    carol = await team.world.person("carol")
    await team.alice.invite({"id": team.board["workspace_id"]}, carol, "viewer")

    without_address = expect(await carol.request("PUT", path_of(team)), 200)
    with_mail(real_world, smtp_host=None)
    without_server = expect(await team.bob.get(path_of(team)), 200)

    assert without_address["subscribed"]
    assert without_address["obstacle"].startswith("Taskly knows no mail address of yours")
    assert without_server == {
        "subscribed": False,
        "obstacle": "This installation sends no mail: whoever runs it names an SMTP server in TASKLY_SMTP_HOST.",
    }


async def test_the_link_of_the_mail_ends_it_for_this_board_alone(
    team: Team, mailbox: Mailbox
) -> None:
    workspace: Json = {"id": team.board["workspace_id"]}
    other = await team.alice.board(workspace, name="Elsewhere")
    await ask_for_it(team, team.bob)
    elsewhere = f"/boards/{other['id']}/reports/subscription"
    expect(await team.bob.request("PUT", elsewhere), 200)
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
    assert (before, ended.status_code) == (WANTED, 200)
    assert expect(await team.bob.get(path_of(team)), 200) == NO_MORE
    assert expect(await team.bob.get(elsewhere), 200) == WANTED
    settings = expect(await team.bob.get("/me/notification-settings"), 200)
    assert all(each["email"] for each in settings.values())


async def test_who_left_the_workspace_is_told_nothing_also_when_they_come_back(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    workspace = f"/workspaces/{team.board['workspace_id']}"
    await team.on(30, 8)
    [promised] = await mails_of_the_week(team)
    expect(await team.alice.delete(f"{workspace}/members/{team.bob.user_id}"), 204)

    lost = await run(team.world, promised.id)
    await team.alice.invite({"id": team.board["workspace_id"]}, team.bob, "viewer")

    assert (lost.result, mailbox.messages) == ({"sent": False}, [])
    assert expect(await team.bob.get(path_of(team)), 200) == NO_MORE


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

    mails = await look(team)
    expect(await team.alice.post(f"/boards/{team.board['id']}/restore"), 200)

    assert (mails, await look(team), mailbox.messages) == ([], [], [])


async def test_two_workers_that_look_at_once_promise_each_mail_once(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.alice, team.bob)
    await a_sprint(team)
    await team.on(30)
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        looking = [tx.promise(TellWeeks()) for _ in range(2)]

    done = await asyncio.gather(*(run(team.world, job_id) for job_id in looking))

    assert [job.state for job in done] == [JobState.DONE] * 2
    [told] = await do(team, TellWeek)
    assert told.result == {"mails": 2}
    assert len(await jobs(team, SendReport)) == 2


async def test_a_mail_that_was_not_taken_is_tried_again(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    await team.on(30)
    mailbox.answer_to_content = "451 Try again"
    [refused] = await look(team)
    mailbox.answer_to_content = "250 OK"

    [taken] = await do(team, SendReport)

    assert (refused.id, refused.state) == (taken.id, JobState.PENDING)
    assert (taken.state, len(mailbox.messages)) == (JobState.DONE, 1)


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
