"""Cards that are due soon are told of once, and what was told long ago is forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from taskly.kit.clock import FrozenClock
from taskly.kit.ids import new_id
from taskly.notifications.jobs import ForgetNotifications, TellDueSoon
from taskly.notifications.models import Notification
from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.models import Job, JobState
from tests.notifications.place import Team, comment, news, pass_time, read_all, told
from tests.notifications.post import run, run_all
from tests.support.actors import expect
from tests.support.mailbox import Mailbox
from tests.support.world import World

pytestmark = pytest.mark.anyio

TODAY, TOMORROW, LATER, YESTERDAY = "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-22"


async def do(world: World, spec: JobSpec) -> Job:
    """Do some upkeep now."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(spec, key=str(new_id()))
    job = await run(world, job_id)
    assert job.state is JobState.DONE, job.last_error
    return job


async def test_who_is_on_a_card_or_watches_it_hears_that_it_is_due_once(mailed: Team) -> None:
    bob = [str(mailed.bob.user_id)]
    card = await mailed.alice.card(mailed.board, "today", assignee_ids=bob, due_date=TODAY)
    await mailed.alice.card(mailed.board, "tomorrow", due_date=TOMORROW)
    watched = (await mailed.alice.snapshot(mailed.board["id"]))["cards"][1]
    expect(await mailed.carol.request("PUT", f"/cards/{watched['id']}/watchers/me"), 204)
    await read_all(mailed.bob)

    for _ in range(2):
        job = await do(mailed.world, TellDueSoon())

    assert job.result == {"cards": 2}
    [shown] = await told(mailed.bob, unread=True)
    assert (shown["kind"], shown["card_key"]) == ("due_soon", card["key"])
    assert (shown["due_date"], shown["actor_id"], shown["event_id"]) == (TODAY, None, None)
    assert await news(mailed.carol) == [("due_soon", "tomorrow")]


async def test_another_date_is_told_again_and_the_same_one_never(mailed: Team) -> None:
    bob = [str(mailed.bob.user_id)]
    card = await mailed.alice.card(mailed.board, "one", assignee_ids=bob, due_date=TODAY)
    for due in (TODAY, TOMORROW, TODAY):
        expect(await mailed.alice.patch(f"/cards/{card['id']}", json={"due_date": due}), 200)
        await do(mailed.world, TellDueSoon())

    due_soon = [item["due_date"] for item in await told(mailed.bob) if item["due_date"]]

    assert due_soon == [TOMORROW, TODAY]


@pytest.mark.parametrize("why", ["later", "yesterday", "done", "archived", "deleted", "not hers"])
async def test_what_is_not_due_soon_or_nobodys_is_not_told(mailed: Team, why: str) -> None:
    due = {"later": LATER, "yesterday": YESTERDAY}.get(why, TODAY)
    on_it = [] if why == "not hers" else [str(mailed.carol.user_id)]
    card = await mailed.alice.card(mailed.board, "one", assignee_ids=on_it, due_date=due)
    if why == "done":
        done = next(each for each in mailed.board["columns"] if each["category"] == "done")
        await mailed.alice.move(card, column_id=done["id"])
    elif why == "archived":
        expect(await mailed.alice.post(f"/cards/{card['id']}/archive"), 200)
    elif why == "deleted":
        expect(await mailed.alice.delete(f"/cards/{card['id']}"), 204)
    await read_all(mailed.carol)

    await do(mailed.world, TellDueSoon())

    assert await news(mailed.carol) == []


async def test_it_is_told_of_all_cards_however_many(
    mailed: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.notifications.tasks.CARDS_AT_ONCE", 2)
    carol = [str(mailed.carol.user_id)]
    for number in range(5):
        await mailed.alice.card(mailed.board, f"{number}", assignee_ids=carol, due_date=TODAY)
    await read_all(mailed.carol)

    job = await do(mailed.world, TellDueSoon())

    assert job.result == {"cards": 5}
    assert sorted(await news(mailed.carol)) == [("due_soon", f"{number}") for number in range(5)]


async def test_what_is_due_comes_by_mail(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    card = await mailed.alice.card(mailed.board, "one", due_date=TOMORROW)
    expect(await mailed.carol.request("PUT", f"/cards/{card['id']}/watchers/me"), 204)
    await do(mailed.world, TellDueSoon())
    await pass_time(mailed, clock, timedelta(minutes=15))

    await run_all(mailed.world)

    assert [mail["Subject"] for mail in mailbox.messages] == ["PAY-1 one: Due on 24 November 2026"]


@pytest.mark.parametrize("change", ["another date", "done"])
async def test_what_is_not_due_any_more_is_not_mailed(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock, change: str
) -> None:
    card = await mailed.alice.card(mailed.board, "one", due_date=TODAY)
    expect(await mailed.carol.request("PUT", f"/cards/{card['id']}/watchers/me"), 204)
    await do(mailed.world, TellDueSoon())
    if change == "done":
        done = next(each for each in mailed.board["columns"] if each["category"] == "done")
        await mailed.alice.move(card, column_id=done["id"])
    else:
        expect(await mailed.alice.patch(f"/cards/{card['id']}", json={"due_date": LATER}), 200)
    await pass_time(mailed, clock, timedelta(minutes=15))

    [job] = await run_all(mailed.world)

    assert (job.state, job.result) == (JobState.DONE, {"notifications": 0})
    assert mailbox.messages == []


async def test_what_was_read_goes_after_90_days_and_the_rest_after_180(
    mailed: Team, clock: FrozenClock
) -> None:
    card = await mailed.alice.card(mailed.board, "one", assignee_ids=[str(mailed.bob.user_id)])
    await read_all(mailed.bob)
    await comment(mailed.alice, card, "Hm.")

    left = []
    for days in (89, 2, 88, 2):
        await pass_time(mailed, clock, timedelta(days=days))
        job = await do(mailed.world, ForgetNotifications())
        async with mailed.world.runtime.database.reading() as session:
            kinds = await session.scalars(
                select(Notification.kind).where(Notification.user_id == mailed.bob.user_id)
            )
        left.append((job.result, sorted(kinds)))

    # Carol was told once, and has read it: that she was taken in. So was Bob.
    assert left == [
        ({"notifications": 0}, ["assigned", "commented", "invited"]),
        ({"notifications": 3}, ["commented"]),
        ({"notifications": 0}, ["commented"]),
        ({"notifications": 1}, []),
    ]
