"""Release notes of a board: the cards that were completed, told to those who use what came of them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

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
    MOST_LEFT_OUT,
    CardsLeftOut,
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
NONE_LEFT_OUT = CardsLeftOut(count=0, cards=[])


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
        _require_few(found)
        pulls = await repository.pulls_of_cards(session, board.id, found, days.until)
        cards = await repository.cards(session, found, pulls)
        return await _written(session, runtime, board, days, cards)


async def notes_of_tags(runtime: Runtime, board: BoardAccess, tags: Tags) -> ReleaseNotes:
    """The notes of what one tag has and another has not: the cards whose pull requests were merged by these commits.

    Raises:
        TooMuchForNotes: more of these cards are done than anybody reads.
        NoRepository, NoSuchTag, BadRange, GitHubRefuses, GitHubRateLimited, GitHubUnavailable: see `tags`.
    """
    release = await release_between(runtime, board, tags)
    async with runtime.database.snapshot() as session:
        pulls = await repository.pulls_of_release(
            session, board.id, release.repository_id, release.shas, release.numbers
        )
        cards = await repository.cards(session, pulls, pulls)
        done = [card for card in cards if card.completed_at is not None]
        _require_few(done)
        unfinished = [card for card in cards if card.completed_at is None]
        without_code = await _without_code(session, board, release)
        notes = await _written(session, runtime, board, _tags(release, tags), done)
    not_done = CardsLeftOut.of(unfinished, board.key, len(unfinished))
    return notes.model_copy(
        update={
            "without_code": without_code,
            "not_done": not_done,
            "remarks": remarks(release.repository, without_code, not_done),
        }
    )


def _require_few(cards: Collection[object]) -> None:
    if len(cards) > MOST_CARDS:
        raise TooMuchForNotes(f"These are more than {MOST_CARDS} cards: ask for a shorter time.")


async def _without_code(
    session: AsyncSession, board: BoardAccess, release: Release
) -> CardsLeftOut:
    """What was completed between the tags, and has nothing to do with the repository."""
    found, count = await repository.completed_without_code(
        session, board.id, release.repository_id, release.since, release.until, most=MOST_LEFT_OUT
    )
    cards = await repository.cards(session, found, {})
    return CardsLeftOut.of(cards, board.key, count)


def _days(first: date, last: date | None, zone: str, now: datetime) -> DaysOfNotes:
    calendar = WorkCalendar(zone_called(zone))
    today = calendar.date_of(now)
    if first > today:
        raise BadRange(f"`from` ({first}) lies ahead: today is {today}.")
    if last is not None and first > last:
        raise BadRange(f"`from` ({first}) must not be after `to` ({last}).")
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
        without_code=NONE_LEFT_OUT,
        not_done=NONE_LEFT_OUT,
        remarks=[],
    )
