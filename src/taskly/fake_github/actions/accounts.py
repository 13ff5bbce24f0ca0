"""People come, change their names, and get tokens."""

from collections.abc import Sequence

from taskly.fake_github.actions.telling import post
from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.world.accounts import (
    Account,
    AccountKind,
    EmailAddress,
    Token,
    new_secret,
)
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.refusals import invalid, not_found
from taskly.fake_github.world.sign_in import ACCESS_LIFETIME


def create_account(
    github: GitHub,
    login: str,
    *,
    name: str | None = None,
    emails: Sequence[EmailAddress] = (),
    kind: AccountKind = "User",
) -> Account:
    """A new user or organisation.

    Raises:
        Refusal: 422 when the login is taken.
    """
    if github.find_account(login) is not None:
        raise invalid("User", "login", "already_exists")
    at = github.clock.time_of_change()
    account = Account(
        id=github.numbers.next("account"),
        login=login,
        name=name,
        kind=kind,
        created_at=at,
        updated_at=at,
        emails=list(emails),
    )
    github.accounts[login.lower()] = account
    return account


def rename_account(github: GitHub, account: Account, login: str) -> None:
    """Another login for the same account; its repositories move along, old names redirect."""
    if github.find_account(login) not in {None, account}:
        raise invalid("User", "login", "already_exists")
    for repository in github.repositories.values():
        if repository.owner is account:
            github.former_names[repository.full_name.lower()] = repository.id
    del github.accounts[account.login.lower()]
    account.login = login
    account.updated_at = github.clock.time_of_change()
    github.accounts[login.lower()] = account


def set_primary_email(github: GitHub, account: Account, email: EmailAddress) -> None:
    """Add an address, or replace the one of the same text; a primary one is the only primary."""
    rest = [each for each in account.emails if each.email.lower() != email.email.lower()]
    if email.primary:
        for each in rest:
            each.primary = False
    account.emails = [*rest, email]
    account.updated_at = github.clock.time_of_change()


def create_token(
    github: GitHub,
    account: Account,
    scopes: Sequence[str] | None,
    *,
    client_id: str | None = None,
    expires: bool = False,
    value: str | None = None,
) -> Token:
    """A token to act for the account. Without a client it is a personal one."""
    at = github.now()
    token = Token(
        id=github.numbers.next("token"),
        value=value or new_secret("ghp_" if client_id is None else "ghu_" if expires else "gho_"),
        account=account,
        scopes=None if scopes is None else tuple(scopes),
        created_at=at,
        client_id=client_id,
        expires_at=at + ACCESS_LIFETIME if expires else None,
    )
    github.tokens[token.value] = token
    return token


def revoke_token(github: GitHub, value: str) -> Token:
    """From now on the token is refused.

    Raises:
        Refusal: 404 when there is no such token.
    """
    token = github.tokens.pop(value, None)
    if token is None:
        raise not_found()
    return token


def revoke_grant(github: GitHub, account: Account, client_id: str) -> None:
    """Take back all that an application was given for the account; a GitHub App is told."""
    for token in tokens_of(github, account):
        if token.client_id == client_id:
            del github.tokens[token.value]
    refresh_tokens = github.sign_in.refresh_tokens
    for value, refresh in list(refresh_tokens.items()):
        if refresh.account is account and refresh.client_id == client_id:
            del refresh_tokens[value]
    for app in github.apps.values():
        if app.client_id == client_id and app.hook is not None:
            payload = {"action": "revoked", "sender": simple_user(github.addresses, account)}
            post(github, app.hook, "github_app_authorization", payload, action="revoked")


def revoke_everything(github: GitHub, account: Account) -> None:
    """Nobody acts for the account any more."""
    for client_id in {token.client_id for token in tokens_of(github, account)}:
        if client_id is not None:
            revoke_grant(github, account, client_id)
    for token in tokens_of(github, account):
        del github.tokens[token.value]


def tokens_of(github: GitHub, account: Account) -> list[Token]:
    """All tokens that act for the account."""
    return [token for token in github.tokens.values() if token.account is account]
