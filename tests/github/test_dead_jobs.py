"""What waits for a job does not wait for ever when the machinery buries the job: it says why."""

from uuid import UUID, uuid4

import pytest

from taskly.github.jobs import ConnectRepository, CreateBranch, ProcessDelivery
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import Death, registered
from taskly.platform.jobs import ledger
from tests.github.place import Place
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, fold, read_whole_log

pytestmark = pytest.mark.anyio

KILLED = "its worker was killed in the middle of the last attempt"
RECEIVED = {"state": "received", "duplicate": False}
DUPLICATE = {"state": "duplicate", "duplicate": True}


async def bury(place: Place, kind: str) -> None:
    """Bury the jobs of a kind, as if their workers were killed in each attempt."""
    await place.change("UPDATE jobs SET attempts = 90 WHERE kind = :kind", kind=kind)
    await place.run_jobs()
    rows = await place.rows("SELECT state::text FROM jobs WHERE kind = :kind", kind=kind)
    assert [row["state"] for row in rows] == ["dead"]


async def revive(place: Place, kind: str) -> None:
    """Let the dead jobs of a kind be tried again, and wait for what comes of it."""
    async with place.runtime.database.transaction(SYSTEM) as tx:
        assert await ledger.revive_all(tx.session, kind=kind) == 1
    await place.settle()


async def deliveries(place: Place) -> list[tuple[str, str | None]]:
    """States and errors of all deliveries."""
    rows = await place.rows("SELECT state::text, error FROM webhook_deliveries ORDER BY id")
    return [(row["state"], row["error"]) for row in rows]


@pytest.fixture
async def nothing_yet(place: Place, connected: Json) -> Json:
    """The connection, without the jobs and deliveries that connecting took."""
    await place.change("DELETE FROM webhook_deliveries")
    await place.change("DELETE FROM jobs")
    return connected


async def test_a_delivery_says_what_its_job_died_of_and_is_taken_up_when_sent_again(
    place: Place, nothing_yet: Json
) -> None:
    webhook, guid = await place.webhook(nothing_yet), str(uuid4())
    payload = webhook.example("push")
    await webhook.send("push", payload, guid=guid)
    await bury(place, "github.process_delivery")
    assert await deliveries(place) == [("dead", KILLED)]
    assert expect(await webhook.send("push", payload, guid=guid), 202) == RECEIVED
    await place.run_jobs()
    assert await deliveries(place) == [("processed", None)]


async def test_a_delivery_whose_job_is_tried_again_is_worked_out(
    place: Place, nothing_yet: Json
) -> None:
    webhook = await place.webhook(nothing_yet)
    await webhook.send("push", webhook.example("push"))
    await bury(place, "github.process_delivery")
    await revive(place, "github.process_delivery")
    assert await deliveries(place) == [("processed", None)]


@pytest.mark.parametrize("state", ["received", "failed"])
async def test_an_unprocessed_delivery_without_an_open_job_is_taken_up_when_sent_again(
    place: Place, nothing_yet: Json, state: str
) -> None:
    webhook, guid = await place.webhook(nothing_yet), str(uuid4())
    payload = webhook.example("push")
    await webhook.send("push", payload, guid=guid)
    await place.change(
        "UPDATE webhook_deliveries SET received_at = received_at - interval '5 minutes', "
        "state = cast(:state AS delivery_state)",
        state=state,
    )
    again = await webhook.send("push", payload, guid=guid)
    assert expect(again, 200) == DUPLICATE
    assert len(await place.due_jobs()) == 1
    await place.change("UPDATE jobs SET state = 'dead'")
    assert expect(await webhook.send("push", payload, guid=guid), 202) == RECEIVED
    assert len(await place.due_jobs()) == 1
    await place.run_jobs()
    assert await deliveries(place) == [("processed", None)]
    again = await webhook.send("push", payload, guid=guid)
    assert expect(again, 200) == DUPLICATE
    assert await place.due_jobs() == []


async def test_a_branch_says_on_its_card_what_its_job_died_of_and_is_made_when_it_is_tried_again(
    place: Place, ann: Actor, board: Json, nothing_yet: Json
) -> None:
    card = await ann.card(board, "Refund twice")
    expect(await ann.post(f"/cards/{card['id']}/branches", json={}), 202)
    await bury(place, "github.create_branch")
    snapshot = await ann.snapshot(board["id"])
    assert [(each["state"], each["error"]) for each in snapshot["branches"]] == [("failed", KILLED)]
    log = await read_whole_log(ann, board["id"])
    assert (log[-1]["type"], log[-1]["data"]["after"]) == (
        "branch.updated",
        {"state": "failed", "error": KILLED},
    )
    assert fold(log) == as_comparable(snapshot)
    await revive(place, "github.create_branch")
    snapshot = await ann.snapshot(board["id"])
    assert [(each["state"], each["error"]) for each in snapshot["branches"]] == [("created", None)]
    assert fold(await read_whole_log(ann, board["id"])) == as_comparable(snapshot)


async def test_a_connection_says_what_its_job_died_of_and_is_made_when_it_is_tried_again(
    place: Place, ann: Actor, workspace: Json
) -> None:
    await place.repository(ann)
    path = f"/workspaces/{workspace['id']}/repositories"
    expect(await ann.post(path, json={"full_name": "octo/payments"}), 201)
    await bury(place, "github.connect_repository")
    [item] = expect(await ann.get(path), 200)["items"]
    assert (item["health"], item["problem"]) == ("failing", KILLED)
    await revive(place, "github.connect_repository")
    [item] = expect(await ann.get(path), 200)["items"]
    assert (item["health"], item["problem"]) == ("healthy", None)


async def test_what_ended_before_its_job_died_is_left_alone(
    place: Place, ann: Actor, board: Json, nothing_yet: Json
) -> None:
    card = await ann.card(board, "Refund twice")
    asked = expect(await ann.post(f"/cards/{card['id']}/branches", json={}), 202)
    await place.settle()
    before = await ann.snapshot(board["id"])
    all_processed = await deliveries(place)
    delivery, *_ = await place.rows("SELECT id FROM webhook_deliveries WHERE state = 'processed'")
    for job in (
        ProcessDelivery(delivery=delivery["id"]),
        ConnectRepository(repository_id=UUID(nothing_yet["id"])),
        CreateBranch(branch_id=UUID(asked["branch"]["id"]), user_id=ann.user_id, choose_name=True),
        ProcessDelivery(delivery=new_id()),
        ConnectRepository(repository_id=new_id()),
        CreateBranch(branch_id=new_id(), user_id=ann.user_id, choose_name=True),
    ):
        known = registered(job.kind)
        assert known is not None
        assert known.on_dead is not None
        async with place.runtime.database.transaction(SYSTEM) as tx:
            await known.on_dead(tx, job, Death(new_id(), "TimeLimit: took longer than 45 s"))
    assert await ann.snapshot(board["id"]) == before
    assert await deliveries(place) == all_processed
    rows = await place.rows("SELECT health::text, problem FROM git_repositories")
    assert rows == [{"health": "healthy", "problem": None}]
