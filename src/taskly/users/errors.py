"""What can go wrong with signing in and with what one may do once signed in."""

from typing import Any

from taskly.platform.http.problems import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    NotSignedIn,
    Unavailable,
)


class BadReturnTo(Malformed):
    """`next` does not lead to a page of ours."""

    code, title = "bad_return_to", "`next` must be a path of this site that begins with one slash"


class OAuthStateInvalid(Malformed):
    """The answer from GitHub belongs to no sign-in that this browser began, or to one that is over."""

    code, title = "oauth_state_invalid", "This sign-in was not begun here, is too old or is used up"


class OAuthDenied(Malformed):
    """The person said no at GitHub."""

    code, title = "oauth_denied", "GitHub was not allowed to sign you in"


class OAuthFailed(Malformed):
    """GitHub did not accept the exchange."""

    code, title = "oauth_failed", "GitHub did not complete the sign-in"


class GitHubUnavailable(Unavailable):
    """GitHub does not answer, or not in a way that we understand."""

    code, title = "github_unavailable", "GitHub does not answer"

    def __init__(self, detail: str | None = None, *, retry_after: int | None = None) -> None:
        super().__init__(detail, retry_after=retry_after or 1)
        self.wait_seconds = retry_after
        """How long GitHub is to be left alone, if that is known."""


class GitHubNotConfigured(NotFound):
    """No GitHub app is set up here."""

    code, title = "github_not_configured", "Signing in with GitHub is not set up here"


class LinkInvalid(Malformed):
    """The one-time link was used, is too old, or never was."""

    code, title = "link_invalid", "This sign-in link was used or is too old: make a new one"


class RefreshReused(NotSignedIn):
    """A refresh token came a second time: the session ends for everybody who holds a part of it."""

    code, title = "refresh_reused", "This refresh token was used before, so the session has ended"


class CrossSite(Forbidden):
    """A change with the cookies of a browser that may have been sent by another site."""

    code, title = "csrf", "Send the Origin of this site and `X-Taskly-Request: 1` with every change"


class InsufficientScope(Forbidden):
    """The personal token may not do this."""

    code, title = "insufficient_scope", "The scopes of this token do not allow this"


class TooManyTokens(Conflict):
    """A person keeps at most so many personal tokens."""

    code, title = "limit_reached", "You have as many tokens as you can have: revoke one first"


class IdempotencyKeyReused(Invalid):
    """The caller used this `Idempotency-Key` for another request, or with other credentials."""

    code, title = "idempotency_key_reused", "This Idempotency-Key was used for another request"


class RequestInProgress(Conflict):
    """The same request is being carried out."""

    code, title = "request_in_progress", "This request is being carried out: ask again in a moment"

    def __init__(self, detail: str | None = None, **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": "1"}, **members)
