"""Pages of a list neither lose nor repeat anything while others write."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from taskly.kit.clock import FrozenClock
from tests.contract.conftest import Prepared, forgetting, preparing
from tests.contract.crowds import crowd_board, crowd_card, crowd_workspace
from tests.contract.document import OPERATIONS
from tests.contract.tenants import speaking
from tests.support.actors import Actor, Json, expect
from tests.support.policy import ADMIN, MEMBER, POLICY
from tests.support.servers import Servers
from tests.support.tenant import Tenant
from tests.support.world import World

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.xdist_group("pages")]

SETTINGS: dict[str, Any] = {
    "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
ALREADY = 3
AT_GITHUB = {"list_available_repositories"}
"""Lists of GitHub's, in its pages: nobody here has signed in with it."""
LISTS = [
    name
    for name, operation in OPERATIONS.items()
    if any(each["name"] == "cursor" for each in operation.parameters("query"))
    and name not in AT_GITHUB
]
TOLD = {"list_notifications": MEMBER}
"""Who has something in a list that is empty for the admin, by whom everything is done."""
CARD = "/cards/{}"
TAKEN_AWAY = {
    "list_boards": "/boards/{}",
    "list_board_cards": CARD,
    "search_cards": CARD,
    "list_own_cards": CARD,
    "list_drift": CARD,
    "list_tokens": "/me/tokens/{}",
    "list_sessions": "/auth/sessions/{}",
    "list_members": "/workspaces/{workspace_id}/members/{}",
    "list_views": "/views/{}",
    "list_sprints": "/sprints/{}",
    "list_repositories": "/repositories/{}",
    "list_imports": "/workspaces/{workspace_id}/imports/{}",
    "list_webhooks": "/workspaces/{workspace_id}/webhooks/{}",
}
"""What to DELETE for an item of a list to go; nothing goes from the other lists, or not at once."""

steps = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.integers(1, 4)),
        st.tuples(st.just("write"), st.sampled_from([crowd_workspace, crowd_board, crowd_card])),
        st.tuples(st.just("take away"), st.integers(0, 20)),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
async def crowded(servers: Servers, template: str, app: FastAPI) -> AsyncIterator[Prepared]:
    """Tenants with some of everything."""
    async with preparing(servers, template, app, crowded=ALREADY) as both:
        yield both


class Reader:
    """Somebody who reads a list page by page."""

    def __init__(self, world: World, tenant: Tenant, operation: str) -> None:
        person = tenant.people[TOLD.get(operation, ADMIN)]
        self.actor: Actor = speaking(world, person)
        self.names = tenant.names(ADMIN)
        people = [each.actor.user_id for each in tenant.people.values()]
        self.needed = {*self.names.values(), *map(str, people)}
        found = OPERATIONS[operation].path + POLICY[operation].query
        self.path = found.format(**self.names).removeprefix("/api/v1")
        self.taken_away = TAKEN_AWAY.get(operation)
        self.seen: list[str] = []
        self.cursor: str | None = None
        self.has_ended = False

    async def read(self, limit: int) -> None:
        """Read the next page, if there is one."""
        if self.has_ended:
            return
        page = await self._page(limit, self.cursor)
        assert len(page["items"]) == limit or page["next_cursor"] is None
        self.seen += [key_of(item) for item in page["items"]]
        self.cursor = page["next_cursor"]
        self.has_ended = self.cursor is None

    async def whole(self) -> list[str]:
        """The list as it is now."""
        return [key_of(item) for item in await self._items()]

    async def take_away(self, number: int) -> None:
        """Let an item go on which nothing else depends, if there is one."""
        there = [key_of(item) for item in await self._items() if not item.get("current")]
        free = [each for each in there if each not in self.needed]
        if self.taken_away is not None and free:
            path = self.taken_away.format(free[number % len(free)], **self.names)
            expect(await self.actor.delete(path), 204)

    async def _items(self) -> list[Json]:
        page = await self._page(200, None)
        assert page["next_cursor"] is None
        items: list[Json] = page["items"]
        return items

    async def _page(self, limit: int, cursor: str | None) -> Json:
        query = {"limit": limit} | ({} if cursor is None else {"cursor": cursor})
        page: Json = expect(await self.actor.get(self.path, params=query), 200)
        return page


def key_of(item: Json) -> str:
    """What tells an item of a list from all others."""
    return str(next(item[name] for name in ("id", "user_id", "version") if name in item))


@pytest.mark.parametrize("operation", LISTS)
@settings(max_examples=8, **SETTINGS)
@given(steps=steps)
async def test_whatever_others_do_between_two_pages(
    crowded: Prepared,
    app: FastAPI,
    redis: Redis,
    clock: FrozenClock,
    operation: str,
    steps: list[tuple[str, Any]],
) -> None:
    async with forgetting(crowded, app, redis, clock) as world:
        reader = Reader(world, crowded.tenant, operation)
        before = await reader.whole()
        assert len(before) >= ALREADY
        for number, (what, which) in enumerate(steps, ALREADY):
            if what == "read":
                await reader.read(which)
            elif what == "write":
                await which(world, crowded.tenant, number)
            else:
                await reader.take_away(which)
        while not reader.has_ended:
            await reader.read(2)
        stayed = set(before) & set(await reader.whole())
        assert len(set(reader.seen)) == len(reader.seen)
        assert [each for each in reader.seen if each in stayed] == [
            each for each in before if each in stayed
        ]
