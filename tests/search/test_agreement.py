"""What PostgreSQL finds is what a naive reading of the query finds, card by card."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.query import Keyed, Words, asked_for
from tests.search.deck import NOW, decks, make_place, store
from tests.search.queries import queries
from tests.support.actors import Actor, Json, expect
from tests.support.plain_cards import NaiveSearch, PlainCard
from tests.support.world import World

pytestmark = pytest.mark.anyio

EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


async def whole_list(actor: Actor, path: str, q: str, limit: int) -> list[str]:
    """The ids in all pages of a list."""
    params: dict[str, Any] = {"q": q, "limit": limit}
    items: list[Json] = []
    while True:
        page = expect(await actor.get(path, params=params), 200)
        items += page["items"]
        if page["next_cursor"] is None:
            return [item["id"] for item in items]
        params["cursor"] = page["next_cursor"]


async def forget_cards(world: World) -> None:
    """Leave nothing of an example for the next one to find."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("DELETE FROM cards"))


def ids(cards: list[PlainCard]) -> list[str]:
    """The cards' ids, as the API shows them."""
    return [str(card.id) for card in cards]


@EXAMPLES
@given(cards=decks(), asked=st.lists(queries, min_size=3, max_size=6), limit=st.integers(1, 4))
async def test_filters_agree_with_a_naive_evaluator(
    world: World, alice: Actor, bob: Actor, cards: list[PlainCard], asked: list[str], limit: int
) -> None:
    place = await make_place(world, alice, bob)
    await store(world, place, cards)
    board = cards[0].board
    for q in asked:
        query = read_query(q, Calendar(NOW))
        everywhere = NaiveSearch("alice").found(cards, query)
        found = await whole_list(alice, f"/workspaces/{place.workspace_id}/search", q, limit)
        assert sorted(found) == sorted(ids(everywhere)), q
        if not any(isinstance(leaf, Words | Keyed) for leaf in asked_for(query)):
            assert found == sorted(found, reverse=True), q

        own = [card for card in everywhere if "alice" in card.assignees]
        own.sort(key=lambda card: (str(card.due or "9"), card.id))
        assert await whole_list(alice, "/me/cards", q, limit) == ids(own), q

        there = [card for card in cards if card.board is board]
        there.sort(key=lambda card: (card.column.rank, card.rank))
        shown = NaiveSearch("alice", heeds_archived_boards=False).found(there, query)
        assert await whole_list(alice, f"/boards/{board.id}/cards", q, limit) == ids(shown), q
    await forget_cards(world)
