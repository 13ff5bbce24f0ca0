"""How a story ended: what must be the same whatever happened on the way."""

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any

from taskly.demo.stage import Stage
from taskly.demo.story import Story
from taskly.demo.watching import BoardWatch

MOVED = "card.moved"
VOLATILE = {"id", "card_id", "number", "title", "head_branch"}


@dataclass(frozen=True)
class Ending:
    """A card at the end of its story, without what belongs to this card alone."""

    column: str
    branches: list[tuple[str, str]]
    pull_requests: list[dict[str, object]]
    rules: list[object]
    """Why the card moved, in order."""
    types: set[str]
    """What the timeline tells of."""


async def ending_of(story: Story) -> Ending:
    """How it ended, as somebody sees it who opens the board now."""
    taskly, board = story.scene.taskly, story.scene.watch
    view = BoardWatch(taskly, await taskly.snapshot(board.board_id)).view(story.card.id)
    timeline = await taskly.timeline(story.card.id)
    timeline.reverse()
    return Ending(
        column=view.column,
        branches=sorted((branch.name.partition("/")[0], branch.state) for branch in view.branches),
        pull_requests=[pull.model_dump(exclude=VOLATILE) for pull in view.pull_requests],
        rules=[entry.reason and entry.reason["rule"] for entry in timeline if entry.type == MOVED],
        types={entry.type for entry in timeline},
    )


async def findings(stage: Stage) -> list[Any]:
    """What the doctor finds in the data: gaps in a log, shared places, dead jobs and so on."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "taskly.doctor", "--json"),
        env=dict(stage.instance.environment),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    return [each for part in json.loads(printed) for each in part["findings"]]
