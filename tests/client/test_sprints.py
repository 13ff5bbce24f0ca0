"""Sprints and insights from a terminal."""

import json
from collections.abc import Sequence

import pytest

from tests.client.conftest import Terminal
from tests.insights.days import at_hour
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def alice(world: World) -> Actor:
    """Somebody whose token outlasts days."""
    person = await world.person("alice")
    await person.stay_signed_in()
    return person


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with the key PAY; it is Monday, 23 November."""
    return await alice.board(await alice.workspace())


@pytest.fixture
def types(alice_types: Terminal, board: Json) -> Terminal:
    """A terminal in which Alice is signed in, and commands are about the board."""
    alice_types.variables["TASKLY_BOARD"] = board["key"]
    return alice_types


def fields(lines: Sequence[str]) -> dict[str, str]:
    """The names and values of a table without headers, as far as values are one word."""
    return {words[0]: words[1] for words in map(str.split, lines) if len(words) == 2}


async def test_the_next_sprints_of_a_series_are_made_and_listed(types: Terminal) -> None:
    words = ["Sprint {n}", "--starts", "2026-11-23", "--days", "12", "--pause", "2", "--ahead", "0"]
    assert await types.out("sprints", "series", *words, "--number", "12", "--capacity", "20") == [
        "Sprint {n}: 12 days each, from 2026-11-23 on."
    ]
    assert await types.out("sprints", "plan", "--ahead", "1") == [
        "Sprint     Status   Begins      Ends        Capacity  Goal",
        "Sprint 13  planned  2026-12-07  2026-12-18  20",
    ]
    assert await types.out("sprints") == [
        "Sprint     Status   Begins      Ends        Capacity  Goal",
        "Sprint 12  active   2026-11-23  2026-12-04  20",
        "Sprint 13  planned  2026-12-07  2026-12-18  20",
    ]
    assert [each["name"] for each in json.loads("".join(await types.out("sprints", "--json")))] == [
        "Sprint 12",
        "Sprint 13",
    ]


async def test_the_next_sprints_of_a_series_are_made_by_themselves(types: Terminal) -> None:
    assert await types.out(
        "sprints", "series", "Week {n}", "--starts", "2026-11-23", "--days", "7"
    ) == ["Week {n}: 7 days each, from 2026-11-23 on. 2 are always planned."]
    assert [line.split()[:3] for line in await types.out("sprints")][1:] == [
        ["Week", "1", "active"],
        ["Week", "2", "planned"],
        ["Week", "3", "planned"],
    ]
    await types.out("sprints", "series", "Week {n}", "--starts", "2026-11-23", "--ahead", "1")
    assert await types.out("sprints", "series", "Week {n}", "--starts", "2026-11-23") == [
        "Week {n}: 14 days each, from 2026-11-23 on. 1 is always planned."
    ]


async def test_a_sprint_that_shares_days_with_another_is_made_and_said(types: Terminal) -> None:
    words = ["sprints", "create", "Hotfix", "--starts", "2026-11-30", "--ends", "2026-12-01"]
    assert (await types.out(*words, "--goal", "No refund fails"))[1].split(maxsplit=5) == [
        "Hotfix",
        "planned",
        "2026-11-30",
        "2026-12-01",
        "40",
        "No refund fails",
    ]
    again = await types.run(*words)
    assert (again.code, again.err) == (0, "It shares days with 1 other sprint of the board.\n")


async def test_cards_are_put_in_and_taken_out_with_what_that_does_to_the_load(
    alice: Actor, types: Terminal, board: Json
) -> None:
    await sprint_of(types)
    for title, points in (("Refund", 13), ("Show fees", 8)):
        await alice.card(
            board, title, story_points=points, assignee_ids=[str(alice.user_id)], priority="low"
        )
    assert await types.out("sprints", "add", "sprint-12", "PAY-1", "PAY-2") == [
        "Sprint 12 has 21 of 20 points.",
        "The sprint is 1 over its capacity.",
        "Alice has 21 of 20, 1 over.",
    ]
    assert await types.out("sprints", "remove", "sprint-12", "PAY-2") == [
        "Sprint 12 has 13 of 20 points."
    ]
    shown = await types.out("sprints", "show", "Sprint 12")
    assert shown[0] == "Sprint 12"
    assert fields(shown)["Health"] == "balanced"
    assert shown[-2:] == [
        "Card   Title   Priority  Points  Done",
        "PAY-1  Refund  low       13",
    ]


async def test_what_a_card_would_do_is_shown_before_it_is_added(
    alice: Actor, types: Terminal, board: Json
) -> None:
    await sprint_of(types)
    await alice.card(board, "Refund", story_points=13)
    assert await types.out("sprints", "capacity", "sprint-12", "--add", "PAY-1", "-a", "me") == [
        "Adding PAY-1 leaves Alice 7 free.",
        "Points  13 of 20",
        "Health  balanced",
        "Person  Cards  Load  Capacity  Over",
        "Alice   1      13    20",
    ]
    assert fields(await types.out("sprints", "capacity", "sprint-12"))["Health"] == "balanced"
    assert (await types.out("sprints", "show", "sprint-12"))[-1].split() == [
        "Card",
        "Title",
        "Priority",
        "Points",
        "Done",
    ]
    refused = await types.run("sprints", "capacity", "sprint-12", "-a", "me")
    assert (refused.code, "name them with --add" in refused.err) == (2, True)


async def test_a_sprint_is_started_and_completed_and_what_is_left_goes_on(
    alice: Actor, types: Terminal, board: Json
) -> None:
    await sprint_of(types)
    done, _ = [await alice.card(board, title, story_points=5) for title in ("Refund", "Show fees")]
    await types.out("sprints", "add", "sprint-12", "PAY-1", "PAY-2")

    assert await types.out("sprints", "start", "sprint-12") == [
        "Sprint 12 has started with 2 cards and 10 points."
    ]
    again = await types.run("sprints", "start", "sprint-12")
    assert (again.code, again.err) == (1, "The sprint was started already\n")
    await alice.move(done, column_id=column(board, "Done")["id"])
    words = ["sprints", "complete", "sprint-12", "--unfinished", "next-sprint"]
    assert await types.out(*words) == [
        "Sprint 12 is completed: 1 card and 5 points done.",
        "1 card and 5 points went to the next sprint.",
    ]
    assert (await types.out("sprints", "show", "sprint-13"))[-1].split()[:2] == ["PAY-2", "Show"]


async def test_what_the_next_sprint_could_be_is_shown_with_the_reason(
    alice: Actor, types: Terminal, board: Json
) -> None:
    await sprint_of(types)
    first = await alice.card(board, "Refund", story_points=5)
    second = await alice.card(board, "Show fees", story_points=3)
    expect(await alice.request("PUT", f"/cards/{second['id']}/blockers/{first['id']}"), 200)
    await alice.card(board, "Some day")
    await types.out("sprints", "add", "sprint-13", "PAY-2")

    shown = await types.out("sprints", "advice")

    assert shown == [
        (
            "No sprint has been completed yet. So the capacity of Sprint 13 is the measure: 20 points. "
            "3 points are in it. 1 card of the backlog with 5 points fits."
        ),
        "Card   Title   Points",
        "PAY-1  Refund  5",
        "Without estimate  PAY-3",
        "Blocked           PAY-2",
        "Out of order      PAY-2 waits for PAY-1",
    ]


async def test_a_plan_is_printed_as_a_file(alice: Actor, types: Terminal, board: Json) -> None:
    await sprint_of(types)
    await alice.card(board, "Refund", story_points=5)
    await types.out("sprints", "add", "sprint-12", "PAY-1")
    table = await types.out("sprints", "export", "sprint-12")
    assert [line.split(",")[:2] for line in table] == [["key", "title"], ["PAY-1", "Refund"]]
    calendar = await types.out("sprints", "export", "sprint-12", "--format", "ics")
    assert (calendar[0], calendar[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")


async def test_figures_by_day_are_a_sentence_and_a_table(
    world: World, alice: Actor, types: Terminal, board: Json
) -> None:
    await worked_on(world, alice, types, board)
    burndown = await types.out("insights", "burndown", "--sprint", "sprint-12", "-a", "me")
    assert burndown[:5] == [
        "5 of 8 points are done and 3 remain, 2.6 less than on the ideal line.",
        "Day         Scope  Done  Remaining  Ideal",
        "2026-11-23  8      0     8          7.2",
        "2026-11-24  8      5     3          6.4",
        "2026-11-25  8      5     3          5.6",
    ]
    assert burndown[5].split() == ["2026-11-26", "4.8"]
    assert await types.out("insights", "flow", "--from", "2026-11-24") == [
        "Over 2 days work in progress stayed at 1 card, and as many cards are done as before.",
        "Day         To do  In progress  Done",
        "2026-11-24  0      1            1",
        "2026-11-25  0      1            1",
    ]


async def test_figures_of_cards_are_in_days_and_name_them(
    world: World, alice: Actor, types: Terminal, board: Json
) -> None:
    await worked_on(world, alice, types, board)
    assert await types.out("insights", "durations") == [
        "The only card that was done took 1 day from the beginning of work.",
        "In days         50 %  85 %  95 %",
        "Cycle time      1.0   1.0   1.0",
        "Lead time       1.0   1.0   1.0",
        "In In Progress  1.0   1.0   1.0",
    ]
    assert await types.out("insights", "ageing") == [
        "The only card in progress has taken longer than 85 % of the finished cards.",
        "Card   Title      Column       Days  Older than",
        "PAY-2  Show fees  In Progress  2.0   95 %",
    ]


async def test_what_was_done_by_week_says_what_may_come(
    world: World, alice: Actor, types: Terminal, board: Json
) -> None:
    await worked_on(world, alice, types, board)
    assert (await types.out("insights", "throughput"))[-1].split() == ["2026-11-23", "1"]
    assert await types.out("insights", "forecast", "--by", "2026-11-27", "--cards", "2") == [
        "It is 85 % sure that 2 cards are done by 3 December 2026.",
        "It is less than 85 % sure that any card is done by 27 November 2026.",
        "Sure to  Done by     Cards by 2026-11-27",
        "50 %     2026-11-30  1",
        "85 %     2026-12-03  0",
        "95 %     2026-12-07  0",
    ]
    other = await types.out("insights", "forecast", "--cards", "1", "--seed", "2")
    assert other[1].split() == ["Sure", "to", "Done", "by"]
    assert (await types.out("insights", "unseen"))[0] == "Nothing was merged on these days."
    assert (await types.out("insights", "reviews"))[0] == "Nothing was merged on these days."


async def test_velocity_has_a_row_for_each_sprint_that_is_over(
    world: World, alice: Actor, types: Terminal, board: Json
) -> None:
    await worked_on(world, alice, types, board)
    await types.out("sprints", "complete", "sprint-12")
    assert await types.out("insights", "velocity", "--last", "3") == [
        "The only sprint that is over completed 5 points.",
        "Sprint     Committed  Added  Removed  Estimated  Completed  Carried over",
        "Sprint 12  8          0      0        0          5          3",
    ]


async def test_where_nobody_estimates_sprints_are_told_in_cards(
    world: World, alice: Actor, types: Terminal, board: Json
) -> None:
    await sprint_of(types)
    for title in ("Refund", "Show fees"):
        await alice.card(board, title)
    await types.out("sprints", "add", "sprint-12", "PAY-1", "PAY-2")
    await types.out("sprints", "start", "sprint-12")
    await at_hour(world, 24, 9)
    await types.out("cards", "move", "PAY-1", "Done")
    burndown = await types.out("insights", "burndown", "--sprint", "sprint-12")
    assert burndown[:4] == [
        "1 of 2 cards is done and 1 remains, 0.6 less than on the ideal line.",
        "Day         Scope  Done  Remaining  Ideal",
        "2026-11-23  2      0     2          1.8",
        "2026-11-24  2      1     1          1.6",
    ]
    await at_hour(world, 25, 9)
    await types.out("sprints", "complete", "sprint-12")
    assert await types.out("insights", "velocity") == [
        "The only sprint that is over completed 1 card.",
        "Sprint     Committed  Added  Removed  Estimated  Completed  Carried over",
        "Sprint 12  2          0      0        0          1          1",
    ]


async def test_what_says_nothing_about_a_figure_is_refused(types: Terminal) -> None:
    refused = await types.run("insights", "burndown", "--from", "2026-11-01")
    assert refused.code == 2
    assert "--from says nothing about burndown." in refused.err


async def test_a_sprint_that_is_not_there_is_named_with_those_that_are(types: Terminal) -> None:
    await sprint_of(types)
    refused = await types.run("sprints", "show", "sprint-99")
    assert (refused.code, refused.err) == (
        1,
        "There is no sprint 'sprint-99'; there are Sprint 12, Sprint 13.\n",
    )
    nowhere = await types.run("insights", "velocity", "--sprint", "sprint-99")
    assert nowhere.code == 1


async def sprint_of(types: Terminal) -> None:
    """Make a series with Sprint 12, which is under way, and Sprint 13."""
    words = ["--starts", "2026-11-23", "--number", "12", "--capacity", "20", "--days", "14"]
    await types.out("sprints", "series", "Sprint {n}", *words, "--ahead", "1")


async def worked_on(world: World, alice: Actor, types: Terminal, board: Json) -> None:
    """Begin two cards of a sprint on Monday, and be done with one on Tuesday; it is Wednesday."""
    await sprint_of(types)
    mine = {"assignee_ids": [str(alice.user_id)]}
    done = await alice.card(board, "Refund", story_points=5, **mine)
    begun = await alice.card(board, "Show fees", story_points=3, **mine)
    await types.out("sprints", "add", "sprint-12", "PAY-1", "PAY-2")
    await types.out("sprints", "start", "sprint-12")
    for card in (done, begun):
        await alice.move(card, column_id=column(board, "In Progress")["id"])
    await at_hour(world, 24, 9)
    await alice.move(done, column_id=column(board, "Done")["id"])
    await at_hour(world, 25, 9)
