"""Sessions: seen, ended, and refused everywhere within seconds."""

from datetime import timedelta

import pytest

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.jobs.execution import execute
from taskly.users.sessions import forget_stale
from taskly.users.tasks import ForgetEnded
from tests.users.places import MakePlace, Place, problem_of

pytestmark = pytest.mark.anyio


async def test_people_see_where_they_are_signed_in(place: Place, clock: FrozenClock) -> None:
    place.client.headers["User-Agent"] = "Firefox\x7f/140"
    first = await place.sign_in()
    clock.advance(timedelta(minutes=1))
    place.client.headers["User-Agent"] = "curl/8"
    second = await place.sign_in()
    await place.sign_in("somebody")
    page = (await place.get("/auth/sessions", second["access_token"])).json()
    shown = [{key: value for key, value in item.items() if key != "id"} for item in page["items"]]
    assert shown == [
        {
            "current": False,
            "user_agent": "Firefox/140",
            "address": "192.0.2.7",
            "created_at": "2026-11-23T09:00:00Z",
            "last_used_at": "2026-11-23T09:00:00Z",
            "ends_at": "2026-12-23T09:00:00Z",
        },
        {
            "current": True,
            "user_agent": "curl/8",
            "address": "192.0.2.7",
            "created_at": "2026-11-23T09:01:00Z",
            "last_used_at": "2026-11-23T09:01:00Z",
            "ends_at": "2026-12-23T09:01:00Z",
        },
    ]
    assert page["next_cursor"] is None
    clock.advance(timedelta(minutes=1))
    await place.refresh(first["refresh_token"])
    page = (await place.get("/auth/sessions", second["access_token"])).json()
    assert page["items"][0]["last_used_at"] == "2026-11-23T09:02:00Z"


async def test_sessions_come_in_pages(place: Place) -> None:
    pairs = [await place.sign_in() for _ in range(3)]
    token = pairs[0]["access_token"]
    first = (await place.get("/auth/sessions?limit=2", token)).json()
    rest = (await place.get(f"/auth/sessions?limit=2&cursor={first['next_cursor']}", token)).json()
    assert len(first["items"]) == 2
    assert len(rest["items"]) == 1
    assert rest["next_cursor"] is None
    assert len({item["id"] for item in first["items"] + rest["items"]}) == 3


async def test_a_session_ends_at_once_for_refreshing_and_within_five_seconds_for_the_rest(
    place: Place, clock: FrozenClock
) -> None:
    pair = await place.sign_in()
    assert (await place.get("/me", pair["access_token"])).status_code == 200
    assert (await place.post("/auth/logout", pair["access_token"])).status_code == 204
    assert problem_of(await place.refresh(pair["refresh_token"])) == (401, "not_signed_in")
    clock.advance(timedelta(seconds=5))
    refused = await place.get("/me", pair["access_token"])
    assert problem_of(refused) == (401, "not_signed_in")
    assert await place.count("sessions", "revoked_because = 'signed_out'") == 1


async def test_an_ended_session_ends_in_every_process(
    make_place: MakePlace, place: Place, clock: FrozenClock
) -> None:
    pair = await place.sign_in()
    busy, idle = await make_place(), await make_place()
    assert (await busy.get("/me", pair["access_token"])).status_code == 200
    await place.post("/auth/logout", pair["access_token"])
    assert (await idle.get("/me", pair["access_token"])).status_code == 401
    clock.advance(timedelta(seconds=5))
    assert (await busy.get("/me", pair["access_token"])).status_code == 401


async def test_one_session_can_be_ended_from_another(place: Place, clock: FrozenClock) -> None:
    lost = await place.sign_in()
    kept = await place.sign_in()
    items = (await place.get("/auth/sessions", kept["access_token"])).json()["items"]
    answer = await place.delete(f"/auth/sessions/{items[0]['id']}", kept["access_token"])
    assert answer.status_code == 204
    clock.advance(timedelta(seconds=5))
    assert (await place.get("/me", lost["access_token"])).status_code == 401
    assert (await place.get("/me", kept["access_token"])).status_code == 200
    again = await place.delete(f"/auth/sessions/{items[0]['id']}", kept["access_token"])
    assert problem_of(again) == (404, "not_found")


async def test_all_other_sessions_can_be_ended_together(place: Place, clock: FrozenClock) -> None:
    lost = [await place.sign_in() for _ in range(3)]
    kept = await place.sign_in()
    stranger = await place.sign_in("somebody")
    assert (await place.delete("/auth/sessions", kept["access_token"])).status_code == 204
    clock.advance(timedelta(seconds=5))
    for pair in lost:
        assert (await place.get("/me", pair["access_token"])).status_code == 401
    for pair in (kept, stranger):
        assert (await place.get("/me", pair["access_token"])).status_code == 200


async def test_nobody_ends_a_session_of_somebody_else(place: Place) -> None:
    mine = await place.sign_in()
    theirs = await place.sign_in("somebody")
    items = (await place.get("/auth/sessions", theirs["access_token"])).json()["items"]
    foreign = await place.delete(f"/auth/sessions/{items[0]['id']}", mine["access_token"])
    unknown = await place.delete(
        "/auth/sessions/0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10", mine["access_token"]
    )
    assert problem_of(foreign) == problem_of(unknown) == (404, "not_found")
    assert await place.count("sessions", "revoked_at IS NOT NULL") == 0


async def test_a_deleted_person_is_refused_everywhere(place: Place, clock: FrozenClock) -> None:
    pair = await place.sign_in()
    await place.execute("UPDATE users SET deleted_at = now()")
    clock.advance(timedelta(seconds=5))
    assert problem_of(await place.get("/me", pair["access_token"])) == (401, "not_signed_in")
    assert problem_of(await place.refresh(pair["refresh_token"])) == (401, "not_signed_in")


async def test_a_session_asks_the_database_once_in_three_seconds(
    place: Place, clock: FrozenClock
) -> None:
    pair = await place.sign_in()
    token = pair["access_token"]
    assert (await place.get("/auth/methods", token)).status_code == 200
    assert (await place.post("/auth/logout", "nonsense")).status_code == 401
    assert (await place.get("/me", token)).status_code == 200
    await place.execute("UPDATE sessions SET revoked_at = now(), revoked_because = 'revoked'")
    clock.advance(timedelta(seconds=2.9))
    assert (await place.get("/me", token)).status_code == 200
    clock.advance(timedelta(seconds=0.1))
    assert (await place.get("/me", token)).status_code == 401


async def test_what_is_over_is_forgotten_some_at_a_time(place: Place, clock: FrozenClock) -> None:
    for _ in range(3):
        await place.sign_in()
    clock.advance(timedelta(days=61))
    pair = await place.sign_in()
    gone = []
    for _ in range(4):
        async with place.runtime.database.transaction(SYSTEM) as tx:
            gone.append(await forget_stale(tx, limit=2))
    assert gone == [6, 3, 0, 0]
    assert await place.count("sessions") == 1
    assert await place.count("refresh_tokens") == 1
    assert await place.count("sign_in_links") == 1
    assert (await place.get("/me", pair["access_token"])).status_code == 200


async def test_a_job_forgets_what_ended_a_month_ago(place: Place, clock: FrozenClock) -> None:
    await place.sign_in()
    clock.advance(timedelta(days=59))
    await _forget(place)
    assert await place.count("sessions") == 1
    clock.advance(timedelta(days=2))
    await _forget(place)
    assert await place.count("sessions") == 0
    assert await place.count("users") == 1


async def test_what_anybody_may_begin_is_kept_for_an_hour_only(
    place: Place, clock: FrozenClock
) -> None:
    await place.sign_in()
    clock.advance(timedelta(minutes=70))
    await _forget(place)
    assert await place.count("sign_in_links") == 1
    clock.advance(timedelta(seconds=1))
    await _forget(place)
    assert await place.count("sign_in_links") == 0
    assert await place.count("sessions") == 1


async def _forget(place: Place) -> None:
    async with place.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(ForgetEnded())
    await place.execute("UPDATE jobs SET next_attempt_at = now()")
    await execute(place.runtime, job_id)
    assert await place.count("jobs", "state <> 'done'") == 0
