"""Trying rules: what they would have done with what GitHub sent."""

import pytest

from taskly.github.trying import dry_run
from tests.github.place import REPOSITORY, Place
from tests.github.test_board_settings import change
from tests.github.test_story import BRANCH, where_is, work_and_merge
from tests.support.actors import Actor, Json, column, expect

pytestmark = pytest.mark.anyio

CARD = "Refund twice"
MOVE = ("rule", "from_column_id", "to_column_id", "delivery_id")


@pytest.fixture
async def card(ann: Actor, board: Json, connected: Json) -> Json:
    """PAY-1, on a board whose workspace has a repository."""
    return await ann.card(board, CARD)


async def attempt(ann: Actor, board: Json, days: int = 30, **automation: object) -> Json:
    """Try rules."""
    body = {"days": days, "automation": automation}
    tried: Json = expect(
        await ann.post(f"/boards/{board['id']}/automation/dry-run", json=body), 200
    )
    return tried


async def only_card(ann: Actor, board: Json, days: int = 30, **automation: object) -> Json:
    """What is said of the one card that was moved or would have been."""
    [tried] = (await attempt(ann, board, days, **automation))["cards"]
    found: Json = tried
    return found


def moves(card: Json, name: str) -> list[tuple[str, ...]]:
    """What of some moves can be compared."""
    return [tuple(each[part] for part in MOVE) for each in card[name]]


def names(board: Json, card: Json) -> list[str]:
    """The columns into which a card would have been moved."""
    called = {each["id"]: each["name"] for each in board["columns"]}
    return [called[each["to_column_id"]] for each in card["would_move"]]


async def everything(place: Place) -> list[Json]:
    """How much there is of what a change leaves behind."""
    return await place.rows(
        "SELECT (SELECT count(*) FROM events) AS events, (SELECT count(*) FROM jobs) AS jobs,"
        " (SELECT sum(version) FROM boards) AS versions, (SELECT max(updated_at) FROM cards) AS at,"
        " (SELECT count(*) FROM notifications) AS told, (SELECT max(updated_at) FROM pull_requests)"
    )


async def work(place: Place) -> None:
    """A whole story at GitHub, told step by step."""
    await work_and_merge(place, place.settle)


async def test_the_present_rules_would_have_done_what_they_did(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await work(place)
    before = await everything(place)
    tried = await attempt(ann, board)
    assert await everything(place) == before
    [found] = tried["cards"]
    tried_moves, made = moves(found, "would_move"), moves(found, "moved")
    assert [move[:-1] for move in tried_moves] == [move[:-1] for move in made]
    for tried_move, move in zip(tried_moves, made, strict=True):
        # None, where GitHub was asked before the delivery was worked out.
        assert move[-1] in {tried_move[-1], None}
    assert names(board, found) == ["In Progress", "In Review", "In Progress", "In Review", "Done"]
    assert (found["key"], found["title"]) == ("PAY-1", CARD)
    assert found["column_id"] == found["would_be_in"] == column(board, "Done")["id"]
    last = found["would_move"][-1]
    head = (await place.github.pull_request(REPOSITORY, 1)).head_sha
    assert (last["pull_request"], last["commit"], last["branch"]) == (1, head, None)
    assert last["url"] == f"{place.github.web_url}/{REPOSITORY}/pull/1"
    assert (tried["complete"], tried["deliveries"]) == (True, await _count(place))


async def _count(place: Place) -> int:
    [row] = await place.rows(
        "SELECT count(*) AS count FROM webhook_deliveries WHERE state = 'processed'"
        " AND event IN ('push', 'create', 'delete', 'pull_request', 'pull_request_review')"
    )
    return int(row["count"])


async def test_other_rules_would_have_done_something_else(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await work(place)
    elsewhere = await only_card(ann, board, merged={"targets": [{"pattern": "release/*"}]})
    assert names(board, elsewhere) == ["In Progress", "In Review", "In Progress", "In Review"]
    assert elsewhere["would_be_in"] == column(board, "In Review")["id"]
    assert elsewhere["column_id"] == column(board, "Done")["id"]
    assert len(elsewhere["moved"]) == 5
    off = {"enabled": False}
    nothing = await only_card(
        ann,
        board,
        branch_created=off,
        pull_request_opened=off,
        changes_requested=off,
        merged=off,
    )
    assert (names(board, nothing), nothing["would_be_in"]) == ([], column(board, "To Do")["id"])
    assert expect(await ann.get(f"/boards/{board['id']}/automation"), 200)["merged"]["enabled"]


async def test_what_people_did_counts_as_it_was(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ann")
    await place.settle()
    done = column(board, "Done")["id"]
    expect(await ann.post(f"/cards/{card['id']}/move", json={"column_id": done}), 200)
    await place.github.open_pull_request(REPOSITORY, "PAY-1", "Refunds", author="ann")
    await place.settle()
    found = await only_card(ann, board)
    assert names(board, found) == ["In Progress"]
    assert found["would_be_in"] == done
    back = await only_card(ann, board, pull_request_opened={"forward_only": False})
    assert names(board, back) == ["In Progress", "In Review"]


async def test_cards_in_the_archive_and_cards_of_later_are_not_moved(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    expect(await ann.post(f"/cards/{card['id']}/archive"), 200)
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ann")
    await place.settle()
    assert (await attempt(ann, board))["cards"] == []
    expect(await ann.post(f"/cards/{card['id']}/restore"), 200)
    assert (await attempt(ann, board))["cards"] == []


async def test_a_stopped_rule_would_move_nothing_either(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await work(place)
    timeline = expect(await ann.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    merge = next(each for each in timeline if each["type"] == "card.moved")
    path = f"/cards/{card['id']}/operations/{merge['operation_id']}/undo"
    expect(await ann.post(path, json={"never_again": True}), 200)
    found = await only_card(ann, board)
    assert names(board, found)[-1] == "In Review"
    assert len(found["moved"]) == 5


async def make_older(place: Place) -> None:
    """Have everything happened two days earlier."""
    for table, name in (
        ("webhook_deliveries", "received_at"),
        ("events", "created_at"),
        ("card_branches", "created_at"),
        ("card_pull_requests", "created_at"),
        ("commits", "created_at"),
        ("pull_request_commits", "created_at"),
        ("pull_requests", "github_updated_at"),
        ("pull_requests", "opened_at"),
    ):
        await place.change(f"UPDATE {table} SET {name} = {name} - interval '2 days'")  # noqa: S608


async def test_what_came_before_the_days_is_known_and_moves_nothing(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    made = await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    await make_older(place)
    assert (await attempt(ann, board, days=1))["deliveries"] == 0
    await place.github.merge(REPOSITORY, made.number, actor="ann")
    await place.settle()
    found = await only_card(ann, board, days=1)
    assert moves(found, "would_move") == moves(found, "moved")
    assert names(board, found) == ["Done"]
    assert await where_is(ann, board, CARD) == "Done"


async def test_a_card_that_only_a_commit_names_is_tried_with_the_code_that_it_has(
    place: Place, ann: Actor, board: Json, card: Json
) -> None:
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ann")
    await place.settle()
    await place.github.push(REPOSITORY, "other", ["Go on with PAY-1"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, "other", "Other", author="ann", draft=True)
    await place.settle()
    todo = column(board, "To Do")["id"]
    expect(await ann.post(f"/cards/{card['id']}/move", json={"column_id": todo}), 200)
    await place.github.edit_pull_request(REPOSITORY, 1, body="More words")
    await place.settle()
    found = await only_card(ann, board)
    assert moves(found, "would_move") == moves(found, "moved")
    assert found["would_be_in"] == found["column_id"] == todo


@pytest.mark.parametrize(
    ("message", "title"), [("Begin", "PAY-1 Refunds"), ("Begin PAY-1", "Refunds")]
)
async def test_what_names_a_card_since_before_the_days_names_it_still(
    place: Place,
    ann: Actor,
    board: Json,
    card: Json,
    message: str,
    title: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dry_run, "AT_A_TIME", 1)
    await place.github.push(REPOSITORY, "other", [message], actor="ann")
    await place.github.open_pull_request(REPOSITORY, "other", title, author="ann")
    await place.settle()
    await make_older(place)
    todo = column(board, "To Do")["id"]
    expect(await ann.post(f"/cards/{card['id']}/move", json={"column_id": todo}), 200)
    await place.github.push(REPOSITORY, "other", ["Go on"], actor="ann")
    await place.settle()
    await place.github.create_user("rex")
    await place.github.review(REPOSITORY, 1, "rex", "REQUEST_CHANGES")
    await place.settle()
    await place.change("UPDATE pull_requests SET opened_at = opened_at - interval '2 days'")
    found = await only_card(ann, board, days=1)
    tried_moves, made = moves(found, "would_move"), moves(found, "moved")
    assert [move[:-1] for move in tried_moves] == [move[:-1] for move in made]
    for tried_move, move in zip(tried_moves, made, strict=True):
        # None, where GitHub was asked before the delivery was worked out.
        assert move[-1] in {tried_move[-1], None}
    assert names(board, found) == ["In Progress"]


async def test_only_cards_of_the_board_are_tried(
    place: Place, ann: Actor, workspace: Json, board: Json, card: Json
) -> None:
    other = await ann.board(workspace, name="Other", key="OTH")
    await ann.card(other, "Elsewhere")
    await place.github.push(REPOSITORY, "PAY-1-and-OTH-1", ["Begin"], actor="ann")
    await place.settle()
    assert [each["key"] for each in (await attempt(ann, board))["cards"]] == ["PAY-1"]
    assert [each["key"] for each in (await attempt(ann, other))["cards"]] == ["OTH-1"]


async def test_what_is_too_much_is_cut_and_says_so(
    place: Place, ann: Actor, board: Json, card: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    await work(place)
    monkeypatch.setattr(dry_run, "MOST_DELIVERIES", 1)
    tried = await attempt(ann, board)
    assert (tried["complete"], tried["deliveries"]) == (False, 1)
    assert tried["until"] < tried["cards"][0]["moved"][-1]["at"]


async def test_days_are_thirty_at_most_and_viewers_try_nothing(
    place: Place, ann: Actor, workspace: Json, board: Json
) -> None:
    path = f"/boards/{board['id']}/automation/dry-run"
    for days in (0, 31, "7"):
        assert (await ann.post(path, json={"days": days})).status_code == 422
    viewer = await place.person("vic")
    await ann.invite(workspace, viewer, "viewer")
    assert (await viewer.post(path, json={})).status_code == 403
    await change(ann, board, merged={"enabled": False})
    assert (await ann.post(path, json={})).status_code == 200
