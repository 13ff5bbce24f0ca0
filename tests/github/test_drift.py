"""Cards whose code went another way than they did: flagged, listed and found."""

from typing import Any

import pytest

from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, column, expect

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"


@pytest.fixture
async def card(ann: Actor, board: Json, connected: Json) -> Json:
    """The card PAY-1, with a connected repository."""
    return await ann.card(board, "Refund twice")


async def opened(place: Place, *, draft: bool = False) -> int:
    """The number of a pull request for the card, of which Taskly has heard."""
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    pull = await place.github.open_pull_request(
        REPOSITORY, BRANCH, "Refunds", author="ann", draft=draft
    )
    await place.settle()
    return pull.number


async def signs(ann: Actor, card: Json) -> list[Json]:
    """What the card's code shows, which is what the lists show of the card."""
    shown = expect(await ann.get(f"/cards/{card['id']}/development"), 200)["drift"]
    board = f"/boards/{card['board_id']}"
    listed = expect(await ann.get(f"{board}/drift"), 200)["items"]
    assert [item["drift"] for item in listed] == ([shown] if shown else [])
    found = expect(await ann.get(f"{board}/cards", params={"q": "is:drifting"}), 200)["items"]
    kinds = [sign["kind"] for sign in shown]
    assert [item["drift"] for item in found] == ([kinds] if kinds else [])
    return list(shown)


async def kinds(ann: Actor, card: Json) -> list[str]:
    """How the card drifts."""
    return [sign["kind"] for sign in await signs(ann, card)]


async def put(ann: Actor, board: Json, card: Json, name: str) -> None:
    """Somebody moves the card."""
    await ann.move(card, column_id=column(board, name)["id"])


async def test_a_merged_card_that_somebody_takes_back_drifts_until_it_is_done(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    number = await opened(place)
    assert await kinds(ann, card) == []
    await place.github.merge(REPOSITORY, number, actor="ann", delete_branch=True)
    await place.settle()
    assert await kinds(ann, card) == []

    await put(ann, board, card, "In Progress")
    [row] = await place.rows("SELECT merged_at FROM pull_requests")
    assert await signs(ann, card) == [
        {
            "kind": "merged_not_done",
            "repository": REPOSITORY,
            "pull_request": number,
            "branch": None,
            "since": row["merged_at"].isoformat().replace("+00:00", "Z"),
            "advice": f"{REPOSITORY}#{number} is merged: move the card to Done, or go on in "
            "another pull request.",
        }
    ]
    listed = expect(await ann.get(f"/boards/{board['id']}/drift"), 200)["items"]
    in_progress = column(board, "In Progress")["id"]
    assert [
        (each["key"], each["title"], each["column_id"], each["column_name"]) for each in listed
    ] == [("PAY-1", "Refund twice", in_progress, "In Progress")]
    health = f"/repositories/{connected['id']}/health"
    assert expect(await ann.get(health), 200)["drifting"] == 1
    await put(ann, board, card, "Done")
    assert await kinds(ann, card) == []
    assert expect(await ann.get(health), 200)["drifting"] == 0


async def test_a_card_that_somebody_calls_done_drifts_while_its_pull_request_is_open(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place)
    await put(ann, board, card, "Done")
    assert await kinds(ann, card) == ["done_but_open"]
    await place.github.close_pull_request(REPOSITORY, number)
    await place.settle()
    assert await kinds(ann, card) == []


async def test_a_card_in_review_drifts_while_there_is_only_a_draft(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place, draft=True)
    assert await kinds(ann, card) == []
    await put(ann, board, card, "In Review")
    assert await kinds(ann, card) == ["in_review_but_draft"]
    await place.github.ready_for_review(REPOSITORY, number)
    await place.settle()
    assert await kinds(ann, card) == []


async def test_a_card_in_progress_drifts_when_its_branch_goes_and_until_it_is_back(
    place: Place, ann: Actor, card: Json
) -> None:
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.settle()
    assert await kinds(ann, card) == []
    await place.github.advance_clock(2)
    await place.github.delete_branch(REPOSITORY, BRANCH)
    await place.settle()
    [gone] = await signs(ann, card)
    assert (gone["kind"], gone["pull_request"], gone["branch"]) == ("branch_gone", None, BRANCH)
    await place.github.advance_clock(2)
    await place.github.push(REPOSITORY, BRANCH, ["Again"], actor="ann")
    await place.settle()
    assert await kinds(ann, card) == []


async def later(place: Place, table: str, days: int) -> None:
    """Let what GitHub told be some days older."""
    await place.change(
        f"UPDATE {table} SET github_updated_at = github_updated_at - make_interval(days => :days)",  # noqa: S608
        days=days,
    )


async def test_an_approved_card_drifts_when_nothing_happens_for_three_days(
    place: Place, ann: Actor, card: Json
) -> None:
    number = await opened(place)
    await place.github.create_user("rex")
    await place.github.set_access(REPOSITORY, "rex", "push")
    await place.github.review(REPOSITORY, number, "rex", "APPROVE")
    await place.settle()
    await later(place, "pull_requests", 2)
    assert await kinds(ann, card) == []
    await later(place, "pull_requests", 1)
    assert await kinds(ann, card) == ["approved_and_idle"]
    await place.github.edit_pull_request(REPOSITORY, number, title="Refunds, twice")
    await place.settle()
    assert await kinds(ann, card) == []


async def test_a_card_drifts_whose_checks_fail_for_two_days(
    place: Place, ann: Actor, card: Json
) -> None:
    await opened(place)
    for name in ("build", "lint"):
        await place.github.report_check(REPOSITORY, BRANCH, name, conclusion="failure")
    await place.settle()
    await later(place, "check_runs", 1)
    assert await kinds(ann, card) == []
    await place.change(
        "UPDATE check_runs SET github_updated_at = github_updated_at - interval '1 day' "
        "WHERE name = 'build'"
    )
    [first] = await place.rows("SELECT github_updated_at FROM check_runs WHERE name = 'build'")
    [failing] = await signs(ann, card)
    assert failing["kind"] == "checks_failing"
    assert failing["since"] == first["github_updated_at"].isoformat().replace("+00:00", "Z")
    await place.github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await place.settle()
    assert await kinds(ann, card) == []


@pytest.mark.parametrize("archived", ["card", "board"])
async def test_nothing_in_the_archive_drifts(
    place: Place, ann: Actor, board: Json, card: Json, archived: str
) -> None:
    await opened(place)
    await put(ann, board, card, "Done")
    assert await kinds(ann, card) == ["done_but_open"]
    path = f"/{archived}s/{card['id'] if archived == 'card' else board['id']}"
    expect(await ann.post(f"{path}/archive"), 200)
    assert await kinds(ann, card) == []


async def test_a_pull_request_that_somebody_takes_away_or_whose_rule_is_off_shows_no_drift(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await opened(place)
    await put(ann, board, card, "Done")

    async def set_rule(**fields: Any) -> None:
        expect(await ann.patch(f"/boards/{board['id']}/automation", json={"merged": fields}), 200)

    await set_rule(enabled=False)
    assert await kinds(ann, card) == []
    await set_rule(enabled=True)
    assert await kinds(ann, card) == ["done_but_open"]
    await place.change("UPDATE card_pull_requests SET removed_at = now()")
    assert await kinds(ann, card) == []


async def test_own_cards_and_searches_are_flagged_too(
    place: Place, ann: Actor, board: Json, workspace: Json, card: Json
) -> None:
    await ann.card(board, "Another")
    expect(await ann.request("PUT", f"/cards/{card['id']}/assignees/{ann.user_id}"), 200)
    await opened(place)
    await put(ann, board, card, "Done")
    for path, q, expected in (
        ("/me/cards", "drift:done_but_open", {"PAY-1": ["done_but_open"]}),
        ("/me/cards", "-is:drifting", {}),
        (f"/workspaces/{workspace['id']}/search", "", {"PAY-1": ["done_but_open"], "PAY-2": []}),
        (f"/workspaces/{workspace['id']}/search", "drift:branch-gone", {}),
        (f"/workspaces/{workspace['id']}/search", "-is:drifting", {"PAY-2": []}),
    ):
        found = expect(await ann.get(path, params={"q": q}), 200)["items"]
        assert {item["key"]: item["drift"] for item in found} == expected, (path, q)
