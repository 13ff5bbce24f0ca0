"""Whatever people do, a sprint's scope is what its changes come to."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.properties.teamwork import Deed, Team, deeds
from tests.properties.test_undo import team_of, undo
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

SETTINGS: dict[str, Any] = {
    "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
OFTEN = (
    "plan",
    "bulk_plan",
    "edit",
    "archive",
    "restore",
    "delete",
    "edit_column",
    "bulk_away",
    "delete_column",
)
eventful = st.builds(
    Deed, kind=st.sampled_from(OFTEN), one=st.integers(0, 99), two=st.integers(0, 99)
)


async def scope_by_changes(actor: Actor, sprint: Json) -> dict[str, int | None]:
    """The cards of a sprint with their points, as its scope changes add up, read in small pages."""
    found: dict[str, int | None] = {}
    path, cursor = f"/sprints/{sprint['id']}/scope-changes?limit=3", ""
    while True:
        page = expect(await actor.get(path + cursor), 200)
        for change in page["items"]:
            card_id = change["card_id"]
            assert found.get(card_id) == change["points_before"]
            assert (card_id in found) is (change["kind"] != "added")
            if change["kind"] == "removed":
                del found[card_id]
            else:
                found[card_id] = change["points_after"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


async def scope_by_cards(actor: Actor, team: Team, sprint: Json) -> dict[str, int | None]:
    """The same, as the cards are now."""
    cards = (await actor.snapshot(team.board["id"]))["cards"]
    shown = {card["id"] for card in cards}
    for card_id in set(team.archived) - shown:
        answer = await actor.get(f"/cards/{card_id}")
        if answer.status_code == 200 and answer.json()["completed_at"] is not None:
            cards.append(answer.json())
    return {card["id"]: card["story_points"] for card in cards if card["sprint_id"] == sprint["id"]}


@settings(max_examples=25, **SETTINGS)
@given(
    history=st.lists(st.one_of(eventful, deeds), min_size=3, max_size=14), backwards=st.booleans()
)
async def test_scope_changes_add_up_to_the_cards_that_are_there(
    alice: Actor, bob: Actor, history: list[Deed], backwards: bool
) -> None:
    team = await team_of(alice, bob)
    operations = [await team.play(deed, number % 2) for number, deed in enumerate(history)]
    for operation_id in reversed(operations[1::2] if backwards else []):
        if operation_id is not None:
            await undo(alice, operation_id)

    for sprint in (await alice.snapshot(team.board["id"]))["sprints"]:
        assert await scope_by_changes(alice, sprint) == await scope_by_cards(alice, team, sprint)
