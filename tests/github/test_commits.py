"""Which commits a pull request has: those of its branch now, whatever was pushed before or came along with a merge."""

from uuid import UUID

import pytest

from taskly.github.learning.learning import learn
from taskly.github.models import GitRepository
from taskly.github.remote.accounts import github_of
from taskly.github.syncing import asking
from taskly.platform.context import SYSTEM
from tests.github.place import REPOSITORY, Place, pull_of
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

BRANCH = "refunds"


@pytest.fixture
async def card(ann: Actor, board: Json) -> Json:
    """PAY-1."""
    return await ann.card(board, "Refund twice")


async def push(place: Place, message: str, branch: str = BRANCH) -> None:
    """A commit that Taskly hears of."""
    await place.github.push(REPOSITORY, branch, [message], actor="ann")
    await place.settle()


async def begin_anew(place: Place, message: str) -> None:
    """Put a commit in the place of all that the branch had."""
    await place.github.push(
        REPOSITORY, BRANCH, [message], actor="ann", start=await tip(place, "main"), force=True
    )
    await place.settle()


async def move(place: Place, commit: str) -> None:
    """Have the branch point at a commit that is there."""
    await place.github.push(REPOSITORY, BRANCH, [], actor="ann", start=commit, force=True)
    await place.settle()


async def tip(place: Place, branch: str) -> str:
    """The commit that a branch points at."""
    repositories = (await place.github.state()).repositories
    [found] = [each for each in repositories if each.full_name == REPOSITORY]
    return found.branches[branch]


async def open_from(place: Place, head: str, base: str = "main") -> int:
    """An open pull request that Taskly hears of; its number."""
    pull = await place.github.open_pull_request(REPOSITORY, head, "Work", base=base, author="ann")
    await place.settle()
    return pull.number


async def merged_from_develop(place: Place, message: str) -> int:
    """A pull request from develop with one commit that was merged; its number."""
    await push(place, message, branch="develop")
    number = await open_from(place, "develop")
    await place.github.merge(REPOSITORY, number, actor="ann")
    await place.settle()
    return number


async def linked(ann: Actor, board: Json) -> list[tuple[int, str]]:
    """Number and source of what is linked to the cards of the board."""
    snapshot = await ann.snapshot(board["id"])
    return [(each["number"], each["source"]) for each in snapshot["pull_requests"]]


async def links(ann: Actor, board: Json) -> set[tuple[int, int]]:
    """Which pull request is on which card, by their numbers."""
    snapshot = await ann.snapshot(board["id"])
    numbers = {card["id"]: card["number"] for card in snapshot["cards"]}
    return {(each["number"], numbers[each["card_id"]]) for each in snapshot["pull_requests"]}


async def test_a_commit_that_a_forced_push_takes_away_takes_its_link_along(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "Begin")
    await push(place, "PAY-1 Refund")
    number = await open_from(place, BRANCH)
    assert await linked(ann, board) == [(number, "commit")]
    await begin_anew(place, "Refund otherwise")
    assert await linked(ann, board) == []


async def test_a_commit_that_was_taken_away_before_there_was_a_pull_request_links_nothing(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "PAY-1 Refund")
    await begin_anew(place, "Refund otherwise")
    await open_from(place, BRANCH)
    assert await linked(ann, board) == []


async def test_commits_that_a_merge_brings_along_link_nothing(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "Begin")
    await open_from(place, BRANCH)
    await push(place, "PAY-1 Refund", branch="main")
    number = await open_from(place, "main", base=BRANCH)
    await place.github.merge(REPOSITORY, number, actor="ann")
    await place.settle()
    assert await linked(ann, board) == [(number, "commit")]


async def test_commits_from_before_the_connection_are_asked_for_when_their_pull_request_is_opened(
    place: Place, ann: Actor, board: Json, card: Json, workspace: Json
) -> None:
    await place.repository(ann)
    await place.github.push(REPOSITORY, BRANCH, ["PAY-1 Refund"], actor="ann")
    answer = await ann.post(
        f"/workspaces/{workspace['id']}/repositories", json={"full_name": REPOSITORY}
    )
    assert answer.status_code == 201
    await place.settle()
    number = await open_from(place, BRANCH)
    assert await linked(ann, board) == [(number, "commit")]


async def test_of_two_pull_requests_from_one_branch_none_takes_the_commits_of_the_other(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "PAY-1 Refund", branch="develop")
    await place.github.push(
        REPOSITORY, "release", ["Repair"], actor="ann", start=await tip(place, "develop")
    )
    number = await open_from(place, "release")
    assert await linked(ann, board) == [(number, "commit")]
    await open_from(place, "release", base="develop")
    assert (number, "commit") in await linked(ann, board)
    moved = "SELECT count(*) AS count FROM events WHERE type LIKE 'pull_request.%linked'"
    before = await place.rows(moved)
    expect(await ann.post(f"/repositories/{connected['id']}/reconcile"), 202)
    await place.settle()
    assert (number, "commit") in await linked(ann, board)
    assert await place.rows(moved) == before


async def test_nothing_is_asked_of_what_is_known(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "PAY-1 Refund")
    await place.github.forget_requests()
    await open_from(place, BRANCH)
    await place.github.advance_clock(60)
    await push(place, "And again")
    assert await place.github.requests() == []


async def test_what_was_pushed_after_github_was_asked_is_not_forgotten(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "Begin")
    number = await open_from(place, BRANCH)
    async with place.runtime.database.reading() as session:
        row = await session.get_one(GitRepository, UUID(connected["id"]))
    github = await github_of(place.runtime, row)
    listed = await asking.whole(github, REPOSITORY, number, place.runtime.clock.now())
    await place.github.add_fault("drop_deliveries", event="pull_request")
    await push(place, "PAY-1 Refund")
    async with place.runtime.database.transaction(SYSTEM) as tx:
        await learn(tx, place.runtime.settings, row.id, listed, {"asked": True})
    assert await linked(ann, board) == [(number, "commit")]


async def test_a_branch_that_goes_on_leaves_its_merged_pull_request_as_it_was(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await ann.card(board, "Refund thrice")
    first = await merged_from_develop(place, "PAY-1 Refund")
    await push(place, "PAY-2 Refund", branch="develop")
    assert await links(ann, board) == {(first, 1)}
    second = await open_from(place, "develop")
    assert await links(ann, board) == {(first, 1), (second, 2)}
    await push(place, "PAY-1 Again", branch="develop")
    assert await links(ann, board) == {(first, 1), (second, 2), (second, 1)}


async def test_a_forced_push_takes_commits_from_all_pull_requests_of_its_branch(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "Begin", branch="release")
    await push(place, "PAY-1 Refund")
    await open_from(place, BRANCH)
    await open_from(place, BRANCH, base="release")
    assert await links(ann, board) == {(1, 1), (2, 1)}
    await begin_anew(place, "Refund otherwise")
    assert await links(ann, board) == set()


async def test_what_was_pushed_while_it_was_closed_is_there_when_it_is_reopened(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "Begin")
    number = await open_from(place, BRANCH)
    await place.github.close_pull_request(REPOSITORY, number)
    await place.settle()
    await push(place, "PAY-1 Refund")
    assert await links(ann, board) == set()
    await place.github.reopen(REPOSITORY, number)
    await place.settle()
    assert await links(ann, board) == {(number, 1)}


async def test_a_push_that_is_told_late_brings_nothing_back(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "Begin")
    await open_from(place, BRANCH)
    await place.github.add_fault("hold_deliveries", event="push")
    await push(place, "PAY-1 Refund")
    await begin_anew(place, "Refund otherwise")
    await place.github.clear_faults()
    await place.github.release()
    await place.settle()
    assert await links(ann, board) == set()


async def test_a_branch_that_is_moved_to_another_has_the_commits_of_that(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "Begin")
    number = await open_from(place, BRANCH)
    base = await tip(place, BRANCH)
    await place.github.push(REPOSITORY, "other", ["PAY-1 Refund"], actor="ann", start=base)
    await place.settle()
    await place.github.advance_clock(60)
    await move(place, await tip(place, "other"))
    assert await links(ann, board) == {(number, 1)}
    await place.github.advance_clock(60)
    await move(place, base)
    assert await links(ann, board) == set()


async def test_commits_that_went_to_the_branch_on_another_way_are_not_taken_for_those_merged_before(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await ann.card(board, "Refund thrice")
    first = await merged_from_develop(place, "PAY-1 Refund")
    await place.github.push(
        REPOSITORY, "work", ["PAY-2 Refund"], actor="ann", start=await tip(place, "develop")
    )
    await place.settle()
    second = await open_from(place, "work", base="develop")
    await place.github.merge(REPOSITORY, second, actor="ann")
    await place.settle()
    third = await open_from(place, "develop")
    assert await links(ann, board) == {(first, 1), (second, 2), (third, 2)}


async def test_of_more_commits_than_github_lists_those_pushed_later_stay(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await ann.card(board, "Refund thrice")
    many = ["PAY-1 Refund", *(f"Step {number}" for number in range(254))]
    await place.github.push(REPOSITORY, BRANCH, many, actor="ann")
    await place.settle()
    number = await open_from(place, BRANCH)
    assert await links(ann, board) == {(number, 1)}
    await place.github.advance_clock(60)
    await push(place, "PAY-2 Refund")
    expect(await ann.post(f"/repositories/{connected['id']}/reconcile"), 202)
    await place.settle()
    assert await links(ann, board) == {(number, 1), (number, 2)}


async def test_a_card_shows_the_commits_of_its_pull_requests(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "PAY-1 Begin")
    await place.github.advance_clock(60)
    await open_from(place, BRANCH)
    await place.github.advance_clock(60)
    await push(place, "Refund")
    shown = await pull_of(ann, card)
    assert shown["commit_count"] == 2
    assert [commit["message"] for commit in shown["commits"]] == ["Refund", "PAY-1 Begin"]
    newest = shown["commits"][0]
    assert newest["sha"] == shown["head_sha"] == await tip(place, BRANCH)
    assert newest["author"] == "ann"
    assert newest["url"].endswith(f"/{REPOSITORY}/pull/1/commits/{newest['sha']}")


async def test_texts_that_name_thousands_of_cards_link_those_that_there_are(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    await push(place, "Begin")
    body = " ".join(f"PAY-{number}" for number in range(7_000, 0, -1))
    await place.github.open_pull_request(
        REPOSITORY, BRANCH, "Work", base="main", author="ann", body=body
    )
    await place.settle()
    assert await linked(ann, board) == [(1, "body")]
