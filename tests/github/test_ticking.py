"""Boxes that are ticked at GitHub are ticked on the card, and nothing else of it changes."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"
CRITERIA = "Then\n- [ ] Refund\n- [ ] Log it\n- Tell them"


@pytest.fixture
async def card(place: Place, ann: Actor, board: Json, connected: Json) -> Json:
    """PAY-1, from which pull request 1 was made."""
    made = await ann.card(board, "Refund twice", acceptance_criteria=CRITERIA)
    expect(await ann.post(f"/cards/{made['id']}/branches", json={}), 202)
    await place.settle()
    # So that what follows is told of another second: of the same one GitHub would have to be asked.
    await place.github.freeze_clock(datetime.now(UTC) - timedelta(minutes=1))
    await place.github.push(REPOSITORY, BRANCH, ["Refund"], actor="ann")
    expect(await ann.post(f"/cards/{made['id']}/pull-requests/draft", json={}), 202)
    await place.settle()
    await place.github.run_clock()
    return made


async def replace(place: Place, old: str, new: str) -> None:
    """Change the pull request's description as GitHub's own editor does."""
    body = (await place.github.pull_request(REPOSITORY, 1)).body or ""
    assert old in body
    body = body.replace(old, new).replace("\r\n", "\n").replace("\n", "\r\n")
    await place.github.edit_pull_request(REPOSITORY, 1, body=body, actor="ann")


async def criteria(ann: Actor, board: Json) -> str:
    """The criteria on the board, where the log tells the same."""
    snapshot = await ann.snapshot(board["id"])
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)
    found: str = snapshot["cards"][0]["acceptance_criteria"]
    return found


async def edits(ann: Actor, card: Json) -> list[Json]:
    """What the timeline says of changes of the criteria, newest first."""
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    return [
        entry
        for entry in timeline
        if entry["type"] == "card.updated" and "acceptance_criteria" in entry["after"]
    ]


async def refresh(place: Place, ann: Actor, board: Json) -> None:
    """Ask GitHub for what it did not tell."""
    [shown] = (await ann.snapshot(board["id"]))["pull_requests"]
    path = f"/cards/{shown['card_id']}/pull-requests/{shown['id']}/refresh"
    expect(await ann.post(path), 202)
    await place.settle()


async def test_a_box_that_is_ticked_at_github_is_ticked_on_the_card_and_says_why(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await replace(place, "- [ ] Refund", "- [x] Refund")
    await place.settle()
    assert await criteria(ann, board) == CRITERIA.replace("- [ ] Refund", "- [x] Refund")
    [told] = await edits(ann, card)
    assert told["actor"] == {"kind": "github", "user_id": str(ann.user_id)}
    reason = told["reason"]
    assert (reason["repository"], reason["pull_request"], reason["event"]) == (
        REPOSITORY,
        1,
        "pull_request",
    )
    await replace(place, "- [x] Refund", "- [ ] Refund")
    await replace(place, "- [ ] Tell them", "- [x] Tell them")
    await place.settle()
    assert await criteria(ann, board) == CRITERIA.replace("- Tell", "- [x] Tell")


async def test_words_of_github_never_come_to_the_card(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await replace(place, "- [ ] Refund", "- [x] Refund everything\n- [x] And more")
    await place.settle()
    assert await criteria(ann, board) == CRITERIA
    assert await edits(ann, card) == []


async def test_what_somebody_wrote_or_set_on_the_card_since_stays(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.add_fault("drop_deliveries")
    for text in ("Refund", "Log it", "Tell them"):
        await replace(place, f"- [ ] {text}", f"- [x] {text}")
    written = CRITERIA.replace("Refund", "Refund it")
    for theirs in (written.replace("[ ] Log", "[x] Log"), written):
        body = {"acceptance_criteria": theirs}
        expect(await ann.patch(f"/cards/{card['id']}", json=body), 200)
    await refresh(place, ann, board)
    assert await criteria(ann, board) == written.replace("- Tell", "- [x] Tell")


async def test_telling_the_same_again_ticks_nothing_that_was_unticked_on_the_card(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await replace(place, "- [ ] Refund", "- [x] Refund")
    await place.settle()
    expect(await ann.patch(f"/cards/{card['id']}", json={"acceptance_criteria": CRITERIA}), 200)
    await refresh(place, ann, board)
    await place.github.edit_pull_request(REPOSITORY, 1, title="PAY-1 Better", actor="ann")
    await place.settle()
    assert await criteria(ann, board) == CRITERIA


async def test_an_undo_takes_ticks_back(place: Place, ann: Actor, board: Json, card: Json) -> None:
    await replace(place, "- [ ] Refund", "- [x] Refund")
    await place.settle()
    [told] = await edits(ann, card)
    expect(await ann.post(f"/operations/{told['operation_id']}/undo"), 200)
    assert await criteria(ann, board) == CRITERIA


async def test_nothing_follows_from_a_pull_request_that_was_not_made_from_the_card(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    other = await ann.card(board, "Other", acceptance_criteria=CRITERIA)
    url = f"{place.github.web_url}/{REPOSITORY}/pull/1"
    expect(await ann.post(f"/cards/{other['id']}/pull-requests", json={"url": url}), 201)
    await replace(place, "- [ ] Refund", "- [x] Refund")
    await place.settle()
    assert len(await edits(ann, card)) == 1
    assert await edits(ann, other) == []


async def test_a_card_in_the_archive_and_an_unlinked_one_stay_as_they_are(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    expect(await ann.post(f"/cards/{card['id']}/archive"), 200)
    await replace(place, "- [ ] Refund", "- [x] Refund")
    await place.settle()
    expect(await ann.post(f"/cards/{card['id']}/restore"), 200)
    [shown] = (await ann.snapshot(board["id"]))["pull_requests"]
    expect(await ann.delete(f"/cards/{card['id']}/pull-requests/{shown['id']}"), 204)
    await replace(place, "- [ ] Log it", "- [x] Log it")
    await place.settle()
    assert await criteria(ann, board) == CRITERIA
