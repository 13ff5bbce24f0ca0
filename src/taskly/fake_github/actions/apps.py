"""GitHub Apps are made."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.apps import App
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.hooks import Hook
from taskly.fake_github.world.refusals import invalid
from taskly.fake_github.world.sign_in import OAuthApplication


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
    setup_url: str | None = None,
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
        setup_url=setup_url,
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
