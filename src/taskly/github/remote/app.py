"""GitHub's API for a GitHub App itself: it shows a statement that it signs with its private key.

What is done in repositories is done by the app's installations, see `installation_tokens`.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from urllib.parse import quote

import jwt

from taskly.github.errors import AppShutOut, GitHubNotFound, GitHubTokenRefused, GitHubUnavailable
from taskly.github.remote.app_resources import (
    ConvertedManifest,
    InstallationObject,
    InstallationToken,
)
from taskly.github.remote.hook_resources import HookDeliveryObject
from taskly.github.remote.identity import AppIdentity
from taskly.github.remote.transport import Answer, Bearer, Call, Transport
from taskly.github.remote.understanding import (
    PAGE,
    Query,
    accepted,
    pages_of,
    read_answer,
    repository_path,
)
from taskly.kit.clock import Clock

SKEW = timedelta(minutes=1)
"""So far GitHub's clock may be behind ours."""
LIFETIME = timedelta(minutes=9)
"""GitHub takes no statement that counts for more than ten minutes."""
PAGES = 10
UNINSTALLED = (
    "The GitHub App is not installed there any more. Install it again, or disconnect the repository and connect "
    "it in your own name."
)
DISOWNED = (
    "GitHub does not know the GitHub App of this installation, or not its private key. Its operator looks at the "
    "settings and at this machine's clock."
)


class GitHubApp:
    """What the app may ask as itself. Every method can raise what those of `client.GitHub` can, and

    AppShutOut: GitHub does not take the app's signature.
    """

    def __init__(
        self, transport: Transport, identity: AppIdentity, clock: Clock, *, sparing: bool = False
    ) -> None:
        self._transport = transport
        self._identity = identity
        self._clock = clock
        self._sparing = sparing

    @property
    def id(self) -> int:
        """GitHub's id of the app."""
        return self._identity.id

    async def installation(self, installation_id: int) -> InstallationObject:
        """One of the app's installations.

        Raises:
            GitHubNotFound: it was taken off.
        """
        answer = await self._ask(f"/app/installations/{installation_id}")
        return read_answer(answer, InstallationObject)

    async def installation_of(self, full_name: str) -> InstallationObject | None:
        """The installation that sees a repository, suspended or not; None if there is none."""
        try:
            answer = await self._ask(f"{repository_path(full_name)}/installation")
        except GitHubNotFound:
            return None
        return read_answer(answer, InstallationObject)

    async def installations(self) -> AsyncIterator[InstallationObject]:
        """Where the app is installed."""
        async for page in self._pages("/app/installations", {"per_page": PAGE}):
            for installation in read_answer(page, list[InstallationObject]):
                yield installation

    async def new_token(self, installation_id: int) -> InstallationToken:
        """A token for an installation. Each of them counts, so it does no harm to ask again.

        Raises:
            AppShutOut: the app is suspended there, or was taken off.
        """
        path = f"/app/installations/{installation_id}/access_tokens"
        try:
            answer = await self._send(Call("POST", path, repeatable=True))
        except GitHubNotFound:
            raise AppShutOut(UNINSTALLED) from None
        return read_answer(answer, InstallationToken)

    async def failed_deliveries(self) -> AsyncIterator[list[HookDeliveryObject]]:
        """Pages of what the app's webhook could not deliver, of all repositories, newest first, of three days.

        Raises:
            GitHubNotFound: the app has no webhook.
        """
        query: dict[str, str | int] = {"status": "failure", "per_page": PAGE}
        async for page in self._pages("/app/hook/deliveries", query):
            yield read_answer(page, list[HookDeliveryObject])

    async def redeliver(self, delivery_id: int) -> None:
        """Have a delivery sent once more. To ask twice does no harm: it has the same id.

        Raises:
            GitHubNotFound: GitHub does not keep it any more.
        """
        path = f"/app/hook/deliveries/{delivery_id}/attempts"
        await self._send(Call("POST", path, repeatable=True))

    async def _ask(self, path: str) -> Answer:
        return await self._send(Call("GET", path, repeatable=True))

    def _pages(self, path: str, query: Query) -> AsyncIterator[Answer]:
        return pages_of(self._send, path, query, most=PAGES)

    async def _send(self, call: Call) -> Answer:
        statement = sign_statement(self._identity, self._clock.now())
        bearer = Bearer(statement, f"app:{self._identity.id}")
        try:
            return accepted(await self._transport.send(call, bearer, sparing=self._sparing))
        except GitHubTokenRefused:
            raise AppShutOut(DISOWNED) from None


def sign_statement(identity: AppIdentity, now: datetime) -> str:
    """What the app says about itself, for ten minutes at most (RS256)."""
    claims = {
        "iat": int((now - SKEW).timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "iss": str(identity.id),
    }
    return jwt.encode(claims, identity.private_key, algorithm="RS256")


async def convert_manifest(transport: Transport, code: str) -> ConvertedManifest:
    """The app that was made on GitHub's page: asked for by nobody, with the code that the browser brought back.

    Raises:
        GitHubNotFound: the code is none, was used, or is older than an hour.
        GitHubUnavailable: there is no answer that makes sense.
    """
    path = f"/app-manifests/{quote(code, safe='')}/conversions"
    call = Call("POST", path, named="/app-manifests/{code}/conversions")
    made = read_answer(accepted(await transport.send(call, NOBODY)), ConvertedManifest)
    if made.webhook_secret is None:
        raise GitHubUnavailable("GitHub told no secret for the app's webhook.")
    return made


NOBODY = Bearer(None, "nobody")
