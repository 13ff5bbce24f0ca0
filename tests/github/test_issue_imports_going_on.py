"""Whoever is killed and whatever GitHub says on the way: each issue becomes one card, and the import says how far it is."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from taskly.fake_github.wire.asked import NewComment, NewIssue, RepositoryChange
from taskly.github.remote.budget import RESERVE
from taskly.imports.errors import ISSUES_BROKE_OFF
from taskly.imports.issues import attempts
from taskly.platform.jobs.execution import execute
from tests.github.issue_importing import cards_on, carry_out, look, shown, take_in, where
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log

pytestmark = pytest.mark.anyio

CARRY_OUT, LOOK = "imports.carry_out_issues", "imports.look_at_issues"
TITLES = [f"Issue {number}" for number in range(1, 211)]
"""Of three pages."""


@pytest.fixture
async def issues(place: Place, connected: Json) -> None:
    """So many issues that GitHub lists them on three pages."""
    await place.github.open_issues(REPOSITORY, TITLES)


async def leave(place: Place, ann: Actor, workspace: Json, requests: int) -> None:
    """Let GitHub leave so many requests to what nobody waits for, and Taskly know of it."""
    await place.github.set_rate_limit("ann", remaining=int(5000 * RESERVE) + requests + 1)
    expect(await ann.get(f"/workspaces/{workspace['id']}/repositories/available"), 200)


async def start(actor: Actor, preview: Json, **query: Any) -> UUID:
    """Start an import; its job."""
    started = expect(await actor.post(f"{where(preview)}/start", params=query), 202)
    return UUID(started["job_id"])


@pytest.mark.usefixtures("issues")
async def test_all_pages_come_in_their_order_and_the_log_tells_it(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    preview = await look(place, ann, board, connected)
    done = await carry_out(place, ann, preview)

    assert preview["counts"]["cards"] == len(TITLES)
    assert list(await cards_on(ann, board)) == TITLES
    assert done["receipt"]["made"]["cards"] == len(TITLES)
    snapshot = await ann.snapshot(board["id"])
    assert differences(fold(await read_whole_log(ann, board["id"])), as_comparable(snapshot)) == []
    job = expect(await ann.get(f"/jobs/{done['job_id']}"), 200)
    assert job["progress"] == {"done": len(TITLES), "total": len(TITLES)}


@pytest.mark.usefixtures("issues")
@pytest.mark.parametrize("where_killed", ["carrying.heed_turn", "carrying.commenting.take"])
async def test_a_worker_that_is_killed_loses_and_repeats_nothing(
    place: Place,
    ann: Actor,
    board: Json,
    connected: Json,
    monkeypatch: pytest.MonkeyPatch,
    where_killed: str,
) -> None:
    preview = await look(place, ann, board, connected)
    with monkeypatch.context() as broken:
        broken.setattr(f"taskly.imports.issues.{where_killed}", _after(2))
        await start(ann, preview)
        await place.run_jobs()
    there = len(await cards_on(ann, board))
    assert (there, (await shown(ann, preview))["state"]) == (100, "started")

    await place.hurry()
    await place.run_jobs()

    done = await shown(ann, preview)
    assert (done["state"], done["receipt"]["made"]["cards"]) == ("done", len(TITLES))
    assert list(await cards_on(ann, board)) == TITLES


def _after(calls: int) -> Any:
    """Something that does nothing, and dies when it is called for this time."""
    counted = 0

    def die(*_arguments: Any) -> Any:
        nonlocal counted
        counted += 1
        if counted == calls:
            raise RuntimeError("killed")
        return _Nothing()

    return die


class _Nothing:
    """Can be awaited."""

    def __await__(self) -> Any:
        return iter(())


@pytest.mark.usefixtures("issues")
async def test_an_import_leaves_people_a_part_of_their_limit_and_goes_on_when_there_is_more(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    preview = await look(place, ann, board, connected)
    await place.runtime.redis.flushdb()
    await leave(place, ann, workspace, requests=1)
    await start(ann, preview)
    await place.run_jobs()
    [job] = await place.rows(
        "SELECT state::text, attempts FROM jobs WHERE kind = :kind", kind=CARRY_OUT
    )
    assert (job["state"], job["attempts"]) == ("pending", 0)
    assert len(await cards_on(ann, board)) == 100

    await leave(place, ann, workspace, requests=100)
    await place.github.forget_requests()
    await place.hurry()
    await place.run_jobs()

    assert list(await cards_on(ann, board)) == TITLES
    asked = await place.github.requests(f"/repos/{REPOSITORY}/issues", login="ann")
    assert len(asked) == 2


@pytest.mark.usefixtures("issues")
async def test_what_came_before_github_refused_stands_in_the_receipt_and_the_rest_comes_later(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    preview = await look(place, ann, board, connected)
    await place.runtime.redis.flushdb()
    await leave(place, ann, workspace, requests=1)
    await start(ann, preview)
    await place.run_jobs()
    await leave(place, ann, workspace, requests=100)
    await place.github.change_repository(REPOSITORY, RepositoryChange(has_issues=False))
    await place.hurry()
    await place.run_jobs()

    failed = await shown(ann, preview)
    assert (failed["state"], failed["receipt"]["made"]["cards"]) == ("failed", 100)
    assert "switched off" in failed["problem"]
    await place.github.change_repository(REPOSITORY, RepositoryChange(has_issues=True))
    done = await carry_out(place, ann, failed)
    assert (done["state"], done["problem"]) == ("done", None)
    assert done["receipt"]["made"]["cards"] == len(TITLES)
    assert list(await cards_on(ann, board)) == TITLES


async def test_an_import_whose_job_died_says_so_and_goes_on_when_it_is_started_again(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.open_issues(REPOSITORY, ["First"])
    preview = await look(place, ann, board, connected)
    await start(ann, preview)
    await place.change("UPDATE jobs SET attempts = 90 WHERE kind = :kind", kind=CARRY_OUT)
    await place.run_jobs()

    failed = await shown(ann, preview)
    assert (failed["state"], failed["problem"]) == ("failed", ISSUES_BROKE_OFF)
    assert (await carry_out(place, ann, failed))["receipt"]["made"]["cards"] == 1


async def test_a_look_that_failed_is_taken_up_again(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.open_issues(REPOSITORY, ["First"])
    path = f"/workspaces/{connected['workspace_id']}/imports/github"
    body = {"board_id": board["id"], "repository_id": connected["id"]}
    asked = expect(await ann.post(path, json=body), 202)
    assert asked["state"] == "reading"
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    await place.run_jobs()
    failed = await shown(ann, asked)
    assert (failed["state"], failed["problem"]) == ("failed", attempts.NOT_CONNECTED)
    await place.change("UPDATE git_repositories SET active = true")

    assert (await carry_out(place, ann, failed))["state"] == "previewed"
    assert (await carry_out(place, ann, failed))["receipt"]["made"]["cards"] == 1


@pytest.mark.usefixtures("issues")
async def test_two_imports_at_once_make_each_card_once(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    previews = [await look(place, ann, board, connected) for _ in range(2)]
    jobs = [await start(ann, each) for each in previews]

    await asyncio.gather(*(execute(place.runtime, job) for job in jobs))
    await place.hurry()
    await place.run_jobs()

    done = [await shown(ann, each) for each in previews]
    assert [each["state"] for each in done] == ["done", "done"]
    assert sum(each["receipt"]["made"]["cards"] for each in done) == len(TITLES)
    assert sorted(await cards_on(ann, board)) == sorted(TITLES)
    assert len((await ann.snapshot(board["id"]))["cards"]) == len(TITLES)


async def test_who_lost_the_right_meanwhile_makes_nothing(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "member")
    await place.github.open_issues(REPOSITORY, ["First"])
    preview = await look(place, bob, board, connected)
    await start(bob, preview)
    path = f"/workspaces/{workspace['id']}/members/{bob.user_id}"
    expect(await ann.patch(path, json={"role": "viewer"}), 200)

    await place.run_jobs()

    assert (await shown(ann, preview))["state"] == "failed"
    assert await cards_on(ann, board) == {}


async def test_a_full_column_stops_an_import_until_there_is_room(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    column = f"/boards/{board['id']}/columns/{board['columns'][0]['id']}"
    expect(await ann.patch(f"/boards/{board['id']}", json={"wip_policy": "strict"}), 200)
    expect(await ann.patch(column, json={"wip_limit": 1}), 200)
    await place.github.open_issues(REPOSITORY, ["First", "Second"])

    failed = await take_in(place, ann, board, connected)
    expect(await ann.patch(column, json={"wip_limit": 2}), 200)
    done = await carry_out(place, ann, failed)

    assert (failed["state"], failed["receipt"]["made"]["cards"]) == ("failed", 0)
    assert "has a limit of 1" in failed["problem"]
    assert (done["state"], list(await cards_on(ann, board))) == ("done", ["First", "Second"])


async def test_a_card_on_another_board_is_its_issue_still(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    await place.github.open_issues(REPOSITORY, ["First"])
    await take_in(place, ann, board, connected)
    other = await ann.board(workspace, key="OPS", name="Operations")

    done = await take_in(place, ann, other, connected)

    assert (done["counts"]["known"], done["receipt"]["made"]["cards"]) == (1, 0)
    assert await cards_on(ann, other) == {}


async def test_comments_that_came_half_way_come_once(
    place: Place, ann: Actor, board: Json, connected: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [NewComment(author="octo", body=f"Word {number}") for number in range(150)]
    await place.github.open_issues(REPOSITORY, [NewIssue(title="Refund", comments=said)])
    preview = await look(place, ann, board, connected, comments=True)
    with monkeypatch.context() as broken:
        broken.setattr("taskly.imports.issues.carrying.heed_turn", _after(3))
        await start(ann, preview)
        await place.run_jobs()
    assert (await cards_on(ann, board))["Refund"]["comment_count"] == 100
    await place.hurry()
    await place.run_jobs()

    assert (await cards_on(ann, board))["Refund"]["comment_count"] == 150
    assert (await shown(ann, preview))["receipt"]["made"]["comments"] == 150
