"""Everything that happens to a card by itself says why."""

import pytest

from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio


async def why(ann: Actor, card: Json, type_: str) -> Json:
    """The reason of the last change of this type in the card's timeline."""
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    reason: Json = next(each["reason"] for each in timeline if each["type"] == type_)
    return reason


async def test_a_move_because_of_a_push_names_the_commit(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board)
    pushed = await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ann")
    await place.github.settle()
    await place.change("DELETE FROM jobs WHERE kind = 'github.process_delivery'")
    await place.change("DELETE FROM webhook_deliveries WHERE event = 'create'")
    await place.change("UPDATE webhook_deliveries SET state = 'dead' WHERE event = 'push'")
    ledger = f"/repositories/{connected['id']}/deliveries/replay"
    assert expect(await ann.post(ledger, json={}), 202)["deliveries"] == 1
    await place.settle()
    reason = await why(ann, card, "card.moved")
    assert reason["rule"] == "branch_created"
    assert reason["commit"] == pushed.sha


async def test_a_link_says_which_text_names_the_card_and_when_none_does_any_more(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board)
    await place.github.push(REPOSITORY, "refunds", ["Begin"], actor="ann")
    made = await place.github.open_pull_request(REPOSITORY, "refunds", "PAY-1", author="ann")
    await place.settle()
    reason = await why(ann, card, "pull_request.linked")
    common = {
        "rule": "link",
        "repository": REPOSITORY,
        "repository_id": connected["id"],
        "pull_request": made.number,
        "commit": made.head_sha,
        "url": f"{place.github.web_url}/{REPOSITORY}/pull/{made.number}",
        "event": "pull_request",
    }
    delivery = reason.pop("delivery_id")
    text = f"The title of {REPOSITORY}#1 names the card."
    assert reason == {**common, "text": text}
    await place.github.edit_pull_request(REPOSITORY, made.number, title="Refunds")
    await place.settle()
    reason = await why(ann, card, "pull_request.unlinked")
    assert reason.pop("delivery_id") != delivery
    text = f"{REPOSITORY}#1 does not name the card any more."
    assert reason == {**common, "text": text}


async def test_a_branch_that_is_found_says_so(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board)
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ann")
    await place.settle()
    reason = await why(ann, card, "branch.added")
    assert (reason["rule"], reason["branch"]) == ("link", "PAY-1")
    assert reason["text"] == f"The branch PAY-1 of {REPOSITORY} names the card."
    assert reason["url"] == f"{place.github.web_url}/{REPOSITORY}/tree/PAY-1"


async def test_people_need_no_reason_for_a_link(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board)
    await place.github.push(REPOSITORY, "refunds", ["Begin"], actor="ann")
    made = await place.github.open_pull_request(REPOSITORY, "refunds", "Refunds", author="ann")
    await place.settle()
    url = f"{place.github.web_url}/{REPOSITORY}/pull/{made.number}"
    expect(await ann.post(f"/cards/{card['id']}/pull-requests", json={"url": url}), 201)
    reason = await why(ann, card, "pull_request.linked")
    assert reason == {
        "repository": REPOSITORY,
        "pull_request": made.number,
        "commit": made.head_sha,
        "url": url,
        "by_hand": True,
    }


async def test_boxes_and_drafts_say_where_they_come_from(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board, acceptance_criteria="- [ ] Twice")
    expect(await ann.post(f"/cards/{card['id']}/branches", json={}), 202)
    await place.settle()
    branch = (await ann.snapshot(board["id"]))["branches"][0]["name"]
    await place.github.push(REPOSITORY, branch, ["Begin"], actor="ann")
    await place.settle()
    promise = expect(await ann.post(f"/cards/{card['id']}/pull-requests/draft", json={}), 202)
    await place.settle()
    reason = await why(ann, card, "pull_request.updated")
    assert (reason["rule"], reason["job_id"]) == ("draft", promise["job_id"])
    assert reason["text"] == f"{REPOSITORY}#1 was made from the card."
    body = (await place.github.pull_request(REPOSITORY, 1)).body or ""
    await place.github.edit_pull_request(REPOSITORY, 1, body=body.replace("[ ]", "[x]"))
    await place.settle()
    reason = await why(ann, card, "card.updated")
    assert (reason["rule"], reason["pull_request"]) == ("checklist", 1)
    assert reason["text"] == f"Boxes were changed in the description of {REPOSITORY}#1."
