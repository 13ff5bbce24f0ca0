"""What the API tells of the past of a board's cards and sprints."""

from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from taskly.insights.rules.definitions import DEFINITIONS, Metric
from tests.insights.days import at_hour, two_sprints
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio

DAY = 24 * 60 * 60


@pytest.fixture
async def cards(world: World, alice: Actor, board: Json) -> dict[str, Json]:
    """Made on Monday 23 November, begun on Tuesday, one done on Wednesday, another on Thursday: it is Friday."""
    made = {title: await alice.card(board, title) for title in ("One", "Two", "Three", "Four")}
    for day, title, name in [
        (24, "One", "In Progress"),
        (24, "Two", "In Progress"),
        (24, "Three", "In Review"),
        (25, "One", "Done"),
        (26, "Two", "Done"),
    ]:
        await at_hour(world, day, 9)
        await alice.move(made[title], column_id=column(board, name)["id"])
    await at_hour(world, 27, 9)
    return made


async def ask(actor: Actor, board: Json, figure: str, **query: Any) -> Json:
    """Ask for a figure of the board."""
    answer: Json = expect(await asked(actor, board, figure, query), 200)
    return answer


async def asked(
    actor: Actor, board: Json, figure: str, query: Mapping[str, Any]
) -> httpx2.Response:
    """The answer to a question, whatever it is."""
    path = f"/boards/{board['id']}/insights/{figure}"
    return await actor.request("GET", path, params=query)


async def test_the_flow_counts_the_cards_of_each_column_and_category(
    alice: Actor, board: Json, cards: dict[str, Json]
) -> None:
    answer = await ask(alice, board, "flow", **{"from": "2026-11-23", "to": "2026-11-30"})

    counts = [tuple(day["by_category"].values()) for day in answer["days"]]
    assert counts == [(4, 0, 0), (1, 3, 0), (1, 2, 1), (1, 1, 2), (1, 1, 2)]
    names = {each["id"]: each["name"] for each in answer["columns"]}
    last = {names[each["column_id"]]: each["cards"] for each in answer["days"][-1]["by_column"]}
    assert last == {board["columns"][0]["name"]: 1, "In Review": 1, "Done": 2}
    assert answer["reading"] == (
        "Over 5 days work in progress grew from 0 to 1 card, and 2 more cards are done."
    )


async def test_four_weeks_are_shown_if_no_days_are_named(
    alice: Actor, board: Json, cards: dict[str, Json]
) -> None:
    days = (await ask(alice, board, "flow"))["days"]

    assert (days[0]["date"], days[-1]["date"], len(days)) == ("2026-10-31", "2026-11-27", 28)


async def test_durations_are_told_card_by_card_and_as_percentiles(
    alice: Actor, board: Json, cards: dict[str, Json]
) -> None:
    answer = await ask(alice, board, "durations")

    assert [
        (card["card_id"], card["cycle_time"], card["lead_time"]) for card in answer["cards"]
    ] == [
        (cards["One"]["id"], DAY, 2 * DAY),
        (cards["Two"]["id"], 2 * DAY, 3 * DAY),
    ]
    assert answer["cycle_time"] == {"p50": DAY, "p85": 2 * DAY, "p95": 2 * DAY, "count": 2}
    doing = column(board, "In Progress")["id"]
    times = {each["column_id"]: each["time"] for each in answer["in_columns"]}
    assert times[doing] == {"p50": DAY, "p85": 2 * DAY, "p95": 2 * DAY, "count": 2}
    assert answer["count"] == 2
    assert answer["reading"] == (
        "85 % of 2 cards were done within 2 days of the beginning of work, half of them within 1 day."
    )
    assert answer["lead_time_reading"].startswith("85 % of 2 cards were done within 3 days")
    assert answer["in_columns_reading"].startswith("Cards stay longest in ")


async def test_what_is_done_with_a_card_later_is_no_time_that_it_took(
    world: World, alice: Actor, board: Json, cards: dict[str, Json]
) -> None:
    before = (await ask(alice, board, "durations"))["cards"]
    done = {column(board, "Done")["id"]}
    for points in (3, 5):
        await at_hour(world, 25 + points, 9)
        path = f"/cards/{cards['One']['id']}"
        expect(await alice.patch(path, json={"story_points": points}), 200)

    after = (await ask(alice, board, "durations"))["cards"]

    assert after == before
    assert not done & {each["column_id"] for card in after for each in card["in_columns"]}


async def test_work_in_progress_ages_beside_what_was_finished(
    alice: Actor, board: Json, cards: dict[str, Json]
) -> None:
    answer = await ask(alice, board, "ageing")

    [card] = answer["cards"]
    assert (card["card_id"], card["age"]) == (cards["Three"]["id"], 3 * DAY)
    assert (card["older_than"], card["share_sooner"], answer["count"]) == (95, 1.0, 1)
    assert answer["reading"] == (
        "The only card in progress has taken longer than 85 % of the finished cards."
    )


async def test_throughput_is_counted_by_day_and_by_week(
    alice: Actor, board: Json, cards: dict[str, Json]
) -> None:
    answer = await ask(alice, board, "throughput", **{"from": "2026-11-21", "to": "2026-11-27"})

    assert [day["cards"] for day in answer["days"]] == [0, 0, 0, 0, 1, 1, 0]
    assert [day["is_working_day"] for day in answer["days"]] == [False] * 2 + [True] * 5
    assert answer["weeks"] == [
        {"monday": "2026-11-16", "cards": 0, "days": 2},
        {"monday": "2026-11-23", "cards": 2, "days": 5},
    ]
    assert answer["reading"] == "2 cards were done in 7 days."


async def test_a_forecast_is_the_same_whenever_it_is_asked_for(
    alice: Actor, board: Json, cards: dict[str, Json]
) -> None:
    query = {"cards": 14, "by": "2026-12-24", "from": "2026-11-23"}
    first = await ask(alice, board, "forecast", **query)

    assert await ask(alice, board, "forecast", **query) == first
    days = [each["day"] for each in first["when_done"]]
    assert [each["percent"] for each in first["when_done"]] == [50, 85, 95]
    assert days == sorted(days)
    assert first["first"] == "2026-11-28"
    assert first["range"] == {"first": "2026-11-23", "last": "2026-11-26"}
    assert first["how_many_reading"].endswith(" done by 24 December 2026.")
    other = await ask(alice, board, "forecast", **query, seed=2)
    assert other["seed"] == 2


async def test_a_forecast_is_drawn_from_days_on_which_there_were_cards_unless_others_are_named(
    alice: Actor, board: Json, cards: dict[str, Json]
) -> None:
    usual = await ask(alice, board, "forecast", cards=2)
    longer = await ask(alice, board, "forecast", cards=2, **{"from": "2026-09-01"})

    assert usual["range"] == {"first": "2026-11-23", "last": "2026-11-26"}
    assert longer["range"] == {"first": "2026-09-01", "last": "2026-11-26"}
    assert usual["when_done"][1]["day"] < longer["when_done"][1]["day"]


async def test_a_forecast_is_about_what_is_left_if_nothing_else_is_said(
    alice: Actor, board: Json, cards: dict[str, Json]
) -> None:
    label = expect(
        await alice.post(
            f"/boards/{board['id']}/labels", json={"name": "mobile", "color": "#d73a4a"}
        ),
        201,
    )
    expect(
        await alice.patch(f"/cards/{cards['Four']['id']}", json={"label_ids": [label["id"]]}), 200
    )
    nobody = await ask(alice, board, "forecast", assignee=str(alice.user_id))

    assert (await ask(alice, board, "forecast"))["cards"] == 2
    assert (await ask(alice, board, "forecast", label=label["id"]))["cards"] == 1
    assert (nobody["cards"], nobody["when_done"]) == (0, None)
    assert nobody["reading"] == "Nothing is left to do."


async def test_velocity_is_what_sprints_completed(world: World, alice: Actor, board: Json) -> None:
    [sprint, _] = await two_sprints(alice, board)
    done = await alice.card(board, "Done", story_points=5, sprint_id=sprint)
    await alice.card(board, "Left", story_points=3, sprint_id=sprint)
    await at_hour(world, 24, 9)
    await alice.move(done, column_id=column(board, "Done")["id"])
    before = await ask(alice, board, "velocity")
    await at_hour(world, 30, 9)

    answer = await ask(alice, board, "velocity")

    [told] = answer["sprints"]
    assert told["sprint"]["sprint_id"] == sprint
    assert told["committed"] == {"cards": 0, "points": 0}
    assert told["added"] == {"cards": 2, "points": 8}
    assert told["completed"] == {"cards": 1, "points": 5}
    assert told["carried_over"] == {"cards": 1, "points": 3}
    assert answer["points"] == {"mean": 5, "deviation": None, "lowest": 5, "highest": 5}
    assert answer["reading"] == "The only sprint that is over completed 5 points."
    assert (before["sprints"], before["points"]) == ([], None)
    other = await ask(alice, board, "velocity", **{"from": "2026-11-28"})
    assert other["sprints"] == []
    assert await ask(alice, board, "velocity", as_of="2026-11-24T09:00:00Z") == before


@pytest.mark.parametrize(
    ("figure", "query", "detail"),
    [
        (
            "flow",
            {"from": "2026-11-25", "to": "2026-11-24"},
            "`from` (2026-11-25) must not be after `to` (2026-11-24).",
        ),
        (
            "throughput",
            {"from": "2025-11-25", "to": "2026-11-26"},
            "From 2025-11-25 to 2026-11-26 are more than 366 days: ask for fewer.",
        ),
        (
            "velocity",
            {"from": "2026-11-25", "to": "2026-11-24"},
            "`from` (2026-11-25) must not be after `to` (2026-11-24).",
        ),
        (
            "forecast",
            {"by": "2026-11-23"},
            "`by` (2026-11-23) must be after the day of asking (2026-11-23).",
        ),
        (
            "durations",
            {"as_of": "2026-11-24T09:00:00Z"},
            "`as_of` lies ahead: of the future only a forecast tells.",
        ),
    ],
)
async def test_days_of_which_nothing_can_be_told_are_refused_in_words(
    alice: Actor, board: Json, figure: str, query: dict[str, str], detail: str
) -> None:
    refused = expect(await asked(alice, board, figure, query), 422)

    assert (refused["code"], refused["detail"]) == ("bad_range", detail)


@pytest.mark.parametrize(
    ("figure", "metric"),
    [
        ("velocity", Metric.VELOCITY),
        ("flow", Metric.CUMULATIVE_FLOW),
        ("durations", Metric.CYCLE_TIME),
        ("ageing", Metric.AGE),
        ("throughput", Metric.THROUGHPUT),
        ("forecast", Metric.FORECAST),
    ],
)
async def test_an_answer_without_cards_says_so_and_what_it_means(
    alice: Actor, board: Json, figure: str, metric: Metric
) -> None:
    answer = await ask(alice, board, figure)

    assert answer["reading"].endswith(".")
    assert answer["definitions"][0]["formula"] == DEFINITIONS[metric].formula
