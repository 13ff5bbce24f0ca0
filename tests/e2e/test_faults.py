"""Processes die in the middle of the story, and it ends as if nothing had happened."""

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass

import pytest

from taskly.demo.stage import Stage
from taskly.demo.story import STEPS, Story, play
from taskly.demo.telling import Prepared, opened_story
from taskly.demo.watching import BoardWatch, CardView
from tests.e2e.disasters import frozen, kill, lose_redis
from tests.e2e.ending import Ending, ending_of, findings
from tests.support.waiting import PATIENCE_SECONDS, until

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.xdist_group("everything"),
    pytest.mark.skipif(sys.platform != "linux", reason="stops processes as Linux does"),
]

BY_NAME = {step.name: step for step in STEPS}

UNDISTURBED = Ending(
    column="Done",
    branches=[("ann", "created"), ("feature", "deleted")],
    pull_requests=[
        {
            "repository": "octo/payments",
            "state": "merged",
            "author": "ann",
            "review_decision": "approved",
            "checks": "passing",
        }
    ],
    rules=["branch_created", "pull_request_opened", "merged"],
    types={
        "card.created",
        "card.updated",
        "branch.added",
        "branch.updated",
        "card.moved",
        "pull_request.linked",
        "pull_request.updated",
    },
)


@dataclass(frozen=True)
class Told:
    """A story that was told, and what its socket heard."""

    ending: Ending
    versions: list[int]
    connections: int

    def is_gapless(self) -> bool:
        """Whether the socket heard every version once, in order."""
        first = self.versions[0]
        return self.versions == list(range(first, first + len(self.versions)))


async def played(story: Story, *names: str) -> None:
    """Play steps with patience."""
    for name in names:
        await play(story, BY_NAME[name], patience_seconds=PATIENCE_SECONDS)


async def ended(story: Story, watch: BoardWatch) -> Told:
    """The story, when the board shows that GitHub has deleted the merged branch."""

    def is_deleted(view: CardView) -> bool:
        return sorted(branch.state for branch in view.branches) == ["created", "deleted"]

    await asyncio.wait_for(watch.expect(story.card.id, is_deleted), PATIENCE_SECONDS)
    return Told(await ending_of(story), watch.versions, watch.connections)


async def told_undisturbed(stage: Stage, ready: Prepared) -> Told:
    """The story as it goes by itself."""
    async with opened_story(stage, ready) as (story, watch):
        await played(story, *BY_NAME)
        return await ended(story, watch)


async def told_among_disasters(stage: Stage, ready: Prepared) -> Told:
    """The story with every process killed once, and every delivery from the pull request on sent twice."""
    async with opened_story(stage, ready) as (story, watch):
        await branch_while_the_worker_is_killed(stage, story)
        await push_while_the_api_is_killed(stage, story)
        before = len(await stage.github.deliveries())
        await stage.github.add_fault("duplicate_deliveries")
        await played(story, "pull request", "failing check", "passing check", "review")
        lose_redis(stage)
        await played(story, "merge")
        told = await ended(story, watch)
        await stage.github.settle()
        sent = Counter(each.guid for each in (await stage.github.deliveries())[before:])
        assert set(sent.values()) == {2}
        return told


async def branch_while_the_worker_is_killed(stage: Stage, story: Story) -> None:
    """The worker dies when it has asked GitHub for the branch, and has no answer yet."""
    await stage.github.add_fault(
        "latency",
        times=1,
        method="POST",
        path_prefix=f"/repos/{story.scene.repository.full_name}/git/refs",
        milliseconds=500,
    )
    playing = asyncio.create_task(played(story, "branch"))

    async def is_asked() -> bool:
        return not await stage.github.faults()

    await until(is_asked, "GitHub is asked for the branch")
    kill(stage, "worker")
    await playing


async def push_while_the_api_is_killed(stage: Stage, story: Story) -> None:
    """The api dies when it has taken the deliveries; they are worked out while no socket is open."""
    async with frozen(stage, "worker"):
        playing = asyncio.create_task(played(story, "push"))

        async def is_pushed() -> bool:
            pushes = await stage.github.deliveries(event="push")
            return any(push.payload["ref"].endswith("-experiment") for push in pushes[-2:])

        await until(is_pushed, "GitHub has told of both pushes")
        await stage.github.settle()
        kill(stage, "api")
    await playing


async def test_a_story_among_disasters_ends_as_one_without(stage: Stage, ready: Prepared) -> None:
    calm = await told_undisturbed(stage, ready)
    assert calm.ending == UNDISTURBED
    assert (calm.is_gapless(), calm.connections) == (True, 1)

    stormy = await told_among_disasters(stage, ready)
    assert stormy.ending == UNDISTURBED
    assert (stormy.is_gapless(), stormy.connections) == (True, 2)

    killed = {
        name: stage.instance.supervisor.child(name).failures for name in ("worker", "api", "redis")
    }
    assert killed == {"worker": 1, "api": 1, "redis": 1}
    assert await findings(stage) == []
