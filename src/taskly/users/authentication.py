"""From what came with a request to who makes it.

This runs with every request, so it asks the database only when it has to: whether a session or a token
still counts is remembered for `REMEMBERED_SECONDS`, and that is how late a process may notice that one
was revoked.
"""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection

from taskly.kit.tokens import PREFIX, hash_token, is_well_formed
from taskly.platform.context import Actor
from taskly.platform.http.problems import NotSignedIn
from taskly.platform.runtime import Runtime, runtime_of
from taskly.users import repository
from taskly.users.access_tokens import InvalidAccessToken
from taskly.users.cookies import Cookies
from taskly.users.errors import CrossSite, InsufficientScope
from taskly.users.issuing import Issuer
from taskly.users.personal_tokens import Scope, granted
from taskly.users.principal import Principal
from taskly.users.repository import LiveToken
from taskly.users.ttl_cache import TtlCache

REMEMBERED_SECONDS = 3.0
USE_NOTED_EVERY = timedelta(minutes=1)
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SOCKET_TOKEN_PREFIX = "bearer."  # noqa: S105 - the marker before a token

log = structlog.get_logger()


class Authenticator:
    """Tells who makes a request. One for each process; see `authenticator_of`."""

    def __init__(self, runtime: Runtime) -> None:
        self._database = runtime.database
        self.issuer = Issuer(runtime.settings)
        self.cookies = Cookies(runtime.settings)
        self._origins = runtime.settings.origins
        self._clock = runtime.clock
        self._sessions: TtlCache[UUID, bool] = TtlCache(
            self._is_live, clock=runtime.clock, seconds=REMEMBERED_SECONDS
        )
        self._tokens: TtlCache[bytes, LiveToken | None] = TtlCache(
            self._live_token, clock=runtime.clock, seconds=REMEMBERED_SECONDS
        )

    async def aclose(self) -> None:
        """Stop asking the database."""
        await self._sessions.aclose()
        await self._tokens.aclose()

    async def authenticate(self, request: HTTPConnection) -> Principal:
        """Who makes this HTTP request.

        Raises:
            NotSignedIn: nobody, or somebody whose credentials do not count any more. Always in the
                same words, so that nobody learns what was wrong with a token.
            CrossSite: a change by cookie that another site may have sent.
            InsufficientScope: a change with a token that is only for reading.
        """
        method = request.scope["method"]
        bearer = bearer_token(request.headers.get("authorization"))
        if bearer is None:
            cookie = request.cookies.get(self.cookies.access)
            if cookie is None:
                raise NotSignedIn
            self.require_same_site(request)
            return await self._by_access_token(cookie)
        principal = await self._by_bearer(bearer)
        if method not in READING_METHODS and Scope.WRITE not in principal.scopes:
            raise InsufficientScope("This token is only for reading.", scope=Scope.WRITE.value)
        return principal

    async def authenticate_socket(self, websocket: HTTPConnection) -> Principal:
        """Who opens this WebSocket: a bearer token in the `Authorization` header or, as
        `bearer.<token>`, among the subprotocols; otherwise the session cookie, with our Origin.

        Raises:
            CrossSite: a page of another site opens it.
            NotSignedIn: as for requests.
        """
        origin = websocket.headers.get("origin")
        if origin is not None and origin not in self._origins:
            raise CrossSite
        bearer = bearer_token(websocket.headers.get("authorization")) or _offered_token(websocket)
        if bearer is not None:
            return await self._by_bearer(bearer)
        cookie = websocket.cookies.get(self.cookies.access)
        if cookie is None:
            raise NotSignedIn
        if origin is None:
            raise CrossSite
        return await self._by_access_token(cookie)

    def require_same_site(self, request: HTTPConnection) -> None:
        """Refuse a change by cookie unless a page of ours surely sent it.

        Raises:
            CrossSite: the Origin is not ours, or the header that other sites can't send is missing.
        """
        if request.scope["method"] not in READING_METHODS and not self._is_same_site(request):
            raise CrossSite

    def take_cookies_away(self, request: HTTPConnection, refusal: NotSignedIn) -> None:
        """Have a browser forget with the refusal what has ended: its scripts can't reach our cookies.

        Only if a page of ours asked: otherwise every site could sign people out.
        """
        if bearer_token(request.headers.get("authorization")) is None and self._is_same_site(
            request
        ):
            self.cookies.sign_out_with(refusal)

    def _is_same_site(self, request: HTTPConnection) -> bool:
        headers = request.headers
        return headers.get("origin") in self._origins and headers.get("x-taskly-request") == "1"

    async def _by_bearer(self, secret: str) -> Principal:
        if not secret.startswith(PREFIX):
            return await self._by_access_token(secret)
        token = await self._tokens.get(hash_token(secret)) if is_well_formed(secret) else None
        if token is None or token.expires_at <= self._clock.now():
            raise NotSignedIn
        return Principal(user_id=token.user_id, token_id=token.id, scopes=granted(token.scopes))

    async def _by_access_token(self, text: str) -> Principal:
        try:
            claims = self.issuer.access_tokens.verify(text, self._clock.now())
        except InvalidAccessToken:
            raise NotSignedIn from None
        if not await self._sessions.get(claims.session_id):
            raise NotSignedIn
        return Principal(user_id=claims.user_id, session_id=claims.session_id)

    async def _is_live(self, session_id: UUID) -> bool:
        async with self._database.reading() as session:
            return session_id in await repository.live_sessions(
                session, [session_id], self._clock.now()
            )

    async def _live_token(self, token_hash: bytes) -> LiveToken | None:
        async with self._database.reading() as session:
            token = await repository.live_api_token(session, token_hash, self._clock.now())
        if token is not None:
            await self._note_use(token)
        return token

    async def _note_use(self, token: LiveToken) -> None:
        """Keep "last used" right to the minute; never at the price of the request."""
        now = self._clock.now()
        noted = token.last_used_at
        if noted is not None and now - noted < USE_NOTED_EVERY:
            return
        try:
            async with self._database.transaction(Actor.user(token.user_id)) as tx:
                await repository.touch_api_token(
                    tx.session, token.id, now, unless_since=now - USE_NOTED_EVERY
                )
        except SQLAlchemyError as error:
            log.warning("auth.token_use_not_noted", error=type(error).__name__)


def authenticator_of(connection: HTTPConnection) -> Authenticator:
    """The authenticator of the process that serves this request or socket."""
    runtime = runtime_of(connection)
    return runtime.belongings.get(Authenticator, lambda: Authenticator(runtime))


def bearer_token(authorization: str | None) -> str | None:
    """The token of an `Authorization: Bearer` header; None for other schemes."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _offered_token(websocket: HTTPConnection) -> str | None:
    offered: list[str] = websocket.scope.get("subprotocols", [])
    return next(
        (
            each.removeprefix(SOCKET_TOKEN_PREFIX)
            for each in offered
            if each.startswith(SOCKET_TOKEN_PREFIX)
        ),
        None,
    )
