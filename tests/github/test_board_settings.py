"""The rules of a board, and the code of a card."""

import pytest

from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

ON = {"enabled": True, "column_id": None, "forward_only": True}
ANYWHERE: Json = {**ON, "targets": []}


async def change(ann: Actor, board: Json, **patch: object) -> Json:
    """Change the rules of a board."""
    changed: Json = expect(await ann.patch(f"/boards/{board['id']}/automation", json=patch), 200)
    return changed


async def test_a_new_board_has_the_default_rules(ann: Actor, board: Json) -> None:
    rules = expect(await ann.get(f"/boards/{board['id']}/automation"), 200)
    assert rules == {
        "branch_created": ON,
        "pull_request_opened": ANYWHERE,
        "changes_requested": {**ANYWHERE, "forward_only": False},
        "closed": {**ANYWHERE, "enabled": False, "forward_only": False},
        "merged": ANYWHERE,
        "merged_needs": "any",
        "branch_template": "feature/{key}-{number}-{title}",
        "comment_on_pull_requests": False,
        "default_repository_id": None,
        "assign_author": False,
    }


async def test_changed_rules_are_kept_told_and_shown(ann: Actor, board: Json) -> None:
    testing = column(board, "In Review")["id"]
    changed = await change(ann, board, merged={"column_id": testing}, merged_needs="all")
    assert changed["merged"] == {**ANYWHERE, "column_id": testing}
    again = await change(ann, board, merged={"enabled": False})
    assert again["merged"] == {**ANYWHERE, "enabled": False, "column_id": testing}
    assert again == expect(await ann.get(f"/boards/{board['id']}/automation"), 200)
    snapshot = await ann.snapshot(board["id"])
    assert snapshot["automation"] == {
        "merged": {
            "enabled": False,
            "column_id": testing,
            "category": "in_progress",
            "forward_only": True,
        },
        "merged_needs": "all",
    }
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)
    unchanged = await change(ann, board, merged={"enabled": False})
    assert unchanged == again
    assert (await ann.snapshot(board["id"]))["version"] == snapshot["version"]


async def test_rules_name_only_columns_of_their_board_and_templates_that_git_takes(
    ann: Actor, workspace: Json, board: Json
) -> None:
    other = await ann.board(workspace, name="Other", key="OTH")
    wrong: list[Json] = [
        {"merged": {"column_id": other["columns"][0]["id"]}},
        {"branch_template": "{nonsense}"},
        {"branch_template": "a..b"},
        {"merged_needs": "some"},
        {"merged": {"column": "Done"}},
        {"merged": {"targets": [{"pattern": "main", "column_id": other["columns"][0]["id"]}]}},
        {"merged": {"targets": [{"pattern": "main", "enabled": True}]}},
        {"merged": {"targets": [{"pattern": "main"}] * 21}},
        {"branch_created": {"targets": [{"pattern": "main"}]}},
        {"unknown": {}},
    ]
    for patch in wrong:
        answer = await ann.patch(f"/boards/{board['id']}/automation", json=patch)
        assert answer.status_code == 422
    assert (await ann.snapshot(board["id"]))["automation"] == {}


async def test_viewers_read_the_rules_and_members_change_them(
    place: Place, ann: Actor, workspace: Json, board: Json
) -> None:
    viewer, eve = await place.person("vic"), await place.person("eve")
    await ann.invite(workspace, viewer, "viewer")
    path = f"/boards/{board['id']}/automation"
    assert (await viewer.get(path)).status_code == 200
    assert (await viewer.patch(path, json={})).status_code == 403
    assert (await eve.get(path)).status_code == 404
    assert (await eve.patch(path, json={})).status_code == 404


async def test_a_board_moves_its_cards_as_it_wants(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund")
    await change(
        ann,
        board,
        branch_created={"enabled": False},
        pull_request_opened={"column_id": column(board, "In Progress")["id"]},
        closed={"enabled": True, "column_id": column(board, "To Do")["id"]},
        branch_template="{key}-{number}",
    )
    expect(await ann.post(f"/cards/{card['id']}/branches", json={}), 202)
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "To Do") == ["Refund"]
    await place.github.push(REPOSITORY, "PAY-1", actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, "PAY-1", "Refund", author="ann")
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "In Progress") == ["Refund"]
    await place.github.close_pull_request(REPOSITORY, pull.number)
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "To Do") == ["Refund"]


async def test_a_card_goes_to_another_column_of_the_category_when_the_chosen_one_is_gone(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "Refund")
    path = f"/boards/{board['id']}/columns"
    waiting = expect(await ann.post(path, json={"name": "Waiting", "category": "todo"}), 201)
    checking = expect(await ann.post(path, json={"name": "QA", "category": "in_progress"}), 201)
    await change(
        ann,
        board,
        branch_created={"column_id": waiting["id"]},
        pull_request_opened={"targets": [{"pattern": "main", "column_id": checking["id"]}]},
    )
    for gone in (waiting, checking):
        answer = await ann.request("DELETE", f"{path}/{gone['id']}")
        assert answer.status_code in {200, 204}, answer.text
    before = await ann.snapshot(board["id"])
    await place.github.push(REPOSITORY, "PAY-1", ["Begin"], actor="ann")
    await place.settle()
    # It is there already, so nothing of it changes.
    [card] = (await ann.snapshot(board["id"]))["cards"]
    assert card == before["cards"][0]
    await place.github.open_pull_request(REPOSITORY, "PAY-1", "Refund", author="ann")
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "In Progress") == ["Refund"]


async def test_people_have_the_last_word_until_something_new_happens(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund")
    await place.github.push(REPOSITORY, "PAY-1", actor="ann")
    first = await place.github.open_pull_request(REPOSITORY, "PAY-1", "Refund", author="ann")
    await place.settle()
    await ann.move(card, column_id=column(board, "To Do")["id"])
    await place.github.edit_pull_request(REPOSITORY, first.number, title="Refund it")
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "To Do") == ["Refund"]
    await place.github.merge(REPOSITORY, first.number)
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "Done") == ["Refund"]
    await ann.move(card, column_id=column(board, "In Progress")["id"])
    await place.github.freeze_clock(tick_seconds=60)
    await place.github.advance_clock(3600)
    await place.github.push(REPOSITORY, "PAY-1-again", actor="ann")
    second = await place.github.open_pull_request(REPOSITORY, "PAY-1-again", "More", author="ann")
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "In Review") == ["Refund"]
    await place.github.merge(REPOSITORY, second.number)
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "Done") == ["Refund"]


async def test_the_code_of_a_card_shows_reviews_and_checks(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund")
    empty = expect(await ann.get(f"/cards/{card['id']}/development"), 200)
    assert empty == {"branches": [], "pull_requests": [], "drift": [], "stopped_rules": []}
    await place.github.create_user("rex")
    await place.github.set_access(REPOSITORY, "rex", "push")
    await place.github.push(REPOSITORY, "PAY-1", actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, "PAY-1", "Refund", author="ann")
    await place.github.request_review(REPOSITORY, pull.number, ["rex"])
    await place.github.report_check(REPOSITORY, "PAY-1", "build", conclusion="success")
    await place.github.report_status(REPOSITORY, "PAY-1", "pending", context="deploy")
    await place.settle()
    code = expect(await ann.get(f"/cards/{card['id']}/development"), 200)
    [shown] = code["pull_requests"]
    assert [branch["name"] for branch in code["branches"]] == ["PAY-1"]
    assert (shown["review_decision"], shown["requested_reviewers"]) == ("review_required", ["rex"])
    assert (shown["checks"], shown["reviews"]) == ("pending", [])
    assert [(c["kind"], c["name"], c["state"], c["conclusion"]) for c in shown["check_runs"]] == [
        ("status", "deploy", "pending", "pending"),
        ("check_run", "build", "passing", "success"),
    ]
    await place.github.review(REPOSITORY, pull.number, "rex", "REQUEST_CHANGES")
    await place.github.review(REPOSITORY, pull.number, "rex", "COMMENT")
    await place.settle()
    [shown] = expect(await ann.get(f"/cards/{card['id']}/development"), 200)["pull_requests"]
    assert [(r["reviewer"], r["state"]) for r in shown["reviews"]] == [("rex", "changes_requested")]
    assert shown["review_decision"] == "changes_requested"
    assert shown["additions"] is not None
    [on_board] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert {name: shown[name] for name in on_board} == on_board
    eve = await place.person("eve")
    assert (await eve.get(f"/cards/{card['id']}/development")).status_code == 404
