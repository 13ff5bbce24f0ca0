"""Pull requests that people link, unlink and refresh: their word counts more than GitHub's texts."""

from uuid import UUID

import pytest

from taskly.github.jobs import ReconcileRepository
from taskly.platform.context import SYSTEM
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect, titles
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

BRANCH = "refunds"


@pytest.fixture
async def card(ann: Actor, board: Json, connected: Json) -> Json:
    """PAY-1, on a board whose workspace has a repository."""
    return await ann.card(board, "Refund twice")


async def opened(place: Place, title: str = "Refunds", branch: str = BRANCH) -> int:
    """An open pull request; its number."""
    await place.github.push(REPOSITORY, branch, ["Work"], actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, branch, title, author="ann")
    return pull.number


def address(place: Place, number: int) -> str:
    """The page of a pull request."""
    return f"{place.github.web_url}/{REPOSITORY}/pull/{number}"


async def link(actor: Actor, card: Json, url: str) -> Json:
    """Link by address; the answer."""
    answer = await actor.post(f"/cards/{card['id']}/pull-requests", json={"url": url})
    return {"status": answer.status_code, **answer.json()}


async def unlink(actor: Actor, linked: Json) -> None:
    """Take a pull request off its card."""
    path = f"/cards/{linked['card_id']}/pull-requests/{linked['id']}"
    expect(await actor.delete(path), 204)


async def on_board(ann: Actor, board: Json) -> list[Json]:
    """The pull requests on the board, where the log tells the same."""
    snapshot = await ann.snapshot(board["id"])
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)
    found: list[Json] = snapshot["pull_requests"]
    return found


async def synchronise(place: Place, connected: Json) -> None:
    """Fetch all that GitHub holds."""
    job = ReconcileRepository(repository_id=UUID(connected["id"]))
    async with place.runtime.database.transaction(SYSTEM) as tx:
        tx.promise(job, workspace_id=UUID(connected["workspace_id"]))
    await place.settle()


async def test_a_linked_pull_request_is_on_the_board_and_moves_the_card_as_others_do(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place)
    await place.settle()
    assert await on_board(ann, board) == []
    linked = await link(ann, card, address(place, number) + "/files?w=1#diff")
    assert (linked.pop("status"), linked["source"], linked["closes"]) == (201, "manual", True)
    assert await on_board(ann, board) == [linked]
    assert titles(await ann.snapshot(board["id"]), "In Review") == ["Refund twice"]
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    [told] = [entry for entry in timeline if entry["type"] == "pull_request.linked"]
    assert told["actor"] == {"kind": "user", "user_id": str(ann.user_id)}
    [move] = [entry for entry in timeline if entry["type"] == "card.moved"]
    assert (move["reason"]["rule"], move["reason"]["by_hand"]) == ("pull_request_opened", True)
    await place.github.merge(REPOSITORY, number)
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "Done") == ["Refund twice"]


async def test_a_pull_request_that_nobody_told_us_of_is_fetched_with_its_reviews(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.add_fault("drop_deliveries")
    number = await opened(place)
    await place.github.create_user("hubot")
    await place.github.set_access(REPOSITORY, "hubot", "push")
    await place.github.review(REPOSITORY, number, "hubot")
    linked = await link(ann, card, address(place, number).replace("octo/pay", "Octo/Pay"))
    assert (linked["status"], linked["number"], linked["review_decision"]) == (201, number, None)
    await place.settle()
    [shown] = await on_board(ann, board)
    assert (shown["source"], shown["review_decision"]) == ("manual", "approved")


async def test_a_pull_request_that_is_linked_already_keeps_its_source(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place, "PAY-1 Refunds")
    await place.settle()
    [shown] = await on_board(ann, board)
    linked = await link(ann, card, address(place, number))
    assert linked == {"status": 201, **shown}
    assert shown["source"] == "title"
    assert await on_board(ann, board) == [shown]


async def test_what_was_unlinked_stays_away_whatever_is_told_or_fetched(
    place: Place, ann: Actor, board: Json, card: Json, connected: Json
) -> None:
    number = await opened(place, "PAY-1 Refunds")
    await place.settle()
    [shown] = await on_board(ann, board)
    await unlink(ann, shown)
    assert await on_board(ann, board) == []
    await place.github.edit_pull_request(REPOSITORY, number, body="closes PAY-1", actor="ann")
    await place.settle()
    await synchronise(place, connected)
    assert await on_board(ann, board) == []
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    [told] = [entry for entry in timeline if entry["type"] == "pull_request.unlinked"]
    assert told["actor"] == {"kind": "user", "user_id": str(ann.user_id)}
    again = await ann.delete(f"/cards/{card['id']}/pull-requests/{shown['id']}")
    assert again.status_code == 404


async def test_linking_what_was_unlinked_brings_it_back_for_good(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place, "PAY-1 Refunds")
    await place.settle()
    [shown] = await on_board(ann, board)
    await unlink(ann, shown)
    linked = await link(ann, card, address(place, number))
    assert (linked["id"], linked["source"]) == (shown["id"], "manual")
    await place.github.edit_pull_request(REPOSITORY, number, title="Refunds", actor="ann")
    await place.settle()
    assert [each["title"] for each in await on_board(ann, board)] == ["Refunds"]


async def test_unlinking_the_last_open_one_completes_a_card_that_waits_for_all(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    expect(await ann.patch(f"/boards/{board['id']}/automation", json={"merged_needs": "all"}), 200)
    done, other = await opened(place, "PAY-1 Refunds"), await opened(place, "PAY-1 More", "more")
    await place.settle()
    await place.github.merge(REPOSITORY, done)
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "In Review") == ["Refund twice"]
    [wrong] = [each for each in await on_board(ann, board) if each["number"] == other]
    await unlink(ann, wrong)
    assert titles(await ann.snapshot(board["id"]), "Done") == ["Refund twice"]


async def test_a_refresh_brings_what_was_never_told(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place, "PAY-1 Refunds")
    await place.settle()
    [shown] = await on_board(ann, board)
    await place.github.add_fault("drop_deliveries")
    await place.github.edit_pull_request(REPOSITORY, number, title="PAY-1 Better", actor="ann")
    path = f"/cards/{card['id']}/pull-requests/{shown['id']}/refresh"
    job_id = expect(await ann.post(path), 202)["job_id"]
    await place.settle()
    assert [each["title"] for each in await on_board(ann, board)] == ["PAY-1 Better"]
    assert expect(await ann.get(f"/jobs/{job_id}"), 200)["state"] == "done"


async def test_what_cannot_be_linked_is_said_in_words_for_people(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    web = place.github.web_url
    for url in ("https://example.com/octo/payments/pull/1", f"{web}/{REPOSITORY}/issues/1", "no"):
        refused = await link(ann, card, url)
        assert (refused["status"], refused["code"]) == (422, "not_a_pull_request")
    elsewhere = await link(ann, card, f"{web}/octo/secret/pull/1")
    assert (elsewhere["status"], elsewhere["code"]) == (422, "no_repository")
    missing = await link(ann, card, address(place, 99))
    assert (missing["status"], missing["code"], missing["detail"]) == (
        404,
        "github_not_found",
        f"{REPOSITORY} has no pull request 99.",
    )
    await place.github.set_access(REPOSITORY, "ann", None)
    await place.github.revoke_tokens_of("ann")
    refused = await link(ann, card, address(place, 98))
    assert (refused["status"], refused["code"]) == (409, "github_refuses")
    assert "connect it again" in refused["detail"]
    assert await on_board(ann, board) == []


async def test_while_github_is_down_only_what_is_known_can_be_linked(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    known = await opened(place)
    await place.settle()
    await place.github.add_fault("drop_deliveries")
    unknown = await opened(place, "More", "more")
    await place.github.add_fault("errors", path_prefix="/repos/octo/payments/pulls")
    refused = await link(ann, card, address(place, unknown))
    assert (refused["status"], refused["code"]) == (503, "github_unavailable")
    assert (await link(ann, card, address(place, known)))["status"] == 201


async def test_on_a_card_in_the_archive_nothing_is_linked_or_unlinked(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place, "PAY-1 Refunds")
    await place.settle()
    [shown] = await on_board(ann, board)
    expect(await ann.post(f"/cards/{card['id']}/archive"), 200)
    refused = await link(ann, card, address(place, number))
    assert (refused["status"], refused["code"]) == (409, "card_archived")
    path = f"/cards/{card['id']}/pull-requests/{shown['id']}"
    assert expect(await ann.delete(path), 409)["code"] == "card_archived"
    assert await on_board(ann, board) == []


async def test_a_repository_of_another_workspace_cannot_be_reached_through_a_card(
    place: Place, ann: Actor, workspace: Json, card: Json
) -> None:
    bob, viewer = await place.person("bob"), await place.person("vic")
    await place.connected(bob, await bob.workspace(), "octo/secret")
    await ann.invite(workspace, viewer, "viewer")
    url = f"{place.github.web_url}/octo/secret/pull/1"
    assert (await link(ann, card, url))["code"] == "no_repository"
    assert (await link(viewer, card, url))["status"] == 403
    assert (await link(bob, card, url))["status"] == 404


async def test_linking_and_unlinking_by_hand_are_undone_with_what_followed(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place)
    await place.settle()
    linked = await link(ann, card, address(place, number))
    assert titles(await ann.snapshot(board["id"]), "In Review") == ["Refund twice"]

    undone = await undo_last(ann, card)
    assert {each["entity"] for each in undone["undone"]} == {"card", "pull_request"}
    assert undone["left"] == []
    assert await on_board(ann, board) == []
    assert titles(await ann.snapshot(board["id"]), "To Do") == ["Refund twice"]

    # The undo is undone, too.
    await undo_last(ann, card)
    [again] = await on_board(ann, board)
    assert again["id"] == linked["id"]
    assert titles(await ann.snapshot(board["id"]), "In Review") == ["Refund twice"]

    await unlink(ann, again)
    assert await on_board(ann, board) == []
    await undo_last(ann, card)
    assert [each["id"] for each in await on_board(ann, board)] == [linked["id"]]


async def test_what_was_linked_otherwise_since_is_not_undone(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    number = await opened(place)
    await place.settle()
    linked = await link(ann, card, address(place, number))
    operation = await last_operation(ann, card)
    await unlink(ann, linked)
    undone = expect(await ann.post(f"/operations/{operation}/undo"), 200)
    assert {"pull_request", "changed_since"} in [
        {each["entity"], each["reason"]} for each in undone["left"]
    ]
    assert await on_board(ann, board) == []


async def test_links_of_githubs_texts_are_not_undone(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await opened(place, title="PAY-1 Refunds")
    await place.settle()
    undone = await undo_last(ann, card)
    assert {"pull_request", "not_undoable"} in [
        {each["entity"], each["reason"]} for each in undone["left"]
    ]
    assert len(await on_board(ann, board)) == 1


async def last_operation(ann: Actor, card: Json) -> str:
    """The operation of the last entry in the card's timeline."""
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline?limit=1"), 200)["items"]
    return str(timeline[0]["operation_id"])


async def undo_last(ann: Actor, card: Json) -> Json:
    """Undo what happened to the card last."""
    operation = await last_operation(ann, card)
    undone: Json = expect(await ann.post(f"/operations/{operation}/undo"), 200)
    return undone
