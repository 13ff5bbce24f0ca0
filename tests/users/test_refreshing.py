"""Refresh tokens: used once, given again for ten seconds, and fatal to the session after that."""

import asyncio
from datetime import timedelta

import pytest

from taskly.kit.clock import FrozenClock
from tests.users.places import MakePlace, Place, problem_of

pytestmark = pytest.mark.anyio


async def test_refreshing_gives_a_new_pair_that_works(place: Place, clock: FrozenClock) -> None:
    first = await place.sign_in()
    clock.advance(timedelta(minutes=14))
    answer = await place.refresh(first["refresh_token"])
    second = answer.json()
    assert answer.status_code == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert second["expires_at"] == "2026-11-23T09:29:00Z"
    assert second["refresh_expires_at"] == "2026-11-30T09:14:00Z"
    assert (await place.get("/me", second["access_token"])).status_code == 200


async def test_fifty_refreshes_at_once_make_one_successor_and_fifty_equal_answers(
    place: Place,
) -> None:
    pair = await place.sign_in()
    answers = await asyncio.gather(*(place.refresh(pair["refresh_token"]) for _ in range(50)))
    assert [answer.status_code for answer in answers] == [200] * 50
    assert len({answer.content for answer in answers}) == 1
    assert await place.count("refresh_tokens") == 2
    assert await place.count("refresh_tokens", "used_at IS NULL") == 1
    following = await place.refresh(answers[0].json()["refresh_token"])
    assert following.status_code == 200


async def test_a_token_used_again_within_ten_seconds_gives_the_same_answer(
    place: Place, clock: FrozenClock
) -> None:
    pair = await place.sign_in()
    first = await place.refresh(pair["refresh_token"])
    clock.advance(timedelta(seconds=10))
    again = await place.refresh(pair["refresh_token"])
    assert again.content == first.content
    assert await place.count("refresh_tokens") == 2


async def test_a_token_used_again_within_ten_seconds_leads_to_the_end_of_the_family(
    place: Place, clock: FrozenClock
) -> None:
    pair = await place.sign_in()
    second = (await place.refresh(pair["refresh_token"])).json()
    clock.advance(timedelta(seconds=4))
    third = await place.refresh(second["refresh_token"])
    clock.advance(timedelta(seconds=4))
    late = await place.refresh(pair["refresh_token"])
    assert late.content == third.content


async def test_a_token_used_again_after_eleven_seconds_ends_the_session(
    place: Place, clock: FrozenClock
) -> None:
    pair = await place.sign_in()
    other = await place.sign_in()
    second = (await place.refresh(pair["refresh_token"])).json()
    clock.advance(timedelta(seconds=11))
    reused = await place.refresh(pair["refresh_token"])
    assert problem_of(reused) == (401, "refresh_reused")
    assert problem_of(await place.refresh(second["refresh_token"])) == (401, "not_signed_in")
    assert await place.count("sessions", "revoked_because = 'token_reused'") == 1
    clock.advance(timedelta(seconds=5))
    refused = await place.get("/me", second["access_token"])
    assert problem_of(refused) == (401, "not_signed_in")
    assert (await place.get("/me", other["access_token"])).status_code == 200


async def test_a_stolen_token_is_reported_each_time_and_changes_nothing_more(
    place: Place, clock: FrozenClock
) -> None:
    pair = await place.sign_in()
    await place.refresh(pair["refresh_token"])
    clock.advance(timedelta(seconds=11))
    answers = await asyncio.gather(*(place.refresh(pair["refresh_token"]) for _ in range(5)))
    assert {problem_of(answer) for answer in answers} == {(401, "refresh_reused")}
    assert await place.count("refresh_tokens") == 2
    assert await place.count("sessions", "revoked_because = 'token_reused'") == 1


async def test_a_refresh_token_lasts_seven_days(place: Place, clock: FrozenClock) -> None:
    pair = await place.sign_in()
    clock.advance(timedelta(days=7))
    answer = await place.refresh(pair["refresh_token"])
    assert problem_of(answer) == (401, "not_signed_in")
    assert await place.count("refresh_tokens") == 1


async def test_no_refresh_prolongs_a_session_beyond_thirty_days(
    place: Place, clock: FrozenClock
) -> None:
    pair = await place.sign_in()
    for _ in range(4):
        clock.advance(timedelta(days=6, hours=12))
        pair = (await place.refresh(pair["refresh_token"])).json()
    assert pair["refresh_expires_at"] == "2026-12-23T09:00:00Z"
    clock.advance(timedelta(days=4))
    assert problem_of(await place.refresh(pair["refresh_token"])) == (401, "not_signed_in")


async def test_a_refresh_token_outlives_a_change_of_keys(
    place: Place, make_place: MakePlace, clock: FrozenClock
) -> None:
    old, new = "test:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "next:" + "YWJj" * 12
    pair = await place.sign_in()
    second = await place.refresh(pair["refresh_token"])
    rotated = await make_place(jwt_keys=f"{new},{old}")
    again = await rotated.refresh(pair["refresh_token"])
    assert again.json()["refresh_token"] == second.json()["refresh_token"]
    third = (await rotated.refresh(second.json()["refresh_token"])).json()
    assert (await rotated.get("/me", third["access_token"])).status_code == 200
    assert (await rotated.get("/me", pair["access_token"])).status_code == 200


@pytest.mark.parametrize("secret", ["x", "tsk_nonsense", "é" * 43, "\x00" * 43, "A" * 43])
async def test_an_unknown_token_is_refused(place: Place, secret: str) -> None:
    assert problem_of(await place.refresh(secret)) == (401, "not_signed_in")


async def test_an_access_token_refreshes_nothing(place: Place) -> None:
    pair = await place.sign_in()
    answer = await place.refresh(pair["access_token"][:200])
    assert problem_of(answer) == (401, "not_signed_in")


async def test_the_database_holds_no_token_in_clear(place: Place) -> None:
    pair = await place.sign_in()
    await place.refresh(pair["refresh_token"])
    rows = await place.execute("SELECT CAST(t AS text) FROM refresh_tokens t")
    assert len(rows) == 2
    assert all(pair["refresh_token"] not in row[0] for row in rows)
