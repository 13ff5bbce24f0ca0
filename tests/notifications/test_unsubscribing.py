"""Links in mails end mail without signing in; opening them changes nothing."""

import re
from datetime import timedelta

import httpx2
import pytest

from taskly.kit.clock import FrozenClock
from taskly.notifications.rules import NotificationKind
from taskly.notifications.unsubscribing import PATH, PURPOSE, UnsubscribeLinks
from taskly.users.rules import base64url
from taskly.users.signing_keys import SigningKeys
from tests.notifications.place import Team, pass_time
from tests.notifications.post import run_all
from tests.support.actors import Actor, Json, expect
from tests.support.mailbox import Mailbox, part
from tests.support.world import World

pytestmark = pytest.mark.anyio

KINDS = [kind.value for kind in NotificationKind]


async def mails(person: Actor) -> Json:
    """The kinds of which somebody gets mail."""
    settings = expect(await person.get("/me/notification-settings"), 200)
    return {kind: settings[kind]["email"] for kind in KINDS}


async def one_click(world: World, link: str) -> httpx2.Response:
    """What a mail program sends for its button, by RFC 8058."""
    return await world.client.post(link, data={"List-Unsubscribe": "One-Click"})


async def test_the_links_of_a_mail_end_one_kind_or_all(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    bob = [str(mailed.bob.user_id)]
    await mailed.alice.card(mailed.board, "one", assignee_ids=bob)
    await pass_time(mailed, clock, timedelta(minutes=15))
    await run_all(mailed.world)
    [mail] = mailbox.messages
    plain = part(mail, "plain")
    [of_kind] = re.findall(r"No more mail when somebody puts you on a card: (\S+)", plain)
    [of_all] = re.findall(r"No more mail about notifications: (\S+)", plain)

    shown = await mailed.world.client.get(of_kind)
    unchanged = await mails(mailed.bob)
    ended = await one_click(mailed.world, of_kind)
    one_less = await mails(mailed.bob)
    await mailed.alice.card(mailed.board, "two", assignee_ids=bob)
    await pass_time(mailed, clock, timedelta(minutes=15))
    nothing = await run_all(mailed.world)
    all_ended = await one_click(mailed.world, of_all)

    assert (shown.status_code, ended.status_code, all_ended.status_code) == (200, 200, 200)
    assert '<form method="post"' in shown.text
    assert "No more mail when somebody puts you on a card?" in shown.text
    assert unchanged == dict.fromkeys(KINDS, True)
    assert one_less == unchanged | {"assigned": False}
    assert nothing == []
    assert await mails(mailed.bob) == dict.fromkeys(KINDS, False)
    assert await mails(mailed.carol) == dict.fromkeys(KINDS, True)
    assert mail["List-Unsubscribe"] == f"<{of_all}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # Mail programs look at the header as it comes: in one line, and not encoded.
    assert dict(mail.raw_items())["List-Unsubscribe"] == f"<{of_all}>"


async def test_who_unsubscribes_gets_nothing_of_what_was_waiting(
    mailed: Team, mailbox: Mailbox, clock: FrozenClock
) -> None:
    await mailed.alice.card(mailed.board, "one", assignee_ids=[str(mailed.bob.user_id)])
    settings = mailed.world.runtime.settings
    link = UnsubscribeLinks(settings).link(mailed.bob.user_id, NotificationKind.ASSIGNED)
    await one_click(mailed.world, link)
    await pass_time(mailed, clock, timedelta(minutes=15))

    await run_all(mailed.world)

    assert mailbox.messages == []


async def test_a_link_that_taskly_did_not_make_does_nothing(world: World, bob: Actor) -> None:
    own = UnsubscribeLinks(world.runtime.settings).link(bob.user_id, NotificationKind.ASSIGNED)
    forged = [
        own.replace(".assigned.", ".all."),
        own[:-1],
        own + "x",
        own.replace(bob.user_id.hex, "0" * 32),
        own.partition("?")[0] + "?token=",
        own.partition("?")[0] + "?token=%E2%82%AC.all.%E2%82%AC",
    ]

    answers = [
        answer
        for link in forged
        for answer in (await world.client.get(link), await one_click(world, link))
    ]

    assert [answer.status_code for answer in answers] == [400] * 12
    assert {answer.headers["content-type"] for answer in answers} == {"text/html; charset=utf-8"}
    assert await mails(bob) == dict.fromkeys(KINDS, True)


async def test_a_link_of_an_older_version_that_ends_what_there_is_no_more_does_nothing(
    world: World, bob: Actor
) -> None:
    settings = world.runtime.settings
    keys = SigningKeys.parse(settings.jwt_keys.get_secret_value())
    message = f"{bob.user_id.hex}.weeks-{bob.user_id.hex}"
    token = f"{message}.{base64url(next(keys.derive(PURPOSE, message)))}"
    link = f"{settings.public_url}{PATH}?token={token}"

    answers = [await world.client.get(link), await one_click(world, link)]

    assert [answer.status_code for answer in answers] == [400] * 2
    assert all("Use the link of a newer mail" in answer.text for answer in answers)
    assert await mails(bob) == dict.fromkeys(KINDS, True)


async def test_a_link_says_nothing_about_whether_there_is_such_a_person(world: World) -> None:
    stranger = UnsubscribeLinks(world.runtime.settings)
    gone = await world.person("gone")

    answer = await world.client.get(stranger.link(gone.user_id, None))

    assert "gone" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
