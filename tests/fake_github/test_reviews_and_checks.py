"""Reviews, comments, check runs and statuses."""

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from tests.fake_github.stage import PATH, REPOSITORY, Receiver, Stage

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1"
REVIEWS = f"{PATH}/pulls/1/reviews"


@pytest.fixture(autouse=True)
async def head(stage: Stage, github: FakeGitHub, hook: int) -> str:
    """The head of an open pull request that Mona was asked to review."""
    pushed = await github.push(REPOSITORY, BRANCH, ["PAY-1 Add refunds"])
    await github.open_pull_request(REPOSITORY, BRANCH, "PAY-1 Add refunds")
    await github.request_review(REPOSITORY, 1, ["mona"])
    await stage.settled()
    stage.receiver.received.clear()
    return pushed.sha


async def test_a_review_is_told_in_small_letters_and_shown_in_capitals(
    stage: Stage, mona: httpx2.AsyncClient, receiver: Receiver, head: str
) -> None:
    answer = await mona.post(REVIEWS, json={"event": "APPROVE", "body": "Good."})

    assert (answer.status_code, answer.json()["state"]) == (200, "APPROVED")
    assert await stage.settled() == ["pull_request_review submitted"]
    payload = receiver.last("pull_request_review submitted")
    assert payload["review"]["state"] == "approved"
    assert payload["review"]["commit_id"] == head
    assert payload["sender"]["login"] == "mona"
    assert payload["pull_request"]["requested_reviewers"] == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"event": "APPROVE"}, "Can not approve your own pull request"),
        (
            {"event": "REQUEST_CHANGES", "body": "No."},
            "Can not request changes on your own pull request",
        ),
        ({"event": "COMMENT"}, "body is required for this event"),
    ],
)
async def test_an_author_does_not_judge_the_own_work(
    stage: Stage, octo: httpx2.AsyncClient, body: dict[str, str], error: str
) -> None:
    answer = await octo.post(REVIEWS, json=body)

    assert (answer.status_code, answer.json()["errors"]) == (422, [error])
    assert await stage.settled() == []
    assert (await octo.get(REVIEWS)).json() == []


async def test_a_pending_review_is_seen_by_its_author_alone(
    stage: Stage, octo: httpx2.AsyncClient, mona: httpx2.AsyncClient
) -> None:
    await mona.post(REVIEWS, json={"body": "Not finished"})

    assert await stage.settled() == []
    assert [each["state"] for each in (await mona.get(REVIEWS)).json()] == ["PENDING"]
    assert (await octo.get(REVIEWS)).json() == []


async def test_a_review_is_edited_and_dismissed(
    stage: Stage, octo: httpx2.AsyncClient, mona: httpx2.AsyncClient, receiver: Receiver
) -> None:
    answer = await mona.post(REVIEWS, json={"event": "REQUEST_CHANGES", "body": "No."})
    path = f"{REVIEWS}/{answer.json()['id']}"

    await mona.put(path, json={"body": "Rather not."})
    dismissed = await octo.put(f"{path}/dismissals", json={"message": "It is fine."})

    assert dismissed.json()["state"] == "DISMISSED"
    assert await stage.settled() == [
        "pull_request_review submitted",
        "pull_request_review edited",
        "pull_request_review dismissed",
    ]
    assert receiver.last("pull_request_review edited")["changes"] == {"body": {"from": "No."}}
    assert receiver.last("pull_request_review dismissed")["review"]["state"] == "dismissed"


async def test_a_comment_is_edited_by_its_author_and_by_whoever_may_push(
    stage: Stage,
    octo: httpx2.AsyncClient,
    mona: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    receiver: Receiver,
) -> None:
    said = (await mona.post(f"{PATH}/issues/1/comments", json={"body": "When?"})).json()
    path = f"{PATH}/issues/comments/{said['id']}"

    edited = await mona.patch(path, json={"body": "Now?"})

    assert (edited.status_code, edited.json()["body"]) == (200, "Now?")
    assert await stage.settled() == ["issue_comment created", "issue_comment edited"]
    payload = receiver.last("issue_comment edited")
    assert payload["changes"] == {"body": {"from": "When?"}}
    assert payload["comment"]["body"] == "Now?"
    assert (await stranger.patch(path, json={"body": "Never"})).status_code == 403
    assert (await octo.patch(path, json={"body": "Soon"})).status_code == 200
    assert (await octo.get(path)).json()["body"] == "Soon"
    assert (await octo.patch(f"{path}0", json={"body": "Soon"})).status_code == 404


async def test_a_comment_is_deleted_by_its_author_and_by_whoever_may_push(
    stage: Stage,
    octo: httpx2.AsyncClient,
    mona: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
) -> None:
    said = [
        (await mona.post(f"{PATH}/issues/1/comments", json={"body": "When?"})).json()
        for _ in range(2)
    ]
    mine, other = (f"{PATH}/issues/comments/{each['id']}" for each in said)

    assert (await stranger.delete(mine)).status_code == 403
    assert [(await mona.delete(mine)).status_code, (await mona.delete(mine)).status_code] == [
        204,
        404,
    ]
    assert (await octo.delete(other)).status_code == 204
    assert (await mona.get(f"{PATH}/issues/1/comments")).json() == []
    assert (await stage.settled())[-2:] == ["issue_comment deleted"] * 2


async def test_a_comment_is_told_with_its_pull_request(
    stage: Stage, mona: httpx2.AsyncClient, receiver: Receiver
) -> None:
    answer = await mona.post(f"{PATH}/issues/1/comments", json={"body": "When?"})

    assert answer.status_code == 201
    assert await stage.settled() == ["issue_comment created"]
    payload = receiver.last("issue_comment created")
    assert payload["comment"]["body"] == "When?"
    assert payload["issue"]["pull_request"]["url"].endswith("/pulls/1")
    shown = (await mona.get(f"{PATH}/issues/1/comments")).json()
    assert [each["body"] for each in shown] == ["When?"]


async def test_a_check_is_told_from_its_start_to_the_end_of_its_suite(
    stage: Stage, octo: httpx2.AsyncClient, receiver: Receiver, head: str
) -> None:
    started = await octo.post(
        f"{PATH}/check-runs", json={"name": "tests", "head_sha": head, "status": "in_progress"}
    )
    path = f"{PATH}/check-runs/{started.json()['id']}"
    ended = await octo.patch(path, json={"status": "completed", "conclusion": "failure"})

    assert (started.status_code, ended.status_code) == (201, 200)
    assert await stage.settled() == [
        "check_run created",
        "check_run completed",
        "check_suite completed",
    ]
    run = receiver.last("check_run completed")["check_run"]
    assert (run["conclusion"], run["head_sha"]) == ("failure", head)
    assert [pull["number"] for pull in run["pull_requests"]] == [1]
    suite = receiver.last("check_suite completed")["check_suite"]
    assert (suite["conclusion"], suite["head_branch"]) == ("failure", BRANCH)


async def test_a_suite_ends_with_its_last_check(
    stage: Stage, github: FakeGitHub, receiver: Receiver
) -> None:
    slow = await github.report_check(REPOSITORY, BRANCH, "slow")
    await github.report_check(REPOSITORY, BRANCH, "quick", conclusion="success")
    before = await stage.settled()
    await github.update_check(REPOSITORY, slow.id, conclusion="success")

    assert "check_suite completed" not in before
    assert (await stage.settled())[-2:] == ["check_run completed", "check_suite completed"]
    assert receiver.last("check_suite completed")["check_suite"]["conclusion"] == "success"


async def test_of_checks_with_one_name_the_latest_counts(
    github: FakeGitHub, octo: httpx2.AsyncClient, head: str
) -> None:
    await github.report_check(REPOSITORY, head, "tests", conclusion="failure")
    await github.report_check(REPOSITORY, head, "tests", conclusion="success")
    path = f"{PATH}/commits/{BRANCH}/check-runs"

    latest = (await octo.get(path)).json()
    everything = (await octo.get(path, params={"filter": "all"})).json()

    assert [each["conclusion"] for each in latest["check_runs"]] == ["success"]
    assert (latest["total_count"], everything["total_count"]) == (1, 2)
    suites = (await octo.get(f"{PATH}/commits/{head}/check-suites")).json()
    assert [each["conclusion"] for each in suites["check_suites"]] == ["success"]


async def test_statuses_come_to_one_word(
    stage: Stage, octo: httpx2.AsyncClient, receiver: Receiver, head: str
) -> None:
    async def combined() -> str:
        state: str = (await octo.get(f"{PATH}/commits/{head}/status")).json()["state"]
        return state

    words = [await combined()]
    for context, state in (("build", "pending"), ("build", "success"), ("lint", "error")):
        answer = await octo.post(
            f"{PATH}/statuses/{head}", json={"state": state, "context": context}
        )
        assert answer.status_code == 201
        words.append(await combined())

    assert words == ["pending", "pending", "success", "failure"]
    assert await stage.settled() == ["status", "status", "status"]
    payload = receiver.last("status")
    assert (payload["sha"], payload["state"], payload["context"]) == (head, "error", "lint")
    assert [branch["name"] for branch in payload["branches"]] == [BRANCH]


async def test_bad_checks_make_a_pull_request_unstable(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    async def state() -> str:
        word: str = (await octo.get(f"{PATH}/pulls/1")).json()["mergeable_state"]
        return word

    words = [await state()]
    await github.report_check(REPOSITORY, BRANCH, "tests", conclusion="failure")
    words.append(await state())
    await github.report_check(REPOSITORY, BRANCH, "tests", conclusion="success")
    words.append(await state())

    assert words == ["clean", "unstable", "clean"]


async def test_a_check_of_an_unknown_commit_is_refused(
    stage: Stage, octo: httpx2.AsyncClient
) -> None:
    body = {"name": "tests", "head_sha": "f" * 40}

    assert (await octo.post(f"{PATH}/check-runs", json=body)).status_code == 422
    assert (await octo.get(f"{PATH}/commits/nowhere/check-runs")).status_code == 422
    assert (await octo.get(f"{PATH}/commits/nowhere/status")).status_code == 404
    assert await stage.settled() == []
