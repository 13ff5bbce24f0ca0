"""A workspace with people, and what they were told."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.users.issuing import Issuer
from taskly.users.sessions import Device, start_session
from tests.support.actors import Actor, Json, expect
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Team:
    """An admin, two members, and a board of theirs."""

    world: World
    alice: Actor
    bob: Actor
    carol: Actor
    workspace: Json
    board: Json


async def team_in(world: World, alice: Actor, bob: Actor, carol: Actor) -> Team:
    """Three people in a workspace of Alice's; what they were told until then is read."""
    workspace = await alice.workspace()
    for guest in (bob, carol):
        await alice.invite(workspace, guest, "member")
        await read_all(guest)
    return Team(world, alice, bob, carol, workspace, await alice.board(workspace))


async def told(person: Actor, **query: Any) -> list[Json]:
    """What a person was told, the latest first."""
    page = expect(await person.get("/me/notifications", params=query), 200)
    items: list[Json] = page["items"]
    return items


async def news(person: Actor) -> list[tuple[str, str | None]]:
    """What a person has not read yet, as pairs of kind and card, the latest first."""
    return [(item["kind"], item["card_title"]) for item in await told(person, unread=True)]


async def read_all(person: Actor) -> None:
    """Read everything."""
    newest = await told(person, limit=1)
    if newest:
        expect(await person.post("/me/notifications/read", json={"up_to": newest[0]["id"]}), 200)


async def comment(person: Actor, card: Json, body: str) -> Json:
    """Comment on a card."""
    path = f"/cards/{card['id']}/comments"
    made: Json = expect(await person.post(path, json={"body": body}), 201)
    return made


async def pass_time(team: Team, clock: FrozenClock, by: timedelta) -> None:
    """Let time pass, and everybody sign in again: sessions are for a while."""
    clock.advance(by)
    issuer = Issuer(team.world.runtime.settings)
    for person in (team.alice, team.bob, team.carol):
        async with team.world.runtime.database.transaction(SYSTEM) as tx:
            device = Device("tests", "127.0.0.1")
            person.token = (await start_session(tx, issuer, person.user_id, device)).access_token
