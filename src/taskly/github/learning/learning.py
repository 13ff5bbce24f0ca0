"""Taking in what GitHub says about a repository, in one transaction.

The repository's row is locked first, so that what is told about it at the same time is taken in one
after the other; then the boards on which something may change, in the order of their ids. Nobody locks
a repository while holding a board. What is newer than what is told stays; saying the same again changes
nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from taskly.cards.key_repository import known_keys
from taskly.github import repository
from taskly.github.facts import base_repository, code_repository, facts_repository
from taskly.github.facts.descriptions import (
    check_in,
    pull_request_in,
    review_in,
    write_check,
    write_pull_request,
    write_review,
)
from taskly.github.jobs import RefreshPullRequest
from taskly.github.learning import card_moves, own_commits, relinking, review_requests, ticking
from taskly.github.learning.lesson import Lesson
from taskly.github.learning.naming import Naming, key_of
from taskly.github.learning.renaming import at_home, follow_name
from taskly.github.models import CheckRun, PullRequestReview, PullRequestRow
from taskly.github.rules.checks import CheckState, newest_run, roll_up_required
from taskly.github.rules.facts import PullRequestState, Told, settle
from taskly.github.rules.reviews import decide, last_word
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import Unavailable
from taskly.platform.settings import Settings

FRESH = timedelta(minutes=5)
"""A confirmation of facts that are no older than this is not worth telling."""
ONCE_MORE = timedelta(seconds=10)
"""So much later GitHub is asked again where its answer is older than what it told meanwhile."""


async def learn(
    tx: Transaction,
    settings: Settings,
    repository_id: UUID,
    told: Told,
    cause: Mapping[str, Any],
    *,
    confirms: bool = False,
) -> bool | None:
    """Take in what GitHub says; whether it was news, or None if the repository is not connected any more.

    Links follow (see `rules.linking`), and so do cards (see `rules.standing`); `cause` is named as the
    reason. Where two things told leave open which is the later one, GitHub will be asked. `confirms` says
    that somebody wants to know that what is held holds still, and when that was last seen.
    """
    row = await repository.lock_repository(tx.session, repository_id)
    if row is None or not row.active:
        return None
    recorded = len(tx.log.recorded)
    keys = await known_keys(tx.session, row.workspace_id)
    naming = Naming(tuple(keys), settings.public_url)
    told = at_home(told, settings.github_web_url, row.full_name)
    lesson = Lesson(tx, settings, row, told, naming, cause)
    await _settle(lesson)
    await _reach_boards(lesson)
    shown_before, cards = relinking.shown(lesson), lesson.cards_to_follow
    checklists_before = ticking.checklists(lesson)
    asked_before = review_requests.asked(lesson)
    code_before = await code_repository.code_of(tx.session, cards)
    await follow_name(lesson)
    changed = await _store(lesson, confirms=confirms)
    await ticking.follow(lesson, checklists_before)
    await relinking.store(lesson)
    relinking.record(lesson, shown_before)
    review_requests.record(lesson, asked_before, shown_before)
    code_after = await code_repository.code_of(tx.session, cards)
    await card_moves.follow_code(tx, cards, code_before, code_after, cause)
    _ask_when_unsure(lesson)
    return changed or len(tx.log.recorded) > recorded


async def _settle(lesson: Lesson) -> None:
    """Find the pull requests that the message is about, and how they stand from now on."""
    told = lesson.told
    rows = await facts_repository.pull_requests(lesson.tx.session, lesson.repository, lesson.chosen)
    lesson.pulls = {row.number: row for row in rows}
    lesson.settled = {number: pull_request_in(row) for number, row in lesson.pulls.items()}
    for pull in map(lesson.as_of_now, told.pull_requests):
        settled = settle(lesson.settled.get(pull.number), pull, opening=told.opening)
        lesson.settled[pull.number] = settled.pull_request
        if settled.unsure:
            lesson.unsure.add(pull.number)
    await own_commits.settle(lesson)


async def _reach_boards(lesson: Lesson) -> None:
    """Lock the boards with cards that are linked or named, then load what is on them."""
    session, row, naming = lesson.tx.session, lesson.repository, lesson.naming
    keys = {key for branch in lesson.told.branches for key in naming.in_branch(branch.name)}
    for number in lesson.relinked:
        pull = lesson.settled[number]
        messages = [commit.message for commit in lesson.commits[number].values()]
        lesson.mentions[number] = naming.in_pull_request(pull, messages)
        keys |= {key_of(mention) for mention in lesson.mentions[number]}
    boards = await facts_repository.boards_concerned(session, row, lesson.chosen, keys)
    for board_id in sorted(boards):
        await lesson.tx.lock(Stream(StreamKind.BOARD, board_id, row.workspace_id))
    lesson.cards = await facts_repository.cards(session, row.workspace_id, keys)
    numbers = {pull.id: pull.number for pull in lesson.pulls.values()}
    if numbers:
        for link in await facts_repository.links(session, numbers):
            lesson.links[numbers[link.pull_request_id], link.card_id] = link
        for review in await facts_repository.reviews(session, numbers):
            lesson.reviews[numbers[review.pull_request_id], review.reviewer_id] = review
    for branch in await facts_repository.branches(session, row, lesson.chosen):
        lesson.branches[branch.name, branch.card_id] = branch
    if not boards.issuperset(lesson.boards_of_cards.values()):
        raise Unavailable("A card went to another board meanwhile.")
    lesson.archived = await facts_repository.cards_in_archive(session, lesson.boards_of_cards)
    shas = {pull.head_sha for pull in lesson.settled.values()} | lesson.chosen.shas
    for check in await facts_repository.checks(session, row.id, shas):
        lesson.checks[check.head_sha, check.kind, check.app, check.name] = check


async def _store(lesson: Lesson, *, confirms: bool) -> bool:
    """Write the facts, and what reviews and checks come to; whether any pull request is another than before."""
    before = {number: _kept(row) for number, row in lesson.pulls.items()}
    for number, facts in lesson.settled.items():
        pull = lesson.pulls.get(number)
        if pull is None:
            pull = PullRequestRow(id=new_id(), verified_at=lesson.tx.now, **lesson.own)
            lesson.tx.session.add(pull)
            lesson.pulls[number] = pull
        write_pull_request(pull, facts)
    await lesson.tx.session.flush()
    await own_commits.store(lesson)
    await _store_bases(lesson)
    _store_reviews(lesson)
    _store_checks(lesson)
    changed = False
    for number, pull in lesson.pulls.items():
        _sum_up(lesson, pull)
        is_news = before.get(number) != _kept(pull)
        if is_news or (confirms and pull.verified_at < lesson.tx.now - FRESH):
            pull.verified_at = lesson.tx.now
        changed |= is_news
    await lesson.tx.session.flush()
    return changed


async def _store_bases(lesson: Lesson) -> None:
    """Write what is required to merge into a branch, and find it for the pull requests at hand."""
    session, row = lesson.tx.session, lesson.repository
    for base in lesson.told.bases:
        await base_repository.store_base(session, row, base, lesson.tx.now)
    names = {pull.base_branch for pull in lesson.pulls.values()}
    lesson.required = await base_repository.required_checks(session, row.id, names)


def _store_reviews(lesson: Lesson) -> None:
    for told in lesson.told.reviews:
        row = lesson.reviews.get((told.number, told.reviewer_id))
        pull = lesson.pulls.get(told.number)
        if pull is None:
            continue
        known = None if row is None else review_in(row, told.number)
        if row is None:
            row = PullRequestReview(
                id=new_id(), workspace_id=pull.workspace_id, pull_request_id=pull.id
            )
            lesson.tx.session.add(row)
            lesson.reviews[told.number, told.reviewer_id] = row
        write_review(row, last_word(known, told))


def _store_checks(lesson: Lesson) -> None:
    for told in lesson.told.checks:
        row = lesson.checks.get(told.key)
        known = None if row is None else check_in(row)
        if row is None:
            row = CheckRun(id=new_id(), **lesson.own)
            lesson.tx.session.add(row)
            lesson.checks[told.key] = row
        write_check(row, newest_run(known, told))


def _sum_up(lesson: Lesson, pull: PullRequestRow) -> None:
    """What the reviews of a pull request and the checks of its head come to."""
    reviews = [
        review_in(row, number)
        for (number, _), row in lesson.reviews.items()
        if number == pull.number
    ]
    checks = [check_in(row) for row in lesson.checks.values() if row.head_sha == pull.head_sha]
    is_open = pull.state in {PullRequestState.OPEN, PullRequestState.DRAFT}
    found = roll_up_required(checks, lesson.required.get(pull.base_branch, ()) if is_open else ())
    pull.review_decision = decide(reviews, asked=pull.requested_reviewers)
    pull.checks, pull.required_checks = found.state, found.required


def _kept(pull: PullRequestRow) -> tuple[Any, ...]:
    facts = replace(
        pull_request_in(pull),
        asked=False,
        author_id=None,
        mergeability=None,
        commit_count=None,
        drafted_at=None,
        ready_at=None,
    )
    return (facts, pull.review_decision, pull.checks, pull.required_checks)


def _ask_when_unsure(lesson: Lesson) -> None:
    running = {
        check.head_sha for check in lesson.checks.values() if check.state is CheckState.PENDING
    }
    for number, pull in lesson.pulls.items():
        missed = pull.head_sha == lesson.told.suspicious_sha and pull.head_sha in running
        refresh = RefreshPullRequest(repository_id=lesson.repository.id, number=number)
        workspace_id = lesson.repository.workspace_id
        if missed or number in lesson.unsure:
            lesson.tx.promise(refresh, workspace_id=workspace_id)
        elif number in lesson.doubtful:
            was_asked = lesson.told.listed is not None
            key = f"{pull.id}:{pull.head_sha}:{pull.base_branch}:{pull.commit_count}:{was_asked}"
            delay = ONCE_MORE if was_asked else timedelta(0)
            lesson.tx.promise(refresh, workspace_id=workspace_id, key=key, delay=delay)
