"""Whose review a pull request waits for: told on its cards when it begins to."""

from datetime import datetime
from uuid import UUID

from taskly.github.events import ReviewRequested
from taskly.github.learning.lesson import Lesson
from taskly.github.learning.relinking import Shown
from taskly.github.models import CardPullRequest, PullRequestRow
from taskly.github.recording import named_pull_request
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.reasons import told_of

WAITING = frozenset({PullRequestState.OPEN, PullRequestState.DRAFT})


def asked(lesson: Lesson) -> dict[int, frozenset[str]]:
    """Who is asked to review each pull request, as far as is known."""
    return {number: frozenset(row.requested_reviewers) for number, row in lesson.pulls.items()}


def record(lesson: Lesson, before: dict[int, frozenset[str]], shown: Shown) -> None:
    """Record who was asked since, on each card of the pull request; on its first cards, who is asked at all.

    `shown` are the links as they were before.
    """
    linked = {
        number
        for (number, _), link in lesson.links.items()
        if shown.pull_requests.get(link.id) is not None
    }
    for (number, card_id), link in sorted(lesson.links.items(), key=lambda item: item[1].id):
        pull = lesson.pulls[number]
        known = before.get(number, frozenset()) if number in linked else frozenset[str]()
        added = [each for each in pull.requested_reviewers if each not in known]
        is_shown = link.removed_at is None and card_id not in lesson.archived
        if added and is_shown and pull.state in WAITING:
            _record(lesson, link, pull, added)


def _record(
    lesson: Lesson, link: CardPullRequest, pull: PullRequestRow, reviewers: list[str]
) -> None:
    after: dict[str, str | int | UUID | datetime | list[str]] = {
        "pull_request_id": pull.id,
        "repository": lesson.repository.full_name,
        "number": pull.number,
        "title": pull.title,
        "url": pull.url,
        "reviewers": reviewers,
        "as_of": pull.github_updated_at,
    }
    named = named_pull_request(pull, lesson.repository)
    change = ReviewRequested(
        id=link.id,
        card_id=link.card_id,
        before=None,
        after=after,
        reason=told_of(named, lesson.cause),
    )
    lesson.tx.record(link.board_id, change)
