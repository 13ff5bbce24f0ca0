"""The report of a sprint before it begins, while it runs, and when it is over; and where cards went then."""

import pytest

from taskly.platform.context import SYSTEM
from taskly.users.models import User
from tests.insights.test_code_answers import on
from tests.reports.code import merged
from tests.reports.place import Team, a_sprint, sprint_of
from tests.support.actors import Json, expect

pytestmark = pytest.mark.anyio


async def test_before_a_sprint_begins_the_report_says_what_is_to_come(team: Team) -> None:
    later = await sprint_of(team.alice, team.board, "Sprint 13", "2026-12-07", "2026-12-18")
    await team.alice.card(team.board, "Soon", story_points=3, sprint_id=later["id"])

    report = expect(await team.bob.get(f"/sprints/{later['id']}/report"), 200)

    assert (report["sprint"]["state"], report["figures"]) == ("planned", None)
    assert report["scope"] == {"cards": 1, "points": 3}
    assert [(each["title"], each["destination"]) for each in report["left"]["items"]] == [
        ("Soon", None)
    ]
    assert report["reading"] == (
        "Sprint 13 goes from 7 December 2026 to 18 December 2026, and 1 card with 3 points is planned."
    )
    assert report["thanks"] == []


async def test_a_sprint_without_cards_says_so(team: Team) -> None:
    later = await sprint_of(team.alice, team.board, "Sprint 13", "2026-12-07", "2026-12-18")
    planned = expect(await team.bob.get(f"/sprints/{later['id']}/report"), 200)

    running = await team.report()

    assert planned["reading"].endswith("and nothing is planned.")
    assert running["reading"] == (
        "Sprint 12 goes on until 4 December 2026. Sprint 12 has no cards. "
        "Nothing came in or went out since it began."
    )


async def test_while_a_sprint_runs_the_report_says_how_far_it_is(team: Team) -> None:
    card, _ = await team.card("One", 3), await team.card("Two", 2)
    expect(await team.alice.post(f"/sprints/{team.sprint['id']}/start"), 200)
    await team.on(24)
    await team.put(team.bob, card, "Done")

    report = await team.report()

    assert report["sprint"]["state"] == "running"
    assert report["reading"] == (
        "Sprint 12 goes on until 4 December 2026. 3 of 5 points are done and 2 remain, "
        "2 less than on the ideal line. Nothing came in or went out since it began."
    )
    assert report["figures"]["completed"] == {"cards": 1, "points": 3}
    [done] = report["delivered"]["items"]
    # Nobody is on the card, so it was done by who put it there.
    assert [person["name"] for person in done["people"]] == ["Bob"]
    assert [each["destination"] for each in report["left"]["items"]] == [None]


async def test_a_sprint_that_nobody_completed_says_where_each_card_went_first(team: Team) -> None:
    alice = team.alice
    titles = ("Backlog", "Later", "Given up", "Deleted", "Elsewhere", "Next", "Still there")
    cards = {title: await team.card(title, 1) for title in titles}
    following = await sprint_of(alice, team.board, "Sprint 13", "2026-12-07", "2026-12-18")
    workspace: Json = {"id": team.board["workspace_id"]}
    other = await alice.board(workspace, name="Other", template="kanban")
    await team.on(35)
    paths = {title: f"/cards/{card['id']}" for title, card in cards.items()}
    expect(await alice.patch(paths["Backlog"], json={"sprint_id": None}), 200)
    expect(await alice.patch(paths["Next"], json={"sprint_id": following["id"]}), 200)
    await team.put(alice, cards["Later"], "Done")
    expect(await alice.post(f"{paths['Given up']}/archive"), 200)
    expect(await alice.delete(paths["Deleted"]), 204)
    move = {"board_id": other["id"]}
    expect(await alice.post(f"{paths['Elsewhere']}/move-to-board", json=move), 200)
    await team.on(36)
    expect(await alice.patch(paths["Backlog"], json={"sprint_id": following["id"]}), 200)

    report = await team.report()

    went = {each["title"]: each["destination"] for each in report["left"]["items"]}
    assert {title: each["went"] for title, each in went.items()} == {
        "Backlog": "backlog",
        "Later": "done",
        "Given up": "archived",
        "Deleted": "deleted",
        "Elsewhere": "another_board",
        "Next": "sprint",
        "Still there": "nowhere",
    }
    assert went["Next"]["sprint_name"] == "Sprint 13"
    keys = {each["title"]: each["key"] for each in report["left"]["items"]}
    assert keys["Elsewhere"] == "OTH-1"


async def test_merged_pull_requests_stand_with_their_cards_and_reviewers_are_thanked(
    team: Team,
) -> None:
    cards = await a_sprint(team)
    in_time = {"carol": on(24), "alice": on(24), "renovate[bot]": on(24)}
    too_late = {"dave": on(29)}
    await merged(
        team,
        (on(24, 12), cards["Early"], in_time),
        (on(29), cards["Early"], too_late),
        (on(26), cards["Cut"], {"erin": on(26)}),
    )
    await team.on(30)

    report = await team.report()

    early, late = report["delivered"]["items"]
    assert [pull["number"] for pull in early["pull_requests"]] == [1]
    assert early["pull_requests"][0]["repository"] == "octo/payments"
    assert late["pull_requests"] == []
    # Cut was not part of the sprint any more, and Alice and a program are not thanked for their reviews.
    assert [(each["person"]["name"], each["reasons"]) for each in report["thanks"]] == [
        ("Bob", ["completed"]),
        ("carol", ["reviewed"]),
    ]


async def test_a_reviewer_has_the_name_of_the_workspace_and_outsiders_that_of_github(
    team: Team,
) -> None:
    carol = await team.world.person("chosen-elsewhere")
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        for github_id, person in enumerate((carol, team.bob)):
            (await tx.session.get_one(User, person.user_id)).github_id = github_id
    card = await team.card("Done", assignee_ids=[str(team.bob.user_id)])
    # The accounts at GitHub have the ids 0 and 1, in this order.
    await merged(team, (on(24, 12), card, {"carol": on(24), "bob-at-github": on(24)}))
    await team.on(24, 13)
    await team.put(team.bob, card, "Done")

    thanks = (await team.report())["thanks"]

    assert [(each["person"], each["reasons"]) for each in thanks] == [
        ({"user_id": str(team.bob.user_id), "name": "Bob"}, ["completed", "reviewed"]),
        ({"user_id": None, "name": "carol"}, ["reviewed"]),
    ]


async def test_who_left_the_workspace_is_thanked_once(team: Team) -> None:
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        (await tx.session.get_one(User, team.bob.user_id)).github_id = 0
    card = await team.card("Done", assignee_ids=[str(team.bob.user_id)])
    await merged(team, (on(24, 12), card, {"bob-at-github": on(24)}))
    await team.on(24, 13)
    await team.put(team.bob, card, "Done")
    await team.on(30)
    path = f"/workspaces/{team.board['workspace_id']}/members/{team.bob.user_id}"
    expect(await team.alice.delete(path), 204)

    sprint, week = f"/sprints/{team.sprint['id']}/report", f"/boards/{team.board['id']}/digest"
    both = [expect(await team.alice.get(each), 200)["thanks"] for each in (sprint, week)]

    person = {"user_id": str(team.bob.user_id), "name": "Bob"}
    assert both == [[{"person": person, "reasons": ["completed", "reviewed"]}]] * 2


async def test_who_was_called_otherwise_at_github_before_is_thanked_once(team: Team) -> None:
    card = await team.card("Seen")
    # Both are the first account that is known at GitHub.
    await merged(team, (on(24, 12), card, {"carol": on(24)}), (on(25, 12), card, {"caro": on(25)}))

    await team.on(26)
    thanks = (await team.report())["thanks"]

    assert [each["person"]["name"] for each in thanks] == ["caro"]


async def test_people_are_thanked_by_their_names_and_not_by_how_much_they_did(team: Team) -> None:
    for number in range(3):
        card = await team.card(f"Bob's {number}", 8, assignee_ids=[str(team.bob.user_id)])
        await team.put(team.bob, card, "Done")
    await team.put(team.alice, await team.card("Alice's", 1), "Done")

    thanks = (await team.report())["thanks"]

    assert [each["person"]["name"] for each in thanks] == ["Alice", "Bob"]
    assert all(set(each) == {"person", "reasons"} for each in thanks)


async def test_a_sprint_that_was_deleted_has_no_report(team: Team) -> None:
    path = f"/sprints/{team.sprint['id']}"
    expect(await team.alice.delete(path), 204)

    expect(await team.bob.get(f"{path}/report"), 404)


async def test_a_list_that_is_too_long_is_cut_and_counted(team: Team) -> None:
    lines = {"lines": "\n".join(f"Card {number}" for number in range(201))}
    pasted = expect(
        await team.alice.post(f"/boards/{team.board['id']}/cards/paste", json=lines), 201
    )
    made = [card["id"] for card in pasted["cards"]]
    for first in range(0, 201, 100):
        add = {"add": made[first : first + 100]}
        expect(await team.alice.post(f"/sprints/{team.sprint['id']}/cards", json=add), 200)

    report = await team.report()
    text = (await team.bob.get(f"/sprints/{team.sprint['id']}/report?format=markdown")).text

    assert (report["left"]["count"], len(report["left"]["items"])) == (201, 200)
    assert report["scope"]["cards"] == 201
    assert "## Still open (201)\n" in text
    assert "- … and 1 more\n" in text


async def test_a_sprint_that_was_started_goes_on_after_its_last_day_until_it_is_completed(
    team: Team,
) -> None:
    card = await team.card("Late", 3)
    path = f"/sprints/{team.sprint['id']}"
    expect(await team.alice.post(f"{path}/start"), 200)
    await team.on(43)
    late = {"blocker_ids": [(await team.alice.card(team.board, "Other"))["id"]]}
    expect(await team.alice.patch(f"/cards/{card['id']}", json=late), 200)

    report, digest = await team.report(), await team.digest(week="2026-W50")

    said = "was to end on 4 December 2026, and goes on"
    assert report["reading"].startswith(f"Sprint 12 {said}. 0 of 3 points are done")
    assert [each["sprint"]["name"] for each in digest["sprints"]] == ["Sprint 12"]
    assert [each["title"] for each in digest["now"]["at_risk"]["items"]] == ["Late"]
    text = await team.bob.get(f"/boards/{team.board['id']}/digest?week=2026-W50&format=markdown")
    assert f"Sprint 12 ({said}; 0 of 3 points are done" in text.text
    expect(await team.alice.post(f"{path}/complete", json={"unfinished": "backlog"}), 200)
    await team.on(57)
    assert (await team.digest())["sprints"] == []


async def test_who_was_on_a_card_when_it_was_done_delivered_it(team: Team) -> None:
    alice, bob = str(team.alice.user_id), str(team.bob.user_id)
    card = await team.card("Early", 3, assignee_ids=[bob])
    await team.on(24)
    await team.put(team.alice, card, "Done")
    await team.on(25)
    later = {"assignee_ids": [alice], "story_points": 5}
    expect(await team.alice.patch(f"/cards/{card['id']}", json=later), 200)

    report = await team.report()

    [done] = report["delivered"]["items"]
    assert (done["points"], [each["name"] for each in done["people"]]) == (5, ["Bob"])
    assert [each["person"]["name"] for each in report["thanks"]] == ["Bob"]
