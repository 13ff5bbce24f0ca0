"""When pull requests were ready and first reviewed, and since when their repository is connected, as charts take it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.github.place import REPOSITORY, Place
from tests.github.test_connecting import connect
from tests.github.test_reconciliation import compare, lose
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

HOUR = 60 * 60


@pytest.fixture
async def hours_ago(place: Place) -> None:
    """GitHub is nine hours behind, and its clock stands still until it is moved."""
    now = datetime.now(UTC).replace(microsecond=0)
    await place.github.freeze_clock(now - timedelta(hours=9))


@pytest.fixture
async def rex(place: Place, ann: Actor, workspace: Json, connected: Json) -> str:
    """Somebody who reviews."""
    await place.github.create_user("rex")
    await place.github.set_access(REPOSITORY, "rex", "push")
    return "rex"


async def opened(place: Place, ann: Actor, board: Json, *, draft: bool) -> int:
    """A pull request on a card."""
    await ann.card(board, "Refund")
    await place.github.push(REPOSITORY, "PAY-1", actor="ann")
    pull = await place.github.open_pull_request(
        REPOSITORY, "PAY-1", "Refund", author="ann", draft=draft
    )
    return pull.number


async def later(place: Place, hours: float = 1) -> None:
    """Let hours pass at GitHub, and everything that it told be worked out."""
    await place.settle()
    await place.github.advance_clock(hours * HOUR)


async def asked(ann: Actor, board: Json, figure: str) -> Json:
    """What insights say of the last four weeks."""
    found: Json = expect(await ann.get(f"/boards/{board['id']}/insights/{figure}"), 200)
    return found


async def times(ann: Actor, board: Json) -> tuple[float | None, float | None, float]:
    """How many hours the only pull request took to its first review, from there to the merge, and together."""
    [pull] = (await asked(ann, board, "reviews"))["pull_requests"]
    first, review, merge = (
        each if each is None else each / HOUR
        for each in (pull["first_review"], pull["review"], pull["merge"])
    )
    assert merge is not None
    return first, review, merge


async def test_a_draft_waits_for_nobody_until_it_is_ready_the_first_time(
    hours_ago: None, place: Place, ann: Actor, board: Json, rex: str
) -> None:
    number = await opened(place, ann, board, draft=True)
    await later(place)
    await place.github.ready_for_review(REPOSITORY, number, actor="ann")
    await later(place)
    await place.github.convert_to_draft(REPOSITORY, number, actor="ann")
    await later(place)
    await place.github.ready_for_review(REPOSITORY, number, actor="ann")
    await later(place)
    await place.github.review(REPOSITORY, number, rex)
    await later(place)
    await place.github.merge(REPOSITORY, number, actor="ann")
    await place.settle()

    assert await times(ann, board) == (3, 1, 4)


async def test_one_that_was_opened_for_review_counts_from_then_though_it_becomes_a_draft(
    hours_ago: None, place: Place, ann: Actor, board: Json, rex: str
) -> None:
    number = await opened(place, ann, board, draft=False)
    await later(place)
    await place.github.convert_to_draft(REPOSITORY, number, actor="ann")
    await later(place)
    await place.github.ready_for_review(REPOSITORY, number, actor="ann")
    await place.github.review(REPOSITORY, number, rex)
    await later(place)
    await place.github.merge(REPOSITORY, number, actor="ann")
    await place.settle()

    assert await times(ann, board) == (2, 1, 3)


async def test_the_first_of_several_reviews_of_one_person_counts(
    hours_ago: None, place: Place, ann: Actor, board: Json, rex: str
) -> None:
    number = await opened(place, ann, board, draft=False)
    await place.github.review(REPOSITORY, number, "ann", "COMMENT")
    await later(place)
    await place.github.review(REPOSITORY, number, rex, "REQUEST_CHANGES")
    await later(place)
    await place.github.review(REPOSITORY, number, rex, "APPROVE")
    await later(place)
    await place.github.merge(REPOSITORY, number, actor="ann")
    await place.settle()

    assert await times(ann, board) == (1, 2, 3)


async def test_a_comparison_finds_the_first_review_and_not_when_a_draft_became_ready(
    hours_ago: None, place: Place, ann: Actor, board: Json, rex: str, connected: Json
) -> None:
    number = await opened(place, ann, board, draft=True)
    await later(place)
    await lose(place)
    await place.github.ready_for_review(REPOSITORY, number, actor="ann")
    await later(place)
    await place.github.review(REPOSITORY, number, rex, "COMMENT")
    await later(place)
    await place.github.review(REPOSITORY, number, rex, "APPROVE")
    await later(place)
    await place.github.merge(REPOSITORY, number, actor="ann")
    await compare(place, ann, connected)

    assert await times(ann, board) == (2, 2, 4)


async def test_a_comparison_while_it_is_open_finds_by_when_a_draft_was_ready(
    hours_ago: None, place: Place, ann: Actor, board: Json, rex: str, connected: Json
) -> None:
    number = await opened(place, ann, board, draft=True)
    await later(place)
    await lose(place)
    await place.github.ready_for_review(REPOSITORY, number, actor="ann")
    await compare(place, ann, connected)
    await later(place)
    await place.github.review(REPOSITORY, number, rex)
    await later(place)
    await place.github.merge(REPOSITORY, number, actor="ann")
    await compare(place, ann, connected)

    assert await times(ann, board) == (1, 1, 2)


async def test_what_was_merged_before_the_connection_is_no_unseen_work(
    hours_ago: None, place: Place, ann: Actor, workspace: Json, board: Json
) -> None:
    await place.repository(ann)
    number = await opened(place, ann, board, draft=False)
    await place.github.merge(REPOSITORY, number, actor="ann")

    connection = await connect(ann, workspace)
    await place.settle()

    answer = await asked(ann, board, "unseen")
    assert (answer["merged"], answer["unseen"], answer["earlier"]) == (0, 0, 1)
    assert (answer["share"], answer["pull_requests"]) == (None, [])
    assert sum(week["merged"] for week in answer["weeks"]) == 0
    assert answer["reading"] == (
        "Nothing was merged on these days that counts: "
        "1 pull request was merged before its repository was connected."
    )

    await place.change("UPDATE git_repositories SET connected_at = now() - interval '1 day'")
    answer = await asked(ann, board, "unseen")
    assert (answer["merged"], answer["unseen"], answer["earlier"]) == (1, 1, 0)

    expect(await ann.delete(f"/repositories/{connection['id']}"), 204)
    await connect(ann, workspace)
    await place.github.push(REPOSITORY, "PAY-1-again", actor="ann")
    await place.github.open_pull_request(REPOSITORY, "PAY-1-again", "Again", author="ann")
    await place.settle()
    answer = await asked(ann, board, "unseen")
    assert (answer["merged"], answer["unseen"], answer["earlier"]) == (0, 0, 1)
