"""Release notes of a board: the cards that were completed, told to those who use what came of them."""

from collections.abc import Collection, Sequence
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
    CardLeftOut,
    DaysOfNotes,
    GroupOfNotes,
    ReleaseNotes,
    TagsOfNotes,
    contributors,
    reading,
    remarks,
)
from taskly.release_notes.tags import Release, Tags, release_between
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
        found = await _completed(session, board, days.since, days.until)
        pulls = await repository.pulls_of_cards(session, board.id, found, days.until)
        cards = await repository.cards(session, found, pulls)
        return await _written(session, runtime, board, days, cards)


async def notes_of_tags(runtime: Runtime, board: BoardAccess, tags: Tags) -> ReleaseNotes:
    """The notes of what one tag has and another has not: the cards whose pull requests were merged by these commits.

    Raises:
        TooMuchForNotes: there are more cards than anybody reads.
        NoRepository, NoSuchTag, BadRange, GitHubRefuses, GitHubRateLimited, GitHubUnavailable: see `tags`.
    """
    release = await release_between(runtime, board, tags)
    async with runtime.database.snapshot() as session:
        pulls = await repository.pulls_of_release(
            session, board.id, release.repository_id, release.shas, release.numbers
        )
        _require_few(pulls)
        cards = await repository.cards(session, pulls, pulls)
        others = await _without_code(session, board, release)
        done = [card for card in cards if card.completed_at is not None]
        not_done = [card for card in cards if card.completed_at is None]
        shown = _tags(release, tags)
        notes = await _written(session, runtime, board, shown, done)
    without_code, unfinished = (
        [CardLeftOut.of(card, board.key) for card in left_out] for left_out in (others, not_done)
    )
    return notes.model_copy(
        update={
            "without_code": without_code,
            "not_done": unfinished,
            "remarks": remarks(release.repository, without_code, unfinished),
        }
    )


async def _completed(
    session: AsyncSession, board: BoardAccess, since: datetime, until: datetime
) -> Sequence[UUID]:
    found = await repository.completed_between(session, board.id, since, until, most=MOST_CARDS + 1)
    _require_few(found)
    return found


def _require_few(cards: Collection[UUID]) -> None:
    if len(cards) > MOST_CARDS:
        raise TooMuchForNotes(f"These are more than {MOST_CARDS} cards: ask for a shorter time.")


async def _without_code(
    session: AsyncSession, board: BoardAccess, release: Release
) -> list[NotedCard]:
    """What was completed between the tags, and has nothing to do with the repository."""
    found = await _completed(session, board, release.since, release.until)
    others = await repository.with_code_in(session, board.id, release.repository_id, found)
    return await repository.cards(session, set(found) - others, {})


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


def _tags(release: Release, tags: Tags) -> TagsOfNotes:
    return TagsOfNotes(
        repository=release.repository,
        from_tag=release.first,
        to_tag=tags.last,
        commits=len(release.shas),
        since=release.since,
        until=release.until,
    )


async def _written(
    session: AsyncSession,
    runtime: Runtime,
    board: BoardAccess,
    of: DaysOfNotes | TagsOfNotes,
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
        without_code=[],
        not_done=[],
        remarks=[],
    )
