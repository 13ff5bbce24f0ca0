"""The doctor finds messages that nobody sends, and webhooks that nobody answers."""

import pytest

from taskly.doctor.secrets import secret_findings
from taskly.doctor.webhooks import webhook_findings
from taskly.platform.findings import Severity
from tests.webhooks.place import Place

pytestmark = pytest.mark.anyio


async def found(place: Place) -> list[tuple[Severity, str]]:
    """What the doctor says of webhooks."""
    async with place.world.runtime.database.reading() as session:
        return [(each.severity, each.what) for each in await webhook_findings(session)]


async def three_messages(place: Place) -> None:
    """A webhook that was told one thing and has two more to hear; the first is at the head."""
    board = await place.alice.board(place.workspace)
    await place.listening("card.created")
    for number in range(3):
        await place.alice.card(board, f"{number}")


async def test_messages_that_are_on_their_way_or_arrived_give_no_finding(place: Place) -> None:
    await three_messages(place)
    place.receiver.will_answer(500)
    await place.tell()

    assert sorted(await place.states()) == ["delivered", "delivered", "retrying"]
    assert await found(place) == []


async def test_a_message_whose_job_is_gone_is_found(place: Place) -> None:
    await three_messages(place)
    place.receiver.will_answer(500)
    await place.tell()
    await place.change("DELETE FROM jobs WHERE kind = 'webhooks.deliver'")
    [message] = await place.rows("SELECT message_id FROM webhook_attempts WHERE state = 'retrying'")

    assert await found(place) == [
        (
            Severity.ERROR,
            f"Messages for webhooks are being sent and nobody works on them: {message['message_id']}.",
        )
    ]


async def test_a_line_that_nobody_moves_is_found(place: Place) -> None:
    await three_messages(place)
    await place.tell()
    await place.change("UPDATE webhook_attempts SET state = 'queued'")

    assert await found(place) == [
        (
            Severity.ERROR,
            f"Webhooks have messages in their line and none at its head: {place.webhook['id']}.",
        )
    ]


async def test_a_webhook_that_is_told_nothing_is_named_with_its_problem(place: Place) -> None:
    await three_messages(place)
    await place.ask("pause")
    assert await found(place) == []

    await place.change(
        "UPDATE webhook_endpoints SET state = 'failing', problem = 'Nothing gets through.'"
    )

    host = f"127.0.0.1:{place.receiver.port}"
    assert await found(place) == [
        (
            Severity.WARNING,
            f"The webhook {place.webhook['id']} to {host} is failing: Nothing gets through.",
        )
    ]


async def test_its_secrets_are_looked_at_too(place: Place) -> None:
    await place.listening()
    await place.change("UPDATE webhook_endpoints SET previous_secret = 'v1:gone:bm9u:Y2lwaGVy'")

    async with place.world.runtime.database.reading() as session:
        keys = place.world.runtime.encryption
        findings = [each.what for each in await secret_findings(session, keys)]

    assert len(findings) == 1
    assert findings[0].startswith(
        "1 value(s) of webhook_endpoints.previous_secret are encrypted with the key 'gone', "
    )
