"""Faults on request."""

import time

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.words import FaultKind
from tests.fake_github.stage import CLIENT_ID, PATH, REPOSITORY, Receiver, Stage, make_hook, staged

pytestmark = pytest.mark.anyio


async def test_so_many_requests_fail_and_then_it_works_again(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await github.add_fault("errors", times=2, status=503, retry_after=7)

    answers = [await octo.get("/user") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert await github.faults() == []


async def test_a_failing_gateway_does_not_speak_json(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await github.add_fault("errors", times=1)

    answer = await octo.get("/user")

    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


async def test_a_failed_request_changes_nothing(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    main = (await github.repository(REPOSITORY)).branches["main"]
    await github.add_fault("errors", times=1)

    await octo.post(f"{PATH}/git/refs", json={"ref": "refs/heads/feature", "sha": main})

    assert list((await github.repository(REPOSITORY)).branches) == ["main"]


async def test_a_fault_hits_only_what_it_is_meant_for(
    github: FakeGitHub, octo: httpx2.AsyncClient, mona: httpx2.AsyncClient
) -> None:
    await github.add_fault("errors", path_prefix=PATH, method="GET", login="octo-user", status=500)

    statuses = [
        (await octo.get(PATH)).status_code,
        (await octo.get(f"{PATH}/branches")).status_code,
        (await octo.get("/user")).status_code,
        (await octo.patch(PATH, json={})).status_code,
        (await mona.get(PATH)).status_code,
    ]

    assert statuses == [500, 500, 200, 200, 200]
    assert [fault.hits for fault in await github.faults()] == [2]


async def test_a_fraction_fails_by_a_chance_that_repeats_itself(
    stage: Stage, github: FakeGitHub
) -> None:
    anybody = stage.client()

    async def statuses() -> list[int]:
        await github.reset(seed=3)
        await github.add_fault("errors", fraction=0.5)
        return [(await anybody.get("/rate_limit")).status_code for _ in range(40)]

    first, second = await statuses(), await statuses()

    assert first == second
    assert set(first) == {200, 502}


@pytest.mark.parametrize(("status", "expected"), [(None, 403), (429, 429)])
async def test_a_secondary_limit_says_how_long_to_wait(
    github: FakeGitHub, octo: httpx2.AsyncClient, status: int | None, expected: int
) -> None:
    await github.add_fault("limited", times=1, status=status, retry_after=30)

    answer = await octo.get("/user")

    assert (answer.status_code, answer.headers["retry-after"]) == (expected, "30")
    assert answer.json()["message"].startswith("You have exceeded a secondary rate limit.")


async def test_a_secondary_limit_may_keep_silent_about_it(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await github.add_fault("limited", times=1)

    assert "retry-after" not in (await octo.get("/user")).headers


async def test_latency_delays_the_answer(github: FakeGitHub, octo: httpx2.AsyncClient) -> None:
    await github.add_fault("latency", times=1, milliseconds=80)

    began = time.monotonic()
    await octo.get("/user")

    assert time.monotonic() - began >= 0.08


async def test_garbage_is_no_json(github: FakeGitHub, octo: httpx2.AsyncClient) -> None:
    await github.add_fault("garbage", times=1)

    answer = await octo.get("/user")

    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Unterminated string"):
        answer.json()


async def test_down_means_no_answer_at_all(github: FakeGitHub, octo: httpx2.AsyncClient) -> None:
    await github.add_fault("down")

    with pytest.raises(httpx2.ConnectError):
        await octo.get("/user")
    await github.clear_faults("down")

    assert (await octo.get("/user")).status_code == 200
    statuses = [request.status for request in await github.requests("/user")]
    assert statuses == [None, 200]


async def test_signing_in_can_fail_too(stage: Stage, github: FakeGitHub) -> None:
    await github.add_fault("errors", path_prefix="/login/oauth", status=500)
    asked = {"client_id": CLIENT_ID, "redirect_uri": "http://taskly.test/"}

    answer = await stage.browser().get("/login/oauth/authorize", params=asked)

    assert answer.status_code == 500
    assert (await stage.browser().get("/")).status_code == 200


async def push(github: FakeGitHub, *messages: str) -> None:
    """One push for each message."""
    for message in messages:
        await github.push(REPOSITORY, "main", [message])


def messages(receiver: Receiver) -> list[str]:
    return [each.payload["head_commit"]["message"] for each in receiver.received]


async def test_lost_deliveries_are_logged_as_failed_and_can_be_sent_again(
    stage: Stage, github: FakeGitHub, octo: httpx2.AsyncClient, hook: int, receiver: Receiver
) -> None:
    await github.add_fault("drop_deliveries", times=2, event="push")
    await push(github, "one", "two", "three")
    await stage.settled()

    assert messages(receiver) == ["three"]
    path = f"{PATH}/hooks/{hook}/deliveries"
    lost = (await octo.get(path, params={"status": "failure"})).json()
    assert [(each["status"], each["status_code"]) for each in lost] == [
        ("failed to connect to host", 502)
    ] * 2
    for each in lost:
        await octo.post(f"{path}/{each['id']}/attempts")
    await stage.settled()
    assert messages(receiver) == ["three", "two", "one"]


async def test_repeated_deliveries_have_one_identifier(
    stage: Stage, github: FakeGitHub, hook: int, receiver: Receiver
) -> None:
    await github.add_fault("duplicate_deliveries", times=1)
    await push(github, "one", "two")
    await stage.settled()

    assert messages(receiver) == ["one", "one", "two"]
    guids = [each.guid for each in receiver.received]
    assert (guids[0] == guids[1], guids[0] == guids[2]) == (True, False)


@pytest.mark.parametrize(
    ("order", "expected"),
    [("first_in_first_out", ["one", "two", "three"]), ("reversed", ["three", "two", "one"])],
)
async def test_held_deliveries_go_when_they_are_released(
    stage: Stage,
    github: FakeGitHub,
    hook: int,
    receiver: Receiver,
    order: str,
    expected: list[str],
) -> None:
    await github.add_fault("hold_deliveries")
    await push(github, "one", "two", "three")
    settled = await github.settle()

    assert (settled.held, receiver.received) == (3, [])
    released = await github.release("reversed" if order == "reversed" else "first_in_first_out")
    await stage.settled()
    assert (released, messages(receiver)) == (3, expected)


async def test_some_of_the_held_deliveries_may_go_first(
    stage: Stage, github: FakeGitHub, hook: int, receiver: Receiver
) -> None:
    await github.add_fault("hold_deliveries")
    await push(github, "one", "two", "three")

    await github.release("reversed", count=1)
    await stage.settled()
    first = messages(receiver)
    await github.release("shuffled")
    await stage.settled()

    assert first == ["three"]
    assert sorted(messages(receiver)) == ["one", "three", "two"]


async def test_holding_one_event_lets_others_overtake(
    stage: Stage, github: FakeGitHub, hook: int
) -> None:
    await github.add_fault("hold_deliveries", event="push")
    await github.push(REPOSITORY, "feature", ["A change"])
    await github.open_pull_request(REPOSITORY, "feature", "A change")
    await github.settle()
    await github.clear_faults()
    await github.release()

    assert await stage.settled() == ["create", "pull_request opened", "push"]


async def test_a_receiver_that_never_answers_times_out() -> None:
    async with staged(delivery_timeout_seconds=0.05) as stage:
        stage.receiver.open.clear()
        await stage.github.create_user("octo-user")
        await stage.github.create_repository("octo-user", "payments")
        await make_hook(stage.client(await stage.github.create_token("octo-user")))
        await stage.github.settle()

        [ping] = await stage.github.deliveries()
    assert (ping.status, ping.status_code) == ("timed out", 504)


@pytest.mark.parametrize("kind", ["errors", "limited", "garbage", "down", "latency"])
async def test_people_and_tests_are_never_hit(stage: Stage, kind: FaultKind) -> None:
    await stage.github.add_fault(kind, milliseconds=60_000)

    assert (await stage.browser().get("/")).status_code == 200
    assert [fault.hits for fault in await stage.github.faults()] == [0]
