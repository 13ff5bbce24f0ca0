"""People are told, read and get mail at once: nothing is lost, and nothing comes twice."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from taskly.kit.clock import FrozenClock
from taskly.notifications.rules import NotificationKind, Telling
from taskly.notifications.telling import deliver
from taskly.platform.context import Actor as ActingAs
from taskly.platform.events.models import Job, JobState
from tests.notifications.place import Team, pass_time, read_all, told
from tests.notifications.post import digests, run, run_all
from tests.support.actors import Actor, Json, expect
from tests.support.mailbox import Mailbox, part
from tests.support.waiting import wait_for_lock_waits

pytestmark = pytest.mark.anyio


async def read_newest(person: Actor) -> int:
    """Read all up to what is the newest now; how many were unread."""
    newest = await told(person, limit=1)
    body = {"up_to": newest[0]["id"]}
    answer: Json = expect(await person.post("/me/notifications/read", json=body), 200)
    return int(answer["read"])


class Held:
    """A transaction that has told Bob something of a card, and is not at its end yet."""

    def __init__(self, team: Team, card: Json) -> None:
        self._team, self._card = team, card
        self.told = asyncio.Event()
        self.release = asyncio.Event()

    async def tell(self) -> None:
        """Tell, and wait to be released."""
        telling = Telling(
            user_id=self._team.bob.user_id,
            kind=NotificationKind.MENTIONED,
            occasion="held",
            workspace_id=UUID(self._team.workspace["id"]),
            card_id=UUID(self._card["id"]),
            actor_id=self._team.alice.user_id,
        )
        actor = ActingAs.user(self._team.alice.user_id)
        async with self._team.world.runtime.database.transaction(actor) as tx:
            await deliver(tx, [telling])
            self.told.set()
            await self.release.wait()


async def test_what_arrives_while_somebody_reads_is_read_once_or_still_unread(mailed: Team) -> None:
    bob = [str(mailed.bob.user_id)]
    boards = [await mailed.alice.board(mailed.workspace) for _ in range(6)]
    writing = [
        mailed.alice.card(board, f"{number}", assignee_ids=bob)
        for number in range(5)
        for board in boards
    ]
    reading = [read_newest(mailed.bob) for _ in range(15)]

    counts = (await asyncio.gather(asyncio.gather(*writing), asyncio.gather(*reading)))[1]

    shown = await told(mailed.bob, limit=200)
    unread = expect(await mailed.bob.get("/me/notifications"), 200)["unread_count"]
    assert len({item["card_id"] for item in shown}) == 31
    assert sum(counts) + unread == 30
    assert unread == len([item for item in shown if item["read_at"] is None])
    await read_all(mailed.bob)
    assert await told(mailed.bob, unread=True) == []


async def test_many_boards_open_one_window_for_each_person(mailed: Team) -> None:
    both = [str(mailed.bob.user_id), str(mailed.carol.user_id)]
    boards = [await mailed.alice.board(mailed.workspace) for _ in range(8)]

    await asyncio.gather(
        *(
            mailed.alice.card(board, "A card", assignee_ids=both if turn % 2 else both[::-1])
            for turn, board in enumerate(boards)
        )
    )

    assert len(await digests(mailed.world)) == 2
    assert len(await told(mailed.bob, unread=True)) == 8


async def test_who_adds_to_an_open_window_waits_for_nobody(mailed: Team) -> None:
    bob = [str(mailed.bob.user_id)]
    card = await mailed.alice.card(mailed.board, "first", assignee_ids=bob)
    held = Held(mailed, card)
    adding = asyncio.create_task(held.tell())
    await held.told.wait()

    await mailed.alice.card(mailed.board, "beside", assignee_ids=bob)

    assert not adding.done()
    held.release.set()
    await adding
    assert len(await told(mailed.bob, unread=True)) == 3
    assert len(await digests(mailed.world)) == 1


async def test_what_is_added_while_a_window_closes_is_in_its_mail(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    card = await mailed.alice.card(mailed.board, "first", assignee_ids=[str(mailed.bob.user_id)])
    held = Held(mailed, card)
    adding = asyncio.create_task(held.tell())
    await held.told.wait()
    await pass_time(mailed, clock, timedelta(minutes=15))
    [promised] = await digests(mailed.world)
    closing = asyncio.create_task(run(mailed.world, promised.id))
    await wait_for_lock_waits(mailed.world.runtime.database)

    held.release.set()
    await adding
    job = await closing

    assert (job.state, job.result) == (JobState.DONE, {"notifications": 2})
    [mail] = mailbox.messages
    assert "Alice named you in the text of the card (because you are mentioned)" in part(
        mail, "plain"
    )
    assert await run_all(mailed.world) == []


async def test_a_job_that_is_run_by_two_workers_mails_once(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    await mailed.alice.card(mailed.board, "first", assignee_ids=[str(mailed.bob.user_id)])
    await pass_time(mailed, clock, timedelta(minutes=15))
    [promised] = await digests(mailed.world)

    jobs: list[Job] = await asyncio.gather(*(run(mailed.world, promised.id) for _ in range(2)))

    assert {job.id for job in jobs} == {promised.id}
    assert len(mailbox.messages) == 1
