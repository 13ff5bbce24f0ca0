"""Which limits hold for a request: by person or token, by address, and stricter ones for some operations.

A router or route declares a stricter one in its dependencies: `dependencies=[SignInLimited]`, or
`[CostlyLimited]` of `users.access`.
"""

from collections.abc import Sequence
from ipaddress import AddressValueError, IPv6Address

from fastapi import Depends
from starlette.requests import HTTPConnection

from taskly.platform.http.rate_limits import Bucket, Limit, Limiter, Standing, TooManyRequests
from taskly.platform.runtime import Runtime, runtime_of
from taskly.users.principal import Principal

IPV6_SITE = 8
"""Bytes of an IPv6 address that name a site: whoever has one has all addresses under it."""


class Limits:
    """The limits of this installation. One for each process."""

    def __init__(self, runtime: Runtime) -> None:
        settings = runtime.settings
        self._limiter = Limiter(runtime.redis, runtime.clock)
        self._person = Limit("person", settings.rate_limit_person)
        self._address = Limit("address", settings.rate_limit_address)
        self._sign_in = Limit("sign-in", settings.rate_limit_sign_in)
        self._costly = Limit("costly", settings.rate_limit_costly)

    async def aclose(self) -> None:
        """Nothing is open."""

    async def count(self, connection: HTTPConnection, principal: Principal | None) -> None:
        """Count a request of somebody, or of nobody who is signed in, and of their address.

        Raises:
            TooManyRequests: with the seconds to wait.
        """
        buckets = [Bucket(self._address, _address(connection))]
        if principal is not None:
            buckets.insert(0, Bucket(self._person, _sender(principal)))
        await self._take(connection, buckets)

    async def count_sign_in(self, connection: HTTPConnection) -> None:
        """Count an attempt to sign in by its address; raises as `count` does."""
        await self._take(connection, [Bucket(self._sign_in, _address(connection))])

    async def count_costly(self, connection: HTTPConnection, principal: Principal) -> None:
        """Count something that costs much, by person, whatever token it is done with; raises as `count`."""
        await self._take(connection, [Bucket(self._costly, str(principal.user_id))])

    async def _take(self, connection: HTTPConnection, buckets: Sequence[Bucket]) -> None:
        try:
            _note(connection, await self._limiter.take(buckets))
        except TooManyRequests as refusal:
            _note(connection, refusal.standings)
            raise


def limits_of(connection: HTTPConnection) -> Limits:
    """The limits of the process that serves this request."""
    runtime = runtime_of(connection)
    return runtime.belongings.get(Limits, lambda: Limits(runtime))


async def _limit_sign_in(connection: HTTPConnection) -> None:
    await limits_of(connection).count_sign_in(connection)


async def _limit_address(connection: HTTPConnection) -> None:
    await limits_of(connection).count(connection, None)


AddressLimited = Depends(_limit_address)
"""For what anybody may ask for who has an address of ours: it is counted by theirs."""
SignInLimited = Depends(_limit_sign_in)
"""For operations that guess at secrets: they are counted by address, and few a minute pass."""


def _sender(principal: Principal) -> str:
    if principal.token_id is not None:
        return f"token:{principal.token_id}"
    return f"user:{principal.user_id}"


def _address(connection: HTTPConnection) -> str:
    host = "" if connection.client is None else connection.client.host
    if ":" not in host:
        return host
    try:
        address = IPv6Address(host)
    except AddressValueError:
        return host
    mapped = address.ipv4_mapped
    return address.packed[:IPV6_SITE].hex() if mapped is None else str(mapped)


def _note(connection: HTTPConnection, standings: Sequence[Standing]) -> None:
    """Let the answer tell how the sender stands (see `api.frame`)."""
    if standings:
        state = connection.state
        state.limits = [*getattr(state, "limits", ()), *standings]
