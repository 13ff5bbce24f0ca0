"""One-time links: signing in without GitHub, where settings allow it."""

from datetime import timedelta

import structlog

from taskly.kit.ids import new_id
from taskly.kit.tokens import hash_token, make_opaque_token
from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Database, Transaction
from taskly.platform.http.problems import Conflict, NotFound
from taskly.platform.runtime import Runtime
from taskly.platform.settings import Settings
from taskly.users import repository
from taskly.users.errors import LinkInvalid
from taskly.users.issuing import IssuedTokens, Issuer
from taskly.users.models import SignInLink, User
from taskly.users.rules import is_stale_login
from taskly.users.sessions import Device, start_session

LINK_LIFETIME = timedelta(minutes=10)
LINK_PATH = "/api/v1/auth/local"
DEFAULT_LOGIN = "owner"

log = structlog.get_logger()


async def make_link(database: Database, settings: Settings, login: str = DEFAULT_LOGIN) -> str:
    """A link that signs a local person in once, within ten minutes. Makes the person if need be.

    Raises:
        NotFound: settings do not allow one-time links, or the login is one that only signing in with
            GitHub makes, and nobody has it.
        Conflict: the login belongs to somebody from GitHub.
    """
    require_local_sign_in(settings)
    secret = make_opaque_token()
    async with database.transaction(SYSTEM) as tx:
        user = await _local_user(tx, login)
        tx.session.add(
            SignInLink(
                id=new_id(),
                user_id=user.id,
                token_hash=hash_token(secret),
                created_at=tx.now,
                expires_at=tx.now + LINK_LIFETIME,
            )
        )
    log.debug("auth.link_made", user_id=str(user.id))
    return f"{settings.public_url}{LINK_PATH}?token={secret}"


async def is_usable(runtime: Runtime, secret: str) -> bool:
    """Whether the link would sign somebody in. Looking at it does not use it up.

    Raises:
        NotFound: settings do not allow one-time links.
    """
    require_local_sign_in(runtime.settings)
    async with runtime.database.reading() as session:
        return await repository.is_usable_link(session, hash_token(secret), runtime.clock.now())


async def sign_in_with_link(
    runtime: Runtime, issuer: Issuer, secret: str, device: Device
) -> IssuedTokens:
    """Use the link up and begin a session.

    Raises:
        LinkInvalid: it was used, is too old, or never was.
        NotFound: settings do not allow one-time links.
    """
    require_local_sign_in(runtime.settings)
    async with runtime.database.transaction(SYSTEM) as tx:
        user_id = await repository.use_sign_in_link(tx.session, hash_token(secret), tx.now)
        if user_id is None:
            raise LinkInvalid("Make a new one with `taskly sign-in-link`.")
        tokens = await start_session(tx, issuer, user_id, device)
    log.info(
        "auth.signed_in",
        method="link",
        user_id=str(tokens.user_id),
        session_id=str(tokens.session_id),
    )
    return tokens


def require_local_sign_in(settings: Settings) -> None:
    """Refuse one-time links where settings do not allow them.

    Raises:
        NotFound: they do not.
    """
    if not settings.local_sign_in_allowed:
        raise NotFound(
            "One-time links are switched off here. Sign in with GitHub, or set TASKLY_LOCAL_SIGN_IN=true."
        )


async def _local_user(tx: Transaction, login: str) -> User:
    user = await repository.lock_local_user(tx.session, login)
    if user is None and is_stale_login(login):
        raise NotFound(f"No local person has the login {login}.")
    if user is None:
        await repository.add_user_unless_there(
            tx.session, github_id=None, login=login, name=login, now=tx.now
        )
        user = await repository.lock_local_user(tx.session, login)
    if user is None:
        renamed = await repository.renamed_local_login(tx.session, login)
        hint = "Choose another login." if renamed is None else f"The local person is {renamed} now."
        raise Conflict(f"{login} signs in with GitHub. {hint}")
    return user
