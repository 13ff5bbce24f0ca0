"""The plan of a sprint as a file."""

import enum
from collections.abc import Iterator, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.urls import card_url
from taskly.insights.rules.wording import counted
from taskly.kit.cells import rows_as_csv
from taskly.kit.icalendar import AllDay, calendar
from taskly.planning import export_repository as repository
from taskly.planning.export_repository import PlannedCard
from taskly.sprints.models import SprintAccess

PRODUCT = "-//Taskly//Sprint plan//EN"
COLUMNS = (
    "key",
    "title",
    "column",
    "priority",
    "story_points",
    "done",
    "assignees",
    "labels",
    "due_date",
    "waits_for",
)


class PlanFormat(enum.StrEnum):
    """How a file is written."""

    CSV = "csv"
    ICS = "ics"


MEDIA_TYPES = {
    PlanFormat.CSV: "text/csv; charset=utf-8",
    PlanFormat.ICS: "text/calendar; charset=utf-8",
}


async def plan_as_file(
    session: AsyncSession, access: SprintAccess, form: PlanFormat, public_url: str
) -> bytes:
    """The cards of a sprint as a table, or the sprint and the days on which its cards are due as a calendar."""
    cards = await repository.planned_cards(session, access.sprint.id)
    if form is PlanFormat.CSV:
        return rows_as_csv([COLUMNS, *(_cells(card, access.board.key) for card in cards)])
    name = f"{access.board.key} {access.sprint.name}"
    return calendar(PRODUCT, name, _events(access, cards, public_url))


def _cells(card: PlannedCard, board_key: str) -> list[object]:
    return [
        f"{board_key}-{card.number}",
        card.title,
        card.column,
        card.priority.value,
        card.story_points,
        "yes" if card.is_done else "no",
        ", ".join(card.people),
        ", ".join(card.labels),
        card.due_date,
        ", ".join(f"{board_key}-{number}" for number in card.blockers),
    ]


def _events(
    access: SprintAccess, cards: Sequence[PlannedCard], public_url: str
) -> Iterator[AllDay]:
    sprint, board = access.sprint, access.board
    points = sum(card.story_points or 0 for card in cards)
    amount = f"{counted(len(cards), 'card')}, {counted(points, 'point')}"
    yield AllDay(
        uid=str(sprint.id),
        first=sprint.starts_on,
        last=sprint.ends_on,
        title=sprint.name,
        text="\n".join(filter(None, [sprint.goal, amount])),
        url=public_url,
        changed_at=sprint.updated_at,
    )
    for card in cards:
        if card.due_date is not None:
            yield AllDay(
                uid=str(card.id),
                first=card.due_date,
                last=card.due_date,
                title=f"{board.key}-{card.number} {card.title}",
                text=", ".join(card.people),
                url=card_url(public_url, board.key, card.number),
                changed_at=card.updated_at,
            )
