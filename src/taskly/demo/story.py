"""The story: a card walks from To Do to Done because of what happens at GitHub.

Each step is something that somebody does, and what the card shows afterwards. Steps are played one by
one, so that tests can let things go wrong between them and in the middle of them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from taskly.demo.answers import Card, OnCard, Repository, Snapshot
from taskly.demo.client import Taskly
from taskly.demo.content.people import AUTHOR, REVIEWER
from taskly.demo.content.plan import DOING, DONE, REVIEW
from taskly.demo.watching import BoardWatch, CardView, Shows
from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.words import Conclusion

PATIENCE_SECONDS = 10
CHECK = "build"


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the story is played, and who is needed for it."""

    taskly: Taskly
    """In the author's name."""
    github: FakeGitHub
    watch: BoardWatch
    repository: Repository


class Story:
    """One card's way: what is done to it, each to be called when the one before has arrived."""

    def __init__(self, scene: Scene, card: Card, key: str) -> None:
        self.scene = scene
        self.card = card
        self.key = key
        self._branch = ""
        self._number = 0

    async def ask_for_branch(self) -> None:
        """The author presses a button in Taskly."""
        await self.scene.taskly.create_branch(self.card.id)

    async def push(self) -> None:
        """The author pushes to that branch, and to another one that Taskly has not seen yet."""
        self._branch = self.scene.watch.view(self.card.id).branches[0].name
        await self._push_to(
            self._branch, f"{self.card.title}: write down what is expected", "Make it so"
        )
        await self._push_to(f"{AUTHOR.login}/{self.key.lower()}-experiment", "Try it the other way")

    async def open_pull_request(self) -> None:
        """The author opens a pull request. Only its branch says to which card it belongs."""
        pull = await self.scene.github.open_pull_request(
            self.scene.repository.full_name,
            self._branch,
            self.card.title,
            body="Ready for a look.",
            author=AUTHOR.login,
        )
        self._number = pull.number

    async def fail_check(self) -> None:
        """CI says no."""
        await self._report("failure")

    async def pass_check(self) -> None:
        """CI says yes."""
        await self._report("success")

    async def approve(self) -> None:
        """The reviewer says yes."""
        await self.scene.github.review(
            self.scene.repository.full_name, self._number, REVIEWER.login, "APPROVE", "Nice."
        )

    async def merge(self) -> None:
        """The reviewer merges, and GitHub deletes the branch."""
        await self.scene.github.merge(
            self.scene.repository.full_name,
            self._number,
            actor=REVIEWER.login,
            delete_branch=True,
        )

    async def _push_to(self, branch: str, *messages: str) -> None:
        full_name = self.scene.repository.full_name
        await self.scene.github.push(full_name, branch, messages, actor=AUTHOR.login)

    async def _report(self, conclusion: Conclusion) -> None:
        await self.scene.github.report_check(
            self.scene.repository.full_name, self._branch, CHECK, conclusion=conclusion
        )


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody does, and what the card shows afterwards."""

    name: str
    told: str
    """What happens, with `{key}` for the card's."""
    act: Callable[[Story], Awaitable[None]]
    shows: Shows


def _has_branches(view: CardView, count: int) -> bool:
    return [branch.state for branch in view.branches] == ["created"] * count


def _has_pull_request(view: CardView, **fields: str) -> bool:
    """Whether the card has one pull request, with these fields."""
    return len(view.pull_requests) == 1 and all(
        getattr(view.pull_requests[0], name) == value for name, value in fields.items()
    )


AUTHOR_NAME, REVIEWER_NAME = AUTHOR.name.split()[0], REVIEWER.name.split()[0]

STEPS = (
    Step(
        "branch",
        f"{AUTHOR_NAME} presses “Create branch” on {{key}}.",
        Story.ask_for_branch,
        lambda view: view.column == DOING and _has_branches(view, 1),
    ),
    Step(
        "push",
        f"{AUTHOR_NAME} pushes two commits, and an experiment of her own named after the card.",
        Story.push,
        lambda view: _has_branches(view, 2),
    ),
    Step(
        "pull request",
        f"{AUTHOR_NAME} opens a pull request. Nobody tells Taskly which card it belongs to.",
        Story.open_pull_request,
        lambda view: view.column == REVIEW and _has_pull_request(view, state="open"),
    ),
    Step(
        "failing check",
        "CI reports: the build fails.",
        Story.fail_check,
        lambda view: _has_pull_request(view, checks="failing"),
    ),
    Step(
        "passing check",
        f"{AUTHOR_NAME} runs it again: the build passes.",
        Story.pass_check,
        lambda view: _has_pull_request(view, checks="passing"),
    ),
    Step(
        "review",
        f"{REVIEWER_NAME} approves.",
        Story.approve,
        lambda view: _has_pull_request(view, review_decision="approved"),
    ),
    Step(
        "merge",
        f"{REVIEWER_NAME} merges.",
        Story.merge,
        lambda view: view.column == DONE and _has_pull_request(view, state="merged"),
    ),
)
"""The whole story, in order."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A step's change as it came to the socket."""

    step: Step
    view: CardView
    seconds: float
    """From the moment before the deed."""


class NotArrived(Exception):
    """What a step should change was not seen in time."""

    def __init__(self, step: Step, view: CardView, seconds: float) -> None:
        super().__init__(f"“{step.name}” did not arrive within {seconds:g} s.")
        self.step = step
        self.view = view


async def play(story: Story, step: Step, *, patience_seconds: float = PATIENCE_SECONDS) -> Arrival:
    """Do what the step says, and wait until the socket has told what follows.

    Raises:
        NotArrived: it took longer than that.
    """
    watch, card_id = story.scene.watch, story.card.id
    seeing = watch.expect(card_id, step.shows)
    began = time.monotonic()
    await step.act(story)
    try:
        sight = await asyncio.wait_for(seeing, patience_seconds)
    except TimeoutError:
        raise NotArrived(step, watch.view(card_id), patience_seconds) from None
    return Arrival(step, sight.view, sight.at - began)


def fresh_card(board: Snapshot) -> Card | None:
    """The card for the next story: the first one of the sprint that waits and has no code yet."""
    waiting = {column.id for column in board.columns if column.category == "todo"}
    code: list[OnCard] = [*board.branches, *board.pull_requests]
    taken = {thing.card_id for thing in code}
    fresh = [card for card in board.cards if card.column_id in waiting and card.id not in taken]
    return min(fresh, key=lambda card: (card.sprint_id is None, card.number), default=None)
