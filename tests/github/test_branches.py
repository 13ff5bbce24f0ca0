"""One-click branches: made once, under a free name, and a failure that says what to do."""

from uuid import UUID

import pytest

from taskly.fake_github.wire.asked import RepositoryChange
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect, titles
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

NAME = "feature/PAY-1-refund-twice"


@pytest.fixture
async def card(ann: Actor, board: Json, connected: Json) -> Json:
    """PAY-1, on a board whose workspace has a repository."""
    return await ann.card(board, "Refund twice")


async def ask(actor: Actor, card: Json, **wanted: str) -> Json:
    """Ask for a branch; the answer."""
    answer = await actor.post(f"/cards/{card['id']}/branches", json=wanted)
    return {"status": answer.status_code, **answer.json()}


async def the_branch(ann: Actor, board: Json) -> Json:
    """The only branch on the board."""
    snapshot = await ann.snapshot(board["id"])
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)
    [branch] = snapshot["branches"]
    found: Json = branch
    return found


async def branches_at_github(place: Place) -> set[str]:
    """All branches but the default one."""
    return set((await place.github.repository(REPOSITORY)).branches) - {"main"}


async def test_one_click_makes_a_branch_named_by_the_template_and_starts_the_card(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    asked = await ask(ann, card)
    assert asked["status"] == 202
    assert asked["branch"] | {"id": 0} == {
        "id": 0,
        "card_id": card["id"],
        "repository": REPOSITORY,
        "name": NAME,
        "url": f"{place.github.web_url}/{REPOSITORY}/tree/{NAME}",
        "state": "creating",
        "error": None,
    }
    assert await the_branch(ann, board) == asked["branch"]
    await place.settle()
    assert await the_branch(ann, board) == {**asked["branch"], "state": "created"}
    assert await branches_at_github(place) == {NAME}
    job = expect(await ann.get(f"/jobs/{asked['job_id']}"), 200)
    assert (job["state"], job["result"]) == (
        "done",
        {"repository": REPOSITORY, "branch": NAME, "url": asked["branch"]["url"]},
    )
    assert titles(await ann.snapshot(board["id"]), "In Progress") == ["Refund twice"]
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    [move] = [entry for entry in timeline if entry["type"] == "card.moved"]
    assert move["reason"]["rule"] == "branch_created"
    assert move["reason"]["branch"] == NAME


async def test_the_branch_begins_where_it_was_asked_to(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    push = await place.github.push(REPOSITORY, "release/1", actor="ann")
    await place.settle()
    await ask(ann, card, base="release/1", name="hotfix")
    await place.settle()
    at_github = (await place.github.repository(REPOSITORY)).branches
    assert at_github["hotfix"] == push.sha


async def test_a_chosen_name_that_is_taken_gets_a_number(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.add_fault("drop_deliveries")
    for taken in (NAME, f"{NAME}-2"):
        await place.github.push(REPOSITORY, taken, actor="ann")
    asked = await ask(ann, card)
    assert asked["branch"]["name"] == NAME
    await place.settle()
    branch = await the_branch(ann, board)
    assert (branch["name"], branch["state"]) == (f"{NAME}-3", "created")
    assert branch["url"].endswith(f"/tree/{NAME}-3")
    assert await branches_at_github(place) == {NAME, f"{NAME}-2", f"{NAME}-3"}


async def test_a_chosen_name_that_another_card_has_gets_a_number_at_once(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await ask(ann, card)
    second = await ask(ann, card)
    assert second["branch"]["name"] == f"{NAME}-2"
    await place.settle()
    assert await branches_at_github(place) == {NAME, f"{NAME}-2"}


async def test_a_given_name_that_is_taken_is_refused_with_a_free_one(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await ask(ann, card, name="refunds")
    again = await ask(ann, card, name="refunds")
    assert (again["status"], again["code"], again["suggestion"]) == (
        409,
        "branch_exists",
        "refunds-2",
    )
    await place.settle()
    assert await branches_at_github(place) == {"refunds"}


async def test_a_given_name_that_github_has_fails_with_a_suggestion(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.add_fault("drop_deliveries")
    await place.github.push(REPOSITORY, "refunds", actor="ann")
    await ask(ann, card, name="refunds")
    await place.settle()
    branch = await the_branch(ann, board)
    assert (branch["state"], branch["error"]) == (
        "failed",
        f"{REPOSITORY} has a branch refunds already. Try refunds-2.",
    )
    assert titles(await ann.snapshot(board["id"]), "To Do") == ["Refund twice"]


@pytest.mark.parametrize("said_before", [True, False], ids=["told", "not told"])
async def test_an_attempt_that_was_killed_after_making_the_branch_makes_no_second_one(
    place: Place, ann: Actor, board: Json, card: Json, said_before: bool
) -> None:
    asked = await ask(ann, card)
    if not said_before:
        await place.github.add_fault("drop_deliveries")
    at_github = (await place.github.repository(REPOSITORY)).branches
    await place.change(
        "UPDATE card_branches SET base_sha = :sha WHERE id = CAST(:id AS uuid)",
        sha=at_github["main"],
        id=asked["branch"]["id"],
    )
    await place.github.create_branch(REPOSITORY, NAME, actor="ann")
    await place.settle()
    branch = await the_branch(ann, board)
    assert (branch["name"], branch["state"]) == (NAME, "created")
    assert await branches_at_github(place) == {NAME}
    assert titles(await ann.snapshot(board["id"]), "In Progress") == ["Refund twice"]


async def test_an_answer_that_never_came_leaves_one_branch(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.add_fault(
        "garbage", path_prefix="/repos/octo/payments/git/refs", method="POST", times=1
    )
    await place.github.add_fault("drop_deliveries")
    await ask(ann, card)
    for _ in range(3):
        await place.run_jobs()
        await place.hurry()
    branch = await the_branch(ann, board)
    assert (branch["name"], branch["state"]) == (NAME, "created")


async def test_github_failing_for_a_while_only_delays_the_branch(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.add_fault("errors", path_prefix="/repos/octo/payments/git", times=2)
    await place.github.add_fault(
        "errors", path_prefix="/repos/octo/payments/git/refs", method="POST", times=1
    )
    await ask(ann, card)
    await place.run_jobs()
    assert (await the_branch(ann, board))["state"] == "creating"
    await place.hurry()
    await place.settle()
    assert (await the_branch(ann, board))["state"] == "created"
    assert await branches_at_github(place) == {NAME}


async def test_a_reached_limit_puts_the_branch_off_and_says_until_when(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.set_rate_limit("ann", 0, resets_in_seconds=700)
    asked = await ask(ann, card)
    await place.run_jobs()
    branch = await the_branch(ann, board)
    assert (branch["state"], branch["error"]) == (
        "creating",
        "GitHub's limit is reached; it is free again in 12 minutes.",
    )
    [job] = await place.rows(
        "SELECT state::text, attempts, extract(epoch FROM next_attempt_at - now()) AS wait "
        "FROM jobs WHERE id = CAST(:id AS uuid)",
        id=asked["job_id"],
    )
    assert (job["state"], job["attempts"]) == ("pending", 0)
    assert 600 < job["wait"] <= 700


async def test_without_write_access_the_branch_fails_in_words_for_people(
    place: Place, ann: Actor, workspace: Json, board: Json, card: Json
) -> None:
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "member")
    await ask(bob, card)
    await place.settle()
    branch = await the_branch(ann, board)
    assert (branch["state"], branch["error"]) == (
        "failed",
        f"Your GitHub account has no write access to {REPOSITORY}.",
    )
    assert await branches_at_github(place) == set()


async def test_a_base_that_is_not_there_fails_in_words_for_people(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await ask(ann, card, base="nowhere")
    await place.settle()
    branch = await the_branch(ann, board)
    assert (branch["state"], branch["error"]) == (
        "failed",
        f"{REPOSITORY} has no branch nowhere to begin at.",
    )


async def test_a_branch_that_failed_is_made_when_it_is_asked_for_again(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    failing = await ask(ann, card, base="nowhere")
    await place.settle()
    assert (await the_branch(ann, board))["state"] == "failed"
    again = await ask(ann, card)
    assert again["branch"] == {
        **failing["branch"],
        "state": "creating",
        "error": None,
    }
    await place.settle()
    assert (await the_branch(ann, board))["state"] == "created"
    assert await branches_at_github(place) == {NAME}


async def test_what_is_wrong_with_the_wish_is_said_at_once(
    place: Place, ann: Actor, workspace: Json, board: Json, card: Json
) -> None:
    for name in ("a..b", "-x", "a b", "x.lock", "@", "a/", "~"):
        refused = await ask(ann, card, name=name)
        assert (refused["status"], refused["code"]) == (422, "branch_name_invalid")
    unknown = await ask(ann, card, repository_id=str(UUID(int=1)))
    assert (unknown["status"], unknown["code"]) == (422, "no_repository")
    second = await place.connected(ann, workspace, "octo/website")
    unclear = await ask(ann, card)
    assert (unclear["status"], unclear["code"]) == (422, "no_repository")
    clear = await ask(ann, card, repository_id=second["id"])
    assert clear["branch"]["repository"] == "octo/website"


async def test_a_branch_of_another_workspaces_repository_cannot_be_asked_for(
    place: Place, ann: Actor, card: Json
) -> None:
    bob = await place.person("bob")
    foreign = await place.connected(bob, await bob.workspace(), "octo/secret")
    refused = await ask(ann, card, repository_id=foreign["id"])
    assert (refused["status"], refused["code"]) == (422, "no_repository")
    eve = await place.person("eve")
    assert (await ask(eve, card))["status"] == 404


async def test_a_viewer_makes_no_branch_and_an_outsider_sees_no_job(
    place: Place, ann: Actor, workspace: Json, card: Json
) -> None:
    viewer, eve = await place.person("vic"), await place.person("eve")
    await ann.invite(workspace, viewer, "viewer")
    assert (await ask(viewer, card))["status"] == 403
    asked = await ask(ann, card)
    assert expect(await viewer.get(f"/jobs/{asked['job_id']}"), 200)["state"] == "pending"
    assert (await eve.get(f"/jobs/{asked['job_id']}")).status_code == 404


async def choose(ann: Actor, board: Json, repository: Json | None) -> Json:
    """Choose the board's default repository."""
    chosen = None if repository is None else repository["id"]
    rules: Json = expect(
        await ann.patch(
            f"/boards/{board['id']}/automation", json={"default_repository_id": chosen}
        ),
        200,
    )
    return rules


async def test_a_boards_default_repository_gets_the_branches_for_which_none_is_named(
    place: Place, ann: Actor, workspace: Json, board: Json, card: Json
) -> None:
    website = await place.connected(ann, workspace, "octo/website")
    assert (await choose(ann, board, website))["default_repository_id"] == website["id"]
    again = await ann.patch(f"/boards/{board['id']}/automation", json={"merged_needs": "all"})
    assert expect(again, 200)["default_repository_id"] == website["id"]
    assert (await ask(ann, card))["branch"]["repository"] == "octo/website"
    other = await ann.board(workspace, name="Other", key="OTH")
    assert (await ask(ann, await ann.card(other, "Plan")))["code"] == "no_repository"
    assert (await choose(ann, board, None))["default_repository_id"] is None
    assert (await ask(ann, card))["code"] == "no_repository"


async def test_without_its_default_repository_a_board_takes_the_only_one_or_asks(
    place: Place, ann: Actor, workspace: Json, board: Json, card: Json
) -> None:
    website = await place.connected(ann, workspace, "octo/website")
    await place.connected(ann, workspace, "octo/docs")
    await choose(ann, board, website)
    expect(await ann.delete(f"/repositories/{website['id']}"), 204)
    unclear = await ask(ann, card)
    assert (unclear["status"], unclear["code"]) == (422, "no_repository")
    assert unclear["detail"] == (
        "The board's default repository is not connected any more, and there are several others: name one by "
        "repository_id, or choose another default in the board's rules."
    )
    items = expect(await ann.get(f"/workspaces/{workspace['id']}/repositories"), 200)["items"]
    [docs] = [item for item in items if item["full_name"] == "octo/docs"]
    expect(await ann.delete(f"/repositories/{docs['id']}"), 204)
    assert (await ask(ann, card))["branch"]["repository"] == REPOSITORY


async def test_only_a_connected_repository_of_the_workspace_can_be_the_default(
    place: Place, ann: Actor, workspace: Json, board: Json
) -> None:
    bob = await place.person("bob")
    foreign = await place.connected(bob, await bob.workspace(), "octo/secret")
    for repository_id in (foreign["id"], str(UUID(int=1))):
        refused = await ann.patch(
            f"/boards/{board['id']}/automation", json={"default_repository_id": repository_id}
        )
        assert expect(refused, 422)["code"] == "no_repository"


async def test_an_archived_repository_takes_no_branches_until_it_is_unarchived(
    place: Place, ann: Actor, workspace: Json, card: Json
) -> None:
    await place.github.change_repository(REPOSITORY, RepositoryChange(archived=True, private=True))
    await place.settle()
    [item] = expect(await ann.get(f"/workspaces/{workspace['id']}/repositories"), 200)["items"]
    assert (item["archived"], item["private"], item["health"]) == (True, True, "healthy")
    refused = await ask(ann, card)
    assert (refused["status"], refused["code"]) == (409, "repository_archived")
    await place.github.change_repository(REPOSITORY, RepositoryChange(archived=False))
    await place.settle()
    assert (await ask(ann, card))["status"] == 202
