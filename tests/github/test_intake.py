"""Deliveries are believed when they are signed, stored once, and answered at once."""

import asyncio
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taskly.kit.json import dumps
from taskly.kit.signatures import make_signature
from tests.github.place import Place, Webhook
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

RECEIVED = {"state": "received", "duplicate": False}
DUPLICATE = {"state": "duplicate", "duplicate": True}


async def stored(place: Place) -> list[Json]:
    """The ledger."""
    return await place.rows(
        "SELECT event, action, state::text, error, attempts FROM webhook_deliveries ORDER BY id"
    )


async def test_a_signed_delivery_is_stored_with_its_job_and_worked_out(
    place: Place, webhook: Webhook
) -> None:
    answer = await webhook.send("pull_request", webhook.example("pull_request"))
    assert expect(answer, 202) == RECEIVED
    assert await stored(place) == [
        {
            "event": "pull_request",
            "action": None,
            "state": "received",
            "error": None,
            "attempts": 0,
        }
    ]
    assert await place.run_jobs() == 2, (
        "it is worked out, and asked about: nobody pushed its commit"
    )
    assert await stored(place) == [
        {
            "event": "pull_request",
            "action": "opened",
            "state": "processed",
            "error": None,
            "attempts": 1,
        }
    ]


WRONG_SIGNATURES = [
    "",
    "sha256=",
    "sha256=" + "0" * 64,
    "sha1=" + "0" * 40,
    "nonsense",
    make_signature(b"{}", "not the secret"),
]


async def test_a_delivery_without_the_right_signature_is_refused_and_leaves_nothing(
    place: Place, webhook: Webhook
) -> None:
    for signature in WRONG_SIGNATURES:
        answer = await webhook.send("push", b"{}", X_Hub_Signature_256=signature)
        assert expect(answer, 401)["code"] == "bad_signature"
    assert await stored(place) == []
    assert await place.due_jobs() == []


async def test_any_changed_byte_breaks_the_signature(place: Place, webhook: Webhook) -> None:
    body = dumps(webhook.example("push"))
    signature = make_signature(body, webhook.secret)

    @given(st.integers(0, len(body) - 1), st.integers(1, 255))
    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    def changes(position: int, mask: int) -> None:
        changed.append(body[:position] + bytes([body[position] ^ mask]) + body[position + 1 :])

    changed: list[bytes] = []
    changes()
    for other in changed:
        answer = await webhook.send("push", other, X_Hub_Signature_256=signature)
        assert answer.status_code == 401
    assert await stored(place) == []


async def test_a_connection_that_is_not_there_answers_like_a_wrong_signature(
    place: Place, webhook: Webhook
) -> None:
    nowhere = Webhook(place.client, f"/api/v1/webhooks/github/{uuid4()}", webhook.secret, 1)
    there = await webhook.send("push", b"{}", X_Hub_Signature_256="sha256=" + "0" * 64)
    gone = await nowhere.send("push", b"{}")
    assert gone.status_code == there.status_code == 401
    assert gone.json()["detail"] == there.json()["detail"]


async def test_the_secret_of_one_connection_opens_no_other(
    place: Place, ann: Actor, workspace: Json, webhook: Webhook
) -> None:
    other = await place.webhook(await place.connected(ann, workspace, "octo/website"))
    crossed = Webhook(place.client, other.path, webhook.secret, other.github_id)
    assert (await crossed.send("push", b"{}")).status_code == 401


async def test_a_secret_that_cannot_be_read_is_our_problem_and_not_a_wrong_signature(
    place: Place, connected: Json
) -> None:
    webhook = await place.webhook(connected)
    await place.runtime.belongings.aclose()
    await place.change("UPDATE git_repositories SET webhook_secret = 'v1:lost:nonsense'")
    answer = await webhook.send("push", b"{}")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"


async def test_a_repeated_delivery_changes_nothing(place: Place, webhook: Webhook) -> None:
    guid, payload = str(uuid4()), webhook.example("push")
    assert expect(await webhook.send("push", payload, guid=guid), 202) == RECEIVED
    assert expect(await webhook.send("push", payload, guid=guid), 200) == DUPLICATE
    await place.run_jobs()
    assert expect(await webhook.send("push", payload, guid=guid), 200) == DUPLICATE
    assert await place.due_jobs() == []
    assert [row["state"] for row in await stored(place)] == ["processed"]


async def test_a_delivery_is_known_again_by_whatever_id_it_has(
    place: Place, webhook: Webhook
) -> None:
    for guid, expected in (("7", RECEIVED), ("8", RECEIVED), ("7", DUPLICATE)):
        answer = await webhook.send("push", webhook.example("push"), guid=guid)
        assert answer.json() == expected
    assert len(await stored(place)) == 2


async def test_of_many_copies_at_once_one_is_stored_and_worked_out(
    place: Place, webhook: Webhook
) -> None:
    guid, payload = str(uuid4()), webhook.example("push")
    answers = await asyncio.gather(*(webhook.send("push", payload, guid=guid) for _ in range(100)))
    told = [(answer.status_code, answer.json()["duplicate"]) for answer in answers]
    assert sorted(told) == [(200, True)] * 99 + [(202, False)]
    assert len(await stored(place)) == 1
    assert len(await place.due_jobs()) == 1


async def test_a_delivery_that_died_is_taken_up_again_when_github_sends_it_again(
    place: Place, webhook: Webhook
) -> None:
    guid = str(uuid4())
    await webhook.send("push", b"{", guid=guid)
    await place.run_jobs()
    assert [row["state"] for row in await stored(place)] == ["dead"]
    again = await webhook.send("push", webhook.example("push"), guid=guid)
    assert expect(again, 202) == RECEIVED
    await place.run_jobs()
    assert [(row["state"], row["error"]) for row in await stored(place)] == [("processed", None)]


async def test_an_event_that_does_not_matter_is_stored_as_ignored_without_a_job(
    place: Place, webhook: Webhook
) -> None:
    answer = await webhook.send("star", b"{}")
    assert expect(answer, 202) == {"state": "ignored", "duplicate": False}
    assert await place.due_jobs() == []
    [row] = await stored(place)
    assert (row["state"], row["error"]) == ("ignored", "the event star does not matter here")


async def test_an_action_that_is_not_known_ends_as_ignored(place: Place, webhook: Webhook) -> None:
    await webhook.send("pull_request", webhook.example("pull_request", action="sung"))
    await place.run_jobs()
    [row] = await stored(place)
    assert (row["state"], row["action"], row["error"]) == (
        "ignored",
        "sung",
        "the action sung is not known",
    )


async def test_a_ping_is_stored_as_a_sign_of_life(place: Place, webhook: Webhook) -> None:
    answer = await webhook.send("ping", b'{"zen": "Keep it simple."}')
    assert expect(answer, 202) == {"state": "ignored", "duplicate": False}
    assert await place.due_jobs() == []
    [row] = await stored(place)
    assert (row["state"], row["error"]) == ("ignored", "it only says that the webhook is there")


SENSELESS = [b"", b"{", b"[]", b"\xff\xfe", b'{"action": "\\ud800"}']


async def test_a_signed_body_that_makes_no_sense_is_parked_with_the_reason(
    place: Place, webhook: Webhook
) -> None:
    for body in SENSELESS:
        assert expect(await webhook.send("push", body), 202) == RECEIVED
    await place.run_jobs()
    ledger = await stored(place)
    assert [(row["state"], row["attempts"]) for row in ledger] == [("dead", 1)] * len(SENSELESS)
    assert all(row["error"].startswith("unreadable: ") for row in ledger)
    await place.hurry()
    assert await place.run_jobs() == 0


WRONG_HEADERS = [
    ({"X_GitHub_Delivery": ""}, 400, "malformed_delivery"),
    ({"X_GitHub_Delivery": "x" * 101}, 400, "malformed_delivery"),
    ({"X_GitHub_Event": ""}, 400, "malformed_delivery"),
    ({"X_GitHub_Event": "x" * 101}, 400, "malformed_delivery"),
    ({"Content_Type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
]


async def test_a_signed_request_without_githubs_headers_is_refused(
    place: Place, webhook: Webhook
) -> None:
    for headers, status, code in WRONG_HEADERS:
        answer = await webhook.send("push", b"{}", **headers)
        assert expect(answer, status)["code"] == code
    assert await stored(place) == []


async def test_a_body_of_more_than_githubs_limit_is_refused(place: Place, webhook: Webhook) -> None:
    answer = await webhook.send("push", b" " * (25 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert await stored(place) == []


async def test_a_delivery_for_a_connection_that_was_just_deleted_is_refused(
    place: Place, webhook: Webhook
) -> None:
    await webhook.send("push", webhook.example("push"))
    await place.change("DELETE FROM git_repositories")
    assert (await webhook.send("push", webhook.example("push"))).status_code == 401


async def test_a_body_that_other_endpoints_refuse_is_taken(place: Place, webhook: Webhook) -> None:
    payload = webhook.example("push", padding="x" * 3_000_000)
    assert expect(await webhook.send("push", payload), 202) == RECEIVED
    await place.run_jobs()
    assert [row["state"] for row in await stored(place)] == ["processed"]


async def test_a_delivery_about_another_repository_than_the_webhooks_is_ignored(
    place: Place, webhook: Webhook
) -> None:
    payload = webhook.example("pull_request")
    payload["repository"]["id"] += 1
    await webhook.send("pull_request", payload)
    await place.run_jobs()
    [row] = await stored(place)
    assert (row["state"], row["error"]) == (
        "ignored",
        "it speaks of another repository than its webhook's",
    )
    assert await place.rows("SELECT id FROM pull_requests") == []


async def test_after_disconnecting_deliveries_are_ignored(
    place: Place, ann: Actor, connected: Json, webhook: Webhook
) -> None:
    await webhook.send("push", webhook.example("push"))
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    answer = await webhook.send("pull_request", webhook.example("pull_request"))
    assert expect(answer, 202) == {"state": "ignored", "duplicate": False}
    await place.run_jobs()
    assert {(row["state"], row["error"]) for row in await stored(place)} == {
        ("ignored", "the repository is not connected any more")
    }


async def test_deliveries_signed_before_the_secret_was_renewed_count_until_github_has_the_new_one(
    place: Place, ann: Actor, workspace: Json, connected: Json, webhook: Webhook
) -> None:
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    again = await ann.post(
        f"/workspaces/{workspace['id']}/repositories", json={"full_name": "octo/payments"}
    )
    assert expect(again, 201)["id"] == connected["id"]
    renewed = await place.webhook(connected)
    assert renewed.secret != webhook.secret
    for sender in (webhook, renewed):
        assert expect(await sender.send("push", sender.example("push")), 202) == RECEIVED
    await place.settle()
    await place.runtime.belongings.aclose()  # Another process remembers nothing.
    assert (await webhook.send("push", webhook.example("push"))).status_code == 401
    assert expect(await renewed.send("push", renewed.example("push")), 202) == RECEIVED
