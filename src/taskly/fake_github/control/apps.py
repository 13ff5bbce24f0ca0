"""GitHub Apps and where they are installed."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends

from taskly.fake_github.actions.apps import create_app
from taskly.fake_github.actions.installing import (
    accept_permissions,
    choose_repositories,
    install_app,
    suspend_app,
    uninstall_app,
    unsuspend_app,
)
from taskly.fake_github.control.reaching import GitHubNow, account_named
from taskly.fake_github.wire import asked, told
from taskly.fake_github.world.apps import App, Installation
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.refusals import not_found

router = APIRouter(tags=["people"])

Installed = tuple[App, Installation]


async def _app(github: GitHubNow, app_id: int) -> App:
    app = github.apps.get(app_id)
    if app is None:
        raise not_found()
    return app


AppHere = Annotated[App, Depends(_app, scope="function")]


async def _installed(app: AppHere, installation_id: int) -> Installed:
    installation = app.installations.get(installation_id)
    if installation is None:
        raise not_found()
    return app, installation


InstalledHere = Annotated[Installed, Depends(_installed, scope="function")]


@router.post("/apps", status_code=201)
async def new_app(github: GitHubNow, wanted: asked.NewApp) -> told.App:
    """A GitHub App."""
    app, secrets = create_app(
        github,
        account_named(github, wanted.owner),
        wanted.name,
        permissions=wanted.permissions,
        events=wanted.events,
        webhook_url=wanted.webhook_url,
        webhook_secret=wanted.webhook_secret,
        callback_urls=wanted.callback_urls,
    )
    return told.App(
        id=app.id,
        slug=app.slug,
        client_id=app.client_id,
        client_secret=secrets.client_secret,
        webhook_secret=secrets.webhook_secret,
        private_key=secrets.private_key,
    )


@router.patch("/apps/{app_id}", status_code=204)
async def change_app(app: AppHere, wanted: asked.AppChange) -> None:
    """Other permissions, which those who installed it have to accept."""
    app.permissions = dict(wanted.permissions)


@router.get("/apps")
async def all_apps(github: GitHubNow) -> list[told.KnownApp]:
    """All apps, with where they are installed."""
    return [
        told.KnownApp(
            id=app.id,
            slug=app.slug,
            name=app.name,
            owner=app.owner.login,
            permissions=dict(app.permissions),
            events=list(app.events),
            webhook_url=None if app.hook is None else app.hook.url,
            installations=[_told(app, each) for each in app.installations.values()],
        )
        for app in github.apps.values()
    ]


@router.post("/apps/{app_id}/installations", status_code=201)
async def new_installation(
    github: GitHubNow, app: AppHere, wanted: asked.NewInstallation
) -> told.Installation:
    """The app on an account."""
    chosen = _chosen(github, wanted.repositories)
    account = account_named(github, wanted.account)
    return _told(app, install_app(github, app, account, chosen))


@router.delete("/apps/{app_id}/installations/{installation_id}", status_code=204)
async def end_installation(github: GitHubNow, installed: InstalledHere) -> None:
    """The app is taken off."""
    uninstall_app(github, *installed)


@router.put("/apps/{app_id}/installations/{installation_id}/repositories", status_code=204)
async def change_repositories(
    github: GitHubNow, installed: InstalledHere, wanted: asked.ChosenRepositories
) -> None:
    """The app sees other repositories."""
    choose_repositories(github, *installed, _chosen(github, wanted.repositories))


@router.put("/apps/{app_id}/installations/{installation_id}/suspended", status_code=204)
async def suspend(github: GitHubNow, installed: InstalledHere) -> None:
    """The app sees and does nothing for a while."""
    suspend_app(github, *installed)


@router.delete("/apps/{app_id}/installations/{installation_id}/suspended", status_code=204)
async def unsuspend(github: GitHubNow, installed: InstalledHere) -> None:
    """The app goes on."""
    unsuspend_app(github, *installed)


@router.put("/apps/{app_id}/installations/{installation_id}/permissions", status_code=204)
async def accept(github: GitHubNow, installed: InstalledHere) -> None:
    """The account gives the app what it asks for."""
    accept_permissions(github, *installed)


def _chosen(github: GitHub, names: Sequence[str] | None) -> list[int] | None:
    if names is None:
        return None
    known = {record.full_name: record.id for record in github.repositories.values()}
    if not set(names) <= set(known):
        raise not_found()
    return [known[name] for name in names]


def _told(app: App, record: Installation) -> told.Installation:
    return told.Installation(
        id=record.id,
        app_id=app.id,
        account=record.account.login,
        suspended=record.suspended_at is not None,
    )
