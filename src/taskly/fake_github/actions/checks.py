"""Checks are reported."""

from datetime import datetime

from taskly.fake_github.actions.telling import tell
from taskly.fake_github.shapes.checks import (
    check_run_in_payload,
    check_suite_in_payload,
    status_in_payload,
)
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.checks import (
    CheckRun,
    CheckStatus,
    CheckSuite,
    CommitStatus,
    Conclusion,
    StatusState,
    combined_conclusion,
)
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.refusals import invalid, unprocessable
from taskly.fake_github.world.repositories import Repository


def report_check_run(
    github: GitHub,
    repository: Repository,
    actor: Account,
    *,
    name: str,
    head_sha: str,
    status: CheckStatus = "queued",
    conclusion: Conclusion | None = None,
    started_at: datetime | None = None,
    completed_at: datetime | None = None,
    details_url: str | None = None,
    external_id: str = "",
) -> CheckRun:
    """A new check run of a commit. With a conclusion it is completed at once.

    Raises:
        Refusal: 422 when the commit is unknown, or completed without a conclusion.
    """
    if head_sha not in repository.commits:
        raise unprocessable(f"No commit found for SHA: {head_sha}")
    if conclusion is None and status == "completed":
        raise invalid("CheckRun", "conclusion", "missing_field")
    at = github.clock.time_of_change()
    run = CheckRun(
        id=github.numbers.next("check_run"),
        suite=_suite(github, repository, head_sha, actor, at),
        name=name,
        status=status if conclusion is None else "completed",
        conclusion=conclusion,
        started_at=started_at or at,
        completed_at=None if conclusion is None else completed_at or at,
        external_id=external_id,
        details_url=details_url,
    )
    repository.check_runs[run.id] = run
    _tell_run(github, repository, run, "created", actor)
    if run.status == "completed":
        _tell_run(github, repository, run, "completed", actor)
    _update_suite(github, repository, run.suite, actor, at)
    return run


def update_check_run(
    github: GitHub,
    repository: Repository,
    run: CheckRun,
    actor: Account,
    *,
    status: CheckStatus | None = None,
    conclusion: Conclusion | None = None,
    completed_at: datetime | None = None,
    name: str | None = None,
) -> None:
    """What became of a check run.

    Raises:
        Refusal: 422 when it is completed without a conclusion.
    """
    if status == "completed" and conclusion is None and run.conclusion is None:
        raise invalid("CheckRun", "conclusion", "missing_field")
    at = github.clock.time_of_change()
    before = (run.status, run.conclusion)
    run.name = name or run.name
    run.conclusion = conclusion or run.conclusion
    run.status = "completed" if conclusion is not None else status or run.status
    if run.status == "completed":
        run.completed_at = completed_at or at
    else:
        run.conclusion = run.completed_at = None
    if run.status == "completed" and before != (run.status, run.conclusion):
        _tell_run(github, repository, run, "completed", actor)
    _update_suite(github, repository, run.suite, actor, at)


def report_status(
    github: GitHub,
    repository: Repository,
    actor: Account,
    *,
    sha: str,
    state: StatusState,
    context: str = "default",
    description: str | None = None,
    target_url: str | None = None,
) -> CommitStatus:
    """A new status of a commit.

    Raises:
        Refusal: 422 when the commit is unknown.
    """
    if sha not in repository.commits:
        raise unprocessable(f"No commit found for SHA: {sha}")
    record = CommitStatus(
        id=github.numbers.next("status"),
        sha=sha,
        state=state,
        context=context,
        description=description,
        target_url=target_url,
        creator=actor.login,
        created_at=github.clock.time_of_change(),
    )
    repository.statuses.append(record)
    tell(
        github,
        repository,
        "status",
        actor,
        lambda: status_in_payload(github, repository, record),
    )
    return record


def _suite(
    github: GitHub, repository: Repository, sha: str, actor: Account, at: datetime
) -> CheckSuite:
    known = next((each for each in repository.check_suites.values() if each.head_sha == sha), None)
    if known is not None:
        return known
    commit = repository.commits[sha]
    suite = CheckSuite(
        id=github.numbers.next("check_suite"),
        head_sha=sha,
        head_branch=next((name for name, tip in repository.branches.items() if tip == sha), None),
        before=commit.parents[0] if commit.parents else None,
        created_at=at,
        updated_at=at,
    )
    repository.check_suites[suite.id] = suite
    _tell_suite(github, repository, suite, "requested", actor)
    return suite


def _update_suite(
    github: GitHub, repository: Repository, suite: CheckSuite, actor: Account, at: datetime
) -> None:
    runs = [run for run in repository.check_runs.values() if run.suite is suite]
    before = (suite.status, suite.conclusion)
    suite.conclusion = combined_conclusion(runs)
    if suite.conclusion is not None:
        suite.status = "completed"
    elif all(run.status == "queued" for run in runs):
        suite.status = "queued"
    else:
        suite.status = "in_progress"
    suite.updated_at = at
    if suite.status == "completed" and before != (suite.status, suite.conclusion):
        _tell_suite(github, repository, suite, "completed", actor)


def _tell_run(
    github: GitHub, repository: Repository, run: CheckRun, action: str, actor: Account
) -> None:
    tell(
        github,
        repository,
        "check_run",
        actor,
        lambda: {"check_run": check_run_in_payload(github, repository, run)},
        action=action,
    )


def _tell_suite(
    github: GitHub, repository: Repository, suite: CheckSuite, action: str, actor: Account
) -> None:
    tell(
        github,
        repository,
        "check_suite",
        actor,
        lambda: {"check_suite": check_suite_in_payload(github, repository, suite)},
        action=action,
    )
