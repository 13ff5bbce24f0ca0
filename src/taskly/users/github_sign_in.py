"""Signing in with GitHub: out to its consent page and back (RFC 6749 with RFC 7636 and RFC 9700).

Three things have to meet again when the browser comes back: `state`, which is good once and for ten
minutes; the cookie, which shows that it is the same browser; and the code, which is worthless without the
PKCE verifier. The verifier is derived from the cookie, so it is stored nowhere.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from taskly.kit.crypto import DecryptionError
from taskly.kit.ids import new_id
from taskly.kit.tokens import hash_token, make_opaque_token
from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import Unavailable
from taskly.platform.runtime import Runtime
from taskly.users import repository
from taskly.users.errors import BadReturnTo, OAuthDenied, OAuthFailed, OAuthStateInvalid
from taskly.users.github_application import require_sign_in_application
from taskly.users.github_oauth import (
    GitHubGrant,
    GitHubOAuth,
    GitHubProfile,
    authorize_url,
)
from taskly.users.github_tokens import is_narrower, keep_grant, read_github_token
from taskly.users.issuing import IssuedTokens, Issuer
from taskly.users.models import NAME_LENGTH, VERIFIED_EMAILS, OAuthState, User
from taskly.users.rules import base64url, is_local_path, shown_name, stale_login
from taskly.users.sessions import Device, start_session

STATE_LIFETIME = timedelta(minutes=10)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and the cookie to give it."""

    location: str
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Return:
    """What the browser brought back from GitHub."""

    state: str | None = field(repr=False)
    code: str | None = field(repr=False)
    error: str | None
    cookie: str | None = field(repr=False)


async def depart(runtime: Runtime, return_to: str, *, repositories: bool = False) -> Departure:
    """Begin a sign-in that will end at `return_to`, and that may ask for `repositories` too.

    Raises:
        BadReturnTo: `return_to` may lead away from this site.
        GitHubNotConfigured: there is no GitHub app.
    """
    if not is_local_path(return_to):
        raise BadReturnTo
    state, cookie = make_opaque_token(), make_opaque_token()
    challenge = base64url(hashlib.sha256(_verifier(cookie, state).encode()).digest())
    application = await require_sign_in_application(runtime)
    location = authorize_url(
        runtime.settings,
        application,
        state=state,
        challenge=challenge,
        repositories=repositories,
    )
    async with runtime.database.transaction(SYSTEM) as tx:
        begun = OAuthState(
            id=new_id(),
            state_hash=hash_token(state),
            browser_hash=hash_token(cookie),
            return_to=return_to,
            created_at=tx.now,
            expires_at=tx.now + STATE_LIFETIME,
        )
        tx.session.add(begun)
    return Departure(location, cookie)


async def arrive(
    runtime: Runtime, issuer: Issuer, returned: Return, device: Device
) -> tuple[IssuedTokens, str]:
    """Sign in whoever came back; their tokens, and where they wanted to go.

    No database connection is held while GitHub is asked.

    Raises:
        OAuthDenied: the person said no.
        OAuthFailed: GitHub refuses the exchange.
        OAuthStateInvalid: this browser began no such sign-in, or it is over. GitHub was not asked.
        GitHubUnavailable: GitHub does not answer.
    """
    return_to = await _use_state(runtime, returned)
    if returned.error is not None:
        raise _refusal(returned.error)
    if return_to is None or not returned.code:
        raise OAuthStateInvalid(
            f"Open {runtime.settings.public_url} in this browser and sign in again."
        )
    application = await require_sign_in_application(runtime)
    async with GitHubOAuth(runtime.settings, application) as github:
        verifier = _verifier(returned.cookie or "", returned.state or "")
        grant = await github.exchange(returned.code, verifier, runtime.clock.now())
        profile = await github.profile(grant.access_token)
        dead = await _refused_token(runtime, github, profile.id, grant)
    async with runtime.database.transaction(SYSTEM) as tx:
        user = await _recognise(tx, profile)
        if user.github_token == dead or not is_narrower(user, grant):
            keep_grant(runtime.encryption, user, grant)
        tokens = await start_session(tx, issuer, user.id, device)
    log.info(
        "auth.signed_in",
        method="github",
        user_id=str(tokens.user_id),
        session_id=str(tokens.session_id),
    )
    return tokens, return_to


async def _use_state(runtime: Runtime, returned: Return) -> str | None:
    """Use the sign-in up, whatever comes of it; where it leads to, None when there is none."""
    if not returned.state or not returned.cookie:
        return None
    async with runtime.database.transaction(SYSTEM) as tx:
        return await repository.use_oauth_state(
            tx.session, hash_token(returned.state), hash_token(returned.cookie), tx.now
        )


async def _refused_token(
    runtime: Runtime, github: GitHubOAuth, github_id: int, grant: GitHubGrant
) -> str | None:
    """What is stored of a wider grant that GitHub has taken back, or that can't be read any more; None
    when the new grant replaces what is stored anyway, or what is stored still counts."""
    async with runtime.database.reading() as session:
        user = await repository.github_user(session, github_id)
    if user is None or not is_narrower(user, grant):
        return None
    try:
        token = read_github_token(runtime.encryption, user)
    except DecryptionError:
        return user.github_token
    is_refused = token is None or await github.refuses(token)
    return user.github_token if is_refused else None


async def _recognise(tx: Transaction, profile: GitHubProfile) -> User:
    """The person behind a GitHub account, with the profile as it is now; new ones are made."""
    for other in await repository.others_with_login(
        tx.session, profile.login, except_github_id=profile.id
    ):
        # GitHub gave the login to somebody new, or a local person had chosen it.
        other.login = stale_login(other.login, other.id.hex[-8:])
    await tx.session.flush()
    user = await repository.lock_github_user(tx.session, profile.id)
    if user is None:
        await repository.add_user_unless_there(
            tx.session,
            github_id=profile.id,
            login=profile.login,
            name=shown_name(profile.name, profile.login, NAME_LENGTH),
            now=tx.now,
        )
        user = await repository.lock_github_user(tx.session, profile.id)
    if user is None:
        raise Unavailable("Somebody else signed in with this login just now. Try again.")
    user.login = profile.login
    user.email = profile.email
    user.verified_emails = list(profile.verified_emails[:VERIFIED_EMAILS])
    user.avatar_url = profile.avatar_url
    if not user.name_chosen:
        user.name = shown_name(profile.name, profile.login, NAME_LENGTH)
    user.updated_at = tx.now
    return user


def _verifier(cookie: str, state: str) -> str:
    return base64url(hmac.digest(cookie.encode(), f"pkce {state}".encode(), hashlib.sha256))


def _refusal(error: str) -> OAuthDenied | OAuthFailed:
    if error == "access_denied":
        return OAuthDenied("Taskly needs your consent at GitHub. Sign in again to give it.")
    return OAuthFailed(
        "GitHub refuses this installation of Taskly. Its operator has to check the settings of the "
        "GitHub app."
    )
