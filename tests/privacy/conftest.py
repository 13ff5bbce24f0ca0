"""Somebody who will go, among others."""

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from tests.privacy.zaphod import EMAIL, LOGIN, NAME
from tests.support.actors import Actor, Json
from tests.support.world import World


@pytest.fixture
async def zaphod(world: World) -> Actor:
    """Somebody with an account at GitHub, and an unmistakable name."""
    zaphod = await world.person(LOGIN)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text(
                "UPDATE users SET github_id = 4242, name = :name, email = :email, github_token = 'x',"
                " verified_emails = ARRAY[:email], avatar_url = 'https://avatars.example/zaphod-b'"
                " WHERE id = :id"
            ),
            {"id": zaphod.user_id, "name": NAME, "email": EMAIL},
        )
    return zaphod


@pytest.fixture
async def board(alice: Actor, zaphod: Actor) -> Json:
    """A board of alice's workspace, with zaphod in it."""
    workspace = await alice.workspace()
    await alice.invite(workspace, zaphod, "member")
    return await alice.board(workspace)
