"""The tokens with which we act for people at GitHub, encrypted at rest.

The ciphertext is bound to the row and the column that it stands in: copied elsewhere it can't be read.
"""

from uuid import UUID

from taskly.kit.crypto import KeyRing
from taskly.users.github_oauth import GitHubGrant
from taskly.users.models import User


def keep_grant(keys: KeyRing, user: User, grant: GitHubGrant) -> None:
    """Store what GitHub gave, in place of what it gave before."""
    user.github_token = keys.encrypt_text(grant.access_token, _owner("github_token", user.id))
    user.github_token_expires_at = grant.expires_at
    user.github_refresh_token = (
        None
        if grant.refresh_token is None
        else keys.encrypt_text(grant.refresh_token, _owner("github_refresh_token", user.id))
    )
    user.github_refresh_token_expires_at = grant.refresh_token_expires_at
    user.github_scopes = list(grant.scopes)


def is_narrower(user: User, grant: GitHubGrant) -> bool:
    """Whether the person has allowed us all of this and more before: what we have is kept then, as long
    as GitHub takes it."""
    return user.github_token is not None and set(grant.scopes) < set(user.github_scopes)


def read_github_token(keys: KeyRing, user: User) -> str | None:
    """The token with which we may act for the person; None when there is none.

    Raises:
        DecryptionError: the stored value is not one that we wrote for this person.
    """
    if user.github_token is None:
        return None
    return keys.decrypt_text(user.github_token, _owner("github_token", user.id))


def read_github_refresh_token(keys: KeyRing, user: User) -> str | None:
    """The token that gets the next access token; as `read_github_token`."""
    if user.github_refresh_token is None:
        return None
    return keys.decrypt_text(user.github_refresh_token, _owner("github_refresh_token", user.id))


def _owner(column: str, user_id: UUID) -> str:
    return f"users|{column}|{user_id}"
