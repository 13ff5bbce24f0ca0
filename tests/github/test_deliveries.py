"""Admins see what GitHub sent and what became of it, and have it worked out again."""

import asyncio
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from taskly.github.deliveries import replaying
from tests.github.place import REPOSITORY, Place, Webhook
from tests.support.actors import Actor, Json, expect, titles

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"


@pytest.fixture
async def webhook(place: Place, connected: Json) -> Webhook:
    """The webhook of the connected repository; what GitHub sent so far is forgotten."""
    await place.change("DELETE FROM webhook_deliveries")
    await place.change("DELETE FROM jobs")
    return await place.webhook(connected)


@pytest.fixture
def path(connected: Json) -> str:
    """Where the repository's deliveries are listed."""
    return f"/repositories/{connected['id']}/deliveries"


async def listed(person: Actor, path: str, **query: str) -> list[Json]:
    """The first page of the ledger."""
    page = expect(await person.get(path, params=query), 200)
    items: list[Json] = page["items"]
    return items


async def test_deliveries_are_listed_with_what_became_of_them_the_latest_first(
    place: Place, ann: Actor, webhook: Webhook, path: str
) -> None:
    guids = [str(uuid4()) for _ in range(4)]
    await webhook.send("pull_request", webhook.example("pull_request"), guid=guids[0])
    await webhook.send("star", b"{}", guid=guids[1])
    await webhook.send("push", b"{", guid=guids[2])
    await place.run_jobs()
    await webhook.send("push", webhook.example("push"), guid=guids[3])

    items = await listed(ann, path)

    assert [item["id"] for item in items] == guids[::-1]
    assert [
        tuple(item[name] for name in ("event", "action", "state", "attempts")) for item in items
    ] == [
        ("push", None, "received", 0),
        ("push", None, "dead", 1),
        ("star", None, "ignored", 0),
        ("pull_request", "opened", "processed", 1),
    ]
    assert [item["payload_bytes"] for item in items[1:3]] == [1, 2]
    assert items[1]["error"].startswith("GiveUp: unreadable: ")
    assert items[2]["error"] == "the event star does not matter here"
    assert [item["processed_at"] is None for item in items] == [True, False, True, False]


async def test_the_list_is_narrowed_by_state_event_and_time(
    place: Place, ann: Actor, webhook: Webhook, path: str
) -> None:
    for number, (event, body) in enumerate((("push", b"{"), ("star", b"{}"), ("create", b"{"))):
        await webhook.send(event, body, guid=str(uuid4()))
        await place.run_jobs()
        await place.change(
            "UPDATE webhook_deliveries SET received_at = cast(cast(:at AS text) AS timestamptz) WHERE event = :event",
            at=f"2026-11-2{number}T09:00:00Z",
            event=event,
        )

    async def events(**query: str) -> list[str]:
        return [item["event"] for item in await listed(ann, path, **query)]

    assert await events() == ["create", "star", "push"]
    assert await events(state="dead") == ["create", "push"]
    assert await events(event="push") == ["push"]
    assert await events(since="2026-11-21T09:00:00Z") == ["create", "star"]
    assert await events(until="2026-11-21T09:00:00Z") == ["push"]
    assert await events(state="dead", since="2026-11-21T00:00:00Z") == ["create"]
    wrong = expect(await ann.get(path, params={"state": "lost"}), 422)
    assert wrong["errors"][0]["loc"] == ["query", "state"]


async def test_pages_go_on_where_many_were_received_at_the_same_time(
    place: Place, ann: Actor, webhook: Webhook, path: str
) -> None:
    for _ in range(5):
        await webhook.send("star", b"{}")
    await place.change("UPDATE webhook_deliveries SET received_at = '2026-11-23T09:00:00Z'")
    whole = [item["id"] for item in await listed(ann, path)]
    seen: list[str] = []
    cursor: str | None = None
    while len(seen) < 5:
        query = {"limit": "2"} | ({} if cursor is None else {"cursor": cursor})
        page = expect(await ann.get(path, params=query), 200)
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (whole, None)


async def test_a_delivery_is_read_with_its_payload_and_the_cards_that_it_moved(
    place: Place, ann: Actor, board: Json, webhook: Webhook, path: str
) -> None:
    for title in ("One", "Two"):
        await ann.card(board, title)
    await place.github.push(REPOSITORY, BRANCH, actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    snapshot = await ann.snapshot(board["id"])
    [card] = [each for each in snapshot["cards"] if each["title"] == "One"]
    assert titles(snapshot, "In Review") == ["One"]

    [opened] = await listed(ann, path, event="pull_request")
    shown = expect(await ann.get(f"{path}/{opened['id']}"), 200)

    assert {name: shown[name] for name in opened} == opened
    assert shown["payload"]["pull_request"]["title"] == "Refunds"
    assert shown["moved_cards"] == [
        {"card_id": card["id"], "card_key": "PAY-1", "board_id": board["id"]}
    ]
    [pushed] = await listed(ann, path, event="push")
    assert expect(await ann.get(f"{path}/{pushed['id']}"), 200)["moved_cards"] == []


UNUSUAL = [
    (b"{", "{"),
    (b"\xff", "�"),
    (b'"' + b"x" * (1024 * 1024) + b'"', None),
    (b"[" * 150 + b"]" * 150, "[" * 150 + "]" * 150),
    (b'[1e-5, 12345678901234567890, "\\u0000"]', '[1e-5, 12345678901234567890, "\\u0000"]'),
]


async def test_a_payload_that_is_no_usual_json_is_shown_as_text_and_a_large_one_by_its_size(
    ann: Actor, webhook: Webhook, path: str
) -> None:
    for body, payload in UNUSUAL:
        guid = str(uuid4())
        await webhook.send("push", body, guid=guid)
        shown = expect(await ann.get(f"{path}/{guid}"), 200)
        assert (shown["payload"], shown["payload_bytes"]) == (payload, len(body))


async def test_a_delivery_of_another_repository_is_not_found(
    place: Place, ann: Actor, workspace: Json, webhook: Webhook, path: str
) -> None:
    other = await place.connected(ann, workspace, "octo/website")
    guid = str(uuid4())
    await webhook.send("star", b"{}", guid=guid)
    expect(await ann.get(f"{path}/{guid}"), 200)
    expect(await ann.get(f"/repositories/{other['id']}/deliveries/{guid}"), 404)
    expect(await ann.get(f"{path}/{uuid4()}"), 404)


async def states(place: Place) -> list[tuple[str, str | None]]:
    """States and errors of all deliveries, the oldest first."""
    rows = await place.rows("SELECT state::text, error FROM webhook_deliveries ORDER BY id")
    return [(row["state"], row["error"]) for row in rows]


def counted(metric: str, event: str, outcome: str) -> float:
    """How often something was counted in this process."""
    labels = {"event": event, "outcome": outcome}
    return REGISTRY.get_sample_value(f"{metric}_total", labels) or 0


async def die(place: Place, webhook: Webhook, *guids: str, event: str = "push") -> None:
    """Let deliveries die with which nothing is wrong, as if their workers were killed in each attempt."""
    for guid in guids:
        await webhook.send(event, webhook.example(event), guid=guid)
    await place.change("UPDATE jobs SET attempts = 90 WHERE kind = 'github.process_delivery'")
    await place.run_jobs()
    assert {state for state, _ in await states(place)} == {"dead"}


async def test_a_dead_delivery_is_worked_out_when_it_is_replayed(
    place: Place, ann: Actor, webhook: Webhook, path: str
) -> None:
    guid = str(uuid4())
    dead = counted("taskly_deliveries_processed", "push", "dead")
    replayed = counted("taskly_deliveries", "push", "replayed")
    await die(place, webhook, guid)

    shown = expect(await ann.post(f"{path}/{guid}/replay"), 202)

    assert (shown["id"], shown["state"], shown["error"]) == (guid, "received", None)
    await place.run_jobs()
    assert await states(place) == [("processed", None)]
    jobs = await place.rows("SELECT state::text FROM jobs WHERE kind = 'github.process_delivery'")
    assert [job["state"] for job in jobs] == ["done"]
    assert counted("taskly_deliveries_processed", "push", "dead") == dead + 1
    assert counted("taskly_deliveries", "push", "replayed") == replayed + 1


async def test_a_delivery_that_is_replayed_twice_is_worked_out_once(
    place: Place, ann: Actor, webhook: Webhook, path: str
) -> None:
    guid = str(uuid4())
    await die(place, webhook, guid)

    answers = await asyncio.gather(*(ann.post(f"{path}/{guid}/replay") for _ in range(4)))

    assert [answer.status_code for answer in answers] == [202] * 4
    assert len(await place.due_jobs()) == 1
    assert await place.run_jobs() == 1
    assert [row["type"] for row in await notes(ann, path)] == ["delivery.replayed"]


async def notes(person: Actor, path: str) -> list[Json]:
    """What the audit log says of replays, the latest first."""
    [repository] = [
        item
        for workspace in expect(await person.get("/workspaces"), 200)["items"]
        for item in expect(await person.get(f"/workspaces/{workspace['id']}/repositories"), 200)[
            "items"
        ]
        if item["id"] in path
    ]
    log = await person.get(f"/workspaces/{repository['workspace_id']}/audit")
    return [entry for entry in expect(log, 200)["items"] if entry["type"].endswith(".replayed")]


async def test_a_delivery_that_waits_for_its_next_attempt_is_left_alone(
    place: Place, ann: Actor, webhook: Webhook, path: str
) -> None:
    guid = str(uuid4())
    await webhook.send("push", webhook.example("push"), guid=guid)
    await place.change("UPDATE webhook_deliveries SET state = 'failed', error = 'busy'")
    shown = expect(await ann.post(f"{path}/{guid}/replay"), 202)
    assert (shown["state"], shown["error"]) == ("failed", "busy")
    assert await notes(ann, path) == []


@pytest.mark.parametrize("state", ["received", "failed"])
async def test_an_unprocessed_delivery_whose_job_is_gone_gets_one_when_it_is_replayed(
    place: Place, ann: Actor, webhook: Webhook, path: str, state: str
) -> None:
    guid = str(uuid4())
    await webhook.send("push", webhook.example("push"), guid=guid)
    await place.change("DELETE FROM jobs")
    await place.change(
        "UPDATE webhook_deliveries SET state = cast(:state AS delivery_state)", state=state
    )
    expect(await ann.post(f"{path}/{guid}/replay"), 202)
    await place.run_jobs()
    assert await states(place) == [("processed", None)]


async def test_a_replay_of_old_deliveries_after_newer_ones_changes_nothing(
    place: Place, ann: Actor, board: Json, webhook: Webhook, path: str
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
    old = [item["id"] for item in await listed(ann, path)]
    await github.edit_pull_request(REPOSITORY, pull.number, title="Refunds")
    await github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await github.review(REPOSITORY, pull.number, "rex", "APPROVE")
    await github.merge(REPOSITORY, pull.number, delete_branch=True)
    await place.settle()
    before = await ann.snapshot(board["id"])
    assert titles(before, "Done") == ["One"]

    for guid in old:
        expect(await ann.post(f"{path}/{guid}/replay"), 202)
    await place.settle()

    assert len(old) >= 4
    assert {state for state, _ in await states(place)} <= {"processed", "ignored"}
    assert await ann.snapshot(board["id"]) == before
    first = (await listed(ann, path, event="pull_request"))[-1]
    moved = expect(await ann.get(f"{path}/{first['id']}"), 200)["moved_cards"]
    assert [card["card_key"] for card in moved] == ["PAY-1", "PAY-2"]


async def test_all_dead_deliveries_of_a_repository_are_replayed_in_bounded_steps(
    place: Place,
    ann: Actor,
    workspace: Json,
    webhook: Webhook,
    path: str,
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

    answers = [expect(await ann.post(f"{path}/replay", json={}), 202) for _ in range(3)]

    assert answers == [
        {"deliveries": 2, "complete": False},
        {"deliveries": 1, "complete": True},
        {"deliveries": 0, "complete": True},
    ]
    await place.run_jobs()
    assert [state for state, _ in await states(place)] == ["processed"] * 3 + ["ignored", "dead"]
    assert [row["subject_id"] for row in await notes(ann, path)] == [path.split("/")[2]] * 2


async def test_only_dead_deliveries_since_a_time_are_replayed_if_one_is_named(
    place: Place, ann: Actor, webhook: Webhook, path: str
) -> None:
    guids = [str(uuid4()) for _ in range(2)]
    await die(place, webhook, *guids)
    await place.change(
        "UPDATE webhook_deliveries SET received_at = '2026-11-01T00:00:00Z' WHERE delivery_id = :id",
        id=guids[0],
    )
    body = {"since": "2026-11-02T00:00:00Z"}
    answer = expect(await ann.post(f"{path}/replay", json=body), 202)
    assert answer == {"deliveries": 1, "complete": True}
    assert [state for state, _ in await states(place)] == ["dead", "received"]


async def test_a_delivery_whose_payload_is_gone_is_not_replayed(
    place: Place, ann: Actor, webhook: Webhook, path: str
) -> None:
    guid = str(uuid4())
    await die(place, webhook, guid)
    await place.change("UPDATE webhook_deliveries SET payload = NULL")
    refused = expect(await ann.post(f"{path}/{guid}/replay"), 409)
    assert refused["code"] == "payload_gone"
    answer = expect(await ann.post(f"{path}/replay", json={}), 202)
    assert answer == {"deliveries": 0, "complete": True}
    assert [state for state, _ in await states(place)] == ["dead"]
    shown = expect(await ann.get(f"{path}/{guid}"), 200)
    assert (shown["payload"], shown["payload_bytes"]) == (None, None)


async def test_after_disconnecting_a_replayed_delivery_is_ignored(
    place: Place, ann: Actor, webhook: Webhook, path: str
) -> None:
    guid = str(uuid4())
    await die(place, webhook, guid)
    expect(await ann.post(f"{path}/{guid}/replay"), 202)
    expect(await ann.delete(path.removesuffix("/deliveries")), 204)
    await place.run_jobs()
    assert await states(place) == [("ignored", "the repository is not connected any more")]
    expect(await ann.post(f"{path}/{guid}/replay"), 404)
