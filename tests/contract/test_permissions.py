"""The permission matrix: every operation by everybody, and not one route without a row."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from taskly.api.app import create_app
from taskly.platform.settings import Settings
from tests.support.actors import Actor, expect
from tests.support.policy import ADMIN, MEMBER, POLICY, PUBLIC, SIGNED_IN, VIEWER, Tenant
from tests.support.world import World

pytestmark = pytest.mark.anyio

ROLES = ("anonymous", "outsider", VIEWER, MEMBER, ADMIN)
RANKING = (PUBLIC, SIGNED_IN, VIEWER, MEMBER, ADMIN)


def operations() -> dict[str, tuple[str, str]]:
    """Method and path of each operation, by its id."""
    document = create_app(Settings(_env_file=None)).openapi()
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


OPERATIONS = operations()


def cells() -> Iterator[Any]:
    """One test for each operation and role."""
    for operation in OPERATIONS:
        if operation in POLICY:
            for role in ROLES:
                yield pytest.param(operation, role, id=f"{operation}-{role}")


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert sorted(OPERATIONS) == sorted(POLICY)


@pytest.fixture
async def people(world: World) -> dict[str, Actor | None]:
    """Somebody for each role."""
    actors = {name: await world.person(name) for name in ("admin", "member", "viewer", "outsider")}
    await world.person("newcomer")
    return {**actors, "anonymous": None}


@pytest.fixture
async def tenant(world: World, people: dict[str, Actor]) -> Tenant:
    """The admin's workspace."""
    admin = people["admin"]
    workspace = await admin.workspace()
    for role in ("member", "viewer"):
        await admin.invite(workspace, people[role], role)
    other = await world.person("other")
    await admin.invite(workspace, other, "member")
    board = await admin.board(workspace)
    card = await admin.card(board)
    return Tenant(workspace, board, card, str(other.user_id))


def expected(operation: str, role: str) -> set[int]:
    """The statuses that this role may get."""
    least = POLICY[operation].least
    success = {200, 201, 202, 204, 302}
    if least == PUBLIC:
        return success | {503}
    if role == "anonymous":
        return {401}
    if least == SIGNED_IN:
        return success
    if role == "outsider":
        return {404}
    return success if RANKING.index(role) >= RANKING.index(least) else {403}


@pytest.mark.parametrize(("operation", "role"), list(cells()))
async def test_the_answer_is_what_the_policy_says(
    world: World,
    people: dict[str, Actor | None],
    tenant: Tenant,
    operation: str,
    role: str,
    app: FastAPI,
) -> None:
    method, path = OPERATIONS[operation]
    row = POLICY[operation]
    options = {} if row.body is None else {"json": row.body(tenant)}
    url = path.format(**tenant.names) + row.query
    actor = people[role]
    before = None if people["admin"] is None else await people["admin"].snapshot(tenant.board["id"])

    if actor is None:
        answer = await world.client.request(method, url, **options)
    else:
        answer = await actor.request(method, url.removeprefix("/api/v1"), **options)

    assert answer.status_code in expected(operation, role), answer.text
    if answer.status_code >= 400 and people["admin"] is not None:
        expect(answer, answer.status_code)
        assert await people["admin"].snapshot(tenant.board["id"]) == before
