"""What is compared with GitHub's description is found to differ when it does."""

from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.github.deliveries.payloads import EVENTS
from tests.fake_github.stage import PATH, REPOSITORY, Stage
from tests.support.description import Description
from tests.support.faithfulness import Transcript, record_file, wrong_in_exchange
from tests.support.node import DESCRIPTION

pytestmark = pytest.mark.anyio

REFS = "/repos/octo/payments/git/refs"
SHA = "c0ffee" + "0" * 34
REF = {
    "ref": "refs/heads/new",
    "node_id": "x",
    "url": "https://api.github.com/x",
    "object": {"type": "commit", "sha": SHA, "url": "https://api.github.com/y"},
}
REFUSAL = {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}


def wrong(method: str, path: str, **fields: Any) -> list[str]:
    """What is wrong with an exchange that is fine but for these fields."""
    usual: dict[str, Any] = {
        "query": {},
        "agent": "Taskly/1",
        "body": None,
        "status": 200,
        "answer": None,
    }
    return list(wrong_in_exchange({**usual, "method": method, "path": path, **fields}))


def made(**fields: Any) -> list[str]:
    """The same with a branch that is made."""
    body = {"ref": "refs/heads/new", "sha": SHA}
    return wrong("POST", REFS, **{"body": body, "status": 201, "answer": REF, **fields})


def test_what_is_as_described_passes() -> None:
    assert made() == []
    for status in (401, 403, 404, 429):
        assert made(status=status, answer=REFUSAL) == []
    assert wrong("GET", "/user/repos", query={"per_page": "100"}, answer=[]) == []
    assert wrong("GET", "/user/repos", status=304) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"body": {"ref": "x"}}, 'the body: "sha" is a required property'),
        ({"body": {"ref": 1, "sha": SHA}}, "the body['ref']: 1 is not of type \"string\""),
        ({"body": {"ref": "x", "sha": SHA, "key": 1}}, "the field key is not described"),
        ({"query": {"force": "1"}}, "the parameter force is not described"),
        ({"status": 200}, "the status 200 is not described"),
        ({"answer": {**REF, "ref": None}}, "the answer 201['ref']: null is not of type \"string\""),
        (
            {"answer": {key: REF[key] for key in REF if key != "object"}},
            'the answer 201: "object" is a required property',
        ),
        (
            {"status": 401, "answer": {"message": 1}},
            "the answer 401['message']: 1 is not of type \"string\"",
        ),
    ],
)
def test_what_differs_is_named(fields: dict[str, Any], expected: str) -> None:
    assert made(**fields) == [f"POST /repos/{{owner}}/{{repo}}/git/refs: {expected}"]


def test_only_taskly_has_to_ask_as_described() -> None:
    assert made(agent="a-test", body={}, status=422, answer=REFUSAL) == []
    nowhere = {"status": 404, "answer": REFUSAL}
    assert wrong("GET", "/nowhere", agent="a-test", **nowhere) == []
    assert wrong("GET", "/nowhere", **nowhere) == ["GET /nowhere is not described"]


def test_refs_and_what_is_below_them_are_told_apart() -> None:
    answer = {"total_count": 0, "check_runs": []}
    assert wrong("GET", "/repos/octo/payments/commits/a/b/check-runs", answer=answer) == []


async def test_every_answer_of_the_fake_is_read(octo: httpx2.AsyncClient, tmp_path: Path) -> None:
    recorded = record_file()
    assert recorded is not None
    await octo.get(PATH)
    exchange = orjson.loads(recorded.read_bytes().splitlines()[-1])
    assert (exchange["method"], exchange["path"], exchange["status"]) == ("GET", PATH, 200)

    altered = tmp_path / "altered"
    altered.write_bytes(orjson.dumps({**exchange, "answer": {}}) + b"\n")
    transcript = Transcript(altered)
    assert 'GET /repos/{owner}/{repo}: the answer 200: "id" is a required property' in (
        transcript.wrong_in_what_is_new()
    )
    assert transcript.wrong_in_what_is_new() == []


async def test_what_the_fake_tells_by_itself_is_as_described(
    github: FakeGitHub, hook: int, stage: Stage
) -> None:
    await github.push(REPOSITORY, "feature", ["Begin"], actor="mona")
    pull = await github.open_pull_request(REPOSITORY, "feature", "T", draft=True, author="mona")
    await github.report_check(REPOSITORY, "feature", "build", conclusion="failure")
    await github.report_status(REPOSITORY, "feature", "pending", context="deploy")
    await github.ready_for_review(REPOSITORY, pull.number)
    await github.request_review(REPOSITORY, pull.number, ["octo-user"])
    await github.review(REPOSITORY, pull.number, "octo-user", "REQUEST_CHANGES")
    await github.edit_pull_request(REPOSITORY, pull.number, title="Another")
    await github.close_pull_request(REPOSITORY, pull.number)
    await github.reopen(REPOSITORY, pull.number)
    await github.merge(REPOSITORY, pull.number, actor="octo-user", delete_branch=True)
    await github.rename_repository(REPOSITORY, "money")
    told = await stage.settled()
    assert {name.partition(" ")[0] for name in told} == EVENTS
    description = Description(DESCRIPTION)
    for each in stage.receiver.received:
        assert list(description.wrong_in_delivery(each.event, each.payload)) == []

    [*_, last] = stage.receiver.received
    assert list(description.wrong_in_delivery(last.event, {**last.payload, "repository": 1})) != []
