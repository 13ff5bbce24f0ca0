"""GitHub Apps are installed, suspended and taken off, see more or fewer repositories, and get tokens."""

from collections.abc import Sequence
from datetime import timedelta

from taskly.fake_github.actions.telling import post
from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.shapes.apps import installation as installation_shape
from taskly.fake_github.shapes.writing import JsonObject, node_id
from taskly.fake_github.world.accounts import Account, Token, new_secret
from taskly.fake_github.world.apps import App, Installation
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.repositories import Repository

INSTALLATION_TOKEN_LIFETIME = timedelta(hours=1)


def install_app(
    github: GitHub, app: App, account: Account, repository_ids: Sequence[int] | None = None
) -> Installation:
    """Let the app see an account's repositories, all or these. An app is on an account once at most."""
    for known in app.installations.values():
        if known.account is account:
            return known
    at = github.clock.time_of_change()
    installation = Installation(
        id=github.numbers.next("installation"),
        account=account,
        created_at=at,
        updated_at=at,
        repository_ids=None if repository_ids is None else list(repository_ids),
        permissions=dict(app.permissions),
    )
    app.installations[installation.id] = installation
    _tell_installation(github, app, installation, "created", with_repositories=True)
    return installation


def uninstall_app(github: GitHub, app: App, installation: Installation) -> None:
    """Take it away; its tokens end."""
    github.clock.time_of_change()
    seen = _seen(github, installation)
    del app.installations[installation.id]
    for value, token in list(github.tokens.items()):
        if token.installation_id == installation.id:
            del github.tokens[value]
    _tell_installation(github, app, installation, "deleted", seen=seen)


def suspend_app(github: GitHub, app: App, installation: Installation) -> None:
    """Let it see and do nothing until it is unsuspended."""
    if installation.suspended_at is None:
        installation.suspended_at = github.clock.time_of_change()
        installation.updated_at = installation.suspended_at
        _tell_installation(github, app, installation, "suspend")


def unsuspend_app(github: GitHub, app: App, installation: Installation) -> None:
    """Let it go on."""
    if installation.suspended_at is not None:
        installation.suspended_at = None
        installation.updated_at = github.clock.time_of_change()
        _tell_installation(github, app, installation, "unsuspend")


def accept_permissions(github: GitHub, app: App, installation: Installation) -> None:
    """Give it what the app asks for by now."""
    installation.permissions = dict(app.permissions)
    installation.updated_at = github.clock.time_of_change()
    _tell_installation(github, app, installation, "new_permissions_accepted")


def choose_repositories(
    github: GitHub, app: App, installation: Installation, repository_ids: Sequence[int] | None
) -> None:
    """Let it see all repositories of the account, or just these."""
    before = {each.id: each for each in _seen(github, installation)}
    installation.repository_ids = None if repository_ids is None else list(repository_ids)
    installation.updated_at = github.clock.time_of_change()
    after = {each.id: each for each in _seen(github, installation)}
    added = [each for key, each in after.items() if key not in before]
    removed = [each for key, each in before.items() if key not in after]
    for action, changed in (("added", added), ("removed", removed)):
        if changed:
            _tell_repositories(github, app, installation, action, changed)


def create_installation_token(github: GitHub, app: App, installation: Installation) -> Token:
    """A token for one hour. It acts as the app's bot with the account's repositories."""
    at = github.now()
    bot = Account(
        id=app.id,
        login=f"{app.slug}[bot]",
        name=app.name,
        kind="Bot",
        created_at=app.created_at,
        updated_at=app.updated_at,
    )
    token = Token(
        id=github.numbers.next("token"),
        value=new_secret("ghs_"),
        account=bot,
        scopes=None,
        created_at=at,
        expires_at=at + INSTALLATION_TOKEN_LIFETIME,
        installation_id=installation.id,
    )
    github.tokens[token.value] = token
    return token


def _seen(github: GitHub, installation: Installation) -> list[Repository]:
    chosen = installation.repository_ids
    return [
        repository
        for repository in github.repositories.values()
        if repository.owner is installation.account and (chosen is None or repository.id in chosen)
    ]


def _tell_installation(
    github: GitHub,
    app: App,
    installation: Installation,
    action: str,
    *,
    seen: Sequence[Repository] | None = None,
    with_repositories: bool = False,
) -> None:
    body: JsonObject = {"installation": installation_shape(github, app, installation)}
    if with_repositories or seen is not None:
        repositories = _seen(github, installation) if seen is None else seen
        body["repositories"] = [_named(repository) for repository in repositories]
    if with_repositories:
        body["requester"] = None
    _tell(github, app, installation, "installation", action, body)


def _tell_repositories(
    github: GitHub,
    app: App,
    installation: Installation,
    action: str,
    changed: Sequence[Repository],
) -> None:
    named = [_named(repository) for repository in changed]
    body: JsonObject = {
        "installation": installation_shape(github, app, installation),
        "repository_selection": "all" if installation.repository_ids is None else "selected",
        "repositories_added": named if action == "added" else [],
        "repositories_removed": named if action == "removed" else [],
        "requester": None,
    }
    _tell(github, app, installation, "installation_repositories", action, body)


def _tell(
    github: GitHub, app: App, installation: Installation, event: str, action: str, body: JsonObject
) -> None:
    if app.hook is None:
        return
    sender = simple_user(github.addresses, installation.account)
    payload: JsonObject = {"action": action, **body, "sender": sender}
    post(github, app.hook, event, payload, action=action, installation_id=installation.id)


def _named(repository: Repository) -> JsonObject:
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
    }
