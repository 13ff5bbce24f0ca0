"""Which commits a pull request has, so far as GitHub tells it without being asked.

Pushes tell which commits came to a branch, not which of them are a pull request's: others are, and were, from the same
branch, and a forced push takes commits away. But a pull request tells its last commit and how many it has, so it shows
if others are held, and then GitHub is asked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from taskly.github.rules.facts import Commit, PullRequest, Push

MOST_LISTED = 250
"""So many commits of a pull request GitHub lists, the first ones. Of the others only pushes tell.

https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request
"""


@dataclass(frozen=True, slots=True)
class OwnCommits:
    """The commits that a pull request has, by their SHA."""

    commits: Mapping[str, Commit]
    doubtful: bool
    """Whether it is likely to have others: GitHub knows."""


@dataclass(frozen=True, slots=True)
class PushedCommits:
    """The commits that were ever pushed to a branch, by their SHA."""

    commits: Mapping[str, Commit] = field(default_factory=dict)
    shared: bool = False
    """Whether several pull requests are, or were, from there: they may be those of another one."""


def are_all(pull: PullRequest, shas: Collection[str]) -> bool:
    """Whether these commits are all that a pull request has, as far as it tells."""
    count = pull.commit_count
    if count is not None and count > MOST_LISTED:
        return len(shas) >= MOST_LISTED
    return pull.head_sha in shas and count in {None, len(shas)}


def may_have_pushed(pull: PullRequest, own: Collection[str]) -> bool:
    """Whether those of its commits may be lacking that were pushed before it was told of. Nobody tells of pushes to forks."""
    return pull.head_fork is None and pull.head_sha not in own and not are_all(pull, own)


def as_described(
    pull: PullRequest, own: Mapping[str, Commit], pushed: PushedCommits, *, awaited: bool
) -> OwnCommits:
    """What it has by its description, beside those that were known and those that were ever pushed to its branch.

    `awaited` says that the push of its last commit may still be on its way.
    """
    if are_all(pull, own):
        return OwnCommits(own, doubtful=False)
    count = pull.commit_count
    if count is not None and count > MOST_LISTED:
        return OwnCommits({**own, **({} if pushed.shared else pushed.commits)}, doubtful=True)
    if count is not None and not pushed.shared and are_all(pull, pushed.commits):
        return OwnCommits(pushed.commits, doubtful=False)
    is_told = pull.head_sha in own or pull.head_sha in pushed.commits
    return OwnCommits(own, doubtful=is_told or not awaited)


def as_pushed(pull: PullRequest, own: Mapping[str, Commit], push: Push) -> OwnCommits:
    """What an open pull request has by a push to its branch, beside those that were known.

    A push from before it was last described tells nothing, for what it brought may be gone; one from after that will
    be followed by a description. One without commits of its own took some away, or brought those of another branch.
    """
    is_head = any(commit.sha == pull.head_sha for commit in push.commits)
    is_later = push.at >= pull.as_of
    if is_later and not push.commits:
        return OwnCommits(own, doubtful=True)
    if is_head or is_later:
        own = {**own, **{commit.sha: commit for commit in push.commits}}
    will_be_described = is_later and not is_head
    return OwnCommits(own, doubtful=not will_be_described and not are_all(pull, own))


def as_listed(
    pull: PullRequest,
    listed: Sequence[Commit],
    later: Mapping[str, Commit],
    held: Mapping[str, Commit],
) -> OwnCommits:
    """What it has by GitHub's list, and what it was told to have got later. `held` are all that were known.

    A list that is cut off takes nothing away.
    """
    now = {commit.sha: commit for commit in listed}
    is_cut_off = len(now) >= MOST_LISTED and pull.commit_count != len(now)
    own = {**(held if is_cut_off else later), **now}
    return OwnCommits(own, doubtful=bool(later) and not are_all(pull, own))
