"""The guide for receivers: what it says of verifying holds."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from taskly.kit.message_signatures import make_signing_secret, sign_message
from taskly.platform.events.change import known_changes
from taskly.webhooks.rules import RETRY_SECONDS
from tests.webhooks.place import Place

pytestmark = pytest.mark.anyio

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "webhooks.md").read_text(encoding="utf-8")


def the_receiver_s() -> Any:
    """The function that the guide gives to receivers."""
    code = re.findall(r"^```python\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)[0]
    scope: dict[str, Any] = {}
    exec(code, scope)  # noqa: S102 - it is our own text
    return scope["is_genuine"]


async def test_what_the_guide_gives_to_receivers_takes_what_is_sent_and_nothing_else(
    place: Place,
) -> None:
    is_genuine = the_receiver_s()
    secret = (await place.listening("card.created"))["secret"]
    await place.alice.card(await place.alice.board(place.workspace))
    await place.tell()
    [request] = place.receiver.received
    sent_at = place.clock.now()

    assert is_genuine(request.headers, request.body, secret, sent_at.timestamp())
    assert not is_genuine(request.headers, request.body + b" ", secret, sent_at.timestamp())
    assert not is_genuine(request.headers, request.body, make_signing_secret(), sent_at.timestamp())
    later = sent_at + timedelta(minutes=6)
    assert not is_genuine(request.headers, request.body, secret, later.timestamp())
    other = {**request.headers, "webhook-id": "msg_other"}
    assert not is_genuine(other, request.body, secret, sent_at.timestamp())


def test_either_secret_verifies_while_they_rotate() -> None:
    is_genuine = the_receiver_s()
    old, new = make_signing_secret(), make_signing_secret()
    headers = sign_message("msg_1", 1_795_424_400, b"{}", [new, old])
    assert is_genuine(headers, b"{}", old, 1_795_424_400)
    assert is_genuine(headers, b"{}", new, 1_795_424_400)


def test_the_types_and_waits_that_the_guide_names_are_there() -> None:
    named = set(re.findall(r"`((?:card|sprint)\.[a-z]+)`", GUIDE))
    named |= set(re.findall(r'"([a-z]+\.[a-z]+)"\]', GUIDE))
    assert named == {"card.moved", "sprint.created"}
    assert named <= known_changes().keys()
    assert (
        *(5, 30),
        *(minutes * 60 for minutes in (2, 10, 30)),
        *(hours * 3600 for hours in (1, 2, 4, 5, 5, 5)),
    ) == RETRY_SECONDS
