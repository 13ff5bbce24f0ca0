"""Boards' rules and cards' code at random: so dense that every drift, and nearly every drift, comes up."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from taskly.github.models import BranchState
from taskly.github.rules.automation import Automation, Category, RuleSetting, Target
from taskly.github.rules.drift import FAILING_AFTER, IDLE_AFTER
from taskly.github.rules.facts import PullRequestState
from taskly.kit.ids import new_id
from tests.support.plain_cards import PlainBoard, PlainCard, PlainPullRequest

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CATEGORIES: tuple[Category, ...] = ("todo", "in_progress", "done")
STATES = [state.value for state in PullRequestState]
CHECKS = (None, "passing", "failing", "pending")
REVIEWS = (None, "approved", "changes_requested", "review_required")
BASES = ("main", "main", "release/1.2", "release/1.2/fix", "feature/a+b", "main.old")
PATTERNS = ("main", "release/*", "release/**", "**/fix", "feature/a+?", "main.*", "ma*n", "**")
BRANCHES = (None, *(state.value for state in BranchState))


def rarely(random: Random) -> bool:
    """Once in five times."""
    return random.random() < 0.2


def turn(random: Random) -> datetime:
    """A time about which some drift begins."""
    before = random.choice([timedelta(0), FAILING_AFTER, IDLE_AFTER])
    return NOW - before + timedelta(seconds=random.randint(-1, 1))


def pull_request(random: Random) -> PlainPullRequest:
    """A pull request, as likely open as anything else."""
    return PlainPullRequest(
        state=random.choice(["open", "open", *STATES]),
        checks=random.choice(CHECKS),
        failing=tuple(turn(random) for _ in range(random.randint(0, 2))),
        review=random.choice(["approved", *REVIEWS]),
        is_removed=rarely(random),
        closes=not rarely(random),
        opened=NOW - timedelta(hours=random.randint(0, 2)),
        ended=NOW - timedelta(hours=random.randint(0, 2)),
        updated=turn(random),
        from_branch=random.random() < 0.5,
        base=random.choice(BASES),
    )


def automation(random: Random, column_ids: Sequence[UUID]) -> Automation:
    """The rules of a board, half of them as they are at first; `column_ids` are what they may name."""
    return Automation(
        branch_created=_setting(random, column_ids),
        pull_request_opened=_setting(random, column_ids),
        closed=RuleSetting(enabled=random.random() < 0.5),
        merged=_setting(random, column_ids),
        merged_needs="all" if random.random() < 0.5 else "any",
    )


def _setting(random: Random, column_ids: Sequence[UUID]) -> RuleSetting:
    if random.random() < 0.5:
        return RuleSetting()
    column_id = random.choice([None, *column_ids])
    category = None if column_id is None else random.choice(CATEGORIES)
    return RuleSetting(
        not rarely(random),
        column_id,
        category,
        targets=tuple(_target(random, column_ids) for _ in range(random.choice([0, 0, 1, 2]))),
    )


def _target(random: Random, column_ids: Sequence[UUID]) -> Target:
    column_id = random.choice([None, *column_ids])
    category = None if column_id is None else random.choice(CATEGORIES)
    return Target(random.choice(PATTERNS), column_id, category)


def coded_card(random: Random, boards: Sequence[PlainBoard], number: int, rank: str) -> PlainCard:
    """A card with nothing on it but code."""
    board = random.choice(boards)
    return PlainCard(
        id=new_id(),
        number=number,
        board=board,
        column=random.choice(board.columns),
        rank=rank,
        title="card",
        description="",
        criteria="",
        priority=0,
        points=None,
        due=None,
        sprint=None,
        assignees=frozenset(),
        labels=frozenset(),
        pull_requests=tuple(pull_request(random) for _ in range(random.randint(0, 3))),
        branch=random.choice(BRANCHES),
        comments=(),
        has_checklist=False,
        has_attachments=False,
        blockers=[],
        blocks=[],
        created=NOW,
        updated=NOW,
        started=None,
        completed=None,
        archived=NOW if rarely(random) else None,
    )
