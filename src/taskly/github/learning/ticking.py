"""Boxes that are ticked in a pull request that was made from a card, ticked on the card, too.

Only what changed between the description that was held and the one that is told follows, so that repeating it
does nothing. Nothing goes the other way by itself: the description is GitHub's from the moment it is made.
"""

from uuid import UUID

from taskly.cards import repository as cards
from taskly.cards.access import open_card_for_taskly
from taskly.cards.editing import set_criteria
from taskly.cards.schemas import LONGEST_TEXT
from taskly.github.learning.lesson import Lesson
from taskly.github.models import PullRequestRow
from taskly.github.recording import named_pull_request
from taskly.github.rules.boxes import Edit, follow_boxes
from taskly.github.rules.card_text import criteria_in
from taskly.github.rules.linking import LinkSource
from taskly.github.rules.reasons import ticked

Checklists = dict[int, str]
"""By the number of the pull request."""


def checklists(lesson: Lesson) -> Checklists:
    """The checklists of cards' criteria in the descriptions that are held now."""
    return {number: criteria_in(pull.body) for number, pull in lesson.pulls.items()}


async def follow(lesson: Lesson, before: Checklists) -> None:
    """Let the criteria of cards follow the checklists of pull requests that were made from them."""
    after = checklists(lesson)
    for (number, card_id), link in sorted(lesson.links.items(), key=lambda item: item[1].id):
        is_followed = link.source is LinkSource.CREATED and link.removed_at is None
        was, now = before.get(number, ""), after[number]
        if is_followed and was != now and card_id not in lesson.archived:
            await _follow(lesson, lesson.pulls[number], card_id, was, now)
    await lesson.tx.session.flush()


async def _follow(lesson: Lesson, pull: PullRequestRow, card_id: UUID, was: str, now: str) -> None:
    access = await open_card_for_taskly(lesson.tx, card_id)
    if access is None or access.board.archived_at is not None:
        return
    card = access.card
    edits = await cards.edits_of(
        lesson.tx.session, card, "acceptance_criteria", pull.github_updated_at
    )
    wanted = follow_boxes(
        card.acceptance_criteria, edits=(Edit(*edit) for edit in edits), before=was, after=now
    )
    if wanted != card.acceptance_criteria and len(wanted) <= LONGEST_TEXT:
        named = named_pull_request(pull, lesson.repository)
        set_criteria(lesson.tx, access, wanted, ticked(named, lesson.cause))
