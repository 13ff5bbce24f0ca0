"""Which commits a pull request has: those of its branch now, whatever was pushed before or came along with a merge."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from taskly.github.facts.facts_repository import commit_messages, forget_commits
from taskly.platform.context import SYSTEM
from tests.github.place import REPOSITORY, Place
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


async def linked(ann: Actor, board: Json) -> list[tuple[int, str]]:
    """Number and source of what is linked to the cards of the board."""
    snapshot = await ann.snapshot(board["id"])
    return [(each["number"], each["source"]) for each in snapshot["pull_requests"]]


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
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    asked_at = place.runtime.clock.now() - timedelta(seconds=1)
    await push(place, "Refund")
    repository_id = UUID(connected["id"])

    async def messages_beside(listed: set[str], known_by: datetime) -> list[str]:
        async with place.runtime.database.transaction(SYSTEM) as tx:
            await forget_commits(tx.session, repository_id, BRANCH, listed, known_by)
            return (await commit_messages(tx.session, repository_id, [BRANCH]))[BRANCH]

    assert await messages_beside(set(), asked_at) == ["Refund"]
    now = place.runtime.clock.now()
    assert await messages_beside({await tip(place, BRANCH)}, now) == ["Refund"]
    assert await messages_beside(set(), now) == []


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
