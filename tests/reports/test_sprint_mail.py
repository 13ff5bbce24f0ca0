"""Whoever asks for the reports of a board is mailed what came of each sprint, ten minutes after it was completed."""

import asyncio
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from taskly.platform.events.models import JobState
from taskly.platform.jobs.execution import execute
from taskly.reports.jobs import SendReport, TellSprint
from taskly.reports.models import Mailing
from taskly.reports.subscribers import TIME_TO_UNDO
from tests.history.test_undo import left, undo
from tests.notifications.post import run, with_mail
from tests.reports.place import Team, a_sprint, sprint_of
from tests.reports.post import (
    a_minute_later,
    again,
    ask_for_it,
    attached,
    completed,
    do,
    drawn,
    due_now,
    jobs,
    mailed_team,
    path_of,
    sent,
    step,
    ten_minutes_later,
    with_carol,
)
from tests.support.actors import Actor, expect
from tests.support.mailbox import Mailbox, part
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def team(real_world: World, real_alice: Actor, mailbox: Mailbox) -> Team:
    """The team, with mail."""
    return await mailed_team(real_world, real_alice, mailbox)


async def test_a_sprint_is_told_ten_minutes_after_it_was_completed(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)

    [promised] = await jobs(team, TellSprint)
    early = len(mailbox.messages)
    mails = await ten_minutes_later(team)

    assert timedelta(minutes=10) == TIME_TO_UNDO
    assert promised.next_attempt_at == team.world.clock.now() + TIME_TO_UNDO
    assert (early, sent(mails), mailbox.recipients) == (0, [True], ["bob@example.com"])
    [mail] = mailbox.messages
    assert mail["Subject"] == "Checkout, Sprint 12: 6 of 15 points done"
    assert mail["Message-ID"] == f"<{mails[0].id}@127.0.0.1>"


async def test_both_parts_of_the_mail_say_the_same(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    cards = await a_sprint(team)
    title = {"title": "<b>Early</b> & co"}
    expect(await team.alice.patch(f"/cards/{cards['Early']['id']}", json=title), 200)
    await ten_minutes_later(team)

    [mail] = mailbox.messages
    plain, html = part(mail, "plain").replace("\r\n", "\n"), part(mail, "html")

    site = team.world.runtime.settings.public_url
    assert plain.startswith(
        "Sprint 12\nPayments / Checkout, 23 November 2026 to 4 December 2026\n\n"
        '"Refunds work twice"\n\nSprint 12 ended with 6 of 15 points done and 2 cards left over. '
    )
    assert "\n== Cards / points ==\n\nCommitted: 4 / 11\nAdded: +1 / +3\n" in plain
    assert (
        "\n== Delivered (2) ==\n\n- CHE-1 <b>Early</b> & co\n  3 points; Bob; Wed 25 Nov\n"
        f"  {site}/c/CHE-1\n"
    ) in plain
    assert "&lt;b&gt;Early&lt;/b&gt; &amp; co" in html
    for heading in ("Delivered (2)", "Left over (2)", "Changes of the scope (3)", "Reopened (1)"):
        assert f"== {heading} ==" in plain
        assert f">{heading}</h2>" in html
    for said in ("Refunds work twice", "Attached: burndown.svg and velocity.svg."):
        assert said in plain
        assert said in html
    assert "<img" not in html
    assert "cid:" not in html


async def test_pictures_are_attached_as_files(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await a_sprint(team)
    await ten_minutes_later(team)

    [mail] = mailbox.messages
    files = list(mail.iter_attachments())

    assert mail.get_content_type() == "multipart/mixed"
    assert [(each.get_content_type(), each["Content-Disposition"]) for each in files] == [
        ("image/svg+xml", 'attachment; filename="burndown.svg"'),
        ("image/svg+xml", 'attachment; filename="velocity.svg"'),
    ]
    drawings = attached(mail)
    assert "Burndown of Sprint 12" in drawings["burndown.svg"]
    assert ">today<" not in drawings["burndown.svg"]
    assert drawings["velocity.svg"] == await drawn(team, "velocity")


async def test_a_completion_that_is_undone_in_time_is_told_nobody(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    done = await completed(team)
    assert left(await undo(team.alice, done.headers["Operation-ID"])) == []

    mails = await ten_minutes_later(team)

    assert [job.result for job in await jobs(team, TellSprint)] == [{"mails": 0}]
    assert (mails, mailbox.messages) == ([], [])


async def test_who_completes_again_has_it_told_once_and_anew(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    done = await completed(team)
    await undo(team.alice, done.headers["Operation-ID"])
    await team.put(team.bob, await team.card("Fees", 2), "Done")
    a_minute_later(team)
    await step(team, team.sprint, "complete")

    told = await do(team, TellSprint)
    await do(team, SendReport)

    assert [job.result for job in told] == [{"mails": 0}, {"mails": 1}]
    assert [each["Subject"] for each in mailbox.messages] == [
        "Checkout, Sprint 12: 5 of 5 points done"
    ]


@pytest.mark.parametrize("seed", range(6))
async def test_each_completion_that_holds_when_it_is_time_is_told_once(
    team: Team, mailbox: Mailbox, seed: int
) -> None:
    draw = Random(seed)
    await ask_for_it(team, team.bob)
    await step(team, team.sprint, "start")
    last, holds, completions, told = "", None, 0, set[int]()
    undone: int | None = None
    for _ in range(14):
        a_minute_later(team)
        choices = ["wait"] + (["undo"] if last else []) + (["complete"] if holds is None else [])
        match draw.choice(choices):
            case "complete":
                last = (await step(team, team.sprint, "complete")).headers["Operation-ID"]
                holds, undone, completions = completions, None, completions + 1
            case "undo":
                answer = await undo(team.alice, last)
                assert left(answer) == []
                last = answer["operation_id"]
                holds, undone = undone, holds
            case _:
                await ten_minutes_later(team)
                if holds is not None:
                    told.add(holds)
        assert len(mailbox.messages) == len(told)


async def test_two_workers_at_once_mail_everybody_once(team: Team, mailbox: Mailbox) -> None:
    carol = await with_carol(team)
    await ask_for_it(team, team.alice, team.bob, carol)
    await completed(team)

    async def by_two(job_ids: list[UUID]) -> None:
        await due_now(team)
        await asyncio.gather(*(execute(team.world.runtime, each) for each in job_ids * 2))

    await by_two([job.id for job in await jobs(team, TellSprint)])
    await by_two([job.id for job in await jobs(team, SendReport)])

    everybody = ["alice@example.com", "bob@example.com", "carol@example.com"]
    assert sorted(mailbox.recipients) == everybody


async def test_who_is_told_again_after_a_worker_died_gets_no_second_mail(
    team: Team, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask_for_it(team, team.alice, team.bob)
    await completed(team)
    monkeypatch.setattr("taskly.reports.tasks.PROMISED_AT_ONCE", 1)
    [first] = await do(team, TellSprint)
    await do(team, SendReport)
    await again(team, first)

    [second] = await do(team, TellSprint)

    assert (second.id, second.result) == (first.id, {"mails": 2})
    assert await do(team, SendReport) == []
    assert sorted(mailbox.recipients) == ["alice@example.com", "bob@example.com"]


async def test_everybody_gets_the_same_whatever_happens_between_the_mails(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.alice, team.bob)
    cards = await a_sprint(team)
    await do(team, TellSprint)
    [first, second] = await jobs(team, SendReport)
    await run(team.world, first.id)
    renamed = {"title": "Something else"}
    expect(await team.alice.patch(f"/cards/{cards['Early']['id']}", json=renamed), 200)

    await run(team.world, second.id)

    texts = [part(mail, "plain").partition("\n--")[0] for mail in mailbox.messages]
    assert texts[0] == texts[1]
    assert "Early" in texts[1]


async def test_of_three_the_others_do_not_wait_for_one_whose_mail_is_refused(
    team: Team, mailbox: Mailbox
) -> None:
    carol = await with_carol(team)
    await ask_for_it(team, team.alice, team.bob, carol)
    await completed(team)
    mailbox.answers_to["bob@example.com"] = "451 Later"
    mails = await ten_minutes_later(team)
    states = sorted(job.state for job in mails)
    others = mailbox.recipients.copy()
    del mailbox.answers_to["bob@example.com"]

    [last] = await do(team, SendReport)

    assert states == [JobState.DONE, JobState.DONE, JobState.PENDING]
    assert sorted(others) == ["alice@example.com", "carol@example.com"]
    assert (last.state, mailbox.recipients) == (JobState.DONE, [*others, "bob@example.com"])


async def test_who_is_refused_for_good_is_not_tried_again(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.alice, team.bob)
    await completed(team)
    mailbox.answers_to["bob@example.com"] = "550 Nobody here"

    mails = await ten_minutes_later(team)

    assert sorted(job.state for job in mails) == [JobState.DEAD, JobState.DONE]
    assert all("example.com" not in (job.last_error or "") for job in mails)
    assert mailbox.recipients == ["alice@example.com"]


async def test_who_ends_it_in_between_gets_nothing(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.alice, team.bob)
    await completed(team)
    await do(team, TellSprint)
    expect(await team.bob.delete(path_of(team)), 204)

    mails = await do(team, SendReport)

    assert sorted(sent(mails)) == [False, True]
    assert mailbox.recipients == ["alice@example.com"]


async def test_who_lost_the_board_in_between_gets_nothing(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await completed(team)
    await do(team, TellSprint)
    workspace = f"/workspaces/{team.board['workspace_id']}"
    expect(await team.alice.delete(f"{workspace}/members/{team.bob.user_id}"), 204)

    assert sent(await do(team, SendReport)) == [False]
    assert mailbox.messages == []


@pytest.mark.parametrize("told_before", [True, False])
async def test_a_board_in_the_archive_is_told_no_more(
    team: Team, mailbox: Mailbox, told_before: bool
) -> None:
    await ask_for_it(team, team.bob)
    await completed(team)
    if told_before:
        await do(team, TellSprint)
    expect(await team.alice.post(f"/boards/{team.board['id']}/archive"), 200)

    mails = await ten_minutes_later(team)

    assert sent(mails) == ([False] if told_before else [])
    assert mailbox.messages == []


async def test_a_sprint_or_a_board_that_goes_is_told_nobody(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    await completed(team)
    other = await sprint_of(team.alice, team.board, "Other", "2026-12-05", "2026-12-06")
    await step(team, other, "start")
    await step(team, other, "complete")
    expect(await team.alice.delete(f"/sprints/{team.sprint['id']}"), 204)
    [of_sprint, of_board] = await jobs(team, TellSprint)
    await run(team.world, of_sprint.id)
    deleted = await team.alice.request("DELETE", f"/boards/{team.board['id']}")
    assert deleted.status_code in {200, 204}

    await run(team.world, of_board.id)

    assert [job.result for job in await jobs(team, TellSprint)] == [{"mails": 0}] * 2
    assert await jobs(team, SendReport) == []


async def test_where_nobody_asked_for_it_nothing_is_worked_out(
    team: Team, mailbox: Mailbox
) -> None:
    await completed(team)

    mails = await ten_minutes_later(team)

    async with team.world.runtime.database.reading() as session:
        kept = list(await session.scalars(select(Mailing)))
    assert (mails, kept, mailbox.messages) == ([], [], [])


async def test_without_a_mail_server_nothing_is_promised(team: Team, mailbox: Mailbox) -> None:
    await ask_for_it(team, team.bob)
    with_mail(team.world, smtp_host=None)
    await completed(team)

    assert await jobs(team, TellSprint) == []


async def test_jobs_hold_neither_addresses_nor_words(team: Team) -> None:
    await ask_for_it(team, team.bob)
    await completed(team)
    await ten_minutes_later(team)

    told = await jobs(team, TellSprint, SendReport)

    assert [set(job.payload) for job in told] == [
        {"board_id", "sprint_id", "completed_version"},
        {"user_id", "mailing_id"},
    ]


async def test_sprints_stand_beside_each_other_once_there_are_two(
    team: Team, mailbox: Mailbox
) -> None:
    await ask_for_it(team, team.bob)
    await completed(team)
    await ten_minutes_later(team)
    name = "The one after that which went on for longer than anybody had thought"
    other = await sprint_of(team.alice, team.board, name, "2026-12-07", "2026-12-18")
    fields = {"sprint_id": other["id"], "story_points": 2}
    await step(team, other, "start")
    await team.put(team.bob, await team.alice.card(team.board, "Fees", **fields), "Done")
    a_minute_later(team)
    await step(team, other, "complete")
    await ten_minutes_later(team)

    first, second = (part(mail, "plain").replace("\r\n", "\n") for mail in mailbox.messages)

    assert "Sprint by sprint" not in first
    assert f"== Sprint by sprint ==\n\nSprint 12: 3\n{name}: 2\n" in second
    assert ">Sprint by sprint</h2>" in part(mailbox.messages[1], "html")
