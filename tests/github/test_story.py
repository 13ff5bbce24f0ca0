"""A card walks from To Do to Done because of what happens at GitHub."""

import pytest

from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, titles

pytestmark = pytest.mark.anyio


async def test_a_card_follows_its_pull_request_from_branch_to_merge(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund twice")
    assert card["key"] == "PAY-1"
    await place.github.push(REPOSITORY, "feature/PAY-1-refund", ["Begin"], actor="ann")
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "In Progress") == ["Refund twice"]
    pull = await place.github.open_pull_request(REPOSITORY, "feature/PAY-1-refund", "Refunds")
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "In Review") == ["Refund twice"]
    await place.github.merge(REPOSITORY, pull.number)
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "Done") == ["Refund twice"]
