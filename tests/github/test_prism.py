"""Every call of the client is as GitHub describes it, in the eyes of Prism, which knows nothing of Taskly.

Prism serves the description that GitHub publishes: it refuses a request that the description does not allow, and
answers with the description's own examples, so the client reads those too.
"""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from redis.asyncio import Redis

from taskly.embedded.ports import reserved_port
from taskly.github.errors import GitHubRefuses
from taskly.github.remote.app import GitHubApp, convert_manifest
from taskly.github.remote.app_resources import InstallationObject
from taskly.github.remote.client import GitHub
from taskly.github.remote.hook_resources import HookDeliveryObject
from taskly.github.remote.resources import PullRequestObject
from taskly.github.remote.transport import Bearer
from taskly.github.rules.checks import CheckState
from taskly.github.rules.facts import Size
from taskly.kit.clock import SystemClock
from taskly.platform.settings import Settings
from taskly.users.github_application import GitHubApplication
from taskly.users.github_oauth import GitHubOAuth
from tests.github.app_identity import identity
from tests.github.odd_server import transport_to
from tests.support.node import DESCRIPTION, PRISM, running

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.xdist_group("prism")]

HOST = "127.0.0.1"
REPOSITORY, SHA = "octocat/Hello-World", "c0ffee" + "0" * 34
URL = "https://example.com/webhook"


def hook(**changes: Any) -> dict[str, Any]:
    """What is said of a webhook."""
    return {"url": URL, "secret": "the-secret", "events": ["push"], **changes}


async def _pull_requests(github: GitHub) -> list[PullRequestObject]:
    return [pull async for pull in github.pull_requests(REPOSITORY, state="open", pages=1)]


async def _deliveries(github: GitHub) -> list[HookDeliveryObject]:
    return [each async for each in github.hook_deliveries(REPOSITORY, 1, pages=1)]


@dataclass(frozen=True)
class Tried:
    """A call, and what is read in the example that answers it."""

    call: Callable[[Any], Awaitable[Any]]
    shown: Any = None
    of: Callable[[Any], Any] = lambda answer: answer


CALLS: dict[str, Tried] = {
    "repository": Tried(
        lambda github: github.repository(REPOSITORY), REPOSITORY, lambda found: found.full_name
    ),
    "own_repositories": Tried(
        lambda github: github.own_repositories(1),
        ([REPOSITORY], True),
        lambda found: ([each.full_name for each in found[0]], found[1]),
    ),
    "installed_repositories": Tried(
        lambda github: github.installed_repositories(1),
        ([REPOSITORY], True),
        lambda found: ([each.full_name for each in found[0]], found[1]),
    ),
    "permission_of": Tried(
        lambda github: github.permission_of(REPOSITORY, "octocat"),
        ("admin", 1),
        lambda found: (found.permission, found.user.id),
    ),
    "find_hook": Tried(
        lambda github: github.find_hook(REPOSITORY, URL), 12345678, lambda found: found.id
    ),
    "create_hook": Tried(
        lambda github: github.create_hook(REPOSITORY, **hook()), 12345678, lambda made: made.id
    ),
    "update_hook": Tried(
        lambda github: github.update_hook(REPOSITORY, 1, **hook()),
        URL,
        lambda hook: hook.config.url,
    ),
    "delete_hook": Tried(lambda github: github.delete_hook(REPOSITORY, 1)),
    "hook_deliveries": Tried(
        _deliveries,
        [(12345678, True), (123456789, True)],
        lambda found: [(each.id, each.succeeded) for each in found],
    ),
    "redeliver": Tried(lambda github: github.redeliver(REPOSITORY, 1, 2)),
    "branches": Tried(lambda github: github.branches(REPOSITORY, pages=1), (["master"], True)),
    "branch_sha": Tried(
        lambda github: github.branch_sha(REPOSITORY, "feature/PAY-1"),
        "aa218f56b14c9653891f9e74264a383fa43fefbd",
    ),
    "required_checks": Tried(lambda github: github.required_checks(REPOSITORY, "main"), []),
    "create_branch": Tried(lambda github: github.create_branch(REPOSITORY, "feature/PAY-1", SHA)),
    "pull_requests": Tried(
        _pull_requests, [1347], lambda found: [pull.facts().number for pull in found]
    ),
    "pull_request": Tried(
        lambda github: github.pull_request(REPOSITORY, 1347),
        ("Amazing new feature", Size(100, 3, datetime(2011, 1, 26, 19, 1, 12, tzinfo=UTC), 5)),
        lambda found: (found.title, found.facts().size),
    ),
    "pull_request_from": Tried(
        lambda github: github.pull_request_from(REPOSITORY, "new-topic", "master"),
        1347,
        lambda found: found.number,
    ),
    "create_pull_request": Tried(
        lambda github: github.create_pull_request(
            REPOSITORY, "new-topic", "master", title="Refunds", body="", draft=True
        ),
        1347,
        lambda made: made.number,
    ),
    "find_comment": Tried(
        lambda github: github.find_comment(REPOSITORY, 1347, "Me too"), 1, lambda found: found.id
    ),
    "create_comment": Tried(
        lambda github: github.create_comment(REPOSITORY, 1347, "Me too"), 1, lambda made: made.id
    ),
    "update_comment": Tried(lambda github: github.update_comment(REPOSITORY, 1, "Me too")),
    "delete_comment": Tried(lambda github: github.delete_comment(REPOSITORY, 1)),
    "issues": Tried(
        lambda github: github.issues(REPOSITORY, state="all", page=None),
        ([(1347, "v1.0", "#f29513")], None),
        lambda found: (
            [(each.number, each.milestone.title, each.labels[0].hex) for each in found[0]],
            found[1],
        ),
    ),
    "issue_comments": Tried(
        lambda github: github.issue_comments(REPOSITORY, page=None),
        ([(1347, "octocat", "Me too")], None),
        lambda found: ([(each.number, each.author, each.body) for each in found[0]], found[1]),
    ),
    "reviews": Tried(
        lambda github: github.reviews(REPOSITORY, 1347),
        ["approved"],
        lambda found: [review.facts(1347).state for review in found],
    ),
    "commits": Tried(
        lambda github: github.commits(REPOSITORY, 1347),
        [("octocat", "Fix all the bugs")],
        lambda found: [(each.facts().author, each.facts().message) for each in found],
    ),
    "commit_at": Tried(
        lambda github: github.commit_at(REPOSITORY, "tags/v1.2"),
        ("6dcb09b5b57875f334f61aebed695e2e4193db5e", datetime(2011, 4, 14, 16, 0, 49, tzinfo=UTC)),
        lambda found: (found.sha, found.made_at),
    ),
    "comparison": Tried(
        lambda github: github.comparison(REPOSITORY, SHA, SHA, pages=1),
        ("behind", 1, ["6dcb09b5b57875f334f61aebed695e2e4193db5e"]),
        lambda found: (found.status, found.total_commits, [each.sha for each in found.commits]),
    ),
    "check_runs": Tried(
        lambda github: github.check_runs(REPOSITORY, SHA),
        [("octoapp", "mighty_readme", CheckState.NEUTRAL)],
        lambda found: [(run.facts().app, run.name, run.facts().state) for run in found],
    ),
    "statuses": Tried(
        lambda github: github.statuses(REPOSITORY, SHA),
        [
            ("continuous-integration/jenkins", CheckState.PASSING),
            ("security/brakeman", CheckState.PASSING),
        ],
        lambda found: [(each.context, each.facts(SHA).state) for each in found],
    ),
}


async def _failed(app: GitHubApp) -> list[HookDeliveryObject]:
    return [each async for page in app.failed_deliveries() for each in page]


async def _installations(app: GitHubApp) -> list[InstallationObject]:
    return [each async for each in app.installations()]


AS_APP: dict[str, Tried] = {
    "installation": Tried(lambda app: app.installation(1), 1, lambda found: found.id),
    "installation_of": Tried(
        lambda app: app.installation_of(REPOSITORY), 1, lambda found: found.id
    ),
    "installations": Tried(
        _installations, [(1, None)], lambda found: [(each.id, each.suspended_at) for each in found]
    ),
    "new_token": Tried(
        lambda app: app.new_token(1),
        ("ghs_", datetime(2016, 7, 11, 22, 14, 10, tzinfo=UTC)),
        lambda made: (made.token[:4], made.expires_at),
    ),
    "failed_deliveries": Tried(
        _failed, [12345678, 123456789], lambda found: [each.id for each in found]
    ),
    "redeliver": Tried(lambda app: app.redeliver(2)),
}


@pytest.fixture(scope="module")
async def prism(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Prism's address.

    The description's example of a link to the next page leads to another host, where our token must not go, and
    to a path that is not described: Prism goes without.
    """
    description = orjson.loads(DESCRIPTION.read_bytes())
    del description["components"]["headers"]["link"]["example"]
    served = tmp_path_factory.mktemp("prism") / "api.github.com.json"
    served.write_bytes(orjson.dumps(description))
    with reserved_port(HOST, 0, fixed=True) as port:
        arguments = ("mock", "--host", HOST, "--port", str(port), str(served))
        async with running(PRISM, *arguments, ready="Prism is listening"):
            yield f"http://{HOST}:{port}"


@pytest.fixture
async def github(prism: str, settings: Settings, redis: Redis) -> AsyncIterator[GitHub]:
    """The client, beside Prism."""
    async with transport_to(prism, settings, redis, patience=60) as transport:
        yield GitHub(transport, Bearer.of("a-token"))


@pytest.mark.parametrize("name", CALLS)
async def test_a_call_is_as_github_describes_it_and_its_answer_is_read(
    github: GitHub, name: str
) -> None:
    tried = CALLS[name]
    assert tried.of(await tried.call(github)) == tried.shown


@pytest.mark.parametrize("name", AS_APP)
async def test_what_the_app_asks_as_itself_is_as_github_describes_it(
    prism: str, settings: Settings, redis: Redis, name: str
) -> None:
    tried = AS_APP[name]
    async with transport_to(prism, settings, redis, patience=60) as transport:
        app = GitHubApp(transport, identity(), SystemClock())
        assert tried.of(await tried.call(app)) == tried.shown


async def test_a_manifest_is_converted_as_github_describes_it(
    prism: str, settings: Settings, redis: Redis
) -> None:
    async with transport_to(prism, settings, redis, patience=60) as transport:
        made = await convert_manifest(transport, "a-code")
    assert (made.id, made.slug) == (1, "octoapp")
    assert made.pem.startswith("-----BEGIN RSA PRIVATE KEY-----")


async def test_who_signs_in_is_asked_for_as_github_describes_it(
    prism: str, settings: Settings
) -> None:
    there = {"github_api_url": prism, "github_timeout_seconds": 60}
    application = GitHubApplication("x", "y")
    async with GitHubOAuth(settings.model_copy(update=there), application) as github:
        profile = await github.profile("a-token")
    assert (profile.login, profile.verified_emails) == ("octocat", ("octocat@github.com",))


async def test_prism_notices_what_is_not_described(github: GitHub) -> None:
    with pytest.raises(GitHubRefuses):
        await github.create_hook(REPOSITORY, **hook(events=[1]))


def test_every_call_of_the_client_is_tried() -> None:
    for client, tried in ((GitHub, CALLS), (GitHubApp, AS_APP)):
        methods = inspect.getmembers(client, inspect.isfunction)
        assert set(tried) == {name for name, _ in methods if not name.startswith("_")}
