"""The control API: time, logs, reset, and refusals."""

import re
from datetime import UTC, datetime

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub, FakeGitHubError
from tests.fake_github.stage import PATH, REPOSITORY, Stage

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


async def test_time_stamps_come_from_a_clock_that_can_be_stopped_and_moved(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await github.freeze_clock(NOON)
    await github.push(REPOSITORY, "main", ["One"])
    first = (await octo.get(PATH)).json()["pushed_at"]
    await github.advance_clock(90)
    await github.push(REPOSITORY, "main", ["Two"])
    second = (await octo.get(PATH)).json()["pushed_at"]

    assert (first, second) == ("2026-11-23T12:00:00Z", "2026-11-23T12:01:30Z")


async def test_a_ticking_clock_moves_with_every_change_and_not_with_reading(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await github.freeze_clock(NOON, tick_seconds=1)
    for _ in range(3):
        await octo.get(PATH)
    await github.push(REPOSITORY, "main", ["One"])
    await github.push(REPOSITORY, "main", ["Two"])

    assert (await github.state()).now == NOON.replace(second=2)


async def test_the_log_of_requests_says_who_asked_for_what_and_what_was_answered(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await octo.get("/user", params={"page": "2"}, headers={"If-None-Match": '"x"'})
    await octo.post(f"{PATH}/git/refs", json={"ref": "nonsense", "sha": "x"})

    user, ref = await github.requests()

    assert (user.method, user.path, user.query) == ("GET", "/user", {"page": "2"})
    assert (user.login, user.status) == ("octo-user", 200)
    assert (user.headers["if-none-match"], "authorization" in user.headers) == ('"x"', False)
    assert (ref.method, ref.status, ref.body) == ("POST", 422, {"ref": "nonsense", "sha": "x"})
    assert user.number < ref.number
    assert user.arrived <= user.answered <= ref.arrived


async def test_the_log_can_be_narrowed_and_emptied(
    github: FakeGitHub, octo: httpx2.AsyncClient, mona: httpx2.AsyncClient
) -> None:
    await octo.get("/user")
    await mona.get("/user")
    await octo.get(PATH)

    assert len(await github.requests("/user")) == 2
    assert len(await github.requests("/user", login="mona")) == 1
    assert len(await github.requests(method="POST")) == 0
    await github.forget_requests()
    assert await github.requests() == []


async def test_a_reset_forgets_everything(
    stage: Stage, github: FakeGitHub, octo: httpx2.AsyncClient, hook: int
) -> None:
    await github.freeze_clock(NOON)
    await github.add_fault("errors")
    await github.add_fault("hold_deliveries")
    await github.push(REPOSITORY, "main", ["One"])
    await github.reset()

    state = await github.state()
    assert (state.users, state.repositories, state.faults) == ([], [], [])
    assert (state.deliveries, state.held_deliveries, state.requests) == (0, 0, 0)
    assert (await octo.get("/rate_limit")).status_code == 401
    assert (await stage.browser().get("/_fake/clock")).json()["frozen"] is False


async def test_the_state_names_everything(github: FakeGitHub) -> None:
    await github.push(REPOSITORY, "feature", ["One"])
    await github.open_pull_request(REPOSITORY, "feature", "One")
    await github.report_status(REPOSITORY, "feature", "success")

    state = await github.state()

    assert [user.login for user in state.users] == ["octo-user", "mona", "stranger"]
    [repository] = state.repositories
    assert repository.collaborators == {"mona": "push"}
    assert sorted(repository.branches) == ["feature", "main"]
    assert [pull.title for pull in repository.pull_requests] == ["One"]
    assert [status.state for status in repository.statuses] == ["success"]


async def test_what_cannot_happen_is_refused_with_githubs_words(github: FakeGitHub) -> None:
    with pytest.raises(FakeGitHubError) as taken:
        await github.create_repository("octo-user", "payments")
    with pytest.raises(FakeGitHubError) as missing:
        await github.merge(REPOSITORY, 99)

    assert (taken.value.status, missing.value.status) == (422, 404)
    assert "name already exists on this account" in taken.value.message


async def test_unknown_words_are_refused(stage: Stage) -> None:
    answer = await stage.browser().post("/_fake/users", json={"login": "new", "nmae": "New"})

    assert answer.status_code == 422
    assert [user.login for user in (await stage.github.state()).users][-1] == "stranger"


async def test_the_control_api_is_documented(stage: Stage) -> None:
    browser = stage.browser()

    page = await browser.get("/_fake/docs")
    assert page.status_code == 200
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    for path in loaded:
        assert path.startswith("/_fake/"), "a page loads nothing from elsewhere"
        assert (await browser.get(path)).status_code == 200
    described = (await browser.get("/_fake/openapi.json")).json()["paths"]
    assert set(described["/repositories/{owner}/{name}/pulls"]) == {"post"}
