"""Whether and how a pull request can be merged."""

from typing import Literal

from taskly.fake_github.world.checks import GOOD, combined_state, latest_runs
from taskly.fake_github.world.commits import Commit, between, merge_base, merged
from taskly.fake_github.world.pull_requests import PullRequest
from taskly.fake_github.world.repositories import Repository

MergeableState = Literal["blocked", "clean", "dirty", "draft", "unknown", "unstable"]


def own_commits(repository: Repository, pull: PullRequest) -> list[Commit]:
    """The pull request's commits, oldest first."""
    return between(repository.commits, [pull.base_sha], pull.head_sha)


def merged_files(repository: Repository, pull: PullRequest) -> dict[str, str] | None:
    """The tree after the merge; None when there is a conflict or a branch is gone."""
    base_sha = repository.branches.get(pull.base_ref)
    if base_sha is None:
        return None
    base, head = repository.commits[base_sha], repository.commits[pull.head_sha]
    shared = merge_base(repository.commits, base.sha, head.sha)
    return merged(shared.files if shared else {}, base.files, head.files)


def mergeable_state(repository: Repository, pull: PullRequest) -> MergeableState:
    """GitHub's word for what stands in the way."""
    if not pull.is_open:
        return "unknown"
    if merged_files(repository, pull) is None:
        return "dirty"
    if pull.draft:
        return "draft"
    if not meets_requirements(repository, pull):
        return "blocked"
    return "clean" if is_good(repository, pull.head_sha) else "unstable"


def meets_requirements(repository: Repository, pull: PullRequest) -> bool:
    """Whether every check has passed that the base branch requires."""
    required = repository.required_checks.get(pull.base_ref)
    if required is None:
        return True
    sha = pull.head_sha
    runs = latest_runs(run for run in repository.check_runs.values() if run.head_sha == sha)
    good = {run.name for run in runs if run.conclusion in GOOD}
    statuses = {status.context: status for status in repository.statuses if status.sha == sha}
    good |= {context for context, status in statuses.items() if status.state == "success"}
    return good >= set(required.names)


def is_good(repository: Repository, sha: str) -> bool:
    """Whether no check and no status of the commit is bad or still to come."""
    runs = latest_runs(run for run in repository.check_runs.values() if run.head_sha == sha)
    statuses = [status for status in repository.statuses if status.sha == sha]
    return all(run.conclusion in GOOD for run in runs) and (
        not statuses or combined_state(statuses) == "success"
    )
