"""Admins see what GitHub sent and what became of it, for as long as that is kept."""

from uuid import uuid4

import pytest

from taskly.github.jobs import ForgetDeliveries
from taskly.platform.context import SYSTEM
from tests.github.ledger import listed
from tests.github.place import REPOSITORY, Place, Webhook
from tests.support.actors import Actor, Json, expect, titles

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"


async def test_deliveries_are_listed_with_what_became_of_them_the_latest_first(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str
) -> None:
    guids = [str(uuid4()) for _ in range(4)]
    await webhook.send("pull_request", webhook.example("pull_request"), guid=guids[0])
    await webhook.send("star", b"{}", guid=guids[1])
    await webhook.send("push", b"{", guid=guids[2])
    await place.run_jobs()
    await webhook.send("push", webhook.example("push"), guid=guids[3])

    items = await listed(ann, ledger_path)

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
    assert items[1]["error"].startswith("unreadable: ")
    assert items[2]["error"] == "the event star does not matter here"
    assert [item["processed_at"] is None for item in items] == [True, False, True, False]


async def test_the_list_is_narrowed_by_state_event_and_time(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str
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
        return [item["event"] for item in await listed(ann, ledger_path, **query)]

    assert await events() == ["create", "star", "push"]
    assert await events(state="dead") == ["create", "push"]
    assert await events(event="push") == ["push"]
    assert await events(since="2026-11-21T09:00:00Z") == ["create", "star"]
    assert await events(until="2026-11-21T09:00:00Z") == ["push"]
    assert await events(state="dead", since="2026-11-21T00:00:00Z") == ["create"]
    wrong = expect(await ann.get(ledger_path, params={"state": "lost"}), 422)
    assert wrong["errors"][0]["loc"] == ["query", "state"]


async def test_pages_go_on_where_many_were_received_at_the_same_time(
    place: Place, ann: Actor, webhook: Webhook, ledger_path: str
) -> None:
    for _ in range(5):
        await webhook.send("star", b"{}")
    await place.change("UPDATE webhook_deliveries SET received_at = '2026-11-23T09:00:00Z'")
    whole = [item["id"] for item in await listed(ann, ledger_path)]
    seen: list[str] = []
    cursor: str | None = None
    while len(seen) < 5:
        query = {"limit": "2"} | ({} if cursor is None else {"cursor": cursor})
        page = expect(await ann.get(ledger_path, params=query), 200)
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (whole, None)


async def test_a_delivery_is_read_with_its_payload_and_the_cards_that_it_moved(
    place: Place, ann: Actor, board: Json, webhook: Webhook, ledger_path: str
) -> None:
    for title in ("One", "Two"):
        await ann.card(board, title)
    await place.github.push(REPOSITORY, BRANCH, actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    snapshot = await ann.snapshot(board["id"])
    [card] = [each for each in snapshot["cards"] if each["title"] == "One"]
    assert titles(snapshot, "In Review") == ["One"]

    [opened] = await listed(ann, ledger_path, event="pull_request")
    shown = expect(await ann.get(f"{ledger_path}/{opened['id']}"), 200)

    assert {name: shown[name] for name in opened} == opened
    assert shown["payload"]["pull_request"]["title"] == "Refunds"
    assert shown["moved_cards"] == [
        {"card_id": card["id"], "card_key": "PAY-1", "board_id": board["id"]}
    ]
    [pushed] = await listed(ann, ledger_path, event="push")
    assert expect(await ann.get(f"{ledger_path}/{pushed['id']}"), 200)["moved_cards"] == []


UNUSUAL = [
    (b"{", "{"),
    (b"\xff", "�"),
    (b'"' + b"x" * (1024 * 1024) + b'"', None),
    (b"[" * 150 + b"]" * 150, "[" * 150 + "]" * 150),
    (b'[1e-5, 12345678901234567890, "\\u0000"]', '[1e-5, 12345678901234567890, "\\u0000"]'),
]


async def test_a_payload_that_is_no_usual_json_is_shown_as_text_and_a_large_one_by_its_size(
    ann: Actor, webhook: Webhook, ledger_path: str
) -> None:
    for body, payload in UNUSUAL:
        guid = str(uuid4())
        await webhook.send("push", body, guid=guid)
        shown = expect(await ann.get(f"{ledger_path}/{guid}"), 200)
        assert (shown["payload"], shown["payload_bytes"]) == (payload, len(body))


async def test_a_delivery_of_another_repository_is_not_found(
    place: Place, ann: Actor, workspace: Json, webhook: Webhook, ledger_path: str
) -> None:
    other = await place.connected(ann, workspace, "octo/website")
    guid = str(uuid4())
    await webhook.send("star", b"{}", guid=guid)
    expect(await ann.get(f"{ledger_path}/{guid}"), 200)
    expect(await ann.get(f"/repositories/{other['id']}/deliveries/{guid}"), 404)
    expect(await ann.get(f"{ledger_path}/{uuid4()}"), 404)


async def ledger(place: Place) -> list[tuple[str, bool]]:
    """The events of all deliveries, and whether their payloads are kept, the oldest first."""
    rows = await place.rows(
        "SELECT event, payload IS NOT NULL AS kept FROM webhook_deliveries ORDER BY received_at"
    )
    return [(row["event"], row["kept"]) for row in rows]


async def forget(place: Place) -> Json:
    """Forget what is old, as happens every day; how much that was."""
    async with place.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(ForgetDeliveries())
    await place.run_jobs()
    [row] = await place.rows("SELECT result FROM jobs WHERE id = :id", id=job_id)
    result: Json = row["result"]
    return result


async def test_payloads_go_after_90_days_and_deliveries_a_year_later(
    place: Place, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskly.github.tasks.FORGOTTEN_AT_ONCE", 1)
    ages = {"star": 456, "watch": 454, "push": 91, "fork": 91, "create": 89}
    for event, days in ages.items():
        await webhook.send(event, b"{")
        await place.run_jobs()
        await place.change(
            "UPDATE webhook_deliveries SET received_at = received_at - make_interval(days => :days) "
            "WHERE event = :event",
            days=days,
            event=event,
        )

    assert await forget(place) == {"payloads": 4, "deliveries": 1}

    left = [("watch", False), ("push", False), ("fork", False), ("create", True)]
    assert await ledger(place) == left
    assert await forget(place) == {"payloads": 0, "deliveries": 0}


async def test_the_payload_of_a_delivery_that_is_not_worked_out_yet_is_kept(
    place: Place, webhook: Webhook
) -> None:
    await webhook.send("push", webhook.example("push"))
    await place.change(
        "UPDATE webhook_deliveries SET received_at = received_at - interval '99 days'"
    )
    await place.change("UPDATE jobs SET next_attempt_at = now() + interval '1 hour'")
    assert await forget(place) == {"payloads": 0, "deliveries": 0}
    assert await ledger(place) == [("push", True)]
