"""Queries about many things at once take more of them than a statement has parameters."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards import batch_repository, parts_repository, repository
from taskly.github.facts import facts_repository
from taskly.history import repository as history
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.transfer import import_repository
from tests.support.actors import Actor, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

Query = Callable[[AsyncSession, list[UUID]], Awaitable[Any]]
MANY = 40_000
FINDING: dict[str, Query] = {
    "what hangs on cards": repository.hanging_on,
    "cards to change": batch_repository.cards,
    "cards in order": parts_repository.cards_in_order,
    "cards that are waited for": parts_repository.remove_dependencies,
    "comments": history.comments,
    "people by id": lambda session, ids: import_repository.people_here(session, ids, range(MANY)),
    "people who stay": lambda session, ids: import_repository.staying(session, ids, lock=True),
}
FINDING_NONE: dict[str, Query] = {
    "cards in the archive": facts_repository.cards_in_archive,
    "branches of cards": facts_repository.branches_of_cards,
    "pull requests of cards": facts_repository.pull_requests_of_cards,
}


@pytest.mark.parametrize("name", [*FINDING, *FINDING_NONE])
async def test_a_query_takes_however_many(world: World, alice: Actor, name: str) -> None:
    board = await alice.board(await alice.workspace())
    one, two = [await alice.card(board, title) for title in ("one", "two")]
    expect(await alice.request("PUT", f"/cards/{one['id']}/blockers/{two['id']}"), 200)
    answer = await alice.post(f"/cards/{one['id']}/comments", json={"body": "Hm."})
    known = [UUID(one["id"]), UUID(expect(answer, 201)["id"]), alice.user_id]
    ids = [*known, *(new_id() for _ in range(MANY))]
    query = FINDING.get(name) or FINDING_NONE[name]
    async with world.runtime.database.transaction(SYSTEM) as tx:
        found = await query(tx.session, ids)
    assert len(found) == (name in FINDING)
