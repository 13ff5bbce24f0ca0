"""What GitHub did not tell is found by comparing."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from taskly.github.jobs import ReconcileDue, ReconcileRepository
from taskly.github.remote.budget import RESERVE
from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

KIND = ReconcileRepository.kind
BRANCH = "feature/PAY-1-refund-twice"


def seconds_until_next(health: Json) -> float:
    """How long after the last comparison began the next one is due."""
    began = datetime.fromisoformat(health["last_sync_at"])
    return (datetime.fromisoformat(health["next_sync_at"]) - began).total_seconds()


async def compare(place: Place, admin: Actor, repository: Json) -> Json:
    """Compare a repository with GitHub; its health afterwards."""
    expect(await admin.post(f"/repositories/{repository['id']}/reconcile"), 202)
    await place.settle()
    shown: Json = expect(await admin.get(f"/repositories/{repository['id']}/health"), 200)
    return shown


async def lose(place: Place) -> None:
    """Have GitHub lose what it should deliver from now on, without a trace."""
    await place.github.add_fault("drop_deliveries")


async def found_column(ann: Actor, board: Json, card: Json) -> str:
    """The column that a card is in."""
    snapshot = await ann.snapshot(board["id"])
    names = {column["id"]: column["name"] for column in snapshot["columns"]}
    column_ids = {each["id"]: each["column_id"] for each in snapshot["cards"]}
    return str(names[column_ids[card["id"]]])


async def test_a_merge_of_which_nothing_was_told_moves_the_card(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund twice")
    await lose(place)
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.github.report_check(REPOSITORY, BRANCH, "build", conclusion="success")
    await place.github.merge(REPOSITORY, pull.number, actor="ann")
    await place.settle()
    assert await found_column(ann, board, card) == "To Do"

    await compare(place, ann, connected)

    assert await found_column(ann, board, card) == "Done"
    [shown] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert (shown["state"], shown["checks"]) == ("merged", "passing")


async def test_branches_that_were_made_and_taken_away_unheard_are_noticed(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund twice")
    await lose(place)
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await compare(place, ann, connected)
    assert await found_column(ann, board, card) == "In Progress"

    await place.github.delete_branch(REPOSITORY, BRANCH, actor="ann")
    await compare(place, ann, connected)

    [branch] = (await ann.snapshot(board["id"]))["branches"]
    assert (branch["name"], branch["state"]) == (BRANCH, "deleted")
    assert await found_column(ann, board, card) == "In Progress"


async def test_a_check_that_ended_unheard_is_noticed_on_an_open_pull_request(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    await compare(place, ann, connected)
    await lose(place)
    await place.github.report_check(REPOSITORY, BRANCH, "build", conclusion="failure")

    health = await compare(place, ann, connected)

    [shown] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert shown["checks"] == "failing"
    assert health["last_comparison"]["corrected"] == 1


async def test_where_nothing_was_missed_a_comparison_changes_nothing_and_costs_nothing(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    await compare(place, ann, connected)
    before = await ann.snapshot(board["id"])
    await place.github.forget_requests()

    health = await compare(place, ann, connected)

    assert await ann.snapshot(board["id"]) == before
    assert health["last_comparison"]["corrected"] == 0
    requests = await place.github.requests()
    changing = {request.path for request in requests if request.status != 304}
    assert all("/deliveries" in path for path in changing), changing


async def test_deliveries_that_failed_are_asked_for_once_more(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    card = await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, "other", ["Nothing"], actor="ann")
    await place.settle()
    await compare(place, ann, connected)
    await lose(place)
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.github.settle()
    await place.github.clear_faults()

    health = await compare(place, ann, connected)

    assert health["last_comparison"]["redelivered"] == 2  # create and push
    stored = await place.rows("SELECT event, state FROM webhook_deliveries WHERE event <> 'ping'")
    assert {(row["event"], row["state"]) for row in stored} == {
        ("create", "processed"),
        ("push", "processed"),
    }
    assert await found_column(ann, board, card) == "In Progress"
    assert (await compare(place, ann, connected))["last_comparison"]["redelivered"] == 0


async def test_a_webhook_that_somebody_took_away_is_made_anew(
    place: Place, ann: Actor, connected: Json
) -> None:
    await place.github.push(REPOSITORY, "other", ["Nothing"], actor="ann")
    await place.settle()
    [before] = await place.rows("SELECT webhook_id FROM git_repositories")
    token = await place.github.create_token("ann", ["repo", "admin:repo_hook"])
    async with httpx2.AsyncClient(base_url=place.github.api_url, timeout=60) as client:
        gone = await client.delete(
            f"/repos/{REPOSITORY}/hooks/{before['webhook_id']}",
            headers={"Authorization": f"Bearer {token}"},
        )
    assert gone.status_code == 204

    health = await compare(place, ann, connected)

    [after] = await place.rows("SELECT webhook_id FROM git_repositories")
    assert after["webhook_id"] not in {None, before["webhook_id"]}
    assert health["health"] == "healthy"


async def test_comparing_leaves_people_a_part_of_their_limit(
    place: Place, ann: Actor, workspace: Json, connected: Json
) -> None:
    await place.github.set_rate_limit("ann", remaining=int(5000 * RESERVE) + 1)
    available = f"/workspaces/{workspace['id']}/repositories/available"
    expect(await ann.get(available), 200)
    await place.github.forget_requests()

    health = await compare(place, ann, connected)

    assert await place.github.requests(login="ann") == []
    assert health["rate_limit"]["remaining"] == int(5000 * RESERVE)
    [job] = await place.rows(
        "SELECT state, attempts FROM jobs WHERE kind = :kind ORDER BY id DESC LIMIT 1", kind=KIND
    )
    assert (job["state"], job["attempts"]) == ("pending", 0)
    expect(await ann.get(available), 200)


async def test_while_github_does_not_answer_the_health_says_so_and_that_it_goes_on_by_itself(
    place: Place, ann: Actor, connected: Json
) -> None:
    await place.github.add_fault("errors", status=502)

    health = await compare(place, ann, connected)

    assert (health["health"], health["receiving"]) == ("healthy", "webhook")
    assert health["advice"] == (
        "The comparison with GitHub that is under way waits, and goes on by itself: GitHub has a problem of its own "
        "(502). Try again later."
    )
    await place.github.clear_faults()
    await place.hurry()
    assert (await compare(place, ann, connected))["advice"] is None


async def test_where_no_webhook_arrives_github_is_asked_often_and_the_health_says_so(
    place: Place, ann: Actor, workspace: Json, board: Json
) -> None:
    await lose(place)
    connected = await place.connected(ann, workspace)
    card = await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")

    health = await compare(place, ann, connected)

    assert await found_column(ann, board, card) == "In Review"
    assert health["receiving"] == "polling"
    assert "asks GitHub itself" in health["advice"]
    settings = place.runtime.settings
    often, seldom = settings.github_poll_seconds, settings.github_reconcile_seconds
    assert often <= seconds_until_next(health) < seldom


async def test_where_the_webhook_speaks_github_is_asked_from_time_to_time(
    place: Place, ann: Actor, connected: Json
) -> None:
    health = await compare(place, ann, connected)

    assert (health["receiving"], health["advice"]) == ("webhook", None)
    assert seconds_until_next(health) >= place.runtime.settings.github_reconcile_seconds


async def test_a_webhook_that_fell_silent_is_not_relied_on_until_it_speaks(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, "other", ["Nothing"], actor="ann")
    await place.settle()
    await compare(place, ann, connected)
    await place.change("UPDATE webhook_deliveries SET received_at = now() - interval '1 day'")
    await place.github.freeze_clock(datetime.now(UTC) - timedelta(minutes=10))
    await place.change("UPDATE git_repositories SET last_sync_at = now() - interval '1 hour'")
    await lose(place)
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")

    health = await compare(place, ann, connected)

    assert health["receiving"] == "polling"
    assert health["silent_since"] is not None
    assert "has told nothing" in health["advice"]
    [alert] = await place.rows("SELECT data FROM events WHERE type = 'repository.alerted'")
    assert alert["data"]["after"]["alert"] == "silent"
    await place.github.clear_faults()
    await place.github.run_clock()
    await place.github.push(REPOSITORY, "other", ["Something"], actor="ann")
    await place.settle()
    assert (await compare(place, ann, connected))["receiving"] == "webhook"


async def test_what_is_due_is_compared_once(place: Place, connected: Json) -> None:
    await place.change("UPDATE git_repositories SET next_sync_at = now() - interval '1 minute'")
    for _ in range(2):
        async with place.runtime.database.transaction(SYSTEM) as tx:
            due = tx.promise(ReconcileDue())
        await execute(place.runtime, due)
    jobs = await place.rows(
        "SELECT id FROM jobs WHERE kind = :kind AND state = 'pending'", kind=KIND
    )
    assert len(jobs) == 1

    await place.settle()

    [row] = await place.rows("SELECT next_sync_at > now() AS later FROM git_repositories")
    assert row["later"]


async def test_comparisons_that_ended_are_not_kept_for_long(
    place: Place, ann: Actor, connected: Json
) -> None:
    await compare(place, ann, connected)
    await place.change(
        "UPDATE jobs SET finished_at = now() - interval '2 hours' WHERE kind = :kind", kind=KIND
    )
    async with place.runtime.database.transaction(SYSTEM) as tx:
        due = tx.promise(ReconcileDue())
    await execute(place.runtime, due)

    assert await place.rows("SELECT id FROM jobs WHERE kind = :kind", kind=KIND) == []


async def test_one_comparison_is_enough_for_all_who_ask(
    place: Place, ann: Actor, connected: Json
) -> None:
    path = f"/repositories/{connected['id']}/reconcile"
    first, second = [expect(await ann.post(path), 202) for _ in range(2)]

    assert first == second
