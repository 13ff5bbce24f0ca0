"""What the control API answers."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from taskly.fake_github.wire.words import FaultKind


class Told(BaseModel):
    """What is answered; a newer server may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class User(Told):
    """An account."""

    id: int
    login: str
    name: str | None
    email: str | None
    kind: str


class Token(Told):
    """A token, in full."""

    value: str
    login: str
    scopes: list[str] | None
    client_id: str | None


class Review(Told):
    """A review."""

    id: int
    author: str
    state: str
    body: str
    commit_sha: str


class Comment(Told):
    """A comment."""

    id: int
    author: str
    body: str


class Issue(Told):
    """An issue."""

    id: int
    number: int
    title: str
    state: str
    comments: list[Comment]


class PullRequest(Told):
    """A pull request."""

    id: int
    number: int
    title: str
    body: str | None
    state: Literal["open", "closed"]
    draft: bool
    merged: bool
    mergeable_state: str
    author: str
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    merge_commit_sha: str | None
    requested_reviewers: list[str]
    reviews: list[Review]
    comments: list[Comment]
    updated_at: datetime
    url: str


class CheckRun(Told):
    """A check run."""

    id: int
    name: str
    head_sha: str
    status: str
    conclusion: str | None


class Status(Told):
    """A status of a commit."""

    id: int
    sha: str
    context: str
    state: str


class Hook(Told):
    """A webhook, its secret included."""

    id: int
    url: str
    events: list[str]
    active: bool
    secret: str | None


class Repository(Told):
    """A repository with what a test asks for most."""

    id: int
    full_name: str
    private: bool
    archived: bool
    default_branch: str
    branches: dict[str, str]
    pull_requests: list[PullRequest]
    check_runs: list[CheckRun]
    statuses: list[Status]
    hooks: list[Hook]
    collaborators: dict[str, str]
    updated_at: datetime
    url: str


class Push(Told):
    """Where a branch is after a push, and the commits that were made, oldest first."""

    branch: str
    sha: str
    commits: list[str]


class Delivery(Told):
    """One attempt to deliver."""

    id: int
    guid: str
    hook_id: int
    event: str
    action: str | None
    status: str
    status_code: int
    redelivery: bool
    delivered_at: datetime
    duration: float
    repository_id: int | None
    payload: dict[str, Any]
    request_headers: dict[str, str]
    response_body: str


class Request(Told):
    """One request that came, as at api.github.com. The status is None when it was cut off.

    `arrived` and `answered` are seconds of a real clock, `at` is the fake's own time. Header names
    are in lower case; credentials are left out.
    """

    number: int
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    login: str | None
    status: int | None
    at: datetime
    arrived: float
    answered: float


class Fault(Told):
    """A fault that is on, and how often it has hit."""

    id: int
    kind: FaultKind
    times: int | None
    fraction: float | None
    path_prefix: str
    method: str | None
    login: str | None
    event: str | None
    hits: int


class Settled(Told):
    """Whether nothing is on its way any more, and how many deliveries are held."""

    settled: bool
    held: int


class Released(Told):
    """How many deliveries were let go."""

    released: int


class Time(Told):
    """What the clock says."""

    now: datetime
    frozen: bool


class Budget(Told):
    """A rate limit of somebody."""

    login: str
    resource: str
    limit: int
    remaining: int
    reset_at: datetime


class App(Told):
    """A GitHub App with its secrets."""

    id: int
    slug: str
    client_id: str
    client_secret: str
    webhook_secret: str | None
    private_key: str


class Installation(Told):
    """An app on an account."""

    id: int
    app_id: int
    account: str
    suspended: bool


class KnownApp(Told):
    """A GitHub App as everybody may know it."""

    id: int
    slug: str
    name: str
    owner: str
    permissions: dict[str, str]
    events: list[str]
    webhook_url: str | None
    installations: list[Installation]


class State(Told):
    """Everything."""

    address: str
    now: datetime
    users: list[User]
    repositories: list[Repository]
    faults: list[Fault]
    held_deliveries: int
    deliveries: int
    requests: int
