"""Which limits hold for a request: by person or token, and by address."""

from starlette.requests import HTTPConnection

from taskly.platform.http.rate_limits import Limit, Limiter, Standing
from taskly.platform.runtime import Runtime, runtime_of
from taskly.users.principal import Principal


class Limits:
    """The limits of this installation. One for each process."""

    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        self._limiter = Limiter(runtime.redis, runtime.clock)
        self._person = Limit("person", settings.rate_limit_person)
        self._address = Limit("address", settings.rate_limit_address)
        self._sign_in = Limit("sign-in", settings.rate_limit_sign_in)

    async def aclose(self) -> None:
        """Nothing is open."""

    async def count(self, connection: HTTPConnection, principal: Principal) -> None:
        """Count a request of somebody who is signed in.

        Raises:
            TooManyRequests: with the seconds to wait.
        """
        who = f"user:{principal.user_id}"
        if principal.token_id is not None:
            who = f"token:{principal.token_id}"
        _note(connection, await self._limiter.take(self._person, who))
        await self.count_address(connection)

    async def count_address(self, connection: HTTPConnection) -> None:
        """Count a request of an address, whoever makes it; raises as `count` does."""
        _note(connection, await self._limiter.take(self._address, _address(connection)))

    async def count_sign_in(self, connection: HTTPConnection) -> None:
        """Count an attempt to sign in; raises as `count` does."""
        _note(connection, await self._limiter.take(self._sign_in, _address(connection)))


def limits_of(connection: HTTPConnection) -> Limits:
    """The limits of the process that serves this request."""
    runtime = runtime_of(connection)
    return runtime.belongings.get(Limits, lambda: Limits(runtime))


async def limit_sign_in(connection: HTTPConnection) -> None:
    """For routers whose operations guess at secrets: one dependency for all of them."""
    await limits_of(connection).count_sign_in(connection)


def _address(connection: HTTPConnection) -> str:
    return "" if connection.client is None else connection.client.host


def _note(connection: HTTPConnection, standing: Standing | None) -> None:
    """Let the answer tell how the sender stands (see `api.frame`)."""
    if standing is not None:
        state = connection.state
        state.limits = [*getattr(state, "limits", ()), standing]
