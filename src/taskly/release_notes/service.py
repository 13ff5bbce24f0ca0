"""Release notes of a board: the cards that were completed, told to those who use what came of them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.insights.errors import BadRange
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.kit.zones import zone_called
from taskly.platform.runtime import Runtime
from taskly.release_notes import repository
from taskly.release_notes.errors import TooMuchForNotes
from taskly.release_notes.rules.notes import NotedCard, grouped
from taskly.release_notes.schemas import (
    DaysOfNotes,
    GroupOfNotes,
    ReleaseNotes,
    contributors,
    reading,
)
from taskly.sprints.repository import time_zone_of

MOST_CARDS = 1000


async def notes_of_days(
    runtime: Runtime, board: BoardAccess, first: date, last: date | None
) -> ReleaseNotes:
    """The notes of the days from the first to the last, or until now.

    Raises:
        BadRange: the first day is after the last, or lies ahead.
        TooMuchForNotes: on these days more cards were completed than anybody reads.
    """
    async with runtime.database.snapshot() as session:
        zone = await time_zone_of(session, board.workspace_id)
        days = _days(first, last, zone, runtime.clock.now())
        found = await repository.completed_between(
            session, board.id, days.since, days.until, most=MOST_CARDS + 1
        )
        require_few(found)
        cards = await repository.cards_with_pulls(session, board.id, found, days.until)
        return await _written(session, runtime, board, days, cards)


def require_few(card_ids: Collection[UUID]) -> None:
    """Let no more cards into notes than anybody reads.

    Raises:
        TooMuchForNotes: there are more.
    """
    if len(card_ids) > MOST_CARDS:
        raise TooMuchForNotes(f"These are more than {MOST_CARDS} cards: ask for a shorter time.")


def _days(first: date, last: date | None, zone: str, now: datetime) -> DaysOfNotes:
    calendar = WorkCalendar(zone_called(zone))
    today = calendar.date_of(now)
    if first > (last or today):
        raise BadRange(f"`from` ({first}) must not be after `to` ({last or today}).")
    return DaysOfNotes(
        first=first,
        last=last or today,
        time_zone=zone,
        since=calendar.start_of(first),
        until=now + INSTANT if last is None else calendar.start_of(last + timedelta(days=1)),
    )


async def _written(
    session: AsyncSession,
    runtime: Runtime,
    board: BoardAccess,
    of: DaysOfNotes,
    cards: Collection[NotedCard],
) -> ReleaseNotes:
    groups = grouped(cards, await repository.labels_of(session, board.id))
    name = await repository.board_named(session, board.id)
    url = runtime.settings.public_url
    return ReleaseNotes(
        board_id=board.id,
        heading=f"{name}: {of.words}",
        reading=reading(cards),
        range=of,
        groups=[GroupOfNotes.of(group, board.key, url) for group in groups],
        contributors=contributors(cards),
    )
