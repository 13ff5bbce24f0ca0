"""Where a board wants it, reviewers are shown the card: by one comment, whatever happens on the way."""

from uuid import UUID

import pytest

from taskly.github.jobs import ShowCard
from taskly.platform.context import SYSTEM
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

COMMENTS = "/repos/octo/payments/issues"


@pytest.fixture
async def card(ann: Actor, board: Json, connected: Json) -> Json:
    """PAY-1, on a board that wants comments."""
    body = {"comment_on_pull_requests": True}
    changed = expect(await ann.patch(f"/boards/{board['id']}/automation", json=body), 200)
    assert changed["comment_on_pull_requests"] is True
    return await ann.card(board, "Refund twice", acceptance_criteria="- [x] Both arrive")


async def opened(place: Place, title: str = "PAY-1 Refunds", branch: str = "refunds") -> int:
    """An open pull request; its number."""
    await place.github.push(REPOSITORY, branch, ["Work"], actor="ann")
    return (await place.github.open_pull_request(REPOSITORY, branch, title, author="ann")).number


async def comments(place: Place, number: int) -> list[str]:
    """What is said below a pull request."""
    return [each.body for each in (await place.github.pull_request(REPOSITORY, number)).comments]


async def test_a_linked_pull_request_gets_one_comment_that_shows_the_card(
    place: Place, ann: Actor, card: Json
) -> None:
    number = await opened(place)
    await place.settle()
    [said] = await comments(place, number)
    assert f"[PAY-1 Refund twice]({place.runtime.settings.public_url}/c/PAY-1)" in said
    assert "- ☑ Both arrive" in said
    await place.github.edit_pull_request(REPOSITORY, number, body="More.", actor="ann")
    expect(await ann.post(f"/cards/{card['id']}/archive"), 200)
    expect(await ann.post(f"/cards/{card['id']}/restore"), 200)
    await place.settle()
    assert await comments(place, number) == [said]


async def test_the_comment_follows_the_card_some_time_after_the_last_change(
    place: Place, ann: Actor, card: Json
) -> None:
    number = await opened(place)
    await place.settle()
    for change in (
        {"title": "Refund once"},
        {"acceptance_criteria": "- Once"},
        {"priority": "low"},
    ):
        expect(await ann.patch(f"/cards/{card['id']}", json=change), 200)
    waiting = await place.rows(
        "SELECT next_attempt_at > now() AS later FROM jobs WHERE payload @> '{\"again\": true}'"
    )
    assert len(waiting) in {1, 2}, "two where a minute ended between the changes"
    assert all(job["later"] for job in waiting)
    await place.hurry()
    await place.settle()
    [said] = await comments(place, number)
    assert ("PAY-1 Refund once" in said, "- ☐ Once" in said) == (True, True)


async def test_a_pull_request_without_a_comment_gets_none_because_the_card_changes(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    for wanted in (False, True):
        body = {"comment_on_pull_requests": wanted}
        expect(await ann.patch(f"/boards/{board['id']}/automation", json=body), 200)
        number = 1 if wanted else await opened(place)
        await place.settle()
    expect(await ann.patch(f"/cards/{card['id']}", json={"title": "Refund once"}), 200)
    await place.hurry()
    await place.settle()
    assert await comments(place, number) == []


async def test_comments_go_when_the_board_wants_none_any_more_and_what_others_said_stays(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place)
    await place.settle()
    await place.github.comment(REPOSITORY, number, "ann", "Looks good.")
    assert len(await comments(place, number)) == 2
    body = {"comment_on_pull_requests": False}
    expect(await ann.patch(f"/boards/{board['id']}/automation", json=body), 200)
    await place.settle()
    assert await comments(place, number) == ["Looks good."]


async def test_a_comment_that_is_to_be_written_anew_when_the_board_wants_none_goes(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place)
    await place.settle()
    expect(await ann.patch(f"/cards/{card['id']}", json={"title": "Refund once"}), 200)
    body = {"comment_on_pull_requests": False}
    expect(await ann.patch(f"/boards/{board['id']}/automation", json=body), 200)
    await place.hurry()
    await place.settle()
    assert await comments(place, number) == []


async def test_each_card_of_a_pull_request_has_a_comment(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await ann.card(board, "Another")
    number = await opened(place, "PAY-1 and PAY-2")
    await place.settle()
    said = sorted(await comments(place, number))
    assert ["PAY-1 Refund twice" in said[0], "PAY-2 Another" in said[1]] == [True, True]


async def test_boards_say_nothing_unless_they_want_to(
    place: Place, ann: Actor, workspace: Json, card: Json
) -> None:
    await ann.card(await ann.board(workspace, name="Quiet", key="QUI"), "Quiet")
    number = await opened(place, "QUI-1 Refunds")
    await place.settle()
    assert await comments(place, number) == []


async def test_a_lost_answer_makes_no_second_comment(place: Place, card: Json) -> None:
    for method in ("GET", "POST"):
        await place.github.add_fault("garbage", path_prefix=COMMENTS, method=method, times=1)
    number = await opened(place)
    await place.settle()
    for _ in range(3):
        await place.hurry()
        await place.settle()
    assert len(await comments(place, number)) == 1
    [job] = await place.rows("SELECT attempts FROM jobs WHERE kind = 'github.show_card'")
    assert job["attempts"] == 3


async def test_what_is_over_or_was_unlinked_by_then_gets_no_comment(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    off = {"comment_on_pull_requests": False}
    expect(await ann.patch(f"/boards/{board['id']}/automation", json=off), 200)
    numbers = [await opened(place, "PAY-1 Refunds", branch) for branch in ("a", "b", "c")]
    over, unlinked, _ = numbers
    await place.settle()
    links = {
        each["number"]: UUID(each["id"])
        for each in (await ann.snapshot(board["id"]))["pull_requests"]
    }
    await place.github.merge(REPOSITORY, over)
    path = f"/cards/{card['id']}/pull-requests/{links[unlinked]}"
    expect(await ann.delete(path), 204)
    on = {"comment_on_pull_requests": True}
    expect(await ann.patch(f"/boards/{board['id']}/automation", json=on), 200)
    await place.settle()
    async with place.runtime.database.transaction(SYSTEM) as tx:
        for number in numbers:
            tx.promise(ShowCard(link_id=links[number]))
    await place.settle()
    assert [len(await comments(place, number)) for number in numbers] == [0, 0, 1]


async def test_a_comment_that_github_does_not_take_says_nothing_of_the_connection(
    place: Place, ann: Actor, workspace: Json, card: Json
) -> None:
    await place.github.add_fault("errors", path_prefix=COMMENTS, method="POST", status=403)
    await opened(place)
    await place.settle()
    [job] = await place.rows(
        "SELECT state::text, last_error FROM jobs WHERE kind = 'github.show_card'"
    )
    assert job["state"] == "dead"
    [row] = expect(await ann.get(f"/workspaces/{workspace['id']}/repositories"), 200)["items"]
    assert (row["health"], row["problem"]) == ("healthy", None)
