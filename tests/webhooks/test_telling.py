"""What happens in a workspace is told to its webhooks: signed, once in effect, and in order."""

from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from taskly.kit.json import loads
from taskly.kit.message_signatures import sign_message
from taskly.platform.jobs.work import Retry
from taskly.webhooks.calling import MOST_AT_ONCE, MOST_OF_WORKSPACE, Sendings, sendings_of
from tests.support.actors import column, expect
from tests.webhooks.place import Place

pytestmark = pytest.mark.anyio


async def test_a_change_is_told_as_the_live_socket_tells_it(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    webhook = await place.listening("card.*")
    card = await place.alice.card(board)
    await place.alice.move(card, column_id=column(board, "Done")["id"])

    await place.tell()

    events = expect(await place.alice.get(f"/boards/{board['id']}/events?after=0&wait=0"), 200)
    live = [event for event in events["events"] if event["type"].startswith("card.")]
    bodies = [loads(request.body) for request in place.receiver.received]
    assert [body["data"] for body in bodies] == live
    assert [body["type"] for body in bodies] == ["card.created", "card.moved"]
    assert bodies[0]["stream"] == {"kind": "board", "id": board["id"]}
    assert bodies[0]["workspace_id"] == place.workspace["id"]
    assert bodies[0]["timestamp"] == live[0]["at"]
    assert not bodies[0]["truncated"]
    request = place.receiver.received[0]
    assert request.path == "/hook"
    assert request.headers["content-type"] == "application/json"
    right = sign_message(
        request.headers["webhook-id"],
        int(place.clock.now().timestamp()),
        request.body,
        [webhook["secret"]],
    )
    assert {name: request.headers[name] for name in right} == right
    assert await place.states() == ["delivered", "delivered"]


async def test_what_was_before_is_not_told_and_what_is_told_is_told_once(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.alice.card(board, "before")
    await place.listening("card.created")
    await place.alice.card(board, "after")

    await place.tell()
    await place.tell()

    assert [name for name, _ in place.told()] == ["card.created"]
    assert b"after" in place.receiver.received[0].body


async def test_only_what_was_asked_for_is_told(place: Place) -> None:
    first, second = [await place.alice.board(place.workspace, name=name) for name in ("A", "B")]
    await place.listening("label.created", "board.updated", board_id=second["id"])
    for board in (first, second):
        await place.alice.card(board)
        label = {"name": "docs", "color": "#d73a4a"}
        expect(await place.alice.post(f"/boards/{board['id']}/labels", json=label), 201)
        await place.alice.patch(f"/boards/{board['id']}", json={"name": f"New {board['name']}"})

    await place.tell()

    assert [name for name, _ in place.told()] == ["label.created", "board.updated"]
    assert {loads(each.body)["stream"]["id"] for each in place.receiver.received} == {second["id"]}


async def test_a_board_that_comes_and_goes_is_told_to_its_end(place: Place) -> None:
    await place.listening("*")
    board = await place.alice.board(place.workspace)
    await place.alice.card(board)
    expect(await place.alice.delete(f"/boards/{board['id']}"), 204)

    await place.tell()

    about_board = [told for told in place.told() if told[0] != "webhook.created"]
    assert [version for _, version in about_board] == list(range(1, len(about_board) + 1))
    assert about_board[0] == ("board.created", 1)
    assert about_board[-1][0] == "board.deleted"
    await place.tell()
    followed = await place.rows("SELECT stream_kind FROM webhook_cursors")
    assert followed == [{"stream_kind": "workspace"}]


async def test_another_workspace_is_told_nothing(place: Place) -> None:
    await place.listening("*")
    other = await place.alice.workspace("Other")
    await place.alice.card(await place.alice.board(other))

    await place.tell()

    assert place.receiver.received == []


async def test_a_failure_is_tried_again_under_the_same_id_and_holds_up_nobody(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    for title in ("one", "two"):
        await place.alice.card(board, title)
    place.receiver.will_answer(503, b"later \x00 please")

    await place.tell()

    first, second = await place.log()
    assert (first["state"], first["status_code"], first["attempts"]) == ("retrying", 503, 1)
    assert first["answer"] == "later \ufffd please"
    assert first["error"] == "It answered 503."
    assert first["next_attempt_at"] is not None
    assert second["state"] == "delivered"
    await place.hurry()
    assert await place.states() == ["delivered", "delivered"]
    one, two, again = place.ids()
    assert one == again == first["message_id"]
    assert two == second["message_id"]


async def test_a_message_that_never_gets_through_fails_after_its_last_attempt(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    await place.alice.card(board)
    place.receiver.will_answer(302, Location="http://127.0.0.1/")
    await place.tell()
    for _ in range(11):
        place.receiver.will_answer(302, Location="http://127.0.0.1/")
        await place.hurry()

    [entry] = await place.log()

    assert (entry["state"], entry["attempts"], entry["next_attempt_at"]) == ("failed", 12, None)
    assert entry["error"] == (
        "It answered 302, which leads elsewhere; webhooks follow no redirects."
    )
    await place.hurry()
    assert len(place.receiver.received) == 12


async def test_a_large_event_goes_without_what_changed(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    card = await place.alice.card(board, description="\U0001f600" * 50_000)
    await place.listening("card.updated")
    expect(
        await place.alice.patch(
            f"/cards/{card['id']}", json={"description": "\U0001f680" * 50_000}
        ),
        200,
    )

    await place.tell()

    [request] = place.receiver.received
    body = loads(request.body)
    assert len(request.body) < 1000
    assert body["truncated"]
    assert body["data"]["data"] == {"entity": "card", "id": card["id"]}


async def test_both_secrets_sign_for_a_day_after_one_was_rotated(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    old = (await place.listening("card.created"))["secret"]
    new = (await place.ask("rotate-secret"))["secret"]

    for days in (0, 1):
        place.clock.advance(timedelta(days=days))
        await place.alice_signs_in_again()
        await place.alice.card(board)
        await place.tell()

    for request, counting in zip(place.receiver.received, ([new, old], [new]), strict=True):
        right = sign_message(
            request.headers["webhook-id"],
            int(request.headers["webhook-timestamp"]),
            request.body,
            counting,
        )
        assert request.headers["webhook-signature"] == right["webhook-signature"]


async def test_a_deleted_webhook_is_told_nothing_more(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    for title in ("one", "two"):
        await place.alice.card(board, title)
    await place.take_only()
    expect(await place.alice.delete(f"{place.path}/{place.webhook['id']}"), 204)

    await place.run_jobs()

    assert place.receiver.received == []
    assert await place.due_jobs() == []


async def test_as_many_messages_of_a_workspace_as_can_be_are_sent_and_others_wait_uncounted(
    place: Place,
) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    await place.alice.card(board)
    await place.take_only()
    under_way = sendings_of(place.world.runtime)
    workspace_id = UUID(place.workspace["id"])

    with ExitStack() as stack:
        for _ in range(MOST_OF_WORKSPACE):
            stack.enter_context(under_way.one_of(workspace_id))
        with under_way.one_of(uuid4()):
            await place.run_jobs()

    [waiting] = await place.log()
    assert (waiting["state"], waiting["attempts"]) == ("sending", 0)
    assert place.receiver.received == []
    await place.hurry()
    assert await place.states() == ["delivered"]


async def test_no_more_messages_are_sent_than_the_worker_bears() -> None:
    under_way = Sendings()

    with ExitStack() as stack:
        for _ in range(MOST_AT_ONCE):
            stack.enter_context(under_way.one_of(uuid4()))
        with pytest.raises(Retry), under_way.one_of(uuid4()):
            pass

    with under_way.one_of(uuid4()):
        pass


async def test_the_webhook_of_a_workspace_that_has_ended_is_told_nothing_more(place: Place) -> None:
    board = await place.alice.board(place.workspace)
    await place.listening()
    await place.alice.card(board)
    await place.take_only()
    path, body = f"/workspaces/{place.workspace['id']}", {"name": place.workspace["name"]}
    expect(await place.alice.request("DELETE", path, json=body), 204)

    await place.run_jobs()
    await place.tell()

    assert place.receiver.received == []
    assert await place.due_jobs() == []
