"""The report of a sprint says what became of it, as the log tells it."""

from typing import Any

import pytest

from tests.reports.place import Team, a_sprint
from tests.support.actors import Json, expect

pytestmark = pytest.mark.anyio


def amount(cards: int, points: int) -> Json:
    """Some work."""
    return {"cards": cards, "points": points}


def titles(listed: Json) -> list[Any]:
    """The titles of a list of cards."""
    return [each["title"] for each in listed["items"]]


async def test_the_report_of_a_small_sprint_is_what_one_counts_by_hand(team: Team) -> None:
    await a_sprint(team)
    await team.on(30)

    report = await team.report()

    assert report["figures"] == {
        "committed": amount(4, 11),
        "added": amount(1, 3),
        "removed": amount(1, 2),
        "estimated": amount(0, 3),
        "completed": amount(2, 6),
        "left": amount(2, 9),
    }
    assert report["scope"] == amount(4, 15)
    assert report["reading"] == (
        "Sprint 12 ended with 6 of 15 points done and 2 cards left over. Since it began, 1 card with 3 points came in, "
        "1 card with 2 points went out, estimates grew by 3 points and 1 card was reopened."
    )
    assert (report["sprint"]["state"], report["sprint"]["goal"]) == ("over", "Refunds work twice")
    assert report["now"]["at_risk"]["count"] == 0


async def test_it_says_who_delivered_what_and_where_the_rest_went(team: Team) -> None:
    await a_sprint(team)

    report = await team.report()

    assert [
        (each["key"], each["title"], each["points"], each["people"][0]["name"], each["done_at"])
        for each in report["delivered"]["items"]
    ] == [
        ("CHE-1", "Early", 3, "Bob", "2026-11-25T09:00:00Z"),
        ("CHE-5", "Late", 3, "Bob", "2026-11-27T09:00:00Z"),
    ]
    assert [
        (
            each["title"],
            each["points"],
            each["destination"]["went"],
            each["destination"]["sprint_name"],
        )
        for each in report["left"]["items"]
    ] == [("Big", 8, "sprint", "Sprint 13"), ("Back", 1, "backlog", None)]


async def test_it_says_who_changed_the_scope_when_and_what_was_reopened(team: Team) -> None:
    await a_sprint(team)

    report = await team.report()

    assert [
        (each["at"], each["by"]["name"], each["card"]["title"], each["kind"], each["amount"])
        for each in report["scope_changes"]["items"]
    ] == [
        ("2026-11-24T09:00:00Z", "Bob", "Late", "added", amount(1, 3)),
        ("2026-11-24T10:00:00Z", "Alice", "Big", "estimated", amount(0, 3)),
        ("2026-11-25T09:00:00Z", "Alice", "Cut", "removed", amount(-1, -2)),
    ]
    assert [
        (each["at"], each["by"]["name"], each["card"]["title"])
        for each in report["reopened"]["items"]
    ] == [("2026-11-27T09:00:00Z", "Bob", "Back")]


async def test_a_report_of_the_past_says_the_same_as_the_figures_of_insights(team: Team) -> None:
    await a_sprint(team)
    await team.on(30)
    path = f"/boards/{team.board['id']}/insights/velocity"
    [told] = expect(await team.bob.get(path), 200)["sprints"]

    figures = (await team.report())["figures"]

    assert figures.pop("left") == told["carried_over"]
    assert figures == {name: told[name] for name in figures}


async def test_a_report_of_the_past_is_the_same_whatever_happens_later(team: Team) -> None:
    cards = await a_sprint(team)
    before = await team.report()
    await team.on(30)
    later: Json = {"story_points": 13, "sprint_id": None, "assignee_ids": []}
    for title in ("Early", "Big", "Late"):
        expect(await team.alice.patch(f"/cards/{cards[title]['id']}", json=later), 200)
    await team.put(team.alice, cards["Early"], "To Do")
    await team.put(team.bob, cards["Back"], "Done")
    expect(await team.alice.post(f"/cards/{cards['Late']['id']}/archive"), 200)
    expect(await team.alice.delete(f"/cards/{cards['Cut']['id']}"), 204)

    after = await team.report()

    assert (after.pop("as_of"), before.pop("as_of")) == (
        "2026-11-30T09:00:00Z",
        "2026-11-27T17:00:00Z",
    )
    assert after.pop("now") != before.pop("now")
    assert after == before
