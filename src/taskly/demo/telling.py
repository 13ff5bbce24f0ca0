"""From an empty stage to a told story."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from taskly.demo.answers import Repository, Snapshot
from taskly.demo.client import Taskly
from taskly.demo.connecting import connect_repositories
from taskly.demo.content.people import AUTHOR, BOARDS, PEOPLE
from taskly.demo.content.plan import PlannedCard
from taskly.demo.filling import Filled, fill
from taskly.demo.narration import Narrator
from taskly.demo.past.travelling import travelling
from taskly.demo.scenery import furnish
from taskly.demo.signing_in import sign_in
from taskly.demo.stage import Stage, settings_of
from taskly.demo.story import STEPS, Arrival, Scene, Story, fresh_card, play
from taskly.demo.watching import BoardWatch
from taskly.users.local_sign_in import DEFAULT_LOGIN

PLAN = BOARDS[0]
"""The board on which the story takes place."""

ENCORE = PlannedCard(
    title="Do it once more",
    assignees=(AUTHOR.login,),
    text="Every planned card has had its story. This one is for another.",
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A filled workspace with connected repositories."""

    taskly: Taskly
    """In the author's name."""
    filled: Filled
    repositories: list[Repository]


@asynccontextmanager
async def prepared(stage: Stage) -> AsyncIterator[Prepared]:
    """Furnish GitHub, sign everybody in, fill the boards, connect the repositories.

    Raises:
        Refused: Taskly refuses something; the message says what.
    """
    await furnish(stage.github)
    owner = None if stage.instance.sign_in_link is None else DEFAULT_LOGIN
    async with AsyncExitStack() as stack:
        signed_in = {
            person: await stack.enter_async_context(await sign_in(stage.address, person.login))
            for person in PEOPLE
        }
        taskly = signed_in[AUTHOR]
        clients = {person.login: client for person, client in signed_in.items()}
        async with travelling(settings_of(stage.instance), stage.address, clients) as travellers:
            filled = await fill(travellers, owner, datetime.now(UTC))
        repositories = await connect_repositories(
            taskly, stage.github, filled.workspace.id, filled.boards
        )
        yield Prepared(taskly, filled, repositories)


@asynccontextmanager
async def opened_story(stage: Stage, ready: Prepared) -> AsyncIterator[tuple[Story, BoardWatch]]:
    """A story about the next fresh card, and the socket that watches its board.

    Raises:
        TurnedAway: the socket is refused.
    """
    taskly = ready.taskly
    board_id = next(board.id for board in ready.filled.boards if board.key == PLAN.key)
    board = await taskly.snapshot(board_id)
    if fresh_card(board) is None:
        board = await _with_encore(taskly, board)
    card = fresh_card(board)
    if card is None:
        raise LookupError("a card that was just made is gone")
    repository = next(each for each in ready.repositories if each.full_name == PLAN.repository)
    watch = BoardWatch(taskly, board)
    async with watch.following():
        scene = Scene(taskly, stage.github, watch, repository)
        yield Story(scene, card, f"{board.key}-{card.number}"), watch


async def tell(story: Story, narrator: Narrator, pause_seconds: float) -> list[Arrival]:
    """Play every step, and say what follows.

    Raises:
        NotArrived: something did not follow.
    """
    narrator.opening(story.key, story.card.title)
    arrivals: list[Arrival] = []
    for number, step in enumerate(STEPS, 1):
        narrator.step(number, step.told.format(key=story.key))
        arrival = await play(story, step)
        narrator.arrival(arrival)
        arrivals.append(arrival)
        await asyncio.sleep(pause_seconds)
    return arrivals


async def _with_encore(taskly: Taskly, board: Snapshot) -> Snapshot:
    """The board with one more card that waits."""
    column_id = next(column.id for column in board.columns if column.category == "todo")
    await taskly.create_card(
        board.id,
        ENCORE,
        column_id=column_id,
        label_ids=[],
        assignee_ids=[],
        due_date=None,
    )
    return await taskly.snapshot(board.id)
