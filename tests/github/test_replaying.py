"""Deliveries are worked out again when admins say so, once, and change nothing where something newer is known."""

import asyncio
from uuid import uuid4

import pytest

from taskly.github.deliveries import replaying
from tests.github.ledger import counted, die, listed, notes, states
from tests.github.place import REPOSITORY, Place, Webhook
from tests.support.actors import Actor, Json, expect, titles

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"


async def test_a_dead_delivery_is_worked_out_when_it_is_replayed(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str
) -> None:
    guid = str(uuid4())
    dead = counted("taskly_deliveries_processed", "push", "dead")
    replayed = counted("taskly_deliveries", "push", "replayed")
    await die(place, webhook, guid)

    shown = expect(await ann.post(f"{ledger_path}/{guid}/replay"), 202)

    assert (shown["id"], shown["state"], shown["error"]) == (guid, "received", None)
    await place.run_jobs()
    assert await states(place) == [("processed", None)]
    jobs = await place.rows("SELECT state::text FROM jobs WHERE kind = 'github.process_delivery'")
    assert [job["state"] for job in jobs] == ["done"]
    assert counted("taskly_deliveries_processed", "push", "dead") == dead + 1
    assert counted("taskly_deliveries", "push", "replayed") == replayed + 1


async def test_a_delivery_that_is_replayed_twice_is_worked_out_once(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str
) -> None:
    guid = str(uuid4())
    await die(place, webhook, guid)

    answers = await asyncio.gather(*(ann.post(f"{ledger_path}/{guid}/replay") for _ in range(4)))

    assert [answer.status_code for answer in answers] == [202] * 4
    assert len(await place.due_jobs()) == 1
    assert await place.run_jobs() == 1
    assert [row["type"] for row in await notes(ann, ledger_path)] == ["delivery.replayed"]


async def test_a_delivery_that_waits_for_its_next_attempt_is_left_alone(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str
) -> None:
    guid = str(uuid4())
    await webhook.send("push", webhook.example("push"), guid=guid)
    await place.change("UPDATE webhook_deliveries SET state = 'failed', error = 'busy'")
    shown = expect(await ann.post(f"{ledger_path}/{guid}/replay"), 202)
    assert (shown["state"], shown["error"]) == ("failed", "busy")
    assert await notes(ann, ledger_path) == []


@pytest.mark.parametrize("state", ["received", "failed"])
async def test_an_unprocessed_delivery_whose_job_is_gone_gets_one_when_it_is_replayed(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str, state: str
) -> None:
    guid = str(uuid4())
    await webhook.send("push", webhook.example("push"), guid=guid)
    await place.change("DELETE FROM jobs")
    await place.change(
        "UPDATE webhook_deliveries SET state = cast(:state AS delivery_state)", state=state
    )
    expect(await ann.post(f"{ledger_path}/{guid}/replay"), 202)
    await place.run_jobs()
    assert await states(place) == [("processed", None)]


async def test_a_replay_of_old_deliveries_after_newer_ones_changes_nothing(
    place: Place, ann: Actor, board: Json, webhook: Webhook, ledger_path: str
) -> None:
    for title in ("One", "Two"):
        await ann.card(board, title)
    github = place.github
    await github.freeze_clock(tick_seconds=60)
    await github.create_user("rex")
    await github.set_access(REPOSITORY, "rex", "push")
    await github.push(REPOSITORY, BRANCH, actor="ann")
    pull = await github.open_pull_request(REPOSITORY, BRANCH, "PAY-2 Refunds", author="ann")
    await github.report_check(REPOSITORY, BRANCH, "build", conclusion="failure")
    await github.review(REPOSITORY, pull.number, "rex", "REQUEST_CHANGES")
    await place.settle()
    old = [item["id"] for item in await listed(ann, ledger_path)]
    await github.edit_pull_request(REPOSITORY, pull.number, title="Refunds")
    await github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await github.review(REPOSITORY, pull.number, "rex", "APPROVE")
    await github.merge(REPOSITORY, pull.number, delete_branch=True)
    await place.settle()
    before = await ann.snapshot(board["id"])
    assert titles(before, "Done") == ["One"]

    for guid in old:
        expect(await ann.post(f"{ledger_path}/{guid}/replay"), 202)
    await place.settle()

    assert len(old) >= 4
    assert {state for state, _ in await states(place)} <= {"processed", "ignored"}
    assert await ann.snapshot(board["id"]) == before
    first = (await listed(ann, ledger_path, event="pull_request"))[-1]
    moved = expect(await ann.get(f"{ledger_path}/{first['id']}"), 200)["moved_cards"]
    assert [card["card_key"] for card in moved] == ["PAY-1", "PAY-2"]


async def test_all_dead_deliveries_of_a_repository_are_replayed_in_bounded_steps(
    place: Place,
    ann: Actor,
    workspace: Json,
    webhook: Webhook,
    ledger_path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replaying, "MOST_AT_ONCE", 2)
    other = await place.webhook(await place.connected(ann, workspace, "octo/website"))
    await place.change("DELETE FROM webhook_deliveries")
    guids = [str(uuid4()) for _ in range(3)]
    await die(place, webhook, *guids)
    await webhook.send("star", b"{}")
    await other.send("push", b"{")
    await place.run_jobs()

    answers = [expect(await ann.post(f"{ledger_path}/replay", json={}), 202) for _ in range(3)]

    assert answers == [
        {"deliveries": 2, "complete": False},
        {"deliveries": 1, "complete": True},
        {"deliveries": 0, "complete": True},
    ]
    await place.run_jobs()
    assert [state for state, _ in await states(place)] == ["processed"] * 3 + ["ignored", "dead"]
    assert [row["subject_id"] for row in await notes(ann, ledger_path)] == [
        ledger_path.split("/")[2]
    ] * 2


async def test_only_dead_deliveries_since_a_time_are_replayed_if_one_is_named(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str
) -> None:
    guids = [str(uuid4()) for _ in range(2)]
    await die(place, webhook, *guids)
    await place.change(
        "UPDATE webhook_deliveries SET received_at = '2026-11-01T00:00:00Z' WHERE delivery_id = :id",
        id=guids[0],
    )
    body = {"since": "2026-11-02T00:00:00Z"}
    answer = expect(await ann.post(f"{ledger_path}/replay", json=body), 202)
    assert answer == {"deliveries": 1, "complete": True}
    assert [state for state, _ in await states(place)] == ["dead", "received"]


async def test_a_delivery_whose_payload_is_gone_is_not_replayed(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str
) -> None:
    guid = str(uuid4())
    await die(place, webhook, guid)
    await place.change("UPDATE webhook_deliveries SET payload = NULL")
    refused = expect(await ann.post(f"{ledger_path}/{guid}/replay"), 409)
    assert refused["code"] == "payload_gone"
    answer = expect(await ann.post(f"{ledger_path}/replay", json={}), 202)
    assert answer == {"deliveries": 0, "complete": True}
    assert [state for state, _ in await states(place)] == ["dead"]
    shown = expect(await ann.get(f"{ledger_path}/{guid}"), 200)
    assert (shown["payload"], shown["payload_bytes"]) == (None, None)


async def test_after_disconnecting_a_replayed_delivery_is_ignored(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str
) -> None:
    guid = str(uuid4())
    await die(place, webhook, guid)
    expect(await ann.post(f"{ledger_path}/{guid}/replay"), 202)
    expect(await ann.delete(ledger_path.removesuffix("/deliveries")), 204)
    await place.run_jobs()
    assert await states(place) == [("ignored", "the repository is not connected any more")]
    expect(await ann.post(f"{ledger_path}/{guid}/replay"), 404)
