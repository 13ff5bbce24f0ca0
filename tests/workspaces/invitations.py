"""What tests do with invitations."""

from typing import Protocol

import httpx2

from tests.support.actors import Actor, Json, expect


class Verify(Protocol):
    """Lets GitHub have verified addresses of somebody."""

    async def __call__(self, actor: Actor, *addresses: str) -> None:
        """The first one is the primary one."""
        ...


def path_of(workspace: Json) -> str:
    """Where a workspace's invitations are."""
    return f"/workspaces/{workspace['id']}/invitations"


async def invite(actor: Actor, workspace: Json, *emails: str, role: str = "member") -> list[Json]:
    """What came of each address."""
    answer = await actor.post(path_of(workspace), json={"emails": emails, "role": role})
    items: list[Json] = expect(answer, 201)["items"]
    return items


def token_in(sent: Json) -> str:
    """The token in a link that was shown."""
    address, _, token = sent["link"].partition("#token=")
    assert address == "http://127.0.0.1:8000/invitations"
    assert len(token) == 43
    return str(token)


async def accept(actor: Actor, token: str) -> httpx2.Response:
    """Accept by a link's token."""
    return await actor.post("/invitations/accept", json={"token": token})


async def look_up(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    """Look at the invitation, as anybody."""
    return await client.post("/api/v1/invitations/look-up", json={"token": token})


async def stay_signed_in(*actors: Actor) -> None:
    """Let them go on with personal tokens, which last longer than sessions go unrefreshed."""
    for actor in actors:
        body = {"name": "lasting", "scopes": ["read", "write", "admin"]}
        actor.token = expect(await actor.post("/me/tokens", json=body), 201)["token"]
