"""What deliveries say is taken in once, in any order, by every workspace for itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from tests.github.place import REPOSITORY, Place, Webhook
from tests.support.actors import Actor, Json, expect, titles
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"


async def tell_a_story(place: Place) -> None:
    """A pull request with everything that can happen to one."""
    github = place.github
    await github.create_user("rex")
    await github.set_access(REPOSITORY, "rex", "push")
    await github.push(REPOSITORY, BRANCH, ["Begin PAY-2"], actor="ann")
    pull = await github.open_pull_request(
        REPOSITORY, BRANCH, "Refunds", body="Closes PAY-3", draft=True, author="ann"
    )
    await github.report_check(REPOSITORY, BRANCH, "build", conclusion="failure")
    await github.report_status(REPOSITORY, BRANCH, "pending", context="deploy")
    await github.ready_for_review(REPOSITORY, pull.number)
    await github.request_review(REPOSITORY, pull.number, ["rex"])
    await github.review(REPOSITORY, pull.number, "rex", "REQUEST_CHANGES")
    await github.edit_pull_request(REPOSITORY, pull.number, title="Refunds, see PAY-4")
    await github.push(REPOSITORY, BRANCH, ["Do it right"], actor="ann")
    await github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await github.report_status(REPOSITORY, BRANCH, "success", context="deploy")
    await github.close_pull_request(REPOSITORY, pull.number)
    await github.reopen(REPOSITORY, pull.number)
    await github.review(REPOSITORY, pull.number, "rex", "APPROVE")
    await github.merge(REPOSITORY, pull.number, actor="rex", delete_branch=True)


def without_ids(snapshot: Json) -> Json:
    """What has to be the same on every board that was told the same."""
    columns = {column["id"]: column["name"] for column in snapshot["columns"]}
    numbers = {card["id"]: card["number"] for card in snapshot["cards"]}
    return {
        "columns": sorted(
            (card["number"], columns[card["column_id"]]) for card in snapshot["cards"]
        ),
        "branches": sorted(
            (branch["name"], branch["state"], numbers[branch["card_id"]])
            for branch in snapshot["branches"]
        ),
        "pull_requests": sorted(
            (
                numbers[pull["card_id"]],
                {k: v for k, v in pull.items() if k not in {"id", "card_id", "verified_at"}},
            )
            for pull in snapshot["pull_requests"]
        ),
    }


async def told_elsewhere(place: Place, ann: Actor, number: int) -> Json:
    """A board in a workspace of its own that is connected to the same repository."""
    workspace = await ann.workspace(f"Workspace {number}")
    board = await ann.board(workspace, key="PAY")
    for title in ("One", "Two", "Three", "Four"):
        await ann.card(board, title)
    url = f"/workspaces/{workspace['id']}/repositories"
    expect(await ann.post(url, json={"full_name": REPOSITORY}), 201)
    return board


async def test_told_in_any_order_and_repeatedly_every_board_ends_the_same(
    place: Place, ann: Actor
) -> None:
    await place.github.freeze_clock(tick_seconds=60)
    await place.repository(ann)
    boards = [await told_elsewhere(place, ann, number) for number in range(4)]
    await place.settle()

    await place.github.add_fault("duplicate_deliveries", fraction=0.3)
    await place.github.add_fault("hold_deliveries")
    await tell_a_story(place)
    await place.github.clear_faults()
    await place.github.release(order="shuffled")
    await place.settle()

    snapshots = [await ann.snapshot(board["id"]) for board in boards]
    first, *others = [without_ids(snapshot) for snapshot in snapshots]
    assert first["columns"] == [(1, "Done"), (2, "In Review"), (3, "Done"), (4, "Done")]
    assert [
        (number, pull["source"], pull["closes"]) for number, pull in first["pull_requests"]
    ] == [
        (1, "branch", True),
        (2, "commit", False),
        (3, "body", True),
        (4, "title", True),
    ]
    assert others == [first] * 3
    for board, snapshot in zip(boards, snapshots, strict=True):
        assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)
    failed = await place.rows("SELECT state FROM webhook_deliveries WHERE state <> 'processed'")
    assert {row["state"] for row in failed} <= {"ignored"}


async def test_working_a_delivery_out_again_changes_nothing(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    for title in ("One", "Two", "Three", "Four"):
        await ann.card(board, title)
    await place.github.freeze_clock(tick_seconds=60)
    await tell_a_story(place)
    await place.settle()
    before = await ann.snapshot(board["id"])
    await place.change("UPDATE webhook_deliveries SET state = 'received'")
    await place.change(
        "UPDATE jobs SET state = 'pending', attempts = 0, next_attempt_at = now() "
        "WHERE kind = 'github.process_delivery'"
    )
    assert await place.run_jobs() > 10
    assert await ann.snapshot(board["id"]) == before


async def test_a_failure_is_tried_again_after_5_25_and_125_seconds_and_then_it_is_dead(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    webhook = await place.webhook(connected)
    await place.change("DELETE FROM jobs")
    await webhook.send("pull_request", webhook.example("pull_request"))
    await place.change("ALTER TABLE pull_requests RENAME TO elsewhere")
    ledger = []
    for _ in range(4):
        await place.run_jobs()
        [row] = await place.rows(
            """
            SELECT delivery.state::text, delivery.attempts, jobs.state::text AS job,
                round(extract(epoch FROM jobs.next_attempt_at - jobs.updated_at)) AS wait
            FROM webhook_deliveries AS delivery, jobs
            WHERE delivery.event = 'pull_request' AND jobs.kind = 'github.process_delivery'
            """
        )
        ledger.append((row["state"], row["attempts"], row["job"], row["wait"]))
        await place.hurry()
    assert [entry[:3] for entry in ledger] == [
        ("failed", 1, "pending"),
        ("failed", 2, "pending"),
        ("failed", 3, "pending"),
        ("dead", 4, "dead"),
    ]
    assert [entry[3] for entry in ledger[:3]] == [5, 25, 125]
    await place.change("ALTER TABLE elsewhere RENAME TO pull_requests")
    await place.change("UPDATE jobs SET state = 'pending', attempts = 0, next_attempt_at = now()")
    await place.run_jobs()
    states = await place.rows("SELECT state::text FROM webhook_deliveries ORDER BY received_at")
    assert states[-1]["state"] == "processed"


async def test_only_cards_of_the_deliverys_own_workspace_are_linked(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    bob = await place.person("bob")
    foreign = await bob.board(await bob.workspace(), key="PAY")
    await ann.card(board, "Ours")
    await bob.card(foreign, "Theirs")
    await place.github.push(REPOSITORY, BRANCH, actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    assert titles(await ann.snapshot(board["id"]), "In Review") == ["Ours"]
    theirs = await bob.snapshot(foreign["id"])
    assert titles(theirs, "To Do") == ["Theirs"]
    assert (theirs["pull_requests"], theirs["branches"]) == ([], [])


async def test_a_link_goes_when_the_title_no_longer_names_the_card(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "One")
    await ann.card(board, "Two")
    await place.github.push(REPOSITORY, "fix", actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, "fix", "PAY-1 Fix", author="ann")
    await place.settle()
    await place.github.edit_pull_request(REPOSITORY, pull.number, title="PAY-2 Fix")
    await place.settle()
    snapshot = await ann.snapshot(board["id"])
    [link] = snapshot["pull_requests"]
    numbers = {card["id"]: card["number"] for card in snapshot["cards"]}
    assert numbers[link["card_id"]] == 2
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)


async def test_a_pull_request_on_several_boards_is_told_on_each(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    other = await ann.board(workspace, name="Mobile", key="MOB")
    for owner, title in ((board, "One"), (board, "Two"), (other, "Three")):
        await ann.card(owner, title)
    await place.github.push(REPOSITORY, "fix", actor="ann")
    pull = await place.github.open_pull_request(
        REPOSITORY, "fix", "PAY-1, PAY-2 and MOB-1", author="ann"
    )
    await place.settle()
    await place.github.merge(REPOSITORY, pull.number)
    await place.settle()
    for owner, names in ((board, ["One", "Two"]), (other, ["Three"])):
        snapshot = await ann.snapshot(owner["id"])
        assert titles(snapshot, "Done") == names
        assert {pull["state"] for pull in snapshot["pull_requests"]} == {"merged"}
        assert fold(await read_whole_log(ann, owner["id"])) == as_comparable(snapshot)


async def test_a_renamed_repository_is_followed_on_every_card(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board)
    await place.github.push(REPOSITORY, BRANCH, actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    await place.github.rename_repository(REPOSITORY, "money")
    await place.settle()
    snapshot = await ann.snapshot(board["id"])
    [pull], [branch] = snapshot["pull_requests"], snapshot["branches"]
    assert (pull["repository"], branch["repository"]) == ("octo/money", "octo/money")
    web = place.github.web_url
    assert pull["url"] == f"{web}/octo/money/pull/1"
    assert branch["url"] == f"{web}/octo/money/tree/{BRANCH}"
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)
    shown = expect(await ann.get(f"/workspaces/{connected['workspace_id']}/repositories"), 200)
    assert [item["full_name"] for item in shown["items"]] == ["octo/money"]


async def test_checks_that_were_missed_are_asked_for_when_their_suite_has_ended(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board)
    push = await place.github.push(REPOSITORY, BRANCH, actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    run = await place.github.report_check(REPOSITORY, BRANCH, "build", status="in_progress")
    await place.settle()
    [pull] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert pull["checks"] == "pending"
    await place.github.add_fault("drop_deliveries")
    await place.github.update_check(REPOSITORY, run.id, conclusion="success")
    await place.github.clear_faults()
    webhook: Webhook = await place.webhook(connected)
    suite = {"id": 6, "head_sha": push.sha}
    await webhook.send("check_suite", webhook.example("check_suite", check_suite=suite))
    await place.settle()
    [pull] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert pull["checks"] == "passing"


async def test_two_edits_of_one_second_are_settled_by_asking(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "One")
    await ann.card(board, "Two")
    await place.github.push(REPOSITORY, "fix", actor="ann")
    await place.github.freeze_clock()
    await place.github.add_fault("hold_deliveries")
    pull = await place.github.open_pull_request(REPOSITORY, "fix", "Fix", author="ann")
    await place.github.edit_pull_request(REPOSITORY, pull.number, title="PAY-1 Fix")
    await place.github.edit_pull_request(REPOSITORY, pull.number, title="PAY-2 Fix")
    await place.github.clear_faults()
    await place.github.release(order="reversed")
    await place.settle()
    [shown] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert shown["title"] == "PAY-2 Fix"


async def test_nothing_moves_on_an_archived_board_or_in_the_archive(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    old = await ann.board(workspace, name="Old", key="OLD")
    await ann.card(old, "On an archived board")
    expect(await ann.post(f"/boards/{old['id']}/archive"), 200)
    archived = await ann.card(board, "In the archive")
    expect(await ann.post(f"/cards/{archived['id']}/archive"), 200)
    await place.github.push(REPOSITORY, "fix", actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, "fix", "OLD-1 PAY-1", author="ann")
    await place.github.merge(REPOSITORY, pull.number)
    await place.settle()
    old_snapshot = await ann.snapshot(old["id"])
    assert titles(old_snapshot, "To Do") == ["On an archived board"]
    assert [link["state"] for link in old_snapshot["pull_requests"]] == ["merged"]
    assert (await ann.snapshot(board["id"]))["pull_requests"] == []
    restored = expect(await ann.post(f"/cards/{archived['id']}/restore"), 200)
    assert restored["column_id"] == archived["column_id"]


async def test_the_code_of_a_card_leaves_the_board_and_comes_back_with_it(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board)
    await place.github.push(REPOSITORY, BRANCH, actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    at_first = await ann.snapshot(board["id"])
    expect(await ann.post(f"/cards/{card['id']}/archive"), 200)
    archived = await ann.snapshot(board["id"])
    assert (archived["branches"], archived["pull_requests"]) == ([], [])
    await place.github.merge(REPOSITORY, pull.number, delete_branch=True)
    await place.settle()
    while_archived = await ann.snapshot(board["id"])
    assert (while_archived["branches"], while_archived["pull_requests"]) == ([], [])
    expect(await ann.post(f"/cards/{card['id']}/restore"), 200)
    restored = await ann.snapshot(board["id"])
    assert [branch["state"] for branch in restored["branches"]] == ["deleted"]
    assert [pull["state"] for pull in restored["pull_requests"]] == ["merged"]
    log = await read_whole_log(ann, board["id"])
    for earlier in (None, at_first, archived, while_archived):
        seen = 0 if earlier is None else earlier["version"]
        later = [event for event in log if event["version"] > seen]
        assert fold(later, earlier) == as_comparable(restored)
    expect(await ann.delete(f"/cards/{card['id']}"), 204)
    deleted = await ann.snapshot(board["id"])
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(deleted)


async def test_a_link_that_a_person_took_away_stays_away(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board)
    await place.github.push(REPOSITORY, "fix", actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, "fix", "PAY-1 Fix", author="ann")
    await place.settle()
    async with place.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE card_pull_requests SET removed_at = now()"))
    await place.github.edit_pull_request(REPOSITORY, pull.number, title="PAY-1 Fix it")
    await place.github.merge(REPOSITORY, pull.number)
    await place.settle()
    snapshot = await ann.snapshot(board["id"])
    assert snapshot["pull_requests"] == []
    assert titles(snapshot, "Done") == []


async def test_a_delivery_is_worked_out_in_so_many_statements(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "Refund twice")
    github = place.github
    await github.freeze_clock(tick_seconds=60)
    await github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    pull = await github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()

    sent: dict[str, list[int]] = {}
    await github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await github.push(REPOSITORY, BRANCH, ["Go on"], actor="ann")
    await github.edit_pull_request(REPOSITORY, pull.number, title="Refunds, twice")
    await github.settle()
    names = await place.rows(
        "SELECT jobs.id, event || coalesce(' ' || (convert_from(delivery.payload, 'UTF8')::jsonb ->> 'action'), '') AS name "
        "FROM jobs JOIN webhook_deliveries AS delivery ON delivery.id::text = jobs.idempotency_key "
        "WHERE jobs.state = 'pending' ORDER BY jobs.id"
    )
    for each in names:
        with counted(place) as count:
            await execute(place.runtime, each["id"])
        sent.setdefault(each["name"], []).append(len(count))

    assert sent == {
        "check_run created": [18],
        "check_run completed": [15],
        "check_suite completed": [15],
        "push": [25],
        "pull_request synchronize": [24],
        "pull_request edited": [24],
    }


@contextmanager
def counted(place: Place) -> Iterator[list[str]]:
    """The statements that are sent while the block runs."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        statements.append(statement)

    engines = [
        engine.sync_engine
        for engine in (place.runtime.database.writer, place.runtime.database.reader)
        if isinstance(engine, AsyncEngine)
    ]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
