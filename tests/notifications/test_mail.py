"""What gathers in a quarter of an hour comes in one mail, and what is read by then does not."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.events.models import JobState
from tests.notifications.place import Team, comment, pass_time, read_all, told
from tests.notifications.post import address, digests, run, run_all, with_mail
from tests.support.actors import expect
from tests.support.mailbox import Mailbox, part

pytestmark = pytest.mark.anyio

QUARTER = timedelta(minutes=15)


async def test_a_planning_session_of_200_changes_is_one_mail_for_each(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    both = [str(mailed.bob.user_id), str(mailed.carol.user_id)]
    cards = [await mailed.alice.card(mailed.board, f"Card {each}") for each in range(50)]
    for number in range(200):
        card, turn = cards[number % 50], number // 50
        path = f"/cards/{card['id']}"
        if turn == 0:
            expect(await mailed.alice.patch(path, json={"assignee_ids": both}), 200)
        elif turn == 1:
            expect(await mailed.alice.patch(path, json={"description": "ask @bob"}), 200)
        else:
            await comment(mailed.alice, card, f"Number {turn}, @carol?")
        await pass_time(mailed, clock, timedelta(seconds=4))
    promised = await digests(mailed.world)

    early = await run_all(mailed.world)
    await pass_time(mailed, clock, QUARTER)
    done = await run_all(mailed.world)

    assert [job.state for job in early] == [JobState.PENDING] * 2
    assert [str(job.last_error) for job in early] == ["the window is still open"] * 2
    assert [job.id for job in done] == [job.id for job in promised]
    assert [job.state for job in done] == [JobState.DONE] * 2
    assert sorted(mailbox.recipients) == ["bob@example.com", "carol@example.com"]
    to_bob = next(each for each in mailbox.messages if each["To"] == "bob@example.com")
    assert to_bob["Subject"] == "200 notifications: Payments / Payments"
    assert "100 more are in Taskly." in part(to_bob, "plain")
    await pass_time(mailed, clock, QUARTER)
    assert await run_all(mailed.world) == []
    assert len(mailbox.messages) == 2


async def test_a_mail_says_what_and_why_board_by_board(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    other = await mailed.alice.board(mailed.workspace, name="Art <b>")
    bob = str(mailed.bob.user_id)
    second = await mailed.alice.card(mailed.board, "Refunds & fees", assignee_ids=[bob])
    await mailed.alice.card(other, "Logo", description="ask @bob")
    await comment(mailed.alice, second, "Does the <i>bank</i>\nanswer?")
    await mailed.carol.card(other, "Font", assignee_ids=[bob])
    await pass_time(mailed, clock, QUARTER)

    [job] = await run_all(mailed.world)

    [mail] = mailbox.messages
    assert (job.state, job.queue, job.result) == (JobState.DONE, "mail", {"notifications": 4})
    assert mail["Subject"] == "4 notifications: Payments / Art <b>, Payments / Payments"
    assert mail["Message-ID"] == f"<{job.id}@127.0.0.1>"
    plain, html = part(mail, "plain").replace("\r\n", "\n"), part(mail, "html")
    told = plain[plain.index("==") : plain.index("--")].strip()
    assert told == (
        "== Payments / Art <b> ==\n\n"
        "AB-1 Logo\n"
        "  - Alice named you in the text of the card (because you are mentioned)\n\n"
        "AB-2 Font\n"
        "  - Carol put you on the card (because you are assigned)\n\n"
        "== Payments / Payments ==\n\n"
        "PAY-1 Refunds & fees\n"
        "  - Alice put you on the card (because you are assigned)\n"
        "  - Alice commented (because you are watching)\n"
        '    "Does the <i>bank</i> answer?"'
    )
    assert "Refunds &amp; fees" in html
    assert "Does the &lt;i&gt;bank&lt;/i&gt; answer?" in html
    assert "<i>" not in html


async def test_a_window_begins_with_the_first_and_the_next_with_what_comes_after_it(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    bob = [str(mailed.bob.user_id)]
    await pass_time(mailed, clock, timedelta(minutes=14))
    await mailed.alice.card(mailed.board, "one", assignee_ids=bob)
    await pass_time(mailed, clock, timedelta(minutes=14))
    await mailed.alice.card(mailed.board, "two", assignee_ids=bob)
    await pass_time(mailed, clock, timedelta(minutes=1))
    [first] = await run_all(mailed.world)
    await mailed.alice.card(mailed.board, "three", assignee_ids=bob)
    await pass_time(mailed, clock, QUARTER)

    [second] = await run_all(mailed.world)

    assert (first.result, second.result) == ({"notifications": 2}, {"notifications": 1})
    assert [mail["Subject"] for mail in mailbox.messages] == [
        "2 notifications: Payments / Payments",
        "PAY-3 three: Alice put you on the card",
    ]


async def test_what_was_read_is_not_mailed_and_nothing_left_is_no_mail(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    both = [str(mailed.bob.user_id), str(mailed.carol.user_id)]
    await mailed.alice.card(mailed.board, "one", assignee_ids=both)
    await read_all(mailed.bob)
    await read_all(mailed.carol)
    await mailed.alice.card(mailed.board, "two", assignee_ids=both[:1])
    await pass_time(mailed, clock, QUARTER)

    jobs = await run_all(mailed.world)

    assert sorted(job.result["notifications"] for job in jobs if job.result) == [0, 1]
    assert mailbox.recipients == ["bob@example.com"]
    assert mailbox.messages[0]["Subject"] == "PAY-2 two: Alice put you on the card"


@pytest.mark.parametrize("end", ["left", "deleted", "moved house"])
async def test_who_can_not_see_it_any_more_gets_nothing(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock, end: str
) -> None:
    card = await mailed.alice.card(mailed.board, "one", assignee_ids=[str(mailed.bob.user_id)])
    if end == "left":
        member = f"/workspaces/{mailed.workspace['id']}/members/{mailed.bob.user_id}"
        expect(await mailed.alice.delete(member), 204)
    elif end == "deleted":
        expect(await mailed.alice.delete(f"/cards/{card['id']}"), 204)
    else:
        async with mailed.world.runtime.database.transaction(SYSTEM) as tx:
            await tx.session.execute(text("UPDATE users SET email = NULL"))
    await pass_time(mailed, clock, QUARTER)

    [job] = await run_all(mailed.world)

    assert (job.state, job.result) == (JobState.DONE, {"notifications": 0})
    assert mailbox.messages == []


async def test_what_was_taken_back_within_the_window_is_not_mailed(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    bob, carol = [str(each.user_id) for each in (mailed.bob, mailed.carol)]
    changed = await mailed.alice.card(mailed.board, "one", assignee_ids=[bob])
    expect(await mailed.alice.patch(f"/cards/{changed['id']}", json={"assignee_ids": [carol]}), 200)
    said = await comment(mailed.alice, changed, "@bob forget it")
    expect(await mailed.alice.delete(f"/cards/{changed['id']}/comments/{said['id']}"), 204)
    await pass_time(mailed, clock, QUARTER)

    await run_all(mailed.world)

    assert mailbox.recipients == ["carol@example.com"]
    assert mailbox.messages[0]["Subject"] == "PAY-1 one: Alice put you on the card"
    kinds = [item["kind"] for item in await told(mailed.bob, unread=True)]
    assert kinds == ["mentioned", "assigned"]


async def test_without_an_smtp_server_or_an_address_nothing_is_queued(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    dora = await mailed.world.person("dora")
    await mailed.alice.invite(mailed.workspace, dora, "member")
    ids = [str(dora.user_id), str(mailed.bob.user_id)]
    expect(
        await mailed.bob.patch("/me/notification-settings", json={"assigned": {"email": False}}),
        200,
    )
    await mailed.alice.card(mailed.board, "one", assignee_ids=ids)
    with_mail(mailed.world, smtp_host=None)
    await mailed.alice.card(mailed.board, "two", assignee_ids=[str(mailed.carol.user_id)])

    without = await digests(mailed.world)
    with_mail(mailed.world, **mailbox.settings)
    await address(mailed.world, dora)
    await mailed.alice.card(mailed.board, "three", assignee_ids=[ids[0]])
    await pass_time(mailed, clock, QUARTER)
    await run_all(mailed.world)

    assert without == []
    assert [mail["Subject"] for mail in mailbox.messages] == [
        "PAY-3 three: Alice put you on the card"
    ]


async def test_a_mail_that_goes_out_twice_is_the_same(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    bob = [str(mailed.bob.user_id)]
    await mailed.alice.card(mailed.board, "one", assignee_ids=bob)
    await pass_time(mailed, clock, QUARTER)
    [job] = await run_all(mailed.world)
    await mailed.alice.card(mailed.board, "two", assignee_ids=bob)
    async with mailed.world.runtime.database.transaction(SYSTEM) as tx:
        # A worker that died between sending and saying so leaves the job open.
        again = "UPDATE jobs SET state = 'pending', finished_at = NULL WHERE id = :id"
        await tx.session.execute(text(again), {"id": job.id})

    await run(mailed.world, job.id)

    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert part(first, "plain") == part(second, "plain")
    await pass_time(mailed, clock, QUARTER)
    await run_all(mailed.world)
    assert mailbox.messages[2]["Subject"] == "PAY-2 two: Alice put you on the card"


async def test_a_mail_that_is_put_off_is_sent_later_and_a_refused_one_keeps_nothing_back(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    bob = [str(mailed.bob.user_id)]
    await mailed.alice.card(mailed.board, "one", assignee_ids=bob)
    await pass_time(mailed, clock, QUARTER)
    mailbox.answer_to_recipient = "450 4.2.1 greylisted"
    [put_off] = await run_all(mailed.world)
    mailbox.answer_to_recipient = "550 5.1.1 unknown"
    refused = await run(mailed.world, put_off.id)
    mailbox.answer_to_recipient = "250 OK"
    await mailed.alice.card(mailed.board, "two", assignee_ids=bob)
    await pass_time(mailed, clock, QUARTER)
    await run_all(mailed.world)

    assert (put_off.state, refused.state) == (JobState.PENDING, JobState.DEAD)
    [mail] = mailbox.messages
    assert mail["Subject"] == "PAY-2 two: Alice put you on the card"


async def test_mail_alone_is_not_listed_and_still_comes(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    settings = {"assigned": {"in_app": False}}
    expect(await mailed.bob.patch("/me/notification-settings", json=settings), 200)
    await mailed.alice.card(mailed.board, "one", assignee_ids=[str(mailed.bob.user_id)])
    await pass_time(mailed, clock, QUARTER)

    await run_all(mailed.world)

    assert expect(await mailed.bob.get("/me/notifications"), 200)["unread_count"] == 0
    assert [mail["Subject"] for mail in mailbox.messages] == [
        "PAY-1 one: Alice put you on the card"
    ]


async def test_a_dead_job_lets_the_window_go(mailed: Team, clock: FrozenClock) -> None:
    bob = [str(mailed.bob.user_id)]
    await mailed.alice.card(mailed.board, "one", assignee_ids=bob)
    [job] = await digests(mailed.world)
    async with mailed.world.runtime.database.transaction(SYSTEM) as tx:
        # As if workers had died of it again and again, before they could close the window.
        await tx.session.execute(
            text("UPDATE jobs SET attempts = 99 WHERE id = :id"), {"id": job.id}
        )
    dead = await run(mailed.world, UUID(str(job.id)))
    await pass_time(mailed, clock, timedelta(seconds=1))

    await mailed.alice.card(mailed.board, "two", assignee_ids=bob)

    assert dead.state is JobState.DEAD
    assert len(await digests(mailed.world)) == 2
