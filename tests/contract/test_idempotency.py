"""Every POST that may be repeated: the second time nothing happens, and the answer is the same."""

import pytest

from tests.contract.conftest import Prepared
from tests.contract.document import OPERATIONS
from tests.contract.tenants import speaking, state_of
from tests.support.policy import ADMIN, POLICY
from tests.support.world import World

BY_NATURE = {
    "receive_delivery",  # GitHub gives each delivery an id.
    "receive_app_delivery",
    "try_automation",  # It changes nothing.
    "use_link",  # A link is good once.
    "refresh_session",  # A second time within ten seconds gives the same answer.
    "log_out",
    "look_up_invitation",
    "unsubscribe",
    "preview_workspace_import",  # A file may come twice; a workspace is made of it once.
}
"""What needs no key, and has nobody whose key it could be."""
POSTS = [operation.id for operation in OPERATIONS.values() if operation.method == "POST"]
KEYED = [
    name
    for name in POSTS
    if any(each["name"] == "Idempotency-Key" for each in OPERATIONS[name].parameters("header"))
]


def test_every_post_takes_a_key_or_needs_none() -> None:
    assert set(POSTS) - set(KEYED) == BY_NATURE


@pytest.mark.anyio
@pytest.mark.parametrize("operation", KEYED)
async def test_a_repeated_post_changes_nothing(
    served: World, prepared: Prepared, operation: str
) -> None:
    row, person = POLICY[operation], prepared.tenant.people[ADMIN]
    path = (OPERATIONS[operation].path + row.query).format(**prepared.tenant.names(ADMIN))
    options = {} if row.body is None else {"json": row.body(prepared.tenant)}
    actor = speaking(served, person, None)

    answers, states = [], []
    for _ in range(2):
        headers = {"Idempotency-Key": "the-same"}
        answers.append(await actor.post(path.removeprefix("/api/v1"), headers=headers, **options))
        states.append(await state_of(served))

    first, again = answers
    assert again.status_code == first.status_code
    assert states[0] == states[1]
    if first.status_code < 400:
        assert again.content == first.content
        assert again.headers["Idempotency-Replayed"] == "true"
        assert first.status_code in OPERATIONS[operation].statuses
