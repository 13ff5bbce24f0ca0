"""Renewing the tokens with which we act for people: those that a GitHub App gets end after eight hours."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from taskly.kit.crypto import DecryptionError
from taskly.platform.context import SYSTEM
from taskly.platform.runtime import Runtime
from taskly.users import repository
from taskly.users.errors import GitHubNotConfigured, OAuthFailed
from taskly.users.github_application import require_github_application
from taskly.users.github_oauth import GitHubOAuth
from taskly.users.github_tokens import keep_grant, read_github_refresh_token, read_github_token
from taskly.users.models import User

MARGIN = timedelta(minutes=1)
"""So long before its end a token is renewed."""

log = structlog.get_logger()


async def current_github_token(runtime: Runtime, user: User) -> str | None:
    """The token with which we may act for a person, renewed if it has ended.

    None if there is none that counts: then the person has to sign in with GitHub again.

    Raises:
        GitHubUnavailable: it has ended, and GitHub does not answer.
    """
    try:
        if _has_ended(user, runtime.clock.now()):
            return await _renew(runtime, user.id)
        return read_github_token(runtime.encryption, user)
    except DecryptionError:
        log.exception("github.token_unreadable", user_id=str(user.id))
    except (GitHubNotConfigured, OAuthFailed) as error:
        log.warning("github.token_not_renewed", user_id=str(user.id), reason=str(error))
    return None


async def _renew(runtime: Runtime, user_id: UUID) -> str | None:
    """Exchange the refresh token, which is good once.

    So the person's row stays locked while GitHub is asked: whoever comes at the same time waits for the
    new token and does not spend the old refresh token again.
    """
    application = await require_github_application(runtime)
    async with runtime.database.turns.take(user_id), runtime.database.transaction(SYSTEM) as tx:
        user = await repository.lock_user(tx.session, user_id)
        if user is None:
            return None
        if _has_ended(user, tx.now):
            refresh_token = read_github_refresh_token(runtime.encryption, user)
            if refresh_token is None:
                return None
            async with GitHubOAuth(runtime.settings, application) as github:
                keep_grant(runtime.encryption, user, await github.renew(refresh_token, tx.now))
            log.info("github.token_renewed", user_id=str(user_id))
        return read_github_token(runtime.encryption, user)


def _has_ended(user: User, now: datetime) -> bool:
    ends = user.github_token_expires_at
    return ends is not None and ends - MARGIN <= now
