"""A workspace, and people who are invited to it."""

import pytest
from sqlalchemy import update

from taskly.platform.context import SYSTEM
from taskly.users.models import User
from tests.support.actors import Actor, Json
from tests.support.world import World
from tests.workspaces.invitations import Verify


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """A workspace of which alice is the only admin."""
    return await alice.workspace()


@pytest.fixture
def verify(world: World) -> Verify:
    """Lets GitHub have verified addresses of somebody; the first one is the primary one."""

    async def has_verified(actor: Actor, *addresses: str) -> None:
        async with world.runtime.database.transaction(SYSTEM) as tx:
            known = {"email": addresses[0], "verified_emails": [each.lower() for each in addresses]}
            await tx.session.execute(update(User).where(User.id == actor.user_id).values(known))

    return has_verified
