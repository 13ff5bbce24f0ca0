"""Draft pull requests from cards: made once, described by the card, and a refusal that says what to do."""

import pytest

from taskly.fake_github.wire.asked import RepositoryChange
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect, titles
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"
CRITERIA = "- [ ] Both arrive\n- No fee, as in PAY-2"


@pytest.fixture
async def card(place: Place, ann: Actor, board: Json, connected: Json) -> Json:
    """PAY-1 with a branch that has a commit; PAY-2 beside it."""
    made = await ann.card(
        board, "Refund twice", description="Not PAY-2.", acceptance_criteria=CRITERIA
    )
    await ann.card(board, "Another")
    expect(await ann.post(f"/cards/{made['id']}/branches", json={}), 202)
    await place.settle()
    await place.github.push(REPOSITORY, BRANCH, ["Refund"], actor="ann")
    await place.settle()
    return made


async def ask(actor: Actor, card: Json, **wanted: str) -> Json:
    """Ask for a draft; the answer."""
    answer = await actor.post(f"/cards/{card['id']}/pull-requests/draft", json=wanted)
    return {"status": answer.status_code, **answer.json()}


async def outcome(place: Place, actor: Actor, card: Json, **wanted: str) -> Json:
    """Ask for a draft and let the worker try; the job."""
    asked = await ask(actor, card, **wanted)
    assert asked["status"] == 202, asked
    await place.settle()
    job: Json = expect(await actor.get(f"/jobs/{asked['job_id']}"), 200)
    return job


def why_not(job: Json) -> str:
    """Why a job gave up."""
    assert (job["state"], job["attempts"]) == ("dead", 1)
    return str(job["error"])


async def on_board(ann: Actor, board: Json) -> list[Json]:
    """The pull requests on the board, where the log tells the same."""
    snapshot = await ann.snapshot(board["id"])
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)
    found: list[Json] = snapshot["pull_requests"]
    return found


async def test_a_draft_is_opened_in_the_callers_name_and_described_by_the_card(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    job = await outcome(place, ann, card)
    [made] = (await place.github.repository(REPOSITORY)).pull_requests
    assert (job["state"], job["result"]) == (
        "done",
        {"repository": REPOSITORY, "number": made.number, "url": made.url},
    )
    assert (made.draft, made.author, made.title) == (True, "ann", "PAY-1 Refund twice")
    assert (made.head_ref, made.base_ref) == (BRANCH, "main")
    assert made.body is not None
    assert "Not PAY-2." in made.body
    assert "- [ ] Both arrive\n- [ ] No fee, as in PAY-2" in made.body
    assert f"({place.runtime.settings.public_url}/c/PAY-1)" in made.body
    [shown] = await on_board(ann, board)
    assert (shown["card_id"], shown["source"], shown["closes"]) == (card["id"], "created", True)
    assert shown["state"] == "draft"
    assert titles(await ann.snapshot(board["id"]), "In Progress") == ["Refund twice"]


async def test_branch_base_and_title_can_be_chosen(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.create_branch(REPOSITORY, "release/1", actor="ann")
    expect(await ann.post(f"/cards/{card['id']}/branches", json={"name": "second"}), 202)
    await place.settle()
    unclear = await ask(ann, card)
    assert (unclear["status"], unclear["code"]) == (422, "no_branch")
    [branch] = [
        each for each in (await ann.snapshot(board["id"]))["branches"] if each["name"] == BRANCH
    ]
    await outcome(place, ann, card, branch_id=branch["id"], base="release/1", title="Refunds")
    [made] = (await place.github.repository(REPOSITORY)).pull_requests
    assert (made.head_ref, made.base_ref, made.title) == (BRANCH, "release/1", "Refunds")


async def test_a_job_that_was_killed_after_github_answered_makes_no_second_one(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.add_fault("drop_deliveries")
    await place.github.add_fault(
        "garbage", path_prefix="/repos/octo/payments/pulls", method="POST", times=1
    )
    asked = await ask(ann, card)
    for _ in range(3):
        await place.run_jobs()
        await place.hurry()
    assert expect(await ann.get(f"/jobs/{asked['job_id']}"), 200)["attempts"] == 2
    [made] = (await place.github.repository(REPOSITORY)).pull_requests
    [shown] = await on_board(ann, board)
    assert (shown["number"], shown["source"]) == (made.number, "created")


async def test_asking_twice_opens_one(place: Place, ann: Actor, board: Json, card: Json) -> None:
    await ask(ann, card)
    assert (await outcome(place, ann, card))["state"] == "done"
    assert len((await place.github.repository(REPOSITORY)).pull_requests) == 1
    assert [each["source"] for each in await on_board(ann, board)] == ["created"]


async def test_one_that_somebody_opened_already_is_linked_also_if_it_was_unlinked(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    pull = await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    [found] = await on_board(ann, board)
    expect(await ann.delete(f"/cards/{card['id']}/pull-requests/{found['id']}"), 204)
    job = await outcome(place, ann, card)
    assert job["result"]["number"] == pull.number
    [shown] = await on_board(ann, board)
    assert (shown["id"], shown["source"]) == (found["id"], "manual")
    assert len((await place.github.repository(REPOSITORY)).pull_requests) == 1


async def test_where_there_is_nothing_to_merge_a_commit_is_asked_for(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    empty = await ann.card(board, "Empty")
    expect(await ann.post(f"/cards/{empty['id']}/branches", json={"name": "empty"}), 202)
    await place.settle()
    job = await outcome(place, ann, empty)
    assert why_not(job) == "empty has no commits that main has not: push one, then ask again."
    assert await on_board(ann, board) == []


async def test_a_branch_that_is_not_there_is_named(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    job = await outcome(place, ann, card, base="nowhere")
    assert why_not(job) == f"{REPOSITORY} has no branch nowhere to merge into."
    await place.github.add_fault("drop_deliveries")
    await place.github.delete_branch(REPOSITORY, BRANCH)
    job = await outcome(place, ann, card)
    assert why_not(job) == f"{REPOSITORY} has no branch {BRANCH}: push it, then ask again."


async def test_where_github_has_no_drafts_another_way_is_named(
    place: Place, ann: Actor, card: Json
) -> None:
    await place.github.change_repository(REPOSITORY, RepositoryChange(has_drafts=False))
    job = await outcome(place, ann, card)
    assert why_not(job).startswith("GitHub has no drafts in private repositories of free plans:")
    assert (await place.github.repository(REPOSITORY)).pull_requests == []


async def test_without_write_access_the_job_says_whom_to_ask(
    place: Place, ann: Actor, workspace: Json, card: Json
) -> None:
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "member")
    job = await outcome(place, bob, card)
    assert why_not(job) == (
        f"Your GitHub account may not open pull requests in {REPOSITORY}: ask for write access."
    )


async def test_what_is_wrong_with_the_wish_is_said_at_once(
    place: Place, ann: Actor, workspace: Json, board: Json, card: Json
) -> None:
    other = await ann.card(board, "Without")
    refused = await ask(ann, other)
    assert (refused["status"], refused["code"]) == (422, "no_branch")
    [branch] = (await ann.snapshot(board["id"]))["branches"]
    foreign = await ask(ann, other, branch_id=branch["id"])
    assert (foreign["status"], foreign["code"]) == (422, "no_branch")
    viewer, eve = await place.person("vic"), await place.person("eve")
    await ann.invite(workspace, viewer, "viewer")
    assert (await ask(viewer, card))["status"] == 403
    assert (await ask(eve, card))["status"] == 404
    expect(await ann.post(f"/cards/{card['id']}/archive"), 200)
    assert (await ask(ann, card))["code"] == "card_archived"


async def test_a_card_that_is_archived_meanwhile_gets_none(
    place: Place, ann: Actor, card: Json
) -> None:
    asked = await ask(ann, card)
    expect(await ann.post(f"/cards/{card['id']}/archive"), 200)
    await place.settle()
    job = expect(await ann.get(f"/jobs/{asked['job_id']}"), 200)
    assert why_not(job) == "The card is in the archive by now."
    assert (await place.github.repository(REPOSITORY)).pull_requests == []
