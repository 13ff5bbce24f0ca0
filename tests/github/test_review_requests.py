"""Who is asked to review a pull request of a card, and has an account here, is told once for each request."""

import pytest

from tests.github.place import REPOSITORY, Place
from tests.notifications.place import news, told
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rex(place: Place, ann: Actor, workspace: Json, connected: Json) -> Actor:
    """A member who may push to the repository, and has read that he was taken in."""
    rex = await place.person("Rex")
    await ann.invite(workspace, rex, "member")
    await place.github.set_access(REPOSITORY, "Rex", "push")
    [taken_in] = await told(rex)
    expect(await rex.post("/me/notifications/read", json={"ids": [taken_in["id"]]}), 200)
    return rex


async def open_pull_request(place: Place, title: str = "Refund") -> int:
    """A pull request of Ann's from a branch of the first card."""
    await place.github.push(REPOSITORY, "PAY-1", actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, "PAY-1", title, author="ann")
    return pull.number


async def test_who_is_asked_for_a_review_is_told_once_for_each_time(
    place: Place, ann: Actor, board: Json, rex: Actor
) -> None:
    card = await ann.card(board, "Refund")
    number = await open_pull_request(place)
    await place.github.request_review(REPOSITORY, number, ["Rex"])
    await place.settle()

    [shown] = await told(rex, unread=True)
    await place.github.push(REPOSITORY, "PAY-1", actor="ann")
    await place.settle()
    after_a_push = await news(rex)
    await place.github.review(REPOSITORY, number, "Rex", "REQUEST_CHANGES")
    await place.settle()
    await place.github.freeze_clock(tick_seconds=60)
    await place.github.advance_clock(3600)
    await place.github.request_review(REPOSITORY, number, ["Rex"])
    await place.settle()

    assert (shown["kind"], shown["card_key"]) == ("review_requested", card["key"])
    assert shown["pull_request"] == {
        "repository": REPOSITORY,
        "number": number,
        "title": "Refund",
        "url": shown["pull_request"]["url"],
    }
    assert shown["pull_request"]["url"].endswith(f"/{REPOSITORY}/pull/{number}")
    assert shown["reason"] == "because your review is requested"
    assert after_a_push == [("review_requested", "Refund")]
    assert await news(rex) == [("review_requested", "Refund")] * 2
    assert [item["kind"] for item in await told(ann)] == []
    snapshot = await ann.snapshot(board["id"])
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)


async def test_a_pull_request_of_two_cards_asks_once(
    place: Place, ann: Actor, board: Json, rex: Actor
) -> None:
    for title in ("Refund", "Fees"):
        await ann.card(board, title)
    number = await open_pull_request(place, "Fees too, PAY-2")
    await place.github.request_review(REPOSITORY, number, ["Rex"])

    await place.settle()

    assert [kind for kind, _ in await news(rex)] == ["review_requested"]


async def test_a_pull_request_that_gets_its_first_card_asks_who_is_waited_for(
    place: Place, ann: Actor, board: Json, rex: Actor
) -> None:
    await place.github.push(REPOSITORY, "feature", actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, "feature", "Refund", author="ann")
    await place.github.request_review(REPOSITORY, pull.number, ["Rex"])
    await place.settle()
    before = await news(rex)
    await ann.card(board, "Refund")

    await place.github.push(REPOSITORY, "feature", ["For PAY-1"], actor="ann")
    await place.settle()

    assert before == []
    assert await news(rex) == [("review_requested", "Refund")]


async def test_somebody_who_only_bears_the_name_is_not_told(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    local = await place.person("sam", at_github=False)
    await ann.invite(workspace, local, "member")
    await place.github.create_user("sam")
    await place.github.set_access(REPOSITORY, "sam", "push")
    await ann.card(board, "Refund")
    number = await open_pull_request(place)
    await place.github.request_review(REPOSITORY, number, ["sam"])

    await place.settle()

    assert [item["kind"] for item in await told(local)] == ["invited"]
