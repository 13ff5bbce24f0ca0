"""GitHub Apps and where they are installed."""

from collections.abc import Mapping, Sequence

from taskly.fake_github.driving.control import Control
from taskly.fake_github.wire import asked, told


class Apps(Control):
    """Apps and their installations."""

    async def create_app(self, app: asked.NewApp) -> told.App:
        """A GitHub App with its secrets."""
        return await self._ask(told.App, "POST", "/apps", app)

    async def apps(self) -> list[told.KnownApp]:
        """All apps, with where they are installed."""
        return await self._list(told.KnownApp, "/apps")

    async def change_app(self, app_id: int, permissions: Mapping[str, str]) -> None:
        """The app asks for other permissions."""
        change = asked.AppChange(permissions=dict(permissions))
        await self._do("PATCH", f"/apps/{app_id}", change)

    async def install_app(
        self, app_id: int, account: str, repositories: Sequence[str] | None = None
    ) -> told.Installation:
        """The app on an account, for all its repositories or these."""
        body = asked.NewInstallation(
            account=account, repositories=None if repositories is None else list(repositories)
        )
        return await self._ask(told.Installation, "POST", f"/apps/{app_id}/installations", body)

    async def uninstall_app(self, app_id: int, installation_id: int) -> None:
        """The app is taken off."""
        await self._do("DELETE", _installation(app_id, installation_id))

    async def choose_repositories(
        self, app_id: int, installation_id: int, repositories: Sequence[str] | None
    ) -> None:
        """The app sees all repositories of the account, or just these."""
        chosen = None if repositories is None else list(repositories)
        body = asked.ChosenRepositories(repositories=chosen)
        await self._do("PUT", f"{_installation(app_id, installation_id)}/repositories", body)

    async def suspend_app(self, app_id: int, installation_id: int) -> None:
        """The app sees and does nothing for a while."""
        await self._do("PUT", f"{_installation(app_id, installation_id)}/suspended")

    async def unsuspend_app(self, app_id: int, installation_id: int) -> None:
        """The app goes on."""
        await self._do("DELETE", f"{_installation(app_id, installation_id)}/suspended")

    async def accept_permissions(self, app_id: int, installation_id: int) -> None:
        """The account gives the app what it asks for."""
        await self._do("PUT", f"{_installation(app_id, installation_id)}/permissions")


def _installation(app_id: int, installation_id: int) -> str:
    return f"/apps/{app_id}/installations/{installation_id}"
