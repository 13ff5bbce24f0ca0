"""The author of a branch or pull request is put on its card, where a board wants that."""

import pytest

from tests.github.place import REPOSITORY, Place
from tests.github.test_board_settings import change
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wanting(ann: Actor, board: Json, connected: Json) -> Json:
    """A board that wants authors on its cards, and has PAY-1."""
    changed = await change(ann, board, assign_author=True)
    assert changed["assign_author"] is True
    assert expect(await ann.get(f"/boards/{board['id']}/automation"), 200) == changed
    return await ann.card(board, "Refund twice")


async def colleague(place: Place, ann: Actor, workspace: Json, login: str = "ben") -> Actor:
    """Somebody of the workspace who may push to the repository."""
    person = await place.person(login)
    await ann.invite(workspace, person, "member")
    await place.github.set_access(REPOSITORY, login, "push")
    return person


async def on_card(ann: Actor, card: Json) -> list[str]:
    """Who is on a card."""
    found: list[str] = expect(await ann.get(f"/cards/{card['id']}"), 200)["assignee_ids"]
    return found


async def test_who_pushes_the_first_branch_is_put_on_the_card_once(
    place: Place, ann: Actor, workspace: Json, wanting: Json
) -> None:
    ben = await colleague(place, ann, workspace)
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ben")
    await place.settle()
    assert await on_card(ann, wanting) == [str(ben.user_id)]
    timeline = expect(await ann.get(f"/cards/{wanting['id']}/timeline"), 200)["items"]
    [told] = [each for each in timeline if "assignee_ids" in (each["after"] or {})][:1]
    assert told["actor"] == {"kind": "github", "user_id": str(ben.user_id)}
    assert told["reason"] == told["reason"] | {
        "rule": "assign_author",
        "begun": "branch_created",
        "branch": "PAY-1",
        "repository": REPOSITORY,
        "text": f"The branch PAY-1 of {REPOSITORY} is theirs, and nobody was on the card.",
    }
    # Whom people take off stays off.
    expect(await ann.delete(f"/cards/{wanting['id']}/assignees/{ben.user_id}"), 200)
    await place.github.open_pull_request(REPOSITORY, "PAY-1", "Refunds", author="ben")
    await place.settle()
    assert await on_card(ann, wanting) == []


async def test_the_author_of_a_pull_request_is_put_on_the_card_and_not_who_reports_it(
    place: Place, ann: Actor, workspace: Json, wanting: Json
) -> None:
    ben = await colleague(place, ann, workspace)
    await place.github.push(REPOSITORY, "refunds", ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, "refunds", "Refunds", author="ben")
    await place.settle()
    await place.github.edit_pull_request(REPOSITORY, 1, title="PAY-1 Refunds", actor="ann")
    await place.settle()
    assert await on_card(ann, wanting) == [str(ben.user_id)]


async def test_nobody_is_put_beside_somebody_else(
    place: Place, ann: Actor, workspace: Json, wanting: Json
) -> None:
    await colleague(place, ann, workspace)
    expect(await ann.request("PUT", f"/cards/{wanting['id']}/assignees/{ann.user_id}"), 200)
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ben")
    await place.settle()
    assert await on_card(ann, wanting) == [str(ann.user_id)]


async def test_strangers_are_put_on_no_card_and_the_next_author_is(
    place: Place, ann: Actor, wanting: Json
) -> None:
    await place.person("eve")
    await place.github.set_access(REPOSITORY, "eve", "push")
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="eve")
    await place.settle()
    assert await on_card(ann, wanting) == []
    await place.github.open_pull_request(REPOSITORY, "PAY-1", "Refunds", author="ann")
    await place.settle()
    assert await on_card(ann, wanting) == [str(ann.user_id)]


async def test_who_creates_the_branch_of_a_card_is_put_on_it(
    place: Place, ann: Actor, wanting: Json
) -> None:
    expect(await ann.post(f"/cards/{wanting['id']}/branches", json={}), 202)
    await place.settle()
    assert await on_card(ann, wanting) == [str(ann.user_id)]


async def test_boards_that_do_not_want_it_put_nobody_on_cards(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board)
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ann")
    await place.settle()
    assert await on_card(ann, card) == []


async def test_a_rule_that_is_off_puts_nobody_on_cards(
    place: Place, ann: Actor, board: Json, wanting: Json
) -> None:
    off = {"enabled": False}
    await change(ann, board, branch_created=off, pull_request_opened=off)
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, "PAY-1", "Refunds", author="ann")
    await place.settle()
    assert await on_card(ann, wanting) == []


async def test_a_deleted_branch_that_nobody_knew_says_nothing_of_its_author(
    place: Place, ann: Actor, wanting: Json, connected: Json
) -> None:
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ann")
    await place.github.delete_branch(REPOSITORY, "PAY-1", actor="ann")
    await place.github.settle()
    await place.change("DELETE FROM jobs WHERE kind = 'github.process_delivery'")
    await place.change("DELETE FROM webhook_deliveries WHERE event <> 'delete'")
    webhook = await place.webhook(connected)
    payload = webhook.example("delete", ref="PAY-1", ref_type="branch")
    assert (await webhook.send("delete", payload)).status_code == 202
    await place.settle()
    assert await on_card(ann, wanting) == []
