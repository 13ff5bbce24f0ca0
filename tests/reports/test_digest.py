"""The digest of a week says what happened on a board."""

from datetime import timedelta

import pytest

from tests.insights.test_code_answers import on
from tests.reports.code import merged, told_first
from tests.reports.place import Team, a_sprint
from tests.support.actors import Json, expect

pytestmark = pytest.mark.anyio


def titles(listed: Json) -> list[str]:
    """The titles of a list of cards."""
    return [each["title"] for each in listed["items"]]


async def test_the_digest_of_a_week_is_what_one_counts_by_hand(team: Team) -> None:
    await a_sprint(team)
    await team.on(30)

    digest = await team.digest()

    assert digest["week"] == {
        "name": "2026-W48",
        "first": "2026-11-23",
        "last": "2026-11-29",
        "is_over": True,
    }
    assert digest["as_of"] == "2026-11-29T23:59:59.999999Z"
    assert [(each["title"], each["points"]) for each in digest["delivered"]["items"]] == [
        ("Early", 3),
        ("Late", 3),
    ]
    assert [(each["title"], each["started_at"]) for each in digest["started"]["items"]] == [
        ("Early", "2026-11-25T09:00:00Z"),
        ("Back", "2026-11-26T09:00:00Z"),
        ("Late", "2026-11-27T09:00:00Z"),
    ]
    assert [
        (each["sprint_name"], each["card"]["title"], each["kind"], each["by"]["name"])
        for each in digest["scope_changes"]["items"]
    ] == [
        ("Sprint 12", "Late", "added", "Bob"),
        ("Sprint 12", "Big", "estimated", "Alice"),
        ("Sprint 12", "Cut", "removed", "Alice"),
    ]
    assert [each["person"]["name"] for each in digest["thanks"]] == ["Bob"]


async def test_it_reads_the_sprints_that_ran_and_the_cards_at_risk(team: Team) -> None:
    await a_sprint(team)
    await team.on(30)

    digest = await team.digest()

    [sprint] = digest["sprints"]
    assert sprint["reading"] == "Sprint 12 ended with 6 of 15 points done and 2 cards left over."
    assert sprint["remaining"] == {"cards": 2, "points": 9}
    assert titles(digest["now"]["at_risk"]) == ["Back"]
    assert digest["reading"] == (
        "2 cards were done. 3 cards were started. Sprint 12 ended with 6 of 15 points done and 2 cards left over. "
        "1 card is at risk."
    )


async def test_what_is_at_risk_now_is_not_said_of_weeks_long_past(team: Team) -> None:
    await team.card("Late", due_date="2026-11-23")
    await team.on(30)

    digests = [await team.digest(week=f"2026-W{week}") for week in (47, 48, 49)]

    assert [each["now"]["at_risk"]["count"] for each in digests] == [1, 1, 1]
    said = [each["reading"].endswith("1 card is at risk.") for each in digests]
    assert said == [False, True, True]


async def test_throughput_stands_beside_the_weeks_before(team: Team) -> None:
    for day, number in ((24, 3), (26, 1)):
        await team.on(day)
        for each in range(number):
            await team.put(team.alice, await team.card(f"{day}: {each}"), "Done")
    await team.on(31)
    await team.put(team.alice, await team.card("December"), "Done")
    await team.on(38)

    throughput = (await team.digest())["throughput"]

    assert throughput["reading"] == "1 card was done, after 4 in the week before."
    assert throughput["weeks_before"] == [{"monday": "2026-11-23", "cards": 4, "days": 7}]
    assert (throughput["cards"], throughput["average_before"]) == (1, 4)


async def test_what_was_merged_without_a_card_is_told_and_reviews_are_thanked(team: Team) -> None:
    card = await team.card("Seen")
    reviews = {"carol": on(24), "alice": on(24), "renovate[bot]": on(24)}
    await merged(team, (on(25), card, reviews), (on(26), None, {}), (on(30, 8), None, {}))
    await team.on(30)

    digest = await team.digest()

    assert [each["number"] for each in digest["unseen"]["items"]] == [2]
    assert digest["thanks"] == [
        {"person": {"user_id": None, "name": "carol"}, "reasons": ["reviewed"]}
    ]
    assert "1 pull request was merged that was on no card before." in digest["reading"]


async def test_reviews_are_thanked_in_the_weeks_of_the_first_and_the_last_that_are_known(
    team: Team,
) -> None:
    # Carol reviews, and does so again two weeks later.
    await merged(team, (on(25), await team.card("Seen"), {"carol": on(24) + timedelta(weeks=2)}))
    await told_first(team, on(24))
    await team.on(43)

    thanked = [
        [each["person"]["name"] for each in (await team.digest(week=f"2026-W{week}"))["thanks"]]
        for week in (47, 48, 49, 50)
    ]

    assert thanked == [[], ["carol"], [], ["carol"]]


async def test_a_week_that_goes_on_is_told_so_far_and_one_that_is_past_as_it_was(
    team: Team,
) -> None:
    cards = await a_sprint(team)
    so_far = await team.digest(week="2026-W48")
    await team.on(30)
    before = await team.digest()
    await team.put(team.bob, cards["Early"], "In Progress")
    expect(await team.alice.patch(f"/cards/{cards['Big']['id']}", json={"sprint_id": None}), 200)

    after = await team.digest(week="2026-W48")

    assert (so_far["week"]["is_over"], so_far["as_of"]) == (False, "2026-11-27T17:00:00Z")
    for digest in (before, after):
        del digest["now"], digest["reading"]
    assert after == before


async def test_days_of_a_week_are_those_of_the_workspace(team: Team) -> None:
    path = f"/workspaces/{team.board['workspace_id']}"
    expect(await team.alice.patch(path, json={"time_zone": "Pacific/Auckland"}), 200)
    early, late = await team.card("Early"), await team.card("Late")
    # In Auckland it is Sunday, eleven in the evening; then Monday, one in the morning.
    await team.on(29, 10)
    await team.put(team.alice, early, "Done")
    await team.on(29, 12)
    await team.put(team.alice, late, "Done")

    digest = await team.digest()

    assert (digest["week"]["name"], titles(digest["delivered"])) == ("2026-W48", ["Early"])
    assert titles((await team.digest(week="2026-W49"))["delivered"]) == ["Late"]


@pytest.mark.parametrize(
    ("week", "code"),
    [("2026-W49", "bad_range"), ("2025-W53", "invalid"), ("2026-48", "invalid")],
)
async def test_a_week_that_has_not_begun_or_is_none_is_refused(
    team: Team, week: str, code: str
) -> None:
    answer = await team.bob.get(f"/boards/{team.board['id']}/digest", params={"week": week})

    assert expect(answer, 422)["code"] == code


async def test_what_was_started_and_not_done_is_counted_beyond_what_is_listed(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Done", "Done", "In Progress", "In Progress"):
        await team.put(team.alice, await team.card(f"Into {name}"), name)
    await team.on(30)
    monkeypatch.setattr("taskly.reports.schemas.MOST_LISTED", 1)

    digest = await team.digest()
    path = f"/boards/{team.board['id']}/digest?format=markdown"
    text = (await team.bob.get(path)).text

    counts = [digest[name]["count"] for name in ("delivered", "started", "started_not_done")]
    assert counts == [2, 4, 2]
    assert titles(digest["started_not_done"]) == ["Into In Progress"]
    assert "## Started, and not done yet (2)\n\n- [CHE-3](" in text


async def test_the_digest_is_written_in_markdown_and_as_a_page(team: Team) -> None:
    await a_sprint(team)
    await team.on(30)
    path = f"/boards/{team.board['id']}/digest"

    text = (await team.bob.get(path, params={"format": "markdown"})).text
    page = (await team.bob.get(path, params={"format": "html"})).text

    assert text.startswith(
        "# Checkout, week 48\n\nPayments, 23 November 2026 to 29 November 2026\n"
    )
    assert "## Delivered (2)\n\n- [CHE-1](" in text
    assert "(added to Sprint 12 by Bob; \\+3 points; Tue 24 Nov)" in text
    assert text.endswith(
        "## Week by week\n\n2 cards were done.\n\n| | Cards done |\n| --- | ---: |\n| Week 48 | 2 |\n"
    )
    for heading in (
        "Sprints",
        "Started, and not done yet (1)",
        "At risk (1)",
        "Thanks to",
        "Week by week",
    ):
        assert heading in page
