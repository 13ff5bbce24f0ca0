"""What is at risk in a report, and why; and what has come apart from the code."""

import pytest

from tests.insights.test_code_answers import on
from tests.reports.code import merged
from tests.reports.place import Team
from tests.support.actors import Json, expect

pytestmark = pytest.mark.anyio


def reasons(report: Json) -> dict[str, list[tuple[str, str]]]:
    """Why cards are at risk, by title."""
    return {
        card["title"]: [(each["kind"], each["detail"]) for each in card["reasons"]]
        for card in report["now"]["at_risk"]["items"]
    }


async def test_nothing_is_at_risk_where_all_is_well(team: Team) -> None:
    await team.card("Fine", 3, due_date="2026-11-23", assignee_ids=[str(team.bob.user_id)])

    assert reasons(await team.report()) == {}


async def test_a_card_that_waits_for_another_is_at_risk_until_that_is_done(team: Team) -> None:
    first, second = await team.card("First"), await team.card("Second")
    waits = {"blocker_ids": [first["id"]]}
    expect(await team.alice.patch(f"/cards/{second['id']}", json=waits), 200)

    before = await team.report()
    await team.put(team.alice, first, "Done")

    assert reasons(before) == {"Second": [("blocked", "waits for CHE-1")]}
    assert reasons(await team.report()) == {}


async def test_a_card_whose_day_has_passed_is_at_risk(team: Team) -> None:
    await team.card("Today", due_date="2026-11-24")
    await team.card("Yesterday", due_date="2026-11-23")
    await team.on(24)

    assert reasons(await team.report()) == {
        "Yesterday": [("overdue", "was due on 23 November 2026")]
    }


async def test_a_card_that_takes_longer_than_most_is_at_risk(team: Team) -> None:
    quick, slow = await team.card("Quick"), await team.card("Slow")
    for card in (quick, slow):
        await team.put(team.alice, card, "In Progress")
    await team.on(24)
    await team.put(team.alice, quick, "Done")
    at_first = reasons(await team.report())
    await team.on(26)

    assert at_first == {}
    assert reasons(await team.report()) == {
        "Slow": [("old", "in progress for 3 days, longer than 85 % of the finished cards took")]
    }


async def test_cards_of_people_who_have_too_much_are_at_risk_as_capacity_says(team: Team) -> None:
    bob, alice = str(team.bob.user_id), str(team.alice.user_id)
    await team.card("Bob's", 16, assignee_ids=[bob])
    await team.card("Theirs", 6, assignee_ids=[alice, bob])
    await team.card("Alice's", 8, assignee_ids=[alice])
    path = f"/sprints/{team.sprint['id']}"
    expect(await team.alice.request("PUT", f"{path}/days-off/{bob}", json={"days": 2}), 200)
    strains = expect(await team.bob.get(f"{path}/capacity"), 200)["strains"]
    [said] = [each["detail"] for each in strains if each["kind"] == "person_over"]

    found = reasons(await team.report())

    assert said == "Bob has 19 of 16, 3 over."
    expected = [("overloaded", "Bob has 19 of 16, 3 over")]
    assert found == {"Bob's": expected, "Theirs": expected}


async def test_cards_with_most_reasons_come_first_and_done_ones_not_at_all(team: Team) -> None:
    bob = [str(team.bob.user_id)]
    await team.card("One", 30, assignee_ids=bob)
    await team.card("Both", 1, assignee_ids=bob, due_date="2026-11-20")
    done = await team.card("Done", 1, assignee_ids=bob, due_date="2026-11-20")
    await team.put(team.alice, done, "Done")

    found = reasons(await team.report())

    assert [(title, len(each)) for title, each in found.items()] == [("Both", 2), ("One", 1)]


async def test_a_digest_looks_at_all_sprints_that_run_at_work_in_progress_and_at_due_days(
    team: Team,
) -> None:
    first = await team.card("In the sprint")
    waits = {"blocker_ids": [first["id"]]}
    titles = {
        "Waits in the sprint": {"sprint_id": team.sprint["id"]},
        "Waits in progress": {"column_id": team.board["columns"][1]["id"]},
        "Waits in the backlog": {},
    }
    for title, fields in titles.items():
        card = await team.alice.card(team.board, title, **fields)
        expect(await team.alice.patch(f"/cards/{card['id']}", json=waits), 200)
    await team.alice.card(team.board, "Late", due_date="2026-11-20")

    found = reasons(await team.digest())

    assert set(found) == {"Waits in the sprint", "Waits in progress", "Late"}


async def test_cards_that_have_come_apart_from_their_code_are_told_with_what_to_do(
    team: Team,
) -> None:
    card, other = await team.card("Merged"), await team.alice.card(team.board, "Elsewhere")
    await merged(team, (on(24), card, {}), (on(24), other, {}))
    await team.on(25)

    report, digest = await team.report(), await team.digest()

    assert [each["title"] for each in report["now"]["drift"]["items"]] == ["Merged"]
    assert [each["title"] for each in digest["now"]["drift"]["items"]] == ["Merged", "Elsewhere"]
    [sign] = report["now"]["drift"]["items"][0]["drift"]
    assert sign["advice"].startswith("octo/payments#1 is merged: move the card to Done")
