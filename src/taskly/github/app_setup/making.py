"""Making the GitHub App: out to GitHub's page for new apps, and back with a code for its secrets."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import structlog

from taskly.github.app_setup.links import MAKE_A_NEW_ONE, check_link, check_state, make_state
from taskly.github.app_setup.manifest import manifest
from taskly.github.errors import AppExists, AppSetupOver, GitHubNotFound
from taskly.github.remote.accounts import transport_of
from taskly.github.remote.app import convert_manifest
from taskly.github.remote.app_resources import ConvertedManifest
from taskly.github.remote.identity import app_identity
from taskly.kit.tokens import make_opaque_token
from taskly.platform.context import SYSTEM
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from taskly.users.github_app_models import GitHubAppRow, secret_owner
from taskly.users.github_application import forget_github_application

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Departure:
    """The form that leads to GitHub, and the cookie of the browser that sends it."""

    action: str
    manifest: dict[str, Any]
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadeApp:
    """A new app, and where it can be installed."""

    name: str
    install_url: str


async def depart(runtime: Runtime, token: str, organization: str | None) -> Departure:
    """The form with which whoever has the operator's link makes the app.

    Raises:
        AppSetupOver: the link is none, or too old.
        AppExists: there is an app.
    """
    now = runtime.clock.now()
    check_link(runtime.encryption, token, now)
    await _require_none(runtime)
    secret = make_opaque_token()
    state = make_state(runtime.encryption, secret, now)
    place = "" if organization is None else f"/organizations/{quote(organization, safe='')}"
    action = f"{runtime.settings.github_web_url}{place}/settings/apps/new"
    return Departure(f"{action}?{urlencode({'state': state})}", manifest(runtime.settings), secret)


async def arrive(runtime: Runtime, code: str, state: str, cookie: str | None) -> MadeApp:
    """Keep the app that was made at GitHub. No database connection is held while GitHub is asked.

    Raises:
        AppSetupOver: this browser was not sent to GitHub lately, or GitHub does not know the code.
        AppExists: there is an app.
        GitHubUnavailable: GitHub does not answer.
    """
    check_state(runtime.encryption, state, cookie, runtime.clock.now())
    await _require_none(runtime)
    try:
        made = await convert_manifest(transport_of(runtime), code)
    except GitHubNotFound:
        raise AppSetupOver(MAKE_A_NEW_ONE) from None
    async with runtime.database.transaction(SYSTEM) as tx:
        tx.session.add(_row(runtime, made))
        await tx.session.flush()
    forget_github_application(runtime)
    log.info("github.app_made", app_id=made.id, slug=made.slug)
    return MadeApp(made.name or made.slug, install_url(runtime.settings, made.slug))


def install_url(settings: Settings, slug: str) -> str:
    """Where an app is installed on accounts."""
    return f"{settings.github_web_url}/apps/{quote(slug, safe='')}/installations/new"


async def _require_none(runtime: Runtime) -> None:
    known = await app_identity(runtime)
    if known is not None:
        where = install_url(runtime.settings, known.slug)
        raise AppExists(
            f"This Taskly has a GitHub App. It is installed on further accounts at {where}"
        )


def _row(runtime: Runtime, made: ConvertedManifest) -> GitHubAppRow:
    def sealed(column: str, value: str) -> str:
        return runtime.encryption.encrypt_text(value, secret_owner(column, made.id))

    return GitHubAppRow(
        github_id=made.id,
        slug=made.slug,
        name=made.name[:255],
        client_id=made.client_id,
        client_secret=sealed("client_secret", made.client_secret),
        webhook_secret=sealed("webhook_secret", made.webhook_secret or ""),
        private_key=sealed("private_key", made.pem),
    )
