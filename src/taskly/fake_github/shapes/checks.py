"""Check suites, check runs and commit statuses."""

from datetime import UTC, datetime

from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.shapes.commits import listed_commit, simple_commit
from taskly.fake_github.shapes.pull_requests import minimal_pull_request
from taskly.fake_github.shapes.repositories import minimal_repository, short_branch
from taskly.fake_github.shapes.writing import JsonObject, node_id, stamp
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.checks import (
    CheckRun,
    CheckSuite,
    CommitStatus,
    combined_state,
    latest_statuses,
)
from taskly.fake_github.world.commits import reachable
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.repositories import Repository

# All checks are made by this one app.
_APP_ID = 15368
_APP_MADE_AT = datetime(2018, 7, 30, 9, 30, 17, tzinfo=UTC)
_OWNER_OF_CHECKS = Account(
    id=9919,
    login="github",
    name="GitHub",
    kind="Organization",
    created_at=_APP_MADE_AT,
    updated_at=_APP_MADE_AT,
)


def check_run(github: GitHub, repository: Repository, run: CheckRun) -> JsonObject:
    """A check run as the API shows it."""
    url = f"{github.addresses.repository(repository.full_name)}/check-runs/{run.id}"
    page = f"{github.addresses.page(repository.full_name)}/runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": node_id("CheckRun", run.id),
        "head_sha": run.head_sha,
        "external_id": run.external_id,
        "url": url,
        "html_url": page,
        "details_url": run.details_url or page,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": stamp(run.started_at),
        "completed_at": stamp(run.completed_at),
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": 0,
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.suite.id},
        "app": checking_app(github),
        "pull_requests": _pull_requests(github, repository, run.head_sha),
    }


def check_run_in_payload(github: GitHub, repository: Repository, run: CheckRun) -> JsonObject:
    """A check run as webhooks show it, its suite included."""
    return {
        **check_run(github, repository, run),
        "check_suite": _suite(github, repository, run.suite),
    }


def check_suite(github: GitHub, repository: Repository, suite: CheckSuite) -> JsonObject:
    """A check suite as the API shows it."""
    return {
        **check_suite_in_payload(github, repository, suite),
        "repository": minimal_repository(github.addresses, repository),
    }


def check_suite_in_payload(github: GitHub, repository: Repository, suite: CheckSuite) -> JsonObject:
    """A check suite as webhooks show it."""
    shape = _suite(github, repository, suite)
    runs = [run for run in repository.check_runs.values() if run.suite is suite]
    return {
        **shape,
        "latest_check_runs_count": len({run.name for run in runs}),
        "check_runs_url": f"{shape['url']}/check-runs",
        "head_commit": simple_commit(repository.commits[suite.head_sha]),
    }


def _suite(github: GitHub, repository: Repository, suite: CheckSuite) -> JsonObject:
    url = f"{github.addresses.repository(repository.full_name)}/check-suites/{suite.id}"
    return {
        "id": suite.id,
        "node_id": node_id("CheckSuite", suite.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "url": url,
        "before": suite.before,
        "after": suite.head_sha,
        "pull_requests": _pull_requests(github, repository, suite.head_sha),
        "app": checking_app(github),
        "created_at": stamp(suite.created_at),
        "updated_at": stamp(suite.updated_at),
    }


def _pull_requests(github: GitHub, repository: Repository, sha: str) -> list[JsonObject]:
    return [
        minimal_pull_request(github.addresses, repository, pull)
        for pull in repository.open_pull_requests()
        if pull.head_sha == sha
    ]


def checking_app(github: GitHub) -> JsonObject:
    """The app in whose name checks are reported."""
    addresses = github.addresses
    return {
        "id": _APP_ID,
        "slug": "github-actions",
        "node_id": node_id("App", _APP_ID),
        "client_id": "Iv1.fake0000actions",
        "owner": simple_user(addresses, _OWNER_OF_CHECKS),
        "name": "GitHub Actions",
        "description": "Checks of the fake GitHub",
        "external_url": addresses.web,
        "html_url": f"{addresses.web}/apps/github-actions",
        "created_at": stamp(_APP_MADE_AT),
        "updated_at": stamp(_APP_MADE_AT),
        "permissions": {"checks": "write", "metadata": "read", "statuses": "write"},
        "events": ["check_run", "check_suite", "pull_request", "push"],
    }


def status(github: GitHub, repository: Repository, record: CommitStatus) -> JsonObject:
    """A commit status with its creator."""
    creator = github.find_account(record.creator)
    return {
        **simple_status(github, repository, record),
        "creator": None if creator is None else simple_user(github.addresses, creator),
    }


def simple_status(github: GitHub, repository: Repository, record: CommitStatus) -> JsonObject:
    """A commit status as part of all of them."""
    url = github.addresses.repository(repository.full_name)
    creator = github.find_account(record.creator)
    return {
        "url": f"{url}/statuses/{record.sha}",
        "avatar_url": github.addresses.avatar(creator.id if creator else 0),
        "id": record.id,
        "node_id": node_id("StatusContext", record.id),
        "state": record.state,
        "description": record.description,
        "target_url": record.target_url,
        "context": record.context,
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.created_at),
    }


def combined_status(github: GitHub, repository: Repository, sha: str) -> JsonObject:
    """The newest status of every context of a commit, and what they come to."""
    url = github.addresses.repository(repository.full_name)
    latest = latest_statuses(each for each in repository.statuses if each.sha == sha)
    return {
        "state": combined_state(latest),
        "statuses": [simple_status(github, repository, each) for each in latest],
        "sha": sha,
        "total_count": len(latest),
        "repository": minimal_repository(github.addresses, repository),
        "commit_url": f"{url}/commits/{sha}",
        "url": f"{url}/commits/{sha}/status",
    }


def status_in_payload(github: GitHub, repository: Repository, record: CommitStatus) -> JsonObject:
    """What a `status` webhook says besides repository and sender."""
    names = [
        name
        for name, tip in repository.branches.items()
        if record.sha in reachable(repository.commits, [tip])
    ]
    return {
        "id": record.id,
        "sha": record.sha,
        "name": repository.full_name,
        "target_url": record.target_url,
        "avatar_url": simple_status(github, repository, record)["avatar_url"],
        "context": record.context,
        "description": record.description,
        "state": record.state,
        "commit": listed_commit(github, repository, repository.commits[record.sha]),
        "branches": [short_branch(github.addresses, repository, name) for name in names[:10]],
        "created_at": record.created_at.isoformat(timespec="seconds"),
        "updated_at": record.created_at.isoformat(timespec="seconds"),
    }
