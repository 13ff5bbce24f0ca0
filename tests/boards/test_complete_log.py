"""Snapshot and events tell the same of every field of everything on a board."""

from collections.abc import Awaitable, Callable

import pytest
from httpx2 import Response

from taskly.cards.schemas import UpdateCard
from tests.support.actors import Actor, Json, column, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio

COLUMNS: list[Json] = [{"name": "Doing", "wip_limit": 2}, {"name": "Done", "category": "done"}]
WHOLE_CARD: Json = {
    "title": "Everything",
    "description": "What is to be done",
    "acceptance_criteria": "- [ ] it is done",
    "priority": "high",
    "story_points": 5,
    "due_date": "2026-12-24",
}
NOTHING: Json = {
    "description": "",
    "acceptance_criteria": "",
    "priority": "none",
    "story_points": None,
    "due_date": None,
    "sprint_id": None,
    "assignee_ids": [],
    "label_ids": [],
    "blocker_ids": [],
}


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace without boards."""
    return await alice.workspace()


@pytest.fixture
async def board(alice: Actor, workspace: Json) -> Json:
    """A board with all that a column can have."""
    return await alice.board(workspace, columns=COLUMNS)


@pytest.fixture
async def hanging(alice: Actor, bob: Actor, workspace: Json, board: Json) -> Json:
    """What hangs on a card: people, a label and a sprint, each with every field."""
    await alice.invite(workspace, bob, "member")
    path = f"/boards/{board['id']}"
    label = await alice.post(f"{path}/labels", json={"name": "urgent", "color": "#d73a4a"})
    sprint = await alice.post(
        f"{path}/sprints",
        json={
            "name": "Week 48",
            "goal": "Ship it",
            "starts_on": "2026-11-23",
            "ends_on": "2026-11-29",
            "capacity": 7,
        },
    )
    blocker = await alice.card(board, "First this")
    return {
        "blocker_ids": [blocker["id"]],
        "assignee_ids": [str(alice.user_id), str(bob.user_id)],
        "label_ids": [expect(label, 201)["id"]],
        "sprint_id": expect(sprint, 201)["id"],
    }


def changes(
    alice: Actor, board: Json, card: Json, hanging: Json
) -> list[Callable[[], Awaitable[Response]]]:
    """What can be done to a card and its board, one after the other."""
    one, path = f"/cards/{card['id']}", f"/boards/{board['id']}"
    return [
        lambda: alice.patch(one, json=NOTHING),
        lambda: alice.patch(one, json={**WHOLE_CARD, **hanging, "title": "Again"}),
        lambda: alice.post(f"{one}/checklist", json={"text": "Step"}),
        lambda: alice.post(f"{one}/attachments", json={"url": "https://example.com"}),
        lambda: alice.post(f"{one}/comments", json={"body": "So many"}),
        lambda: alice.post(f"{one}/move", json={"column_id": column(board, "Done")["id"]}),
        lambda: alice.post(f"{one}/archive"),
        lambda: alice.patch(one, json={"title": "In the archive", "assignee_ids": []}),
        lambda: alice.post(f"{one}/restore"),
        lambda: alice.patch(path, json={"name": "Shop"}),
        lambda: alice.post(f"{path}/archive"),
        lambda: alice.post(f"{path}/restore"),
        lambda: alice.delete(one),
    ]


async def test_the_log_tells_every_field_of_everything(
    world: World, alice: Actor, board: Json, hanging: Json
) -> None:
    async def check() -> None:
        world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
        snapshot = await alice.snapshot(board["id"])
        log = await read_whole_log(alice, board["id"])
        assert differences(fold(log), as_comparable(snapshot)) == []

    await check()
    card = await alice.card(board, **WHOLE_CARD, **hanging)
    assert set(UpdateCard.model_fields) - {"base_version"} == {*WHOLE_CARD, *hanging}
    await check()
    for change in changes(alice, board, card, hanging):
        assert (await change()).is_success
        await check()
