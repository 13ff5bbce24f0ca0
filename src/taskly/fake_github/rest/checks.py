"""Check runs, check suites and statuses of commits."""

from typing import cast, get_args

from taskly.fake_github.actions.checks import report_check_run, report_status, update_check_run
from taskly.fake_github.rest.call import Answer, Call
from taskly.fake_github.rest.paging import page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.checks import check_run, check_suite, combined_status, status
from taskly.fake_github.world.checks import (
    CheckRun,
    CheckStatus,
    Conclusion,
    StatusState,
    latest_runs,
)
from taskly.fake_github.world.refusals import not_found, unprocessable
from taskly.fake_github.world.repositories import Repository


def check_runs_of_commit(call: Call) -> Answer:
    """The check runs of a commit; of each name the latest, unless all are asked for."""
    repository = call.repository()
    sha = call.commit(repository)
    runs = [run for run in repository.check_runs.values() if run.head_sha == sha]
    found = runs if call.query.get("filter") == "all" else latest_runs(runs)
    found = [
        run
        for run in found
        if call.query.get("check_name") in {None, run.name}
        and call.query.get("status") in {None, run.status}
    ]
    shown, headers = page_of(call, found)
    return Answer(
        {
            "total_count": len(found),
            "check_runs": [check_run(call.github, repository, run) for run in shown],
        },
        headers=headers,
    )


def check_suites_of_commit(call: Call) -> Answer:
    """The check suites of a commit."""
    repository = call.repository()
    sha = call.commit(repository)
    found = [suite for suite in repository.check_suites.values() if suite.head_sha == sha]
    shown, headers = page_of(call, found)
    return Answer(
        {
            "total_count": len(found),
            "check_suites": [check_suite(call.github, repository, suite) for suite in shown],
        },
        headers=headers,
    )


def combined_status_of_commit(call: Call) -> Answer:
    """The latest status of every context, and the word for all of them."""
    repository = call.repository()
    sha = repository.sha_of(call.parameters["ref"])
    if sha is None:
        raise not_found()
    return Answer(combined_status(call.github, repository, sha))


def statuses_of_commit(call: Call) -> Answer:
    """Every status of a commit, newest first."""
    repository = call.repository()
    sha = call.commit(repository)
    found = [each for each in reversed(repository.statuses) if each.sha == sha]
    shown, headers = page_of(call, found)
    return Answer([status(call.github, repository, each) for each in shown], headers=headers)


def new_check_run(call: Call) -> Answer:
    """Report a check.

    GitHub takes these from apps alone; here everybody who may push may.
    """
    user = call.user()
    repository = call.repository("push")
    run = report_check_run(
        call.github,
        repository,
        user,
        name=call.required("name", str),
        head_sha=call.required("head_sha", str),
        status=_status(call) or "queued",
        conclusion=_conclusion(call),
        started_at=call.time("started_at"),
        completed_at=call.time("completed_at"),
        details_url=call.optional("details_url", str),
        external_id=call.optional("external_id", str) or "",
    )
    _write_output(call, run)
    return Answer(check_run(call.github, repository, run), status=201)


def one_check_run(call: Call) -> Answer:
    """One check run."""
    repository = call.repository()
    return Answer(check_run(call.github, repository, _run(call, repository)))


def change_check_run(call: Call) -> Answer:
    """What became of a check."""
    user = call.user()
    repository = call.repository("push")
    run = _run(call, repository)
    _write_output(call, run)
    update_check_run(
        call.github,
        repository,
        run,
        user,
        status=_status(call),
        conclusion=_conclusion(call),
        completed_at=call.time("completed_at"),
        name=call.optional("name", str),
    )
    return Answer(check_run(call.github, repository, run))


def new_status(call: Call) -> Answer:
    """Report a status."""
    user = call.user()
    repository = call.repository("push")
    state = call.one_of("state", get_args(StatusState))
    if state is None:
        raise unprocessable('Invalid request.\n\n"state" wasn\'t supplied.')
    record = report_status(
        call.github,
        repository,
        user,
        sha=call.parameters["sha"],
        state=cast("StatusState", state),
        context=call.optional("context", str) or "default",
        description=call.optional("description", str),
        target_url=call.optional("target_url", str),
    )
    return Answer(status(call.github, repository, record), status=201)


def _run(call: Call, repository: Repository) -> CheckRun:
    run = repository.check_runs.get(call.number("check_run_id"))
    if run is None:
        raise not_found()
    return run


def _status(call: Call) -> CheckStatus | None:
    return cast("CheckStatus | None", call.one_of("status", get_args(CheckStatus)))


def _conclusion(call: Call) -> Conclusion | None:
    return cast("Conclusion | None", call.one_of("conclusion", get_args(Conclusion)))


def _write_output(call: Call, run: CheckRun) -> None:
    run.title = call.optional("title", str, within="output") or run.title
    run.summary = call.optional("summary", str, within="output") or run.summary
    run.text = call.optional("text", str, within="output") or run.text


_REPO = "/repos/{owner}/{repo}"

OPERATIONS = (
    Operation(
        "GET", _REPO + "/commits/{ref:path}/check-runs", check_runs_of_commit, reads="checks"
    ),
    Operation(
        "GET", _REPO + "/commits/{ref:path}/check-suites", check_suites_of_commit, reads="checks"
    ),
    Operation(
        "GET", _REPO + "/commits/{ref:path}/status", combined_status_of_commit, reads="statuses"
    ),
    Operation("GET", _REPO + "/commits/{ref:path}/statuses", statuses_of_commit, reads="statuses"),
    Operation("POST", _REPO + "/check-runs", new_check_run),
    Operation("GET", _REPO + "/check-runs/{check_run_id}", one_check_run, reads="checks"),
    Operation("PATCH", _REPO + "/check-runs/{check_run_id}", change_check_run),
    Operation("POST", _REPO + "/statuses/{sha}", new_status),
)
