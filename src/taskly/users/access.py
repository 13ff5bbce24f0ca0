"""The door to everything: who is asking, and the transaction or session to answer in.

Endpoints and the doors of the domains name these types in their signatures:

    async def rename_board(board: BoardToEdit, principal: SignedIn, tx: Tx) -> …
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Depends
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import Forbidden, NotSignedIn, Problem
from taskly.platform.runtime import runtime_of
from taskly.users import repository
from taskly.users.authentication import Authenticator, authenticator_of
from taskly.users.idempotency import IDEMPOTENCY_KEY, carried_out_once
from taskly.users.limits import limits_of
from taskly.users.personal_tokens import Scope
from taskly.users.principal import Principal
from taskly.users.sessions import session_of_refresh_token

__all__ = [
    "CostlyLimited",
    "KeyedTx",
    "Principal",
    "ReadSession",
    "Scope",
    "SignedIn",
    "SignedInToAdminister",
    "Tx",
    "authenticate_socket",
    "note_operation",
    "read_session",
    "session_to_end",
    "signed_in",
    "still_signed_in",
    "write_transaction",
]


class SignIn(SecurityBase):
    """The dependency behind `SignedIn`: who makes the request.

    Being one of the framework's security schemes, it marks in the OpenAPI document what is not public.
    """

    scheme_name = "bearer"
    model = HTTPBearer(
        description="An access token or a personal token. Browsers send their session cookie instead, "
        "and with every change their `Origin` and `X-Taskly-Request: 1`."
    )

    async def __call__(self, connection: HTTPConnection) -> Principal:
        """Who makes the request. Takes no database connection along into the endpoint.

        Raises:
            NotSignedIn: nobody who counts.
            CrossSite: a change by cookie that another site may have sent.
            InsufficientScope: a change with a token that is only for reading.
            TooManyRequests: more than the person or the address may send.
        """
        limits = limits_of(connection)
        try:
            principal = await authenticator_of(connection).authenticate(connection)
        except Problem:
            await limits.count(connection, None)
            raise
        await limits.count(connection, principal)
        structlog.contextvars.bind_contextvars(user_id=str(principal.user_id))
        return principal


signed_in = SignIn()
SignedIn = Annotated[Principal, Depends(signed_in)]


async def _signed_in_to_administer(principal: SignedIn) -> Principal:
    principal.require(Scope.ADMIN)
    return principal


SignedInToAdminister = Annotated[Principal, Depends(_signed_in_to_administer)]
"""For what a personal token may touch only with the scope `admin`, whatever the role."""


async def _signed_in_by_oneself(principal: SignedIn) -> Principal:
    if principal.session_id is None:
        raise Forbidden("A personal token can't do this: it would outlive its own end. Sign in.")
    return principal


SignedInByOneself = Annotated[Principal, Depends(_signed_in_by_oneself)]
"""For what no personal token may do, whatever its scope."""


async def _limit_costly(connection: HTTPConnection, principal: SignedIn) -> None:
    await limits_of(connection).count_costly(connection, principal)


CostlyLimited = Depends(_limit_costly)
"""For operations that cost much, such as mail to many or a whole export: few a minute pass."""


async def session_to_end(connection: HTTPConnection) -> UUID:
    """The session that a request to sign out is about; the refresh cookie names it too, because the
    access token may have expired.

    Raises:
        NotSignedIn: there is no live session; the browser forgets its cookies.
        CrossSite: a change by cookie that another site may have sent.
        Forbidden: the request was made with a personal token.
    """
    authenticator = authenticator_of(connection)
    try:
        return await _session_named(connection, authenticator)
    except NotSignedIn as refusal:
        authenticator.take_cookies_away(connection, refusal)
        raise


async def _session_named(connection: HTTPConnection, authenticator: Authenticator) -> UUID:
    try:
        principal = await authenticator.authenticate(connection)
    except NotSignedIn:
        secret = authenticator.cookies.refresh_token(connection.cookies)
        if secret is None:
            raise
        authenticator.require_same_site(connection)
        runtime = runtime_of(connection)
        async with runtime.database.reading() as session:
            return await session_of_refresh_token(session, secret, runtime.clock.now())
    if principal.session_id is None:
        raise Forbidden("A personal token has no session: revoke it with DELETE /me/tokens/{id}.")
    return principal.session_id


async def write_transaction(
    connection: HTTPConnection, principal: SignedIn
) -> AsyncIterator[Transaction]:
    """The transaction of the request, committed after the response is built and before it is sent."""
    database = runtime_of(connection).database
    async with (
        database.transaction(Actor.user(principal.user_id)) as tx,
        carried_out_once(connection, principal, tx),
    ):
        note_operation(connection, tx.operation_id)
        yield tx


async def keyed_transaction(
    connection: HTTPConnection, principal: SignedIn
) -> AsyncIterator[Transaction | None]:
    """As `write_transaction`, if the request has an `Idempotency-Key`; else none."""
    if IDEMPOTENCY_KEY not in connection.headers:
        yield None
        return
    async with asynccontextmanager(write_transaction)(connection, principal) as tx:
        yield tx


def note_operation(connection: HTTPConnection, operation_id: UUID) -> None:
    """Let the answer name the operation, for whoever wants to undo it (see `api.frame`)."""
    connection.state.operation_id = operation_id


async def read_session(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    """A session that can't write."""
    async with runtime_of(connection).database.reading() as session:
        yield session


Tx = Annotated[Transaction, Depends(write_transaction, scope="function")]
KeyedTx = Annotated[Transaction | None, Depends(keyed_transaction, scope="function")]
"""For what needs no transaction of its own unless its answer has to be kept."""
ReadSession = Annotated[AsyncSession, Depends(read_session, scope="function")]


async def authenticate_socket(websocket: WebSocket) -> Principal:
    """Who opens the socket; call it before accepting.

    Raises:
        CrossSite: a page of another site opens it.
        NotSignedIn: nobody who counts.
        TooManyRequests: more than the person or the address may send.
    """
    limits = limits_of(websocket)
    try:
        principal = await authenticator_of(websocket).authenticate_socket(websocket)
    except Problem:
        await limits.count(websocket, None)
        raise
    await limits.count(websocket, principal)
    return principal


async def still_signed_in(session: AsyncSession, principal: Principal, now: datetime) -> bool:
    """Whether the credentials behind an open socket still count. Nothing is remembered, one query."""
    if principal.session_id is not None:
        return bool(await repository.live_sessions(session, [principal.session_id], now))
    tokens = [] if principal.token_id is None else [principal.token_id]
    return bool(await repository.live_api_tokens(session, tokens, now))
