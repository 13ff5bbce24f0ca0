"""The core workflows as people go through them, with every process that there is in production."""

import asyncio
import base64
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import asyncpg
import httpx2
import pytest

from taskly.demo.signing_in import LOGIN_PATH
from taskly.demo.stage import Stage
from taskly.demo.watching import Shows, Sight
from taskly.fake_github.wire.asked import UserChange
from taskly.fake_github.wire.told import Delivery
from tests.e2e.journeys import OWNER, REPOSITORY, Card, Journey, OpenBoard, opened, settled
from tests.e2e.staging import stage_in
from tests.e2e.visiting import Browser, lifetimes, query_of
from tests.support.telling import Tell
from tests.support.waiting import PATIENCE_SECONDS, until

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.xdist_group("everything"),
    pytest.mark.skipif(sys.platform != "linux", reason="runs servers of its own as Linux does"),
]

MINUTE, DAY = 60, 24 * 3600
TOKENS = "SELECT github_token, github_refresh_token FROM users WHERE login = $1"


@pytest.fixture(scope="module")
async def stage(
    anyio_backend: object, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One for all journeys. Repositories are compared with GitHub as often as may be."""
    directory = tmp_path_factory.mktemp("journeys")
    async with stage_in(directory, TASKLY_GITHUB_RECONCILE_SECONDS="30") as running:
        yield running


@pytest.fixture(scope="module")
async def journey(stage: Stage) -> AsyncIterator[Journey]:
    """Ann, whose repository is connected."""
    async with settled(stage) as ready:
        yield ready


def has_pull_requests(*states: str) -> Shows:
    """Whether a card has just these pull requests."""
    return lambda view: sorted(pull.state for pull in view.pull_requests) == sorted(states)


def stands_in(column: str) -> Shows:
    """Whether a card is there."""
    return lambda view: view.column == column


async def seen(board: OpenBoard, card: Card, shows: Shows) -> Sight:
    """The card, as soon as the socket has told that it shows this."""
    return await asyncio.wait_for(board.watch.expect(card.id, shows), PATIENCE_SECONDS)


async def opened_pull_request(
    journey: Journey, branch: str, title: str, *, body: str = "", commit: str = "Work"
) -> int:
    """Somebody pushes a branch and, when that was worked out, opens a pull request from it; its number.

    So nothing is in doubt, and all that follows is told by deliveries rather than by asking.
    """
    await journey.github.push(REPOSITORY, branch, [commit])
    await journey.github.settle()

    async def is_worked_out() -> bool:
        path = f"/repositories/{journey.repository_id}/deliveries?state=received"
        return not (await journey.get(path))["items"]

    await until(is_worked_out, "the push was worked out")
    pull = await journey.github.open_pull_request(REPOSITORY, branch, title, body=body)
    return pull.number


async def test_people_sign_in_with_github(stage: Stage) -> None:
    await stage.github.create_user("ben", name="Ben Okafor", email="ben@octo.example")
    async with Browser(stage.address) as browser, Browser(stage.address) as stranger:
        departure = await browser.open(f"{LOGIN_PATH}?next=/boards")
        asked = query_of(departure.headers["location"])
        assert (asked["scope"], asked["code_challenge_method"]) == ("read:user user:email", "S256")
        assert min(len(asked["state"]), len(asked["code_challenge"])) > 40

        consent = await browser.open(departure.headers["location"])
        back = (await browser.press(consent, "ben")).headers["location"]
        assert query_of(back)["state"] == asked["state"]

        refused = await stranger.open(back, accept="application/json")
        assert (refused.status_code, refused.json()["code"]) == (400, "oauth_state_invalid")
        assert (await stranger.open("/api/v1/me")).status_code == 401

        arrival = await browser.open(back)
        assert (arrival.status_code, arrival.headers["location"]) == (302, "/boards")
        assert lasting(arrival) == ["access", "refresh"]
        me = (await browser.open("/api/v1/me")).json()
        assert (me["login"], me["name"], me["email"]) == ("ben", "Ben Okafor", "ben@octo.example")
    for token in await stored_tokens(stage, "ben"):
        assert re.fullmatch(r"v1:[^:]+:[A-Za-z0-9_-]{16}:[A-Za-z0-9_-]+", token)


async def test_a_session_goes_on_with_tokens_that_are_good_once(stage: Stage) -> None:
    await stage.github.create_user("dana", name="Dana Levi")
    async with Browser(stage.address) as browser:
        arrival = await browser.open(await browser.ask_for_code("dana"))
        me = (await browser.open("/api/v1/me")).json()

        refreshed = await browser.change("/api/v1/auth/refresh")
        assert refreshed.status_code == 200, refreshed.text
        assert lasting(refreshed) == ["access", "refresh"]
        assert cookies_of(refreshed).isdisjoint(cookies_of(arrival))
        assert (await browser.open("/api/v1/me")).json() == me

        await stage.github.change_user("dana", UserChange(name="Dana L."))
        back = await browser.ask_for_code("dana")
        tokens = (await browser.open(back, accept="application/json")).json()
        claims = claims_of(tokens["access_token"])
        assert claims["exp"] - claims["iat"] == 15 * MINUTE
        assert timestamp(tokens["refresh_expires_at"]) - timestamp(tokens["expires_at"]) == (
            7 * DAY - 15 * MINUTE
        )
        assert (await browser.open("/api/v1/me")).json() == me | {"name": "Dana L."}


async def test_a_branch_is_made_with_one_click(journey: Journey, tell: Tell) -> None:
    github = journey.github
    tip = (await github.push(REPOSITORY, "develop", ["Begin the next version"])).sha
    async with opened(journey, "PAY") as board:
        card = await board.add_card("Add refunds")
        body = {"repository_id": str(journey.repository_id), "base": "develop"}

        began = time.monotonic()
        promise = await journey.post(f"/cards/{card.id}/branches", body, 202)
        assert promise["branch"]["name"] == f"feature/{card.key}-add-refunds"
        there = await seen(
            board, card, lambda view: [each.state for each in view.branches] == ["created"]
        )
        tell(f"one-click branch, there on a connected screen: {beside(there.at - began, 3)}")

        branch = promise["branch"]["name"]
        assert (await github.repository(REPOSITORY)).branches[branch] == tip
        [made] = await github.requests(f"/repos/{REPOSITORY}/git/refs", method="POST")
        assert (made.login, made.body) == (OWNER, {"ref": f"refs/heads/{branch}", "sha": tip})
        assert (await journey.done(promise["job_id"]))["branch"] == branch
        await seen(board, card, stands_in("In Progress"))
        assert (await journey.reason(card))["rule"] == "branch_created"

        await github.push(REPOSITORY, branch, ["Refund twice"])
        draft = await journey.post(f"/cards/{card.id}/pull-requests/draft", {}, 202)
        number = (await journey.done(draft["job_id"]))["number"]
        pull = await github.pull_request(REPOSITORY, number)
        assert (pull.draft, pull.title, pull.head_ref) == (True, f"{card.key} Add refunds", branch)
        assert "- [ ] Both refunds arrive\n- [x] Receipts say so" in (pull.body or "")
        assert f"[{card.key} Add refunds]({journey.stage.address}/c/{card.key})" in (
            pull.body or ""
        )
        await seen(board, card, has_pull_requests("draft"))


async def test_a_merge_moves_cards_to_done(journey: Journey, tell: Tell) -> None:
    github = journey.github
    async with opened(journey, "ANY") as any_board, opened(journey, "ALL") as all_board:
        await journey.patch(f"/boards/{all_board.id}/automation", {"merged_needs": "all"})
        any_card, all_card = await any_board.add_card("Any"), await all_board.add_card("All")
        both = f"{any_card.key} and {all_card.key}"
        first = await opened_pull_request(journey, "first", f"{both}: the first half")
        second = await opened_pull_request(journey, "second", f"{both}: the second half")
        for board, card in ((any_board, any_card), (all_board, all_card)):
            await seen(board, card, has_pull_requests("open", "open"))
            assert board.view(card).column == "In Review"

        began = time.monotonic()
        await github.merge(REPOSITORY, first)
        done = await seen(any_board, any_card, stands_in("Done"))
        tell(f"merge, on a connected screen: {beside(done.at - began, 1)}")
        assert await journey.reason(any_card) == await merged_because(journey, first)
        await seen(all_board, all_card, has_pull_requests("merged", "open"))
        assert all_board.view(all_card).column == "In Review"

        await github.merge(REPOSITORY, second)
        await seen(all_board, all_card, stands_in("Done"))
        assert await journey.reason(all_card) == await merged_because(journey, second)


async def test_pull_requests_link_themselves_to_cards(journey: Journey) -> None:
    async with opened(journey, "LNK") as board:
        cards = {
            name: await board.add_card(name)
            for name in ("branch", "title", "body", "commit", "address", "nothing")
        }
        key = {name: card.key for name, card in cards.items()}
        address = f"{journey.stage.address}/c/{key['address']}"
        numbers = {
            "branch": await opened_pull_request(journey, f"x/{key['branch'].lower()}-a", "Work"),
            "title": await opened_pull_request(journey, "b", f"Work on {key['title'].lower()}"),
            "body": await opened_pull_request(journey, "c", "Work", body=f"See {key['body']}."),
            "commit": await opened_pull_request(
                journey, "d", "Work", commit=f"Lnk{key['commit'][3:]}: work"
            ),
            "address": await opened_pull_request(journey, "e", "Work", body=f"For {address}"),
        }
        await opened_pull_request(journey, "f", "Work in UTF-8", body=f"`{key['nothing']}`")
        for name, number in numbers.items():
            await seen(board, cards[name], has_pull_requests("open"))
            assert [pull.number for pull in board.view(cards[name]).pull_requests] == [number]
        await journey.github.settle()

        snapshot = await journey.get(f"/boards/{board.id}")
        sources = {each["number"]: each["source"] for each in snapshot["pull_requests"]}
        assert sources == {
            numbers["branch"]: "branch",
            numbers["title"]: "title",
            numbers["body"]: "body",
            numbers["commit"]: "commit",
            numbers["address"]: "body",
        }
        assert board.view(cards["nothing"]).pull_requests == ()


async def test_a_merge_of_which_nobody_heard_is_found(journey: Journey) -> None:
    github = journey.github
    async with opened(journey, "MIS") as board:
        card = await board.add_card("Nobody tells of it")
        number = await opened_pull_request(journey, f"{card.key}-lost", "Work")
        await seen(board, card, stands_in("In Review"))
        await github.settle()

        await github.add_fault("drop_deliveries", event="pull_request", times=1)
        found = board.watch.expect(card.id, stands_in("Done"))
        await github.merge(REPOSITORY, number)
        await asyncio.wait_for(found, 2 * PATIENCE_SECONDS)
        assert (await deliveries_of_merge(journey, number))[0].status_code != 202
        reason = await journey.reason(card)
        assert (reason["rule"], reason["pull_request"]) == ("merged", number)
        assert board.watch.connections == 1


async def merged_because(journey: Journey, number: int) -> dict[str, object]:
    """The reason that a merge has to leave in a card's timeline."""
    [closed] = await deliveries_of_merge(journey, number)
    pull = closed.payload["pull_request"]
    return {
        "text": f"{REPOSITORY}#{number} was merged.",
        "url": pull["html_url"],
        "commit": pull["head"]["sha"],
        "repository_id": str(journey.repository_id),
        "rule": "merged",
        "repository": REPOSITORY,
        "pull_request": number,
        "delivery_id": closed.guid,
        "event": "pull_request",
    }


async def deliveries_of_merge(journey: Journey, number: int) -> list[Delivery]:
    """How GitHub told, or tried to tell, that a pull request was merged."""
    found = await journey.github.deliveries(event="pull_request", action="closed")
    return [each for each in found if each.payload["number"] == number]


def beside(seconds: float, limit: float) -> str:
    """A time beside what it may be."""
    return f"{seconds:.2f} s beside {limit:g} s"


def claims_of(token: str) -> dict[str, Any]:
    """What an access token says."""
    written = token.split(".")[1]
    claims: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    )
    return claims


def timestamp(moment: str) -> float:
    """A moment as seconds."""
    return datetime.fromisoformat(moment).timestamp()


def lasting(response: httpx2.Response) -> list[str]:
    """Which of Taskly's cookies the browser is to keep."""
    return sorted(name.split("_")[1] for name, age in lifetimes(response).items() if age)


def cookies_of(response: httpx2.Response) -> set[str]:
    """Name and value of each cookie that is set."""
    return {each.partition(";")[0] for each in response.headers.get_list("set-cookie")}


async def stored_tokens(stage: Stage, login: str) -> list[str]:
    """GitHub's tokens of somebody as they are stored: what no request shows."""
    connection = await asyncpg.connect(stage.instance.environment["DATABASE_URL"])
    try:
        row = await connection.fetchrow(TOKENS, login)
    finally:
        await connection.close()
    assert row is not None
    return [str(token) for token in row]
