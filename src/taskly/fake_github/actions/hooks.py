"""Webhooks are made, changed and tried."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from taskly.fake_github.actions.telling import post
from taskly.fake_github.shapes.accounts import organization, simple_user
from taskly.fake_github.shapes.hooks import hook as hook_shape
from taskly.fake_github.shapes.repositories import repository_in_payload
from taskly.fake_github.shapes.writing import JsonObject
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.hooks import ContentType, Delivery, Envelope, Hook
from taskly.fake_github.world.refusals import Refusal, invalid
from taskly.fake_github.world.repositories import Repository

MOST_HOOKS = 20
_ZEN = (
    "Keep it logically awesome.",
    "Responsive is better than fast.",
    "Approachable is better than simple.",
    "Speak like a human.",
)
KNOWN_EVENTS = frozenset(
    {
        "*",
        "check_run",
        "check_suite",
        "commit_comment",
        "create",
        "delete",
        "deployment",
        "deployment_status",
        "fork",
        "issue_comment",
        "issues",
        "label",
        "member",
        "milestone",
        "public",
        "pull_request",
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_review_thread",
        "push",
        "release",
        "repository",
        "star",
        "status",
        "team_add",
        "watch",
        "workflow_job",
        "workflow_run",
    }
)


def create_hook(
    github: GitHub,
    repository: Repository,
    actor: Account,
    *,
    url: str,
    events: Sequence[str] = ("push",),
    secret: str | None = None,
    content_type: ContentType = "form",
    insecure_ssl: str = "0",
    active: bool = True,
) -> Hook:
    """A new webhook; it is pinged at once.

    Raises:
        Refusal: 422 for a bad address, unknown events, or when there is the same or too many.
    """
    check_url(url)
    check_reach(github, url)
    check_events(events)
    if any(
        known.url == url and set(known.events) == set(events) for known in repository.hooks.values()
    ):
        raise _hook_refusal("Hook already exists on this repository")
    if len(repository.hooks) >= MOST_HOOKS:
        raise _hook_refusal(f'The "push" event cannot have more than {MOST_HOOKS} hooks')
    at = github.clock.time_of_change()
    hook = Hook(
        id=github.numbers.next("hook"),
        target_id=repository.id,
        target_kind="repository",
        url=url,
        events=sorted(set(events)),
        created_at=at,
        updated_at=at,
        secret=secret,
        content_type=content_type,
        insecure_ssl=insecure_ssl,
        active=active,
    )
    repository.hooks[hook.id] = hook
    ping(github, repository, hook, actor)
    return hook


def ping(github: GitHub, repository: Repository, hook: Hook, sender: Account) -> None:
    """Send the greeting that shows that a webhook works."""
    payload: JsonObject = {
        "zen": _ZEN[hook.id % len(_ZEN)],
        "hook_id": hook.id,
        "hook": hook_shape(github.addresses, repository, hook),
        "repository": repository_in_payload(github.addresses, repository),
    }
    if repository.owner.kind == "Organization":
        payload["organization"] = organization(github.addresses, repository.owner)
    payload["sender"] = simple_user(github.addresses, sender)
    post(github, hook, "ping", payload, repository=repository)


def redeliver(github: GitHub, delivery: Delivery) -> None:
    """Send the same again, under the same identifier."""
    first = delivery.envelope
    github.outbox.append(
        Envelope(
            hook=first.hook,
            guid=first.guid,
            event=first.event,
            action=first.action,
            payload=first.payload,
            repository_id=first.repository_id,
            installation_id=first.installation_id,
            redelivery=True,
        )
    )


def check_url(url: str) -> None:
    """Refuse what is no address of a web server."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid("Hook", "url", "invalid", "url must be a valid http or https address")


def check_reach(github: GitHub, url: str) -> None:
    """Refuse what GitHub's servers can't reach, where somebody asked for that: tests stand on one machine.

    Raises:
        Refusal: 422, in GitHub's words.
    """
    if github.faults.for_event("unreachable_hooks", "ping"):
        host = urlsplit(url).hostname
        raise _hook_refusal(
            f"url is not supported because it isn't reachable over the public Internet ({host})"
        )


def check_events(events: Sequence[str]) -> None:
    """Refuse events that nobody has heard of."""
    unknown = sorted(set(events) - KNOWN_EVENTS)
    if unknown or not events:
        raise _hook_refusal(f"Invalid events: {unknown}")


def _hook_refusal(message: str) -> Refusal:
    error = {"resource": "Hook", "code": "custom", "message": message}
    return Refusal(422, "Validation Failed", errors=[error])
