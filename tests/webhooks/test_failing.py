"""A webhook that does not answer is left alone, probed, and told everything when it answers again."""

from datetime import timedelta

import pytest

from taskly.webhooks.jobs import ProbeFailing
from tests.support.actors import Json, expect
from tests.webhooks.place import Place

pytestmark = pytest.mark.anyio


async def failing(place: Place) -> Json:
    """A webhook for which nothing gets through, with one message; the board."""
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    await place.alice.card(board, "one")
    place.receiver.will_answer(500)
    await place.tell()
    await place.fail(times=4)
    return board


async def changes_of_state(place: Place) -> list[tuple[str, str]]:
    """What the workspace's log says of the webhook's state: who, and which."""
    rows = await place.rows(
        "SELECT actor_kind, data FROM events WHERE type = 'webhook.updated' ORDER BY version"
    )
    return [(row["actor_kind"], row["data"]["after"]["state"]) for row in rows]


async def test_it_is_failing_after_five_failures_in_a_row_over_ten_minutes(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    await place.alice.card(board, "one")
    place.receiver.will_answer(500)
    await place.tell()
    await place.fail(times=3)
    assert (await place.standing())["state"] == "active"

    await place.fail(times=1)

    standing = await place.standing()
    assert (standing["state"], standing["failures"]) == ("failing", 5)
    assert standing["problem"] == "Nothing gets through at present."
    assert standing["next_probe_at"] is not None
    assert await place.states() == ["queued"]
    assert await changes_of_state(place) == [("system", "failing")]


async def test_many_failures_within_minutes_are_not_enough(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    for number in range(6):
        place.receiver.will_answer(500)
        await place.alice.card(board, f"{number}")

    await place.tell()

    assert (await place.standing())["state"] == "active"
    assert await place.states() == ["retrying"] * 6


async def test_nothing_is_sent_while_it_is_failing(place: Place) -> None:
    board = await failing(place)
    sent = len(place.receiver.received)
    await place.alice.card(board, "two")

    await place.tell()
    await place.hurry()

    assert len(place.receiver.received) == sent
    assert await place.states() == ["queued"]


async def test_when_a_probe_gets_through_the_rest_follows_in_order(place: Place) -> None:
    board = await failing(place)
    for title in ("two", "three"):
        await place.alice.card(board, title)
    place.receiver.received.clear()
    place.receiver.will_answer(503)

    await place.probe()
    assert len(place.receiver.received) == 1
    assert (await place.standing())["state"] == "failing"
    await place.probe()
    await place.tell()

    titles = [
        title
        for each in place.receiver.received
        for title in ("one", "two", "three")
        if f'"{title}"'.encode() in each.body
    ]
    assert titles == ["one", "one", "two", "three"]
    standing = await place.standing()
    assert (standing["state"], standing["failures"], standing["problem"]) == ("active", 0, None)
    assert await place.states() == ["delivered"] * 3
    assert await changes_of_state(place) == [("system", "failing"), ("system", "active")]


async def test_a_probe_comes_only_when_it_is_due(place: Place) -> None:
    await failing(place)
    sent = len(place.receiver.received)

    await place.promise(ProbeFailing())
    await place.run_jobs()

    assert len(place.receiver.received) == sent


async def test_after_a_week_a_person_has_to_say_that_it_is_back(place: Place) -> None:
    await failing(place)
    place.clock.advance(timedelta(days=8))
    place.receiver.will_answer(500)

    await place.probe()

    standing = await place.standing()
    assert (standing["state"], standing["problem"]) == ("paused", "Nothing got through for a week.")
    await place.ask("resume")
    await place.run_jobs()
    assert await place.states() == ["delivered"]


async def test_a_receiver_that_is_gone_is_told_no_more(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    await place.alice.card(board, "one")
    place.receiver.will_answer(410)

    await place.tell()
    await place.hurry()

    standing = await place.standing()
    assert standing["state"] == "paused"
    assert standing["problem"] == "The receiver answered 410 Gone: it wants no more."
    assert len(place.receiver.received) == 1
    assert await place.states() == ["queued"]


async def test_a_test_goes_to_a_failing_webhook_and_ends_that(place: Place) -> None:
    await failing(place)
    place.receiver.received.clear()

    tested = await place.ask("test")
    await place.run_jobs()

    assert tested["event_type"] == "test.ping"
    assert [name for name, _ in place.told()] == ["test.ping", "card.created"]
    assert (await place.standing())["state"] == "active"
    assert sorted(await place.states()) == ["delivered", "delivered"]


async def test_a_test_that_fails_is_not_repeated_and_says_nothing_of_the_others(
    place: Place,
) -> None:
    await place.listening("card.created")
    place.receiver.will_answer(500, b"oops")

    await place.ask("test")
    await place.run_jobs()
    await place.hurry()

    [entry] = await place.log()
    assert (entry["state"], entry["answer"], entry["attempts"]) == ("failed", "oops", 1)
    assert (await place.standing())["failures"] == 0
    assert len(place.receiver.received) == 1


async def test_while_it_is_paused_events_wait_and_are_told_when_it_is_resumed(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    await place.alice.card(board, "one")
    await place.take_only()
    assert (await place.ask("pause"))["state"] == "paused"
    await place.run_jobs()
    await place.alice.card(board, "two")
    await place.tell()
    assert place.receiver.received == []

    assert (await place.ask("resume"))["state"] == "active"
    await place.tell()

    assert [version for _, version in place.told()] == sorted(v for _, v in place.told())
    assert await place.states() == ["delivered", "delivered"]


async def test_what_was_missed_can_be_skipped(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    await place.alice.card(board, "one")
    await place.take_only()
    await place.ask("pause")
    await place.run_jobs()
    await place.alice.card(board, "two")

    await place.ask("resume", skip_missed=True)
    await place.alice.card(board, "three")
    await place.tell()

    [request] = place.receiver.received
    assert b'"three"' in request.body


async def test_what_has_failed_is_replayed_in_order_under_the_old_ids(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    for title in ("one", "two", "three"):
        await place.alice.card(board, title)
    await place.tell()
    await place.change(
        "UPDATE webhook_attempts SET state = 'failed', attempts = 12 WHERE position < 3"
    )
    before = place.ids()
    place.receiver.received.clear()

    replayed = await place.ask("replay", since="2026-11-23T00:00:00Z")
    await place.run_jobs()

    assert replayed == {"messages": 2}
    assert place.ids() == before[:2]
    assert await place.ask("replay", since="2026-11-23T00:00:00Z") == {"messages": 0}


async def test_one_message_is_delivered_again_and_only_when_it_has_ended(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    await place.alice.card(board)
    await place.take_only()
    [entry] = await place.log()
    path = f"{place.path}/{place.webhook['id']}/deliveries/{entry['id']}/redeliver"
    refused = expect(await place.alice.post(path), 409)
    assert refused["code"] == "delivery_under_way"
    await place.run_jobs()

    assert expect(await place.alice.post(path), 202)["state"] == "sending"
    await place.run_jobs()

    assert place.ids() == [entry["message_id"]] * 2
    assert await place.states() == ["delivered"]


async def test_the_log_is_given_in_pages_and_by_state(place: Place) -> None:
    await place.listening("card.created")
    board = await place.alice.board(place.workspace)
    for number in range(3):
        await place.alice.card(board, f"{number}")
    place.receiver.will_answer(500)
    await place.tell()
    path = f"{place.path}/{place.webhook['id']}/deliveries"

    first = expect(await place.alice.get(f"{path}?limit=2"), 200)
    rest = expect(await place.alice.get(f"{path}?limit=2&cursor={first['next_cursor']}"), 200)

    assert [each["id"] for each in [*rest["items"][::-1], *first["items"][::-1]]] == [
        each["id"] for each in await place.log()
    ]
    assert rest["next_cursor"] is None
    assert [each["state"] for each in await place.log("&state=retrying")] == ["retrying"]
