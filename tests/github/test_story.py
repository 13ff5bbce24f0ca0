"""A card walks from To Do to Done because of what happens at GitHub."""

from collections.abc import Awaitable, Callable

import pytest

from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect, titles
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"


async def where_is(ann: Actor, board: Json, title: str) -> str:
    """The column that a card is in."""
    snapshot = await ann.snapshot(board["id"])
    names: list[str] = [column["name"] for column in snapshot["columns"]]
    return next(name for name in names if title in titles(snapshot, name))


async def work_and_merge(place: Place, look: Callable[[], Awaitable[None]]) -> None:
    """What people do at GitHub for a branch, with a look at the board after each step."""
    await place.github.push(REPOSITORY, BRANCH, ["Begin to refund"], actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await look()
    await place.github.report_check(REPOSITORY, BRANCH, "build", conclusion="failure")
    await place.github.create_user("rex")
    await place.github.set_access(REPOSITORY, "rex", "push")
    await place.github.review(REPOSITORY, pull.number, "rex", "REQUEST_CHANGES")
    await look()
    await place.github.push(REPOSITORY, BRANCH, ["Do it right"], actor="ann")
    await place.github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await place.github.review(REPOSITORY, pull.number, "rex", "APPROVE")
    await look()
    await place.github.merge(REPOSITORY, pull.number, actor="rex", delete_branch=True)
    await look()


async def test_a_card_follows_its_code_from_branch_to_merge(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund twice")
    walked = ["To Do"]

    async def look() -> None:
        await place.settle()
        walked.append(await where_is(ann, board, "Refund twice"))

    expect(await ann.post(f"/cards/{card['id']}/branches", json={}), 202)
    await look()
    await work_and_merge(place, look)

    assert walked == ["To Do", "In Progress", "In Review", "In Progress", "In Review", "Done"]
    snapshot = await ann.snapshot(board["id"])
    [shown] = snapshot["pull_requests"]
    assert shown == shown | {
        "card_id": card["id"],
        "repository": REPOSITORY,
        "number": 1,
        "title": "Refunds",
        "url": f"{place.github.web_url}/{REPOSITORY}/pull/1",
        "state": "merged",
        "author": "ann",
        "head_branch": BRANCH,
        "base_branch": "main",
        "review_decision": "approved",
        "checks": "passing",
        "source": "branch",
        "closes": True,
    }
    [branch] = snapshot["branches"]
    assert (branch["name"], branch["state"]) == (BRANCH, "deleted")
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)


async def test_the_timeline_says_why_taskly_moved_the_card(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board)
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    await place.github.merge(REPOSITORY, pull.number, actor="ann")
    await place.settle()
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    moves = [entry for entry in timeline if entry["type"] == "card.moved"]
    deliveries = {
        str(row["delivery_id"])
        for row in await place.rows("SELECT delivery_id FROM webhook_deliveries")
    }
    assert [move["reason"]["rule"] for move in moves] == [
        "merged",
        "pull_request_opened",
        "branch_created",
    ]
    assert {move["reason"]["delivery_id"] for move in moves} <= deliveries
    assert [move["reason"].get("pull_request") for move in moves] == [1, 1, None]
    assert [move["reason"].get("branch") for move in moves] == [None, None, BRANCH]
    assert {move["reason"]["repository"] for move in moves} == {REPOSITORY}
    merged, opened, begun = (move["reason"] for move in moves)
    address = f"{place.github.web_url}/{REPOSITORY}"
    head = (await place.github.pull_request(REPOSITORY, pull.number)).head_sha
    assert (merged["url"], merged["commit"]) == (f"{address}/pull/1", head)
    # GitHub names no commit where it tells that a branch is there.
    assert (begun["url"], begun.get("commit")) == (f"{address}/tree/{BRANCH}", None)
    assert merged["text"] == f"{REPOSITORY}#1 was merged."
    assert opened["text"] == f"{REPOSITORY}#1 is open and ready for review."
    assert begun["text"] == f"The branch {BRANCH} of {REPOSITORY} is there: work has begun."
    assert {move["reason"]["event"] for move in moves} <= {"pull_request", "push", "create"}
    assert {move["reason"]["repository_id"] for move in moves} == {connected["id"]}
    assert {(move["actor"]["kind"], move["actor"]["user_id"]) for move in moves} == {
        ("github", str(ann.user_id))
    }
