"""Bringing cards up to date with issues that have changed since: only the fields that were asked for.

What GitHub says then stands in place of what people wrote in those fields; labels and people are added to those
that are there, and nothing is taken off a card. The card's history has what it was.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.rules import Category
from taskly.cards import rules as card_rules
from taskly.cards.batch import CardBatch
from taskly.cards.models import Card
from taskly.github.remote.issues import IssueObject
from taskly.imports.carrying import MOST_PEOPLE, Making
from taskly.imports.issues import hanging, issue_repository
from taskly.imports.issues.attempts import Begun
from taskly.imports.issues.drafting import DONE
from taskly.imports.issues.issue_repository import KnownIssue
from taskly.imports.issues.plan import Field
from taskly.imports.sources.plan import Plan, PlannedCard


def stale(
    begun: Begun,
    issues: Sequence[IssueObject],
    known: Mapping[int, KnownIssue],
    *,
    again: bool,
) -> list[IssueObject]:
    """Those of some issues that are cards whose cards are to be brought up to date; why others are not is noted."""
    found = []
    for issue in issues:
        card, example = known[issue.id], f"#{issue.number} {issue.title}"
        if card.is_deleted:
            begun.plan.note("deleted", "cards", example)
        elif card.seen_at < issue.updated_at:
            if not again:
                begun.plan.note("changed", "issues", example)
            elif card.board_id != begun.board_id:
                begun.plan.note("on_another_board", "cards", example)
            else:
                found.append(issue)
    return found


async def bring_up_to_date(
    making: Making, begun: Begun, page: Plan, known: Mapping[int, KnownIssue]
) -> None:
    """Let cards say what their issues say by now."""
    planned = {
        known[each.origin.id].card_id: each for each in page.cards if each.origin is not None
    }
    if not planned:
        return
    tx, wanted = making.tx, begun.plan.wanted
    batch = await CardBatch.load(tx, list(planned))
    for card_id, each in planned.items():
        _put(batch, making, card_id, each, wanted.update)
    if Field.COLUMN in wanted.update:
        await _put_in_columns(batch, making, planned)
    changed = await batch.store()
    rows = await issue_repository.issue_rows(
        tx.session, making.access.workspace_id, wanted.github_id, list(known)
    )
    seen = {each.origin.id: each.origin.updated_at for each in page.cards if each.origin}
    for row in rows:
        row.seen_at = seen.get(row.issue_id, row.seen_at)
    begun.plan.take(page.notes)
    begun.plan.account({"updated": len(changed)}, {"updated": len(changed)})


def _put(
    batch: CardBatch, making: Making, card_id: UUID, planned: PlannedCard, fields: Sequence[Field]
) -> None:
    for name in (Field.TITLE, Field.DESCRIPTION, Field.ACCEPTANCE_CRITERIA):
        if name in fields:
            batch.put(card_id, name.value, getattr(planned, name.value))
    if Field.LABELS in fields:
        labels = {making.labels[name] for name in planned.labels if name in making.labels}
        batch.put(card_id, "label_ids", labels.union(batch.get(card_id, "label_ids")))
    if Field.ASSIGNEES in fields:
        there = list(batch.get(card_id, "assignee_ids"))
        people = [making.people[name] for name in planned.people if name in making.people]
        batch.put(card_id, "assignee_ids", list(dict.fromkeys([*there, *people]))[:MOST_PEOPLE])
    if Field.SPRINT in fields and planned.sprint is not None:
        batch.put(card_id, "sprint_id", making.sprints[planned.sprint])


async def _put_in_columns(
    batch: CardBatch, making: Making, planned: Mapping[UUID, PlannedCard]
) -> None:
    """Let cards of closed issues be done, and those of issues that were opened again not."""
    columns = await boards.columns_of(making.tx.session, making.access.id)
    categories = {column.id: column.category for column in columns}
    for card_id, each in planned.items():
        card = batch.cards[card_id]
        is_done = categories.get(card.column_id) is Category.DONE
        if is_done != (each.column == DONE) and card.archived_at is None:
            await _move(batch, making, card, each)


async def _move(batch: CardBatch, making: Making, card: Card, planned: PlannedCard) -> None:
    column = making.columns[planned.column]
    rank = next(await hanging.ranks_at_end(making.tx, making.access, column.id, 1))
    progress = card_rules.Progress(card.started_at, card.completed_at).entering(
        column.category, planned.closed_at or making.tx.now
    )
    batch.put(card.id, "column_id", column.id)
    batch.put(card.id, "rank", rank)
    batch.put(card.id, "started_at", progress.started_at)
    batch.put(card.id, "completed_at", progress.completed_at)
    await making.tx.session.flush()
