"""Release notes of what lies between two tags."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taskly.fake_github.wire import asked
from taskly.fake_github.wire.words import MergeMethod
from taskly.github.remote import client
from taskly.release_notes import schemas, service, tags
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, column, expect

pytestmark = pytest.mark.anyio

TAGS = {"from_tag": "v1", "to_tag": "v2"}


@pytest.fixture
async def cards(place: Place, ann: Actor, board: Json, connected: Json) -> list[Json]:
    """Eight cards; at GitHub every change has its own minute, and began yesterday."""
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await place.github.freeze_clock(yesterday, tick_seconds=60)
    return [await ann.card(board, f"Card {number}") for number in range(1, 9)]


async def ship(place: Place, number: int, method: MergeMethod = "merge") -> int:
    """Merge a pull request of a card, which completes it; the pull request's number."""
    branch = f"feature/PAY-{number}-{method}"
    await place.github.push(REPOSITORY, branch, [f"Begin {number}", f"End {number}"])
    pull = await place.github.open_pull_request(REPOSITORY, branch, f"Pull of {number}")
    await place.github.merge(REPOSITORY, pull.number, method=method)
    await place.settle()
    return pull.number


async def last_tag(place: Place, name: str = "v2") -> None:
    """A tag at a commit that is made after all that happened here."""
    await place.github.freeze_clock(datetime.now(UTC) + timedelta(hours=1), tick_seconds=60)
    await place.github.push(REPOSITORY, "main", ["Release"])
    await place.github.tag(REPOSITORY, name)
    await place.settle()


def path_of(board: Json) -> str:
    """Where the notes are."""
    return f"/boards/{board['id']}/release-notes"


async def ask(actor: Actor, board: Json, **query: Any) -> Json:
    """The notes."""
    answer = await actor.request("GET", path_of(board), params=query)
    found: Json = expect(answer, 200)
    return found


async def refused(
    actor: Actor, board: Json, query: dict[str, str], status: int = 422
) -> tuple[str, str]:
    """The code of the problem and its detail."""
    problem = expect(await actor.request("GET", path_of(board), params=query), status)
    return problem["type"].rpartition("#")[2], problem["detail"]


def shown(notes: Json) -> dict[str, list[int]]:
    """The numbers of the pull requests of the cards, by their keys."""
    return {
        card["key"]: [pull["number"] for pull in card["pull_requests"]]
        for group in notes["groups"]
        for card in group["cards"]
    }


async def test_cards_are_in_whose_pull_requests_were_merged_between_the_tags(
    place: Place, ann: Actor, board: Json, cards: list[Json]
) -> None:
    await ship(place, 1)
    await place.github.tag(REPOSITORY, "v1")
    merged = await ship(place, 2)
    squashed = await ship(place, 3, "squash")
    rebased = await ship(place, 4, "rebase")
    twice = [await ship(place, 5, "squash"), await ship(place, 5, "rebase")]
    await last_tag(place)
    await ship(place, 6)

    notes = await ask(ann, board, **TAGS)

    assert shown(notes) == {
        "PAY-2": [merged],
        "PAY-3": [squashed],
        "PAY-4": [rebased],
        "PAY-5": twice,
    }
    assert notes["heading"] == f"{board['name']}: v1 to v2"
    assert notes["reading"] == (
        "4 cards were completed, with 5 merged pull requests, by 1 contributor."
    )
    assert (notes["range"]["repository"], notes["range"]["to_tag"]) == (REPOSITORY, "v2")
    none = {"count": 0, "cards": []}
    assert (notes["without_code"], notes["not_done"], notes["remarks"]) == (none, none, [])
    until_now = await ask(ann, board, from_tag="v2")
    assert list(shown(until_now)) == ["PAY-6"]
    assert (until_now["heading"], until_now["range"]["to_tag"]) == (
        f"{board['name']}: v2 to now",
        None,
    )


async def test_cards_without_code_and_cards_that_are_not_done_are_named_and_left_out(
    place: Place, ann: Actor, board: Json, cards: list[Json]
) -> None:
    await place.github.tag(REPOSITORY, "v1")
    done, todo = (column(board, name)["id"] for name in ("Done", "To Do"))
    await ann.move(cards[0], column_id=done)
    await ship(place, 2)
    await ship(place, 3)
    expect(await ann.post(f"/cards/{cards[2]['id']}/move", json={"column_id": todo}), 200)
    await last_tag(place)

    notes = await ask(ann, board, **TAGS)

    assert list(shown(notes)) == ["PAY-2"]
    assert notes["without_code"]["count"] == notes["not_done"]["count"] == 1
    [without_code], [not_done] = notes["without_code"]["cards"], notes["not_done"]["cards"]
    assert (without_code["key"], without_code["title"]) == ("PAY-1", "Card 1")
    assert not_done["key"] == "PAY-3"
    assert notes["remarks"] == [
        "1 card completed in that time has no code in octo/payments, and is left out: PAY-1.",
        "1 card with code in this release is not done, and left out: PAY-3.",
    ]
    text = (await ann.get(f"{path_of(board)}?from_tag=v1&to_tag=v2&format=markdown")).text
    assert f"<!-- {notes['remarks'][0]} -->" in text


async def test_however_many_cards_are_left_out_the_notes_are_written(
    place: Place, ann: Actor, board: Json, cards: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.github.tag(REPOSITORY, "v1")
    done, todo = (column(board, name)["id"] for name in ("Done", "To Do"))
    for card in cards[:3]:
        await ann.move(card, column_id=done)
    for number in (4, 5, 6):
        await ship(place, number)
    for card in cards[4:6]:
        expect(await ann.post(f"/cards/{card['id']}/move", json={"column_id": todo}), 200)
    await last_tag(place)
    monkeypatch.setattr(service, "MOST_CARDS", 1)
    for module in (service, schemas):
        monkeypatch.setattr(module, "MOST_LEFT_OUT", 1)

    notes = await ask(ann, board, **TAGS)

    assert list(shown(notes)) == ["PAY-4"]
    left_out = [notes["without_code"], notes["not_done"]]
    assert [each["count"] for each in left_out] == [3, 2]
    assert [card["key"] for each in left_out for card in each["cards"]] == ["PAY-1", "PAY-5"]
    assert notes["remarks"] == [
        "3 cards completed in that time have no code in octo/payments, and are left out: PAY-1 and 2 more.",
        "2 cards with code in this release are not done, and left out: PAY-5 and 1 more.",
    ]
    monkeypatch.setattr(service, "MOST_CARDS", 0)
    assert (await refused(ann, board, TAGS))[0] == "too_much_for_notes"


async def test_unlinked_and_deleted_ones_are_out_and_other_boards_have_their_own(
    place: Place, ann: Actor, workspace: Json, board: Json, cards: list[Json]
) -> None:
    await place.github.tag(REPOSITORY, "v1")
    for number in (1, 2, 3):
        await ship(place, number)
    await last_tag(place)
    [link] = (await ann.get(f"/cards/{cards[0]['id']}/development")).json()["pull_requests"]
    path = f"/cards/{cards[0]['id']}/pull-requests/{link['id']}"
    expect(await ann.request("DELETE", path), 204)
    expect(await ann.request("DELETE", f"/cards/{cards[1]['id']}"), 204)

    assert list(shown(await ask(ann, board, **TAGS))) == ["PAY-3"]
    other = await ann.board(workspace, key="OPS")
    assert shown(await ask(ann, other, **TAGS)) == {}


async def test_what_was_merged_before_its_commit_was_kept_is_found_by_its_message(
    place: Place, ann: Actor, board: Json, cards: list[Json]
) -> None:
    before = await ship(place, 1, "squash")
    await place.github.tag(REPOSITORY, "v1")
    merged = [await ship(place, 2), await ship(place, 3, "squash")]
    await last_tag(place)
    await place.change("UPDATE pull_requests SET merge_sha = NULL")

    assert list(shown(await ask(ann, board, **TAGS)).values()) == [[each] for each in merged]
    assert before not in merged


async def test_a_long_release_is_read_page_by_page(
    place: Place, ann: Actor, board: Json, cards: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE", 2)
    await place.github.tag(REPOSITORY, "v1")
    for number in (1, 2):
        await ship(place, number)
    await last_tag(place)

    notes = await ask(ann, board, **TAGS)

    # Two commits and a merge of each, and the release.
    assert (list(shown(notes)), notes["range"]["commits"]) == (["PAY-1", "PAY-2"], 7)
    await place.github.forget_requests()
    monkeypatch.setattr(tags, "MOST_PAGES", 3)
    monkeypatch.setattr(tags, "PAGE", 2)
    assert await refused(ann, board, TAGS) == (
        "too_much_for_notes",
        "v2 has 7 commits that v1 has not, more than 6: name tags that are nearer to each other, or days.",
    )
    compared = await place.github.requests(f"/repos/{REPOSITORY}/compare/")
    assert len(compared) == 1


async def test_tags_that_make_no_release_are_refused_in_words(
    place: Place, ann: Actor, board: Json, cards: list[Json]
) -> None:
    await place.github.tag(REPOSITORY, "v1")
    await last_tag(place)

    assert await refused(ann, board, {"from_tag": "v2", "to_tag": "v1"}) == (
        "bad_range",
        "v1 has nothing that v2 has not: name the older tag by `from_tag`.",
    )
    assert await refused(ann, board, {"from_tag": "v1", "to_tag": "v9"}) == (
        "no_such_tag",
        "octo/payments has no tag v9: push it, or name another one.",
    )
    assert (await refused(ann, board, {"from_tag": "../v1"}))[0] == "no_such_tag"
    either = "Say since when: either with the day `from`, or with the tag `from_tag`."
    for query in ({"to_tag": "v2"}, {"from_tag": "v1", "from": "2026-11-23"}, {}):
        assert await refused(ann, board, query) == ("bad_range", either)
    same = await ask(ann, board, from_tag="v1", to_tag="v1")
    assert (shown(same), same["range"]["commits"]) == ({}, 0)
    assert same["reading"] == "0 cards were completed."


async def test_it_has_to_be_clear_whose_tags_are_meant(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    await place.github.tag(REPOSITORY, "v1")
    await place.connected(ann, workspace, "octo/shop")

    assert await refused(ann, board, {"from_tag": "v1"}) == (
        "no_repository",
        "The workspace has several repositories: name one by repository_id.",
    )
    assert (await ask(ann, board, from_tag="v1", repository_id=connected["id"]))["groups"] == []
    rules = {"default_repository_id": connected["id"]}
    expect(await ann.patch(f"/boards/{board['id']}/automation", json=rules), 200)
    assert (await ask(ann, board, from_tag="v1"))["range"]["repository"] == REPOSITORY
    elsewhere = await ann.board(await ann.workspace("Elsewhere"), key="PAY")
    assert await refused(ann, elsewhere, {"from_tag": "v1", "repository_id": connected["id"]}) == (
        "no_repository",
        "This workspace has no such repository.",
    )
    assert await refused(ann, elsewhere, {"from_tag": "v1"}) == (
        "no_repository",
        "The workspace has no repository yet: ask an admin to connect one.",
    )


async def test_a_github_that_refuses_or_whose_limit_is_reached_is_named_so(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.tag(REPOSITORY, "v1")
    await place.github.set_access(REPOSITORY, "ann", None)
    await place.github.change_repository(REPOSITORY, asked.RepositoryChange(private=True))
    code, detail = await refused(ann, board, {"from_tag": "v1"}, 409)
    assert code == "github_refuses"
    assert detail.startswith("GitHub does not show octo/payments to the account that connected it")

    await place.github.set_rate_limit("ann", 0)
    code, detail = await refused(ann, board, {"from_tag": "v1"}, 503)
    assert (code, detail.partition(";")[0]) == ("github_rate_limited", "GitHub's limit is reached")


async def test_a_github_with_a_problem_of_its_own_is_unavailable(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.tag(REPOSITORY, "v1")
    await place.github.add_fault("errors", status=500)

    assert (await refused(ann, board, {"from_tag": "v1"}, 503))[0] == "github_unavailable"


async def test_a_github_that_takes_too_long_is_given_up(
    place: Place, ann: Actor, board: Json, connected: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    await place.github.tag(REPOSITORY, "v1")
    monkeypatch.setattr(tags, "ASKING_SECONDS", 0)

    code, detail = await refused(ann, board, {"from_tag": "v1"}, 503)
    assert code == "github_unavailable"
    assert detail == (
        "GitHub took longer than 0 seconds to tell what octo/payments has since v1: try again later, or name days, or "
        "tags that are nearer to each other."
    )
