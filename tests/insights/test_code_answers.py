"""What the API tells of pull requests that were merged."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from taskly.github.models import CardPullRequest, GitRepository, PullRequestReview
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.linking import LinkSource
from taskly.github.rules.reviews import ReviewState
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.platform.db.session import Transaction
from tests.insights.days import at_hour
from tests.support.actors import Actor, Json, expect
from tests.support.linked import payments, pull_request
from tests.support.world import World

pytestmark = pytest.mark.anyio

HOUR = 60 * 60


def on(day: int, hour: int = 9) -> datetime:
    """An hour of a day of November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


async def merge(
    tx: Transaction,
    repository: GitRepository,
    number: int,
    at: datetime,
    card: Json | None = None,
    linked_at: datetime | None = None,
    reviews: Mapping[str, datetime] | None = None,
    source: LinkSource = LinkSource.MANUAL,
    known_at: datetime | None = None,
) -> None:
    """A pull request of alice, opened on Monday and merged some time, on a card since another, and reviewed.

    It was known from Monday on, or since later.
    """
    pull = pull_request(repository, number, on(23))
    pull.created_at = known_at or on(23)
    pull.state, pull.merged_at = PullRequestState.MERGED, at
    tx.session.add(pull)
    await tx.session.flush()
    own = {"workspace_id": repository.workspace_id, "pull_request_id": pull.id}
    for reviewer_id, (reviewer, submitted_at) in enumerate((reviews or {}).items()):
        review = PullRequestReview(
            id=new_id(),
            reviewer_id=reviewer_id,
            reviewer=reviewer,
            state=ReviewState.COMMENTED,
            github_id=reviewer_id,
            submitted_at=submitted_at,
            **own,
        )
        tx.session.add(review)
    if card is not None:
        link = CardPullRequest(
            id=new_id(),
            board_id=UUID(card["board_id"]),
            card_id=UUID(card["id"]),
            source=source,
            closes=True,
            created_at=linked_at,
            **own,
        )
        tx.session.add(link)


@pytest.fixture
async def cards(world: World, alice: Actor, board: Json) -> list[Json]:
    """Two cards of Monday: the pull request of one was reviewed and merged; that of the other came to it late."""
    cards = [await alice.card(board, title) for title in ("Seen", "Late")]
    async with world.runtime.database.transaction(SYSTEM) as tx:
        repository = payments(UUID(board["workspace_id"]), on(23))
        tx.session.add(repository)
        await tx.session.flush()
        reviews = {
            "alice": on(23, 10),
            "checks[bot]": on(23, 10),
            "bob": on(24),
            "carol": on(24, 12),
        }
        await merge(tx, repository, 1, on(25), cards[0], on(23, 10), reviews)
        await merge(tx, repository, 2, on(26))
        await merge(tx, repository, 3, on(26, 12), cards[1], on(27))
    await at_hour(world, 30, 9)
    return cards


async def ask(actor: Actor, board: Json, figure: str, **query: Any) -> Json:
    """Ask for a figure of the board."""
    path = f"/boards/{board['id']}/insights/{figure}"
    answer: Json = expect(await actor.request("GET", path, params=query), 200)
    return answer


async def test_what_was_on_no_card_before_it_was_merged_is_unseen(
    alice: Actor, board: Json, cards: list[Json]
) -> None:
    answer = await ask(alice, board, "unseen", **{"from": "2026-11-20"})

    assert (answer["merged"], answer["unseen"]) == (3, 2)
    assert [each["number"] for each in answer["pull_requests"]] == [2, 3]
    assert answer["weeks"] == [
        {"monday": "2026-11-16", "merged": 0, "unseen": 0},
        {"monday": "2026-11-23", "merged": 3, "unseen": 2},
        {"monday": "2026-11-30", "merged": 0, "unseen": 0},
    ]
    assert answer["reading"] == "2 of 3 merged pull requests (67 %) were on no card before."
    then = await ask(alice, board, "unseen", as_of="2026-11-26T09:00:00Z")
    assert (then["merged"], then["unseen"]) == (2, 1)


@pytest.mark.parametrize(
    ("source", "known_at", "unseen"),
    [
        (LinkSource.TITLE, on(27, 8), 0),
        (LinkSource.TITLE, on(23), 1),
        (LinkSource.BRANCH, on(23), 0),
        (LinkSource.CREATED, on(23), 0),
        (LinkSource.MANUAL, on(23), 1),
    ],
)
async def test_what_github_told_late_was_seen_if_it_named_the_card_from_the_beginning(
    world: World,
    alice: Actor,
    board: Json,
    source: LinkSource,
    known_at: datetime,
    unseen: int,
) -> None:
    card = await alice.card(board)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        repository = payments(UUID(board["workspace_id"]), on(23))
        tx.session.add(repository)
        await tx.session.flush()
        merged, told = on(26), on(27, 8)
        await merge(tx, repository, 1, merged, card, told, source=source, known_at=known_at)
    await at_hour(world, 30, 9)

    answer = await ask(alice, board, "unseen")

    assert (answer["merged"], answer["unseen"]) == (1, unseen)


async def test_reviews_are_those_of_pull_requests_on_the_board_and_by_others_than_the_author(
    alice: Actor, board: Json, cards: list[Json]
) -> None:
    answer = await ask(alice, board, "reviews")

    times = [
        (each["number"], each["first_review"], each["review"], each["merge"])
        for each in answer["pull_requests"]
    ]
    assert times == [(1, 24 * HOUR, 24 * HOUR, 48 * HOUR), (3, None, None, 75 * HOUR)]
    assert (answer["merged"], answer["reviewed"]) == (2, 1)
    assert answer["first_review"] == dict.fromkeys(("p50", "p85", "p95"), 24 * HOUR) | {"count": 1}
    assert answer["merge"]["p95"] == 75 * HOUR
    assert answer["pull_requests"][0]["card_ids"] == [cards[0]["id"]]
    assert answer["reading"] == (
        "The only reviewed pull request had the first review within 1 day. "
        "Of 2 pull requests half were merged within 2 days."
    )


async def test_reviews_of_a_person_are_those_of_their_cards_at_the_merge(
    world: World, alice: Actor, board: Json, cards: list[Json]
) -> None:
    mine = {"assignee_ids": [str(alice.user_id)]}
    expect(await alice.patch(f"/cards/{cards[1]['id']}", json=mine), 200)

    answer = await ask(alice, board, "reviews", assignee=str(alice.user_id))

    assert (answer["merged"], answer["pull_requests"]) == (0, [])
    assert answer["reading"] == "Nothing was merged on these days."


async def test_what_was_merged_before_the_connection_is_told_apart(
    world: World, alice: Actor, board: Json, cards: list[Json]
) -> None:
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(update(GitRepository).values(connected_at=on(26, 10)))

    answer = await ask(alice, board, "unseen")

    assert (answer["merged"], answer["unseen"], answer["earlier"]) == (1, 1, 2)
    assert [each["number"] for each in answer["pull_requests"]] == [3]
    assert [week["merged"] for week in answer["weeks"]] == [0, 0, 0, 1, 0]
    assert answer["reading"] == (
        "The only merged pull request was on no card before. "
        "2 pull requests were merged before their repository was connected, and were not counted."
    )


async def test_what_is_merged_in_the_repository_of_a_board_is_unseen_if_nobody_links_anything(
    alice: Actor, workspace: Json, cards: list[Json], world: World
) -> None:
    other = await alice.board(workspace, name="Elsewhere")
    async with world.runtime.database.reading() as session:
        repository_id = (await session.scalars(select(GitRepository.id))).one()
    body = {"default_repository_id": str(repository_id)}
    expect(await alice.patch(f"/boards/{other['id']}/automation", json=body), 200)

    answer = await ask(alice, other, "unseen")

    assert (answer["merged"], answer["unseen"]) == (3, 2)


async def test_a_board_without_pull_requests_has_no_repositories(
    alice: Actor, workspace: Json, cards: list[Json]
) -> None:
    other = await alice.board(workspace, name="Elsewhere")

    answer = await ask(alice, other, "unseen")

    assert (answer["merged"], answer["share"]) == (0, None)
