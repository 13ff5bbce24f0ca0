"""Release notes of days."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from taskly.github.models import CardPullRequest
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.linking import LinkSource
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.release_notes import service
from tests.insights.days import at_hour
from tests.support.actors import Actor, Json, column, expect
from tests.support.linked import payments, pull_request
from tests.support.world import World

pytestmark = pytest.mark.anyio

MONDAY_ON = {"from": "2026-11-23"}


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace."""
    await alice.stay_signed_in()
    return await alice.workspace()


@pytest.fixture
async def board(alice: Actor, workspace: Json) -> Json:
    """A board with columns of all categories, made on Monday, 23 November 2026, at nine."""
    return await alice.board(workspace, template="kanban", name="Payments")


async def move(actor: Actor, board: Json, card: Json, name: str) -> Json:
    """Put a card into a column."""
    return await actor.move(card, column_id=column(board, name)["id"])


async def done_on(world: World, actor: Actor, board: Json, title: str, day: int) -> Json:
    """A card that was completed on a day at noon."""
    card = await actor.card(board, title)
    await at_hour(world, day, 12)
    await move(actor, board, card, "Done")
    return card


async def notes(actor: Actor, board: Json, **query: str) -> Json:
    """The notes."""
    answer = await actor.request("GET", f"/boards/{board['id']}/release-notes", params=query)
    found: Json = expect(answer, 200)
    return found


def titles(found: Json) -> dict[str, list[str]]:
    """The titles of the cards by those of their groups."""
    return {each["title"]: [card["title"] for card in each["cards"]] for each in found["groups"]}


async def titles_between(actor: Actor, board: Json, first: str, last: str) -> list[str]:
    """The titles of the cards that were completed on some days."""
    found = titles(await notes(actor, board, **{"from": first, "to": last}))
    return found.get("Other changes", [])


async def label(actor: Actor, board: Json, name: str) -> str:
    """A new label of the board."""
    body = {"name": name, "color": "#d73a4a"}
    return str(expect(await actor.post(f"/boards/{board['id']}/labels", json=body), 201)["id"])


async def merge(
    world: World, board: Json, pulls: Sequence[tuple[int, str, int, Sequence[Json]]]
) -> None:
    """Pull requests by number, author and the day at noon when they were merged, and their cards."""
    workspace_id, now = UUID(board["workspace_id"]), world.clock.now()
    async with world.runtime.database.transaction(SYSTEM) as tx:
        repository = payments(workspace_id, now)
        tx.session.add(repository)
        await tx.session.flush()
        for number, author, day, cards in pulls:
            pull = pull_request(repository, number, now)
            pull.author, pull.title, pull.state = author, f"Pull {number}", PullRequestState.MERGED
            pull.merged_at = now.replace(day=day, hour=12)
            tx.session.add(pull)
            await tx.session.flush()
            tx.session.add_all(
                CardPullRequest(
                    id=new_id(),
                    workspace_id=workspace_id,
                    board_id=UUID(board["id"]),
                    card_id=UUID(card["id"]),
                    pull_request_id=pull.id,
                    source=LinkSource.BRANCH,
                    closes=True,
                )
                for card in cards
            )


async def test_cards_that_were_completed_on_the_days_are_in(
    world: World, alice: Actor, board: Json
) -> None:
    for title, day in (("Monday", 23), ("Tuesday", 24), ("Thursday", 26)):
        await done_on(world, alice, board, title, day)
    await alice.card(board, "open")

    assert await titles_between(alice, board, "2026-11-23", "2026-11-24") == ["Monday", "Tuesday"]
    assert await titles_between(alice, board, "2026-11-25", "2026-11-25") == []
    found = await notes(alice, board, **MONDAY_ON)
    assert titles(found) == {"Other changes": ["Monday", "Tuesday", "Thursday"]}
    assert found["heading"] == "Payments: 23 November 2026 to 26 November 2026"
    assert found["reading"] == "3 cards were completed."
    assert found["range"] == {
        "kind": "days",
        "first": "2026-11-23",
        "last": "2026-11-26",
        "time_zone": "UTC",
        "since": "2026-11-23T00:00:00Z",
        "until": "2026-11-26T12:00:00.000001Z",
    }


async def test_what_was_reopened_is_out_until_it_is_done_again(
    world: World, alice: Actor, board: Json
) -> None:
    card = await done_on(world, alice, board, "twice", 23)
    await at_hour(world, 25, 9)
    await move(alice, board, card, "To Do")

    # As it was then, whatever happened since.
    assert await titles_between(alice, board, "2026-11-23", "2026-11-24") == ["twice"]
    assert await titles_between(alice, board, "2026-11-23", "2026-11-25") == []
    await at_hour(world, 27, 9)
    await move(alice, board, card, "Done")
    assert await titles_between(alice, board, "2026-11-23", "2026-11-24") == ["twice"]
    assert await titles_between(alice, board, "2026-11-23", "2026-11-26") == []
    assert await titles_between(alice, board, "2026-11-24", "2026-11-27") == ["twice"]


async def test_what_was_reopened_by_mistake_stays_in(
    world: World, alice: Actor, board: Json
) -> None:
    card = await done_on(world, alice, board, "once", 23)
    await at_hour(world, 25, 9)
    moved = await alice.post(
        f"/cards/{card['id']}/move", json={"column_id": column(board, "To Do")["id"]}
    )
    await at_hour(world, 26, 9)
    operation = moved.headers["Operation-ID"]
    expect(await alice.post(f"/operations/{operation}/undo"), 200)

    assert await titles_between(alice, board, "2026-11-23", "2026-11-25") == ["once"]
    assert await titles_between(alice, board, "2026-11-24", "2026-11-26") == []


async def test_archived_cards_are_in_if_they_were_done_and_deleted_ones_are_not(
    world: World, alice: Actor, board: Json
) -> None:
    archived, deleted = [
        await done_on(world, alice, board, title, 23) for title in ("tidied", "gone")
    ]
    given_up = await alice.card(board, "given up")
    for card in (archived, given_up):
        expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    expect(await alice.request("DELETE", f"/cards/{deleted['id']}"), 204)

    assert titles(await notes(alice, board, **MONDAY_ON)) == {"Other changes": ["tidied"]}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Kiritimati", "2026-11-24"),
        ("Pacific/Pago_Pago", "2026-11-23"),
        ("UTC", "2026-11-23"),
    ],
)
async def test_days_are_those_of_the_workspace(
    world: World, alice: Actor, workspace: Json, board: Json, zone: str, day: str
) -> None:
    expect(await alice.patch(f"/workspaces/{workspace['id']}", json={"time_zone": zone}), 200)
    await done_on(world, alice, board, "noon", 23)
    await at_hour(world, 25, 12)

    days = ("2026-11-22", "2026-11-23", "2026-11-24")
    found = [each for each in days if await titles_between(alice, board, each, each)]
    assert found == [day]


async def test_cards_stand_under_the_first_of_their_labels(
    world: World, alice: Actor, board: Json
) -> None:
    first, second = [await label(alice, board, name) for name in ("zeta", "alpha")]
    for title, label_ids, priority in (
        ("both", [second, first], "none"),
        ("urgent", [first], "urgent"),
        ("alpha", [second], "none"),
        ("neither", [], "none"),
    ):
        card = await alice.card(board, title, label_ids=label_ids, priority=priority)
        await move(alice, board, card, "Done")

    found = titles(await notes(alice, board, **MONDAY_ON))

    assert list(found.items()) == [
        ("zeta", ["urgent", "both"]),
        ("alpha", ["alpha"]),
        ("Other changes", ["neither"]),
    ]


async def test_a_card_has_its_merged_pull_requests_and_the_people_behind_it(
    world: World, alice: Actor, board: Json
) -> None:
    mine = await alice.card(board, "mine", assignee_ids=[str(alice.user_id)])
    shared = await alice.card(board, "shared")
    for card in (mine, shared):
        await move(alice, board, card, "Done")
    await merge(world, board, [(7, "zoe", 23, [mine, shared]), (8, "omar", 24, [mine])])
    await at_hour(world, 25, 9)

    found = await notes(alice, board, **MONDAY_ON)

    [first, second] = found["groups"][0]["cards"]
    assert (first["key"], first["url"]) == ("PAY-1", "http://127.0.0.1:8000/c/PAY-1")
    assert first["contributors"] == ["Alice", "omar", "zoe"]
    assert [pull["number"] for pull in first["pull_requests"]] == [7, 8]
    assert second["contributors"] == ["zoe"]
    assert found["contributors"] == ["Alice", "omar", "zoe"]
    assert found["reading"] == (
        "2 cards were completed, with 2 merged pull requests, by 3 contributors."
    )
    only_monday = await notes(alice, board, **MONDAY_ON, to="2026-11-23")
    [first, _] = only_monday["groups"][0]["cards"]
    assert [pull["number"] for pull in first["pull_requests"]] == [7]


async def test_programs_write_code_and_are_not_thanked(
    world: World, alice: Actor, board: Json
) -> None:
    card = await alice.card(board, "Raise a version")
    await move(alice, board, card, "Done")
    await merge(world, board, [(7, "dependabot[bot]", 23, [card]), (8, "zoe", 23, [card])])
    await at_hour(world, 24, 9)

    found = await notes(alice, board, **MONDAY_ON)

    [shown] = found["groups"][0]["cards"]
    assert [pull["author"] for pull in shown["pull_requests"]] == ["dependabot[bot]", "zoe"]
    assert shown["contributors"] == found["contributors"] == ["zoe"]
    assert found["reading"] == (
        "1 card was completed, with 2 merged pull requests, by 1 contributor."
    )


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("", "Say since when: either with the day `from`, or with the tag `from_tag`."),
        (
            "?from=2026-11-23&to=2026-11-22",
            "`from` (2026-11-23) must not be after `to` (2026-11-22).",
        ),
        ("?from=2026-11-24", "`from` (2026-11-24) lies ahead: today is 2026-11-23."),
        (
            "?from=2026-11-24&to=2026-11-25",
            "`from` (2026-11-24) lies ahead: today is 2026-11-23.",
        ),
    ],
)
async def test_days_that_make_no_range_are_refused(
    alice: Actor, board: Json, query: str, detail: str
) -> None:
    answer = await alice.get(f"/boards/{board['id']}/release-notes{query}")

    problem = expect(answer, 422)
    assert (problem["type"].rpartition("#")[2], problem["detail"]) == ("bad_range", detail)


async def test_more_cards_than_anybody_reads_are_refused(
    world: World, alice: Actor, board: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_CARDS", 1)
    await done_on(world, alice, board, "one", 23)
    assert titles(await notes(alice, board, **MONDAY_ON)) == {"Other changes": ["one"]}
    await done_on(world, alice, board, "two", 23)

    answer = await alice.get(f"/boards/{board['id']}/release-notes?from=2026-11-23")

    assert expect(answer, 422)["detail"] == "These are more than 1 cards: ask for a shorter time."


@pytest.mark.parametrize(
    ("form", "media_type", "ending", "entry"),
    [
        ("markdown", "text/markdown", "md", "- **[PAY-1](http://127.0.0.1:8000/c/PAY-1)** one"),
        ("html", "text/html", "html", '<li><strong><a href="http://127.0.0.1:8000/c/PAY-1">PAY-1'),
    ],
)
async def test_notes_are_taken_along_as_a_file(
    world: World, alice: Actor, board: Json, form: str, media_type: str, ending: str, entry: str
) -> None:
    await done_on(world, alice, board, "one", 23)

    answer = await alice.get(f"/boards/{board['id']}/release-notes?from=2026-11-23&format={form}")

    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="payments-23-november-2026.{ending}"'
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert entry in answer.text
