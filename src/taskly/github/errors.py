"""What can go wrong between us and GitHub, in words that say what to do."""

import math
from collections.abc import Collection
from datetime import datetime

from taskly.platform.http.problems import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    Problem,
    Unavailable,
    UnsupportedMediaType,
)
from taskly.users.errors import GitHubUnavailable

__all__ = [
    "ASKING",
    "AppExists",
    "AppSetupOver",
    "AppShutOut",
    "BadSignature",
    "BranchExists",
    "BranchNameInvalid",
    "GitHubForbids",
    "GitHubNotFound",
    "GitHubRateLimited",
    "GitHubRefuses",
    "GitHubScopesMissing",
    "GitHubTokenMissing",
    "GitHubTokenRefused",
    "GitHubUnavailable",
    "HookUnreachable",
    "IssuesDisabled",
    "MalformedDelivery",
    "NoBranch",
    "NoRepository",
    "NotAPullRequest",
    "NotAnAdministrator",
    "PayloadGone",
    "PermissionLacking",
    "RepositoryArchived",
    "RepositoryConnected",
    "WebhookMediaType",
]


class GitHubRateLimited(Unavailable):
    """GitHub answers nothing more to this token for a while."""

    code, title = "github_rate_limited", "GitHub's limit is reached"

    def __init__(self, until: datetime | None = None, now: datetime | None = None) -> None:
        self.wait_seconds = 60.0
        if until is not None and now is not None:
            self.wait_seconds = max((until - now).total_seconds(), 1.0)
        minutes = math.ceil(self.wait_seconds / 60)
        super().__init__(
            f"GitHub's limit is reached; it is free again in {minutes} minute{'s'[: minutes > 1]}.",
            retry_after=math.ceil(self.wait_seconds),
        )


class GitHubTokenMissing(Conflict):
    """There is no token with which we could act at GitHub."""

    code, title = "github_token_missing", "Taskly has no access to GitHub for you"

    def __init__(self) -> None:
        super().__init__(
            "Sign in with GitHub, or ask the operator of this installation to set GITHUB_TOKEN."
        )


class GitHubScopesMissing(Conflict):
    """The person signed in with GitHub, but did not allow us to see repositories."""

    code, title = "github_scopes_missing", "Taskly may not see your repositories at GitHub yet"

    def __init__(self) -> None:
        super().__init__(
            "Taskly may not see your repositories at GitHub yet: sign in again, at "
            "/api/v1/auth/github/login?repositories=true, and allow it.",
            scopes=["repo", "admin:repo_hook"],
        )


class GitHubTokenRefused(Conflict):
    """GitHub does not accept the token any more."""

    code, title = "github_token_refused", "GitHub refuses the access that it once gave"

    def __init__(self) -> None:
        super().__init__("GitHub refuses the access that it once gave: sign in with GitHub again.")


class AppShutOut(Conflict):
    """The GitHub App was suspended or taken off where it should act; the detail says what to do."""

    code, title = "github_app_shut_out", "The GitHub App may not act there"


class AppSetupOver(Malformed):
    """The link, or the way to GitHub and back that began with it, is none of ours or over."""

    code, title = "github_app_setup_over", "This way to a GitHub App is over"


class AppExists(Conflict):
    """There is one app at most."""

    code, title = "github_app_exists", "There is a GitHub App already"
    constraints = frozenset({"pk_github_apps"})


class GitHubForbids(Forbidden):
    """The account behind the token may not do this."""

    code, title = "github_forbids", "Your GitHub account may not do this"


class PermissionLacking(GitHubForbids):
    """The GitHub App, or the person's token of it, lacks permissions; the detail names them."""

    BEGINNING = "The GitHub App lacks "

    def __init__(self, permissions: Collection[str] = ()) -> None:
        self.permissions = frozenset(permissions)
        named = " and ".join(sorted(permissions))
        lacks = f"the permission {named}" if len(permissions) == 1 else f"the permissions {named}"
        super().__init__(
            f"{self.BEGINNING}{lacks if named else 'a permission'}. Whoever owns the app adds it on the app's page at "
            "GitHub, under Permissions & events; then whoever administers the account accepts it there."
        )


class GitHubNotFound(NotFound):
    """GitHub knows no such thing, or does not show it to the account behind the token."""

    code, title = "github_not_found", "GitHub has no such thing, or does not show it to you"


class GitHubRefuses(Conflict):
    """GitHub understood the request and refuses it; the detail repeats its reason."""

    code, title = "github_refuses", "GitHub refuses this"


class HookUnreachable(GitHubRefuses):
    """GitHub makes no webhook, because it can't reach its address from where it is."""


class IssuesDisabled(Conflict):
    """The repository has no issues."""

    code, title = "issues_disabled", "The repository has no issues"

    def __init__(self) -> None:
        super().__init__(
            "Issues are switched off in this repository: switch them on in its settings at GitHub."
        )


class NotAnAdministrator(Forbidden):
    """Only who administers a repository at GitHub can connect it."""

    code, title = "not_an_administrator", "You do not administer this repository at GitHub"


class RepositoryConnected(Conflict):
    """The repository is connected to this workspace already."""

    code, title = "repository_connected", "The repository is connected already"
    constraints = frozenset({"uq_git_repositories_workspace_id_github_id"})


class RepositoryArchived(Conflict):
    """The repository is archived at GitHub, which makes it read-only."""

    code, title = "repository_archived", "The repository is archived at GitHub"


class NoRepository(Invalid):
    """It is not clear which repository is meant, or it is not connected."""

    code, title = "no_repository", "Name one of the workspace's connected repositories"


class NoBranch(Invalid):
    """It is not clear which branch is meant, or the card does not have it."""

    code, title = "no_branch", "Name one of the card's branches"


class NotAPullRequest(Invalid):
    """The address is not that of a pull request at this installation's GitHub."""

    code, title = "not_a_pull_request", "This is not the address of a pull request"


class BranchExists(Conflict):
    """There is a branch of this name; `suggestion` is a free one."""

    code, title = "branch_exists", "A branch of this name exists already"


class BranchNameInvalid(Invalid):
    """Git would not take this name for a branch."""

    code, title = "branch_name_invalid", "Git does not allow this name for a branch"


class BadSignature(Problem):
    """The delivery is not signed with the secret of the webhook that it was sent to."""

    status, code, title = 401, "bad_signature", "The signature is missing or wrong"


class MalformedDelivery(Problem):
    """The headers of a signed delivery are not those of GitHub."""

    status, code, title = 400, "malformed_delivery", "Send the headers that GitHub sends"


class PayloadGone(Conflict):
    """What a delivery said is not kept any more, so it can't be worked out again."""

    code, title = "payload_gone", "What this delivery said is not kept any more"


class WebhookMediaType(UnsupportedMediaType):
    """The webhook was set to another content type than JSON."""


ASKING = (
    GitHubTokenMissing,
    GitHubScopesMissing,
    GitHubTokenRefused,
    GitHubRateLimited,
    GitHubUnavailable,
)
"""What may stand in the way of asking GitHub in a person's name."""

REFUSALS = (
    AppShutOut,
    GitHubForbids,
    GitHubNotFound,
    GitHubRefuses,
    GitHubScopesMissing,
    GitHubTokenMissing,
    GitHubTokenRefused,
    IssuesDisabled,
)
"""Answers of GitHub that asking again does not change; somebody has to do something."""
