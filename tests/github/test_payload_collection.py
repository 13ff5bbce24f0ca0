"""Payloads as servers of GitHub's sent them: none is refused, none is lost, none dies."""

from collections import Counter
from itertools import groupby

import pytest

from taskly.github.deliveries.payloads import EVENTS
from tests.github.place import Place
from tests.support.actors import Json
from tests.support.node import ExamplePayload, example_payloads

pytestmark = pytest.mark.anyio

GREETING = "it only says that the webhook is there"
OUTCOMES = {
    ("check_run", "processed", None): 18,
    ("check_suite", "processed", None): 11,
    ("check_suite", "ignored", "its check runs are told one by one"): 9,
    ("create", "ignored", "only branches matter here"): 12,
    ("delete", "ignored", "only branches matter here"): 11,
    ("ping", "ignored", GREETING): 11,
    ("pull_request", "processed", None): 46,
    ("pull_request_review", "processed", None): 11,
    ("push", "processed", None): 2,
    ("push", "ignored", "only branches matter here"): 12,
    ("repository", "processed", None): 26,
    ("status", "processed", None): 11,
}
"""What becomes of how many. All other events are ignored as such."""


@pytest.mark.slow
async def test_every_payload_of_the_collection_is_stored_and_processed_or_ignored_for_a_reason(
    place: Place, connected: Json
) -> None:
    await place.change("DELETE FROM webhook_deliveries")
    await place.change("DELETE FROM jobs")
    webhook = await place.webhook(connected)
    sent = Counter[str]()
    for github_id, examples in groupby(example_payloads(), _repository_of):
        if github_id is not None:
            await place.change("UPDATE git_repositories SET github_id = :id", id=github_id)
        for example in examples:
            answer = await webhook.send(example.event, example.payload)
            assert answer.status_code == 202, (example.name, answer.text)
            sent[example.event] += 1
        await place.run_jobs()
    found = await place.rows(
        "SELECT event, state::text, error, count(*) FROM webhook_deliveries GROUP BY 1, 2, 3"
    )
    outcomes = {(row["event"], row["state"], row["error"]): row["count"] for row in found}
    assert sent.total() == 726
    assert outcomes == OUTCOMES | {
        (event, "ignored", f"the event {event} does not matter here"): count
        for event, count in sent.items()
        if event not in EVENTS | {"ping"}
    }


def _repository_of(example: ExamplePayload) -> int | None:
    """GitHub's id of the repository that a payload speaks of."""
    repository = example.payload.get("repository")
    return None if repository is None else repository["id"]
