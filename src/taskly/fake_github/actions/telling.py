"""Telling webhooks what happened."""

import json
from collections.abc import Callable

from taskly.fake_github.shapes.accounts import organization, simple_user
from taskly.fake_github.shapes.repositories import repository_in_payload
from taskly.fake_github.shapes.writing import JsonObject, node_id
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.hooks import Envelope, Hook
from taskly.fake_github.world.repositories import Repository

Shape = Callable[[], JsonObject]

# Events that only the app's own webhook hears of, not those of repositories.
_ONLY_FOR_APPS = {("check_suite", "requested"), ("check_suite", "rerequested")}


def tell(
    github: GitHub,
    repository: Repository,
    event: str,
    sender: Account,
    body: Shape,
    *,
    action: str | None = None,
) -> None:
    """Put one envelope for every webhook that wants the event into the outbox.

    The body is written now, once, and only when somebody wants it: later changes do not show in it.
    """
    hooks = [hook for hook in repository.hooks.values() if hook.wants(event)]
    apps = [
        (app.hook, installation.id)
        for app in github.apps.values()
        if app.hook is not None and app.hook.wants(event)
        if (installation := app.sees(repository.id, repository.owner)) is not None
    ]
    if (event, action) in _ONLY_FOR_APPS:
        hooks = []
    if not hooks and not apps:
        return
    told = around(github, repository, sender, body(), action)
    for hook in hooks:
        post(github, hook, event, told, action=action, repository=repository)
    for hook, installation_id in apps:
        post(
            github,
            hook,
            event,
            {**told, "installation": installation_reference(installation_id)},
            action=action,
            repository=repository,
            installation_id=installation_id,
        )


def around(
    github: GitHub, repository: Repository, sender: Account, body: JsonObject, action: str | None
) -> JsonObject:
    """A payload: the action, what it is about, where it was and who did it."""
    payload: JsonObject = {} if action is None else {"action": action}
    payload |= body
    payload.setdefault("repository", repository_in_payload(github.addresses, repository))
    if repository.owner.kind == "Organization":
        payload["organization"] = organization(github.addresses, repository.owner)
    payload["sender"] = simple_user(github.addresses, sender)
    return payload


def installation_reference(installation_id: int) -> JsonObject:
    """The installation through which an app hears of something."""
    return {
        "id": installation_id,
        "node_id": node_id("IntegrationInstallation", installation_id),
    }


def post(
    github: GitHub,
    hook: Hook,
    event: str,
    payload: JsonObject,
    *,
    action: str | None = None,
    repository: Repository | None = None,
    installation_id: int | None = None,
) -> None:
    """Put one envelope for one webhook into the outbox."""
    github.outbox.append(
        Envelope(
            hook=hook,
            guid=github.new_guid(),
            event=event,
            action=action,
            payload=json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode(),
            repository_id=None if repository is None else repository.id,
            installation_id=installation_id,
        )
    )
