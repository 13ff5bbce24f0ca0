"""Rate limits: so many requests an hour for each user and resource."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Resource = Literal["core", "search", "graphql", "integration_manifest"]

RESOURCES: tuple[Resource, ...] = ("core", "search", "graphql", "integration_manifest")
WINDOWS: dict[Resource, timedelta] = {
    "core": timedelta(hours=1),
    "search": timedelta(minutes=1),
    "graphql": timedelta(hours=1),
    "integration_manifest": timedelta(hours=1),
}
ANONYMOUS = "anonymous"


@dataclass(eq=False)
class Budget:
    """How many requests are left until the reset."""

    limit: int
    used: int
    reset_at: datetime

    @property
    def remaining(self) -> int:
        """Requests that will still be answered."""
        return max(0, self.limit - self.used)


@dataclass(eq=False)
class RateLimits:
    """The budgets of all users, by login; those without a token share one."""

    limits: dict[Resource, int] = field(
        default_factory=lambda: {
            "core": 5000,
            "search": 30,
            "graphql": 5000,
            "integration_manifest": 5000,
        }
    )
    anonymous_limits: dict[Resource, int] = field(
        default_factory=lambda: {
            "core": 60,
            "search": 10,
            "graphql": 0,
            "integration_manifest": 5000,
        }
    )
    _budgets: dict[tuple[str, Resource], Budget] = field(default_factory=dict)

    def budget(self, who: str, resource: Resource, now: datetime) -> Budget:
        """The budget of the window that `now` falls into."""
        known = self._budgets.get((who, resource))
        if known is None or now >= known.reset_at:
            limits = self.anonymous_limits if who == ANONYMOUS else self.limits
            known = Budget(limits[resource], 0, now + WINDOWS[resource])
            self._budgets[who, resource] = known
        return known

    def set(self, who: str, resource: Resource, *, remaining: int, reset_at: datetime) -> Budget:
        """Leave somebody just so many requests until then."""
        limits = self.anonymous_limits if who == ANONYMOUS else self.limits
        limit = max(limits[resource], remaining)
        budget = Budget(limit, limit - remaining, reset_at)
        self._budgets[who, resource] = budget
        return budget
