"""Users and tokens."""

from fastapi import APIRouter

from taskly.fake_github.actions.accounts import (
    create_account,
    create_token,
    rename_account,
    revoke_everything,
    revoke_token,
    set_primary_email,
    tokens_of,
)
from taskly.fake_github.control import views
from taskly.fake_github.control.reaching import AccountHere, GitHubNow, SiteNow
from taskly.fake_github.wire import asked, told
from taskly.fake_github.world.accounts import EmailAddress
from taskly.fake_github.world.refusals import not_found

router = APIRouter(tags=["people"])


@router.post("/users", status_code=201)
async def new_user(github: GitHubNow, wanted: asked.NewUser) -> told.User:
    """Somebody comes."""
    emails = [] if wanted.email is None else [EmailAddress(wanted.email, wanted.email_verified)]
    return views.user(
        create_account(github, wanted.login, name=wanted.name, emails=emails, kind=wanted.kind)
    )


@router.get("/users")
async def all_users(github: GitHubNow) -> list[told.User]:
    """Everybody."""
    return [views.user(account) for account in github.accounts.values()]


@router.patch("/users/{login}")
async def change_user(
    github: GitHubNow, account: AccountHere, wanted: asked.UserChange
) -> told.User:
    """Another login, name or address."""
    if wanted.login is not None:
        rename_account(github, account, wanted.login)
    if wanted.name is not None:
        account.name = wanted.name
    if wanted.email is not None:
        email = EmailAddress(wanted.email, wanted.email_verified, wanted.email_primary)
        set_primary_email(github, account, email)
    return views.user(account)


@router.post("/users/{login}/tokens", status_code=201)
async def new_token(github: GitHubNow, account: AccountHere, wanted: asked.NewToken) -> told.Token:
    """A token to act for the user."""
    return views.token(
        create_token(
            github, account, wanted.scopes, client_id=wanted.client_id, expires=wanted.expires
        )
    )


@router.get("/users/{login}/tokens")
async def tokens_of_user(github: GitHubNow, account: AccountHere) -> list[told.Token]:
    """All that act for the user."""
    return [views.token(each) for each in tokens_of(github, account)]


@router.delete("/users/{login}/tokens", status_code=204)
async def revoke_tokens_of_user(github: GitHubNow, account: AccountHere) -> None:
    """Nobody acts for the user any more."""
    revoke_everything(github, account)


@router.delete("/tokens/{value}", status_code=204)
async def revoke(github: GitHubNow, value: str) -> None:
    """The token is refused from now on."""
    revoke_token(github, value)


@router.patch("/oauth", status_code=204)
async def change_sign_in(site: SiteNow, wanted: asked.OAuthChange) -> None:
    """How people sign in."""
    client_id = wanted.client_id or site.options.client_id
    application = site.github.sign_in.applications.get(client_id)
    if application is None:
        raise not_found()
    if wanted.expiring_tokens is not None:
        application.expiring_tokens = wanted.expiring_tokens
    if wanted.callback_urls is not None:
        application.callback_urls = list(wanted.callback_urls)
