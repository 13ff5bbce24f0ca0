"""The permission matrix: every operation by everybody, and not one route without a row."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.contract.asking import ANONYMOUS, OUTSIDER, ask
from tests.contract.conftest import Prepared
from tests.contract.document import OPERATIONS
from tests.contract.tenants import SCOPES, state_of
from tests.support.policy import ADMIN, MEMBER, POLICY, PUBLIC, READ, SIGNED_IN, VIEWER, WRITE
from tests.support.world import World

pytestmark = pytest.mark.anyio

ROLES = (ANONYMOUS, OUTSIDER, VIEWER, MEMBER, ADMIN)
RANKING = (PUBLIC, SIGNED_IN, VIEWER, MEMBER, ADMIN)

Answer = tuple[int, str | None]


def by_role(operation: str, role: str) -> Answer:
    """Status, and code of a problem, that somebody in this role gets."""
    row = POLICY[operation]
    allowed = row.status or OPERATIONS[operation].success, row.code
    if row.least == PUBLIC:
        return allowed
    if role == ANONYMOUS:
        return 401, "not_signed_in"
    if row.least == SIGNED_IN:
        return allowed
    if role == OUTSIDER:
        return 404, "not_found"
    return allowed if RANKING.index(role) >= RANKING.index(row.least) else (403, "forbidden")


def by_token(operation: str, scope: str) -> Answer:
    """Status, and code of a problem, that an admin's personal token of this scope gets."""
    row = POLICY[operation]
    if row.least == PUBLIC:
        return by_role(operation, ADMIN)
    if SCOPES.index(scope) < SCOPES.index(least_scope(operation)):
        return 403, "insufficient_scope"
    return row.by_token or by_role(operation, ADMIN)


def least_scope(operation: str) -> str:
    """The scope that a personal token needs at least."""
    row = POLICY[operation]
    if row.scope is not None:
        return row.scope
    if row.least == ADMIN:
        return ADMIN
    return READ if OPERATIONS[operation].method == "GET" else WRITE


async def assert_is(
    answer: httpx2.Response, wanted: Answer, operation: str, world: World, prepared: Prepared
) -> None:
    """The answer is the wanted one and documented, and if it is a problem nothing has happened."""
    code = answer.json()["code"] if answer.status_code >= 400 else None
    assert (answer.status_code, code) == wanted, answer.text
    assert answer.status_code in OPERATIONS[operation].statuses
    if answer.status_code >= 400:
        assert code in OPERATIONS[operation].codes(answer.status_code)
        assert await state_of(world) == prepared.state


def cells(columns: tuple[str, ...]) -> Iterator[Any]:
    """One test for each operation and column."""
    for operation in OPERATIONS:
        if operation in POLICY:
            for column in columns:
                yield pytest.param(operation, column, id=f"{operation}-{column}")


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert sorted(OPERATIONS) == sorted(POLICY)


def test_the_document_says_what_is_public() -> None:
    public = {name for name, operation in OPERATIONS.items() if operation.is_public}
    assert public == {name for name, row in POLICY.items() if row.least == PUBLIC}


@pytest.mark.parametrize(("operation", "role"), list(cells(ROLES)))
async def test_a_role_is_answered_what_the_policy_says(
    served: World, prepared: Prepared, operation: str, role: str
) -> None:
    answer = await ask(served, prepared, operation, role)

    await assert_is(answer, by_role(operation, role), operation, served, prepared)


@pytest.mark.parametrize(("operation", "scope"), list(cells(SCOPES)))
async def test_a_personal_token_of_an_admin_is_as_narrow_as_its_scope(
    served: World, prepared: Prepared, operation: str, scope: str
) -> None:
    answer = await ask(served, prepared, operation, ADMIN, scope)

    await assert_is(answer, by_token(operation, scope), operation, served, prepared)


@pytest.mark.parametrize(
    "operation", [name for name, row in POLICY.items() if row.least not in {PUBLIC, SIGNED_IN}]
)
async def test_a_personal_token_gives_nobody_more_than_their_role(
    served: World, prepared: Prepared, operation: str
) -> None:
    for role in (OUTSIDER, VIEWER, MEMBER):
        wanted = by_role(operation, role)
        if wanted[0] >= 400:
            answer = await ask(served, prepared, operation, role, ADMIN)
            await assert_is(answer, wanted, operation, served, prepared)
