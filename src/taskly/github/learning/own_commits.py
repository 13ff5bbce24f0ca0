"""Which commits the pull requests have of which something was told."""

from taskly.github.facts import commit_repository
from taskly.github.learning.lesson import Lesson
from taskly.github.rules.commits import (
    OwnCommits,
    PushedCommits,
    as_described,
    as_listed,
    as_pushed,
    may_have_pushed,
)
from taskly.github.rules.facts import CommitList, PullRequest


async def settle(lesson: Lesson) -> None:
    """Find out which commits they have from now on, and of which GitHub has to be asked."""
    session, push = lesson.tx.session, lesson.told.pushed
    if push is not None:
        await commit_repository.add_pushed(session, lesson.repository, push, lesson.tx.now)
    relinked = lesson.relinked
    known = {pull.id: number for number, pull in lesson.pulls.items() if number in relinked}
    if known:
        lesson.held_commits = await commit_repository.held_commits(session, known)
    for number in relinked:
        found = await _settled(lesson, lesson.settled[number])
        lesson.commits[number] = found.commits
        if found.doubtful:
            (lesson.doubtful if push is None else lesson.unsure).add(number)


async def store(lesson: Lesson) -> None:
    """Write what has changed."""
    session, gone = lesson.tx.session, []
    for number, commits in lesson.commits.items():
        held = lesson.held_commits.get(number, {})
        gone += [each.id for sha, each in held.items() if sha not in commits]
        new = [commit for sha, commit in commits.items() if sha not in held]
        await commit_repository.give_commits(session, lesson.pulls[number], new, lesson.tx.now)
    await commit_repository.take_commits(session, gone)


async def _settled(lesson: Lesson, pull: PullRequest) -> OwnCommits:
    told = lesson.told
    if told.listed is not None and told.listed.number == pull.number:
        return _as_listed(lesson, pull, told.listed)
    held = lesson.held_commits.get(pull.number, {})
    own = {sha: each.commit for sha, each in held.items()}
    if told.pushed is not None:
        return as_pushed(pull, own, told.pushed)
    pushed = PushedCommits()
    if may_have_pushed(pull, own):
        pushed = await commit_repository.pushed_commits(
            lesson.tx.session, lesson.repository.id, pull
        )
    return as_described(pull, own, pushed, awaited=_is_push_awaited(lesson, pull))


def _as_listed(lesson: Lesson, pull: PullRequest, listed: CommitList) -> OwnCommits:
    """GitHub was asked. If it has another head since, everything that is held may be later."""
    is_at_head = all(told.head_sha == pull.head_sha for told in lesson.told.pull_requests)
    held = lesson.held_commits.get(pull.number, {})
    later = {
        sha: each.commit
        for sha, each in held.items()
        if each.since > listed.as_of or not is_at_head
    }
    return as_listed(pull, listed.commits, later, {sha: each.commit for sha, each in held.items()})


def _is_push_awaited(lesson: Lesson, pull: PullRequest) -> bool:
    """Whether the push of its last commit may still be on its way. Of those to the default branch nothing is kept."""
    is_heard_of = pull.head_fork is None and pull.head_branch != lesson.repository.default_branch
    return is_heard_of and pull.number in lesson.pulls and not pull.is_over
