"""What PostgreSQL finds is what a naive reading of the query finds, card by card."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from taskly.github.rules.drift import Drift
from taskly.kit.ranks import spread
from taskly.platform.context import SYSTEM
from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.query import Keyed, Words, asked_for
from tests.search.coded import NOW, coded_card
from tests.search.deck import decks, make_place, plain_boards, randoms, store
from tests.search.queries import queries
from tests.support.actors import Actor, Json, expect
from tests.support.plain_cards import NaiveSearch, PlainBoard, PlainCard, drift_of
from tests.support.world import World

pytestmark = pytest.mark.anyio

EXAMPLES = settings(
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


async def whole_list(actor: Actor, path: str, q: str, limit: int) -> list[str]:
    """The ids in all pages of a list of cards."""
    return [item["id"] for item in await all_pages(actor, path, q=q, limit=limit)]


async def all_pages(actor: Actor, path: str, **asked: Any) -> list[Json]:
    """What is in all pages of a list."""
    params = dict(asked)
    items: list[Json] = []
    while True:
        page = expect(await actor.get(path, params=params), 200)
        items += page["items"]
        if page["next_cursor"] is None:
            return items
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


DRIFTING = ("is:drifting", "-is:drifting", *(f"drift:{kind.value}" for kind in Drift))


@settings(EXAMPLES, max_examples=8)
@given(boards=plain_boards(), random=randoms)
async def test_cards_drift_wherever_they_are_asked_for_as_the_rules_say(
    world: World, alice: Actor, bob: Actor, boards: tuple[PlainBoard, ...], random: Random
) -> None:
    place = await make_place(world, alice, bob)
    cards = [coded_card(random, boards, at, rank) for at, rank in enumerate(spread(120), start=1)]
    await store(world, place, cards)
    for q in DRIFTING:
        expected = NaiveSearch("alice").found(cards, read_query(q, Calendar(NOW)))
        found = await all_pages(alice, f"/workspaces/{place.workspace_id}/search", q=q, limit=90)
        drifts = {str(card.id): [kind.value for kind in drift_of(card, NOW)] for card in expected}
        assert {item["id"]: item["drift"] for item in found} == drifts, q
    for board in boards:
        here = [card for card in cards if card.board is board and drift_of(card, NOW)]
        here.sort(key=lambda card: (card.column.rank, card.rank))
        shown = await all_pages(alice, f"/boards/{board.id}/drift", limit=9)
        assert [item["id"] for item in shown] == ids(here)
    await forget_cards(world)
