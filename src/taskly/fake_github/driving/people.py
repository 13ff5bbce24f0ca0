"""Users and tokens."""

from collections.abc import Sequence

from taskly.fake_github.driving.control import Control
from taskly.fake_github.wire import asked, told


class People(Control):
    """Users and tokens."""

    async def create_user(
        self,
        login: str,
        *,
        name: str | None = None,
        email: str | None = None,
        email_verified: bool = True,
        kind: str = "User",
    ) -> told.User:
        """Somebody comes; `kind` may be `Organization`."""
        body = asked.NewUser.model_validate(
            {
                "login": login,
                "name": name,
                "email": email,
                "email_verified": email_verified,
                "kind": kind,
            }
        )
        return await self._ask(told.User, "POST", "/users", body)

    async def change_user(self, login: str, change: asked.UserChange) -> told.User:
        """Another login, name or address."""
        return await self._ask(told.User, "PATCH", f"/users/{login}", change)

    async def create_token(
        self,
        login: str,
        scopes: Sequence[str] = ("repo", "admin:repo_hook", "read:user", "user:email"),
        *,
        client_id: str | None = None,
        expires: bool = False,
    ) -> str:
        """A token to act for somebody."""
        body = asked.NewToken(scopes=list(scopes), client_id=client_id, expires=expires)
        answer = await self._ask(told.Token, "POST", f"/users/{login}/tokens", body)
        return answer.value

    async def revoke_token(self, value: str) -> None:
        """The token is refused from now on."""
        await self._do("DELETE", f"/tokens/{value}")

    async def revoke_tokens_of(self, login: str) -> None:
        """All tokens of somebody are refused from now on."""
        await self._do("DELETE", f"/users/{login}/tokens")

    async def change_oauth(self, change: asked.OAuthChange) -> None:
        """How people sign in."""
        await self._do("PATCH", "/oauth", change)
