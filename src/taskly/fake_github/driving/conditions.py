"""Deliveries, requests, faults, limits and time."""

from datetime import datetime

from taskly.fake_github.driving.control import Control
from taskly.fake_github.wire import asked, told, words


class Conditions(Control):
    """Deliveries, requests, faults, limits and time."""

    async def state(self) -> told.State:
        """Everything."""
        return await self._ask(told.State, "GET", "/state")

    async def reset(self, seed: int | None = None) -> None:
        """Forget everything and begin again."""
        await self._do("POST", "/reset", asked.Reset(seed=seed))

    async def deliveries(
        self,
        *,
        hook_id: int | None = None,
        event: str | None = None,
        action: str | None = None,
        guid: str | None = None,
    ) -> list[told.Delivery]:
        """The attempts to deliver, oldest first."""
        query = {"hook_id": hook_id, "event": event, "action": action, "guid": guid}
        return await self._list(told.Delivery, "/deliveries", query)

    async def settle(self, timeout_seconds: float = 10) -> told.Settled:
        """Wait until nothing is on its way; held deliveries do not count.

        Raises:
            TimeoutError: when something still is.
        """
        query = {"timeout_seconds": timeout_seconds}
        answer = await self._ask(told.Settled, "POST", "/deliveries/settle", query=query)
        if not answer.settled:
            raise TimeoutError(f"deliveries were still on their way after {timeout_seconds} s")
        return answer

    async def release(
        self, order: words.ReleaseOrder = "first_in_first_out", count: int | None = None
    ) -> int:
        """Let held deliveries go; says how many went."""
        body = asked.Release(order=order, count=count)
        answer = await self._ask(told.Released, "POST", "/deliveries/release", body)
        return answer.released

    async def requests(
        self, path_prefix: str = "", *, method: str | None = None, login: str | None = None
    ) -> list[told.Request]:
        """The requests that came, in order of arrival; paths as at api.github.com."""
        query = {"path_prefix": path_prefix, "method": method, "login": login}
        return await self._list(told.Request, "/requests", query)

    async def forget_requests(self) -> None:
        """Empty the log of requests."""
        await self._do("DELETE", "/requests")

    async def add_fault(
        self,
        kind: words.FaultKind,
        *,
        times: int | None = None,
        fraction: float | None = None,
        path_prefix: str = "",
        method: str | None = None,
        login: str | None = None,
        event: str | None = None,
        status: int | None = None,
        retry_after: int | None = None,
        milliseconds: int = 0,
    ) -> told.Fault:
        """Something goes wrong from now on; see `asked.NewFault`."""
        body = asked.NewFault(
            kind=kind,
            times=times,
            fraction=fraction,
            path_prefix=path_prefix,
            method=method,
            login=login,
            event=event,
            status=status,
            retry_after=retry_after,
            milliseconds=milliseconds,
        )
        return await self._ask(told.Fault, "POST", "/faults", body)

    async def faults(self) -> list[told.Fault]:
        """The faults that are on."""
        return await self._list(told.Fault, "/faults")

    async def clear_faults(self, kind: words.FaultKind | None = None) -> None:
        """End all faults, or those of one kind."""
        await self._do("DELETE", "/faults", query={"kind": kind})

    async def set_rate_limit(
        self,
        login: str,
        remaining: int = 0,
        *,
        resets_in_seconds: float = 3600,
        resource: words.Resource = "core",
    ) -> told.Budget:
        """Leave somebody (`anonymous` for nobody) just so many requests until the reset."""
        body = asked.NewBudget(
            login=login,
            remaining=remaining,
            resets_in_seconds=resets_in_seconds,
            resource=resource,
        )
        return await self._ask(told.Budget, "PUT", "/rate-limits", body)

    async def freeze_clock(
        self, at: datetime | None = None, *, tick_seconds: float = 0
    ) -> datetime:
        """Time stops; each change moves it by the tick. Says what time it is."""
        body = asked.Freeze(at=at, tick_seconds=tick_seconds)
        return (await self._ask(told.Time, "POST", "/clock/freeze", body)).now

    async def advance_clock(self, seconds: float) -> datetime:
        """Time moves. Says what time it is."""
        body = asked.Advance(seconds=seconds)
        return (await self._ask(told.Time, "POST", "/clock/advance", body)).now

    async def run_clock(self) -> datetime:
        """Back to real time. Says what time it is."""
        return (await self._ask(told.Time, "POST", "/clock/run")).now
