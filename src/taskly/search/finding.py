"""Finding cards: in a workspace, on a board, and one's own in all workspaces."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from re import Pattern
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.github.drifting.finding import find_drift
from taskly.github.rules.drift import kinds
from taskly.platform.http.pages import Page, PageRequest
from taskly.search import repository
from taskly.search.repository import CardRow, Spot
from taskly.search.rules.highlights import excerpt, has_match, marked, pattern_of
from taskly.search.rules.query import Query
from taskly.search.schemas import FoundCard, Highlight, HighlightPart, ListedCard
from taskly.workspaces.models import WorkspaceAccess

TEXTS = ("description", "acceptance_criteria", "comment")


@dataclass(frozen=True, slots=True)
class Question:
    """A query, as somebody asks it now."""

    text: str
    query: Query
    asker: UUID
    now: datetime


async def search_workspace(
    session: AsyncSession, access: WorkspaceAccess, question: Question, paging: PageRequest
) -> Page[FoundCard]:
    """The cards of a workspace that answer the question, the best first."""
    paging = paging.for_query(question.text)
    place = paging.place((int, int, UUID))
    filters = repository.in_workspace(question.asker, access.workspace.id)
    rows = await repository.found_cards(
        session,
        filters,
        question.query,
        after=None if place is None else Spot(*place),
        limit=paging.rows,
    )
    pattern = pattern_of(question.query)
    listed = await _listing(session, question, rows)

    def show(row: CardRow) -> FoundCard:
        highlights = [] if pattern is None else list(_highlights(row, pattern))
        return FoundCard(**listed(row).model_dump(), highlights=highlights)

    return paging.page(rows, show, lambda row: (row.is_called, row.rank, row.id))


async def list_board_cards(
    session: AsyncSession, board: BoardAccess, question: Question, paging: PageRequest
) -> Page[ListedCard]:
    """The cards of a board that answer the question, as they stand on it."""
    paging = paging.for_query(question.text)
    filters = repository.on_board(question.asker, board.id)
    rows = await repository.cards_in_board_order(
        session, filters, question.query, after=paging.place((str, str)), limit=paging.rows
    )
    listed = await _listing(session, question, rows)
    return paging.page(rows, listed, lambda row: (row.column_rank, row.rank))


async def list_own_cards(
    session: AsyncSession, question: Question, paging: PageRequest
) -> Page[ListedCard]:
    """The cards that the asker works on and that answer the question, the most urgent date first."""
    paging = paging.for_query(question.text)
    place = paging.place((int, UUID))
    filters = repository.of_asker(question.asker)
    rows = await repository.cards_by_due_date(
        session,
        filters,
        question.query,
        after=None if place is None else (place[0], place[1]),
        limit=paging.rows,
    )
    listed = await _listing(session, question, rows)
    return paging.page(rows, listed, lambda row: (row.day, row.id))


async def _listing(
    session: AsyncSession, question: Question, rows: Sequence[CardRow]
) -> Callable[[CardRow], ListedCard]:
    """How each of the cards is shown, with its drift."""
    found = await find_drift(session, [row.id for row in rows], question.now)

    def show(row: CardRow) -> ListedCard:
        drift = kinds(found.get(row.id, []))
        return ListedCard.model_validate({**row._asdict(), "drift": drift})

    return show


def _highlights(row: CardRow, pattern: Pattern[str]) -> Iterator[Highlight]:
    """The title, and an excerpt of each text and of a comment, where the words are there."""
    found = {"title": marked(row.title, pattern)} | {
        name: excerpt(getattr(row, f"{name}_text") or "", pattern) for name in TEXTS
    }
    for name, parts in found.items():
        if has_match(parts):
            yield Highlight(
                field=name,
                comment_id=row.comment_id if name == "comment" else None,
                parts=[HighlightPart.model_validate(each) for each in parts],
            )
