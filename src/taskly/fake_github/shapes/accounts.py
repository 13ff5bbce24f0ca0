"""Users, organisations, e-mail addresses and OAuth authorizations."""

import hashlib

from taskly.fake_github.shapes.writing import JsonObject, node_id, stamp
from taskly.fake_github.world.accounts import Account, EmailAddress, Token
from taskly.fake_github.world.addresses import Addresses
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.repositories import Repository


def simple_user(addresses: Addresses, account: Account) -> JsonObject:
    """A user as part of something else."""
    url = addresses.account(account.login)
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.kind, account.id),
        "avatar_url": addresses.avatar(account.id),
        "gravatar_id": "",
        "url": url,
        "html_url": addresses.profile(account.login),
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": account.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def optional_user(addresses: Addresses, account: Account | None) -> JsonObject | None:
    """A user, or null."""
    return None if account is None else simple_user(addresses, account)


def public_user(github: GitHub, account: Account) -> JsonObject:
    """A user's profile as everybody sees it."""
    repositories = _owned(github, account)
    return {
        **simple_user(github.addresses, account),
        "name": account.name,
        "company": account.company,
        "blog": account.blog or "",
        "location": account.location,
        "email": account.public_email,
        "hireable": account.hireable,
        "bio": account.bio,
        "twitter_username": account.twitter_username,
        "public_repos": sum(not repository.private for repository in repositories),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(account.created_at),
        "updated_at": stamp(account.updated_at),
    }


def private_user(github: GitHub, account: Account) -> JsonObject:
    """A user's profile as the user sees it."""
    repositories = _owned(github, account)
    hidden = sum(repository.private for repository in repositories)
    return {
        **public_user(github, account),
        "user_view_type": "private",
        "private_gists": 0,
        "total_private_repos": hidden,
        "owned_private_repos": hidden,
        "disk_usage": sum(len(repository.commits) for repository in repositories),
        "collaborators": len(
            {login for repository in repositories for login in repository.collaborators}
        ),
        "two_factor_authentication": True,
        "plan": {"name": "free", "space": 976_562_499, "private_repos": 10_000, "collaborators": 0},
    }


def email_address(email: EmailAddress) -> JsonObject:
    """An e-mail address of the user."""
    return {
        "email": email.email,
        "primary": email.primary,
        "verified": email.verified,
        "visibility": email.visibility if email.primary else None,
    }


def organization(addresses: Addresses, account: Account) -> JsonObject:
    """The organisation that a webhook's repository belongs to."""
    url = f"{addresses.api}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("Organization", account.id),
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": addresses.avatar(account.id),
        "description": account.bio or "",
    }


def authorization(github: GitHub, token: Token, application_name: str) -> JsonObject:
    """What an OAuth application learns about a token of its own."""
    return {
        "id": token.id,
        "url": f"{github.addresses.api}/authorizations/{token.id}",
        "app": {
            "name": application_name,
            "url": github.addresses.web,
            "client_id": token.client_id or "",
        },
        "token": token.value,
        "hashed_token": hashlib.sha256(token.value.encode()).hexdigest(),
        "token_last_eight": token.value[-8:],
        "note": None,
        "note_url": None,
        "created_at": stamp(token.created_at),
        "updated_at": stamp(token.created_at),
        "scopes": list(token.scopes or ()),
        "fingerprint": None,
        "expires_at": stamp(token.expires_at),
        "user": simple_user(github.addresses, token.account),
    }


def _owned(github: GitHub, account: Account) -> list[Repository]:
    return [each for each in github.repositories.values() if each.owner.id == account.id]
