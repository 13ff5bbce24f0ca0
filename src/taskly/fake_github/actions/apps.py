"""GitHub Apps are made, installed and taken off, and get tokens."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from taskly.fake_github.actions.telling import post
from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.shapes.apps import installation as installation_shape
from taskly.fake_github.shapes.writing import JsonObject, node_id
from taskly.fake_github.world.accounts import Account, Token, new_secret
from taskly.fake_github.world.apps import App, Installation
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.hooks import Hook
from taskly.fake_github.world.refusals import invalid
from taskly.fake_github.world.sign_in import OAuthApplication

INSTALLATION_TOKEN_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class AppSecrets:
    """What is told once, when an app is made."""

    client_secret: str
    webhook_secret: str | None
    private_key: str


def create_app(
    github: GitHub,
    owner: Account,
    name: str,
    *,
    permissions: Mapping[str, str],
    events: Sequence[str],
    webhook_url: str | None = None,
    webhook_secret: str | None = None,
    callback_urls: Sequence[str] = (),
    external_url: str = "https://example.com",
    description: str | None = None,
) -> tuple[App, AppSecrets]:
    """A new app, and its secrets.

    Raises:
        Refusal: 422 when the name is taken.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if any(app.slug == slug for app in github.apps.values()):
        raise invalid("Integration", "name", "already_exists")
    at = github.clock.time_of_change()
    private_key, public_key = _new_keys()
    told = AppSecrets(secrets.token_hex(20), webhook_secret, private_key)
    app = App(
        id=github.numbers.next("app"),
        slug=slug,
        name=name,
        owner=owner,
        client_id="Iv1." + secrets.token_hex(8),
        created_at=at,
        updated_at=at,
        permissions=dict(permissions),
        events=list(events),
        description=description,
        external_url=external_url,
        public_key=public_key,
    )
    if webhook_url is not None:
        app.hook = _app_hook(github, app, webhook_url, webhook_secret)
    github.apps[app.id] = app
    github.sign_in.applications[app.client_id] = _sign_in_to(app, told, callback_urls)
    return app, told


def _sign_in_to(app: App, told: AppSecrets, callback_urls: Sequence[str]) -> OAuthApplication:
    return OAuthApplication(
        client_id=app.client_id,
        client_secret=told.client_secret,
        name=app.name,
        callback_urls=list(callback_urls),
        expiring_tokens=True,
    )


def _new_keys() -> tuple[str, str]:
    """A private key and its public one, as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def _app_hook(github: GitHub, app: App, url: str, secret: str | None) -> Hook:
    return Hook(
        id=github.numbers.next("hook"),
        target_id=app.id,
        target_kind="integration",
        url=url,
        events=[*app.events, "installation", "installation_repositories"],
        created_at=app.created_at,
        updated_at=app.updated_at,
        secret=secret,
        content_type="json",
    )


def install_app(
    github: GitHub, app: App, account: Account, repository_ids: Sequence[int] | None = None
) -> Installation:
    """Let the app see an account's repositories, all or these."""
    at = github.clock.time_of_change()
    installation = Installation(
        id=github.numbers.next("installation"),
        account=account,
        created_at=at,
        updated_at=at,
        repository_ids=None if repository_ids is None else list(repository_ids),
    )
    app.installations[installation.id] = installation
    _tell_installation(github, app, installation, "created")
    return installation


def uninstall_app(github: GitHub, app: App, installation: Installation) -> None:
    """Take it away; its tokens end."""
    github.clock.time_of_change()
    del app.installations[installation.id]
    for value, token in list(github.tokens.items()):
        if token.installation_id == installation.id:
            del github.tokens[value]
    _tell_installation(github, app, installation, "deleted")


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


def _tell_installation(github: GitHub, app: App, installation: Installation, action: str) -> None:
    if app.hook is None:
        return
    payload: JsonObject = {
        "action": action,
        "installation": installation_shape(github, app, installation),
        "repositories": [
            {
                "id": repository.id,
                "node_id": node_id("Repository", repository.id),
                "name": repository.name,
                "full_name": repository.full_name,
                "private": repository.private,
            }
            for repository in github.repositories.values()
            if repository.owner is installation.account
            and (
                installation.repository_ids is None or repository.id in installation.repository_ids
            )
        ],
        "sender": simple_user(github.addresses, installation.account),
    }
    post(
        github,
        app.hook,
        "installation",
        payload,
        action=action,
        installation_id=installation.id,
    )
