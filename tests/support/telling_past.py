"""The past of a real board, from its log as the API tells it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from taskly.insights.rules.folding import Entry
from tests.support.actors import Actor, Json
from tests.support.folding import read_whole_log
from tests.support.whole_past import BoardPast, board_past


def entry_of(event: Json) -> Entry:
    """An event of the API as an entry of the log."""
    who = event["actor"]["user_id"]
    return Entry(
        at=datetime.fromisoformat(event["at"]).astimezone(UTC),
        type=event["type"],
        by=None if who is None else UUID(who),
        data=event["data"],
    )


async def past_of(actor: Actor, board: Json) -> BoardPast:
    """What follows from all that the log of a board tells."""
    return board_past(map(entry_of, await read_whole_log(actor, board["id"])))


def shown_by(past: BoardPast, before: datetime) -> dict[str, dict[str, Any]]:
    """The cards that were on the board just before a moment, with what charts know of them."""
    found = {}
    for card in past.cards:
        step = card.before(before)
        if step is not None and step.presence == "on_board":
            found[str(card.card_id)] = {
                "column_id": str(step.column_id),
                "category": step.category.value,
                "story_points": step.points,
                "sprint_id": None if step.sprint_id is None else str(step.sprint_id),
                "assignee_ids": {str(each) for each in step.assignee_ids},
                "label_ids": {str(each) for each in step.label_ids},
                "created_at": card.created_at,
                "started_at": step.started_at,
                "completed_at": step.done_at,
            }
    return found


def shown_in(snapshot: Json) -> dict[str, dict[str, Any]]:
    """The same of the cards of a snapshot."""
    categories = {column["id"]: column["category"] for column in snapshot["columns"]}
    return {
        card["id"]: {
            "category": categories[card["column_id"]],
            **{name: card[name] for name in ("column_id", "story_points", "sprint_id")},
            **{name: set(card[name]) for name in ("assignee_ids", "label_ids")},
            **{
                name: card[name] and datetime.fromisoformat(card[name])
                for name in ("created_at", "started_at", "completed_at")
            },
        }
        for card in snapshot["cards"]
    }
