"""Records as the control API tells them."""

import json

from taskly.fake_github.site import Site
from taskly.fake_github.wire import told
from taskly.fake_github.world.accounts import Account, Token
from taskly.fake_github.world.checks import CheckRun, CommitStatus
from taskly.fake_github.world.faults import Fault
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.hooks import Delivery, Hook
from taskly.fake_github.world.merging import mergeable_state
from taskly.fake_github.world.pull_requests import Comment, Issue, PullRequest, Review
from taskly.fake_github.world.repositories import Repository
from taskly.fake_github.world.requests import RequestRecord


def user(record: Account) -> told.User:
    """An account."""
    email = record.primary_email
    return told.User(
        id=record.id,
        login=record.login,
        name=record.name,
        email=None if email is None else email.email,
        kind=record.kind,
    )


def token(record: Token) -> told.Token:
    """A token."""
    return told.Token(
        value=record.value,
        login=record.account.login,
        scopes=None if record.scopes is None else list(record.scopes),
        client_id=record.client_id,
    )


def review(record: Review) -> told.Review:
    """A review."""
    return told.Review(
        id=record.id,
        author=record.author.login,
        state=record.state,
        body=record.body,
        commit_sha=record.commit_sha,
    )


def pull_request(github: GitHub, repository: Repository, record: PullRequest) -> told.PullRequest:
    """A pull request."""
    return told.PullRequest(
        id=record.id,
        number=record.number,
        title=record.title,
        body=record.body,
        state=record.state,
        draft=record.draft,
        merged=record.is_merged,
        mergeable_state=mergeable_state(repository, record),
        author=record.author.login,
        head_ref=record.head_ref,
        head_sha=record.head_sha,
        base_ref=record.base_ref,
        base_sha=record.base_sha,
        merge_commit_sha=record.merge_commit_sha,
        requested_reviewers=[account.login for account in record.requested_reviewers],
        reviews=[review(each) for each in record.reviews],
        comments=[comment(each) for each in record.comments],
        updated_at=record.updated_at,
        url=f"{github.addresses.page(repository.full_name)}/pull/{record.number}",
    )


def issue(record: Issue) -> told.Issue:
    """An issue."""
    return told.Issue(
        id=record.id,
        number=record.number,
        title=record.title,
        state=record.state,
        comments=[comment(each) for each in record.comments],
    )


def comment(record: Comment) -> told.Comment:
    """A comment."""
    return told.Comment(id=record.id, author=record.author.login, body=record.body)


def check_run(record: CheckRun) -> told.CheckRun:
    """A check run."""
    return told.CheckRun(
        id=record.id,
        name=record.name,
        head_sha=record.head_sha,
        status=record.status,
        conclusion=record.conclusion,
    )


def status(record: CommitStatus) -> told.Status:
    """A status."""
    return told.Status(id=record.id, sha=record.sha, context=record.context, state=record.state)


def hook(record: Hook) -> told.Hook:
    """A webhook."""
    return told.Hook(
        id=record.id,
        url=record.url,
        events=list(record.events),
        active=record.active,
        secret=record.secret,
    )


def repository(github: GitHub, record: Repository) -> told.Repository:
    """A repository."""
    logins = {account.id: account.login for account in github.accounts.values()}
    return told.Repository(
        id=record.id,
        full_name=record.full_name,
        private=record.private,
        archived=record.archived,
        default_branch=record.default_branch,
        branches=dict(record.branches),
        pull_requests=[pull_request(github, record, each) for each in record.pull_requests()],
        check_runs=[check_run(each) for each in record.check_runs.values()],
        statuses=[status(each) for each in record.statuses],
        hooks=[hook(each) for each in record.hooks.values()],
        collaborators={logins[key]: value for key, value in record.collaborators.items()},
        updated_at=record.updated_at,
        url=github.addresses.page(record.full_name),
    )


def delivery(record: Delivery) -> told.Delivery:
    """An attempt to deliver."""
    envelope = record.envelope
    return told.Delivery(
        id=record.id,
        guid=envelope.guid,
        hook_id=record.hook_id,
        event=envelope.event,
        action=envelope.action,
        status=record.status,
        status_code=record.status_code,
        redelivery=envelope.redelivery,
        delivered_at=record.delivered_at,
        duration=record.duration,
        repository_id=envelope.repository_id,
        payload=json.loads(envelope.payload),
        request_headers=dict(record.request_headers),
        response_body=record.response_body,
    )


def request(record: RequestRecord) -> told.Request:
    """A request."""
    return told.Request(
        number=record.number,
        method=record.method,
        path=record.path,
        query=dict(record.query),
        headers=dict(record.headers),
        body=record.body,
        login=record.login,
        status=record.status,
        at=record.at,
        arrived=record.arrived,
        answered=record.answered,
    )


def fault(record: Fault) -> told.Fault:
    """A fault."""
    return told.Fault(
        id=record.id,
        kind=record.kind,
        times=record.times,
        fraction=record.fraction,
        path_prefix=record.path_prefix,
        method=record.method,
        login=record.login,
        event=record.event,
        hits=record.hits,
    )


def time(github: GitHub) -> told.Time:
    """The clock."""
    return told.Time(now=github.now(), frozen=github.clock.is_frozen)


def state(site: Site) -> told.State:
    """Everything."""
    github = site.github
    return told.State(
        address=github.addresses.web,
        now=github.now(),
        users=[user(each) for each in github.accounts.values()],
        repositories=[repository(github, each) for each in github.repositories.values()],
        faults=[fault(each) for each in github.faults.active.values()],
        held_deliveries=site.deliverer.held,
        deliveries=len(github.deliveries.all()),
        requests=len(github.requests.all()),
    )
