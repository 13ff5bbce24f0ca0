"""The burndown of a sprint, as the API tells it."""

import pytest

from taskly.insights.rules.definitions import DEFINITIONS, Metric
from tests.insights.days import at_hour, two_sprints
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


def burndown(board: Json, query: str = "") -> str:
    """Where a burndown is to be found."""
    return f"/boards/{board['id']}/insights/burndown{query}"


@pytest.fixture
async def sprint(world: World, alice: Actor, board: Json) -> str:
    """A sprint that began on Monday with 5 points, got 2 more on Tuesday, 3 done on Wednesday, which is today."""
    [sprint, _] = await two_sprints(alice, board)
    first = await alice.card(board, "First", story_points=3, sprint_id=sprint)
    await alice.card(board, "Second", story_points=2, sprint_id=sprint)
    expect(await alice.post(f"/sprints/{sprint}/start"), 200)
    await at_hour(world, 24, 9)
    await alice.card(board, "Third", story_points=2, sprint_id=sprint)
    await at_hour(world, 25, 9)
    await alice.move(first, column_id=column(board, "Done")["id"])
    return sprint


def remaining(answer: Json) -> list[int | None]:
    """The points that remain day by day."""
    return [day["remaining"] and day["remaining"]["points"] for day in answer["days"]]


async def test_a_sprint_burns_down_day_by_day(alice: Actor, board: Json, sprint: str) -> None:
    answer = expect(await alice.get(burndown(board, f"?sprint={sprint}")), 200)

    assert remaining(answer) == [5, 7, 4, None, None]
    assert [day["ideal"]["points"] for day in answer["days"]] == [4, 3, 2, 1, 0]
    assert answer["days"][0]["date"] == "2026-11-23"
    assert answer["commitment"] == {"cards": 2, "points": 5}
    [change] = answer["changes"]
    assert (change["kind"], change["points"], change["by"]) == ("added", 2, str(alice.user_id))
    assert answer["sprint"]["opens_at"] == "2026-11-23T09:00:00Z"
    assert answer["reading"] == (
        "3 of 7 points are done and 4 remain, 2 more than on the ideal line."
    )
    assert answer["burnup_reading"] == (
        "The scope of Sprint 1 grew by 2 to 7 points, of which 3 are done."
    )


async def test_it_says_what_its_figures_mean(alice: Actor, board: Json, sprint: str) -> None:
    answer = expect(await alice.get(burndown(board)), 200)

    words = {each["metric"]: each["words"] for each in answer["definitions"]}
    assert words["burndown"] == DEFINITIONS[Metric.BURNDOWN].words
    assert words.keys() == {"burndown", "burnup", "scope", "commitment", "ideal_line"}


async def test_without_a_name_it_is_the_sprint_that_runs(
    alice: Actor, board: Json, sprint: str
) -> None:
    assert expect(await alice.get(burndown(board)), 200)["sprint"]["sprint_id"] == sprint


async def test_it_can_be_asked_for_as_it_was_on_another_day(
    alice: Actor, board: Json, sprint: str
) -> None:
    then = burndown(board, "?as_of=2026-11-24T23:59:59%2B01:00")

    answer = expect(await alice.get(then), 200)

    assert remaining(answer) == [5, 7, None, None, None]
    assert (answer["as_of"], answer["time_zone"]) == ("2026-11-24T22:59:59Z", "UTC")


async def test_days_are_those_of_the_workspace(
    alice: Actor, workspace: Json, board: Json, sprint: str
) -> None:
    zone = {"time_zone": "Pacific/Kiritimati"}
    expect(await alice.patch(f"/workspaces/{workspace['id']}", json=zone), 200)
    await alice.card(board, "Fourth", story_points=1, sprint_id=sprint)

    answer = expect(await alice.get(burndown(board)), 200)

    # Nine in the morning of London is 23 o'clock in Kiritimati.
    assert remaining(answer) == [5, 7, 5, None, None]
    assert answer["time_zone"] == "Pacific/Kiritimati"


async def test_only_cards_of_a_person_or_a_label_count_if_that_is_asked(
    alice: Actor, board: Json, sprint: str
) -> None:
    mine = await alice.card(
        board, "Mine", story_points=8, sprint_id=sprint, assignee_ids=[str(alice.user_id)]
    )
    assert mine["assignee_ids"] == [str(alice.user_id)]

    of_alice = expect(await alice.get(burndown(board, f"?assignee={alice.user_id}")), 200)
    of_label = expect(await alice.get(burndown(board, f"?label={sprint}")), 200)

    assert remaining(of_alice) == [0, 0, 8, None, None]
    assert remaining(of_label) == [0, 0, 0, None, None]


async def test_what_cannot_be_shown_is_refused_in_words(
    alice: Actor, board: Json, sprint: str
) -> None:
    ahead = expect(await alice.get(burndown(board, "?as_of=2026-11-26T09:00:00Z")), 422)
    before = expect(await alice.get(burndown(board, "?as_of=2026-11-22T09:00:00Z")), 422)
    unknown = expect(await alice.get(burndown(board, f"?sprint={alice.user_id}")), 422)

    assert (ahead["code"], ahead["detail"]) == (
        "bad_range",
        "`as_of` lies ahead: of the future only a forecast tells.",
    )
    assert before["code"] == unknown["code"] == "no_sprint_to_show"
    assert before["detail"] == "No sprint of the board has begun: name the one to show."
