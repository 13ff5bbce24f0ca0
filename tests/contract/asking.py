"""The request of each operation, as the permission matrix has it."""

from typing import Any

import httpx2

from tests.contract.conftest import Prepared
from tests.contract.document import OPERATIONS
from tests.contract.tenants import speaking
from tests.support.policy import ADMIN, POLICY
from tests.support.world import World

ANONYMOUS, OUTSIDER = "anonymous", "outsider"


async def ask(
    world: World, prepared: Prepared, operation: str, role: str, scope: str | None = None
) -> httpx2.Response:
    """Send the request of the operation's row."""
    row, tenant = POLICY[operation], prepared.tenant
    asking = prepared.stranger if role == OUTSIDER else tenant
    person = asking.people[ADMIN if role in {ANONYMOUS, OUTSIDER} else role]
    own = {
        "session_id": person.session_id,
        "token_id": person.token_id,
        "workspace_import_id": person.workspace_import_id,
    }
    names = {**tenant.names(ADMIN), **own}
    path = (OPERATIONS[operation].path + row.query).format(**names)
    options: dict[str, Any] = {} if row.body is None else {"json": row.body(tenant)}
    if role == ANONYMOUS:
        return await world.client.request(OPERATIONS[operation].method, path, **options)
    actor = speaking(world, person, scope)
    return await actor.request(
        OPERATIONS[operation].method, path.removeprefix("/api/v1"), **options
    )
