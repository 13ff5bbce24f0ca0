"""Ids of another tenant open nothing, wherever in a request they stand, and look like ids of nothing."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.contract.conftest import Prepared
from tests.contract.document import DOCUMENT, OPERATIONS, Json, Operation
from tests.contract.tenants import speaking, state_of
from tests.support.policy import ADMIN, MEMBER, POLICY, PUBLIC
from tests.support.tenant import Tenant
from tests.support.world import World

pytestmark = pytest.mark.anyio

RULES = ("branch_created", "pull_request_opened", "changes_requested", "closed", "merged")

Answer = tuple[int, str]

NOT_ON_BOARD: Answer = (422, "not_on_board")
ANCHOR_GONE: Answer = (409, "anchor_gone")
NO_SUCH_SPRINT: Answer = (422, "no_such_sprint")
NOT_A_MEMBER: Answer = (422, "not_a_member")

BULK_MODES = {
    "card_ids[]": "set",
    "changes[].sprint_id": "set",
    "changes[].assignee_ids[]": "add",
    "changes[].label_ids[]": "add",
    "changes[].blocker_ids[]": "add",
    "changes[].column_id": "move",
}
"""A mode of bulk changes in which an id may stand in each place."""

IN_BODIES: dict[tuple[str, str], Answer] = {
    ("add_column", "before"): NOT_ON_BOARD,
    ("add_column", "after"): NOT_ON_BOARD,
    ("move_column", "before"): NOT_ON_BOARD,
    ("move_column", "after"): NOT_ON_BOARD,
    ("copy_card", "column_id"): NOT_ON_BOARD,
    ("copy_card", "before"): ANCHOR_GONE,
    ("copy_card", "after"): ANCHOR_GONE,
    ("move_card_to_board", "board_id"): (422, "no_such_board"),
    ("move_card_to_board", "column_id"): NOT_ON_BOARD,
    ("move_card_to_board", "before"): ANCHOR_GONE,
    ("move_card_to_board", "after"): ANCHOR_GONE,
    ("paste_cards", "column_id"): NOT_ON_BOARD,
    ("paste_cards", "before"): ANCHOR_GONE,
    ("paste_cards", "after"): ANCHOR_GONE,
    ("create_card", "column_id"): NOT_ON_BOARD,
    ("create_card", "before"): ANCHOR_GONE,
    ("create_card", "after"): ANCHOR_GONE,
    ("create_card", "sprint_id"): NO_SUCH_SPRINT,
    ("create_card", "assignee_ids[]"): NOT_A_MEMBER,
    ("create_card", "label_ids[]"): NOT_ON_BOARD,
    ("create_card", "blocker_ids[]"): NOT_ON_BOARD,
    ("update_card", "blocker_ids[]"): NOT_ON_BOARD,
    ("update_card", "sprint_id"): NO_SUCH_SPRINT,
    ("update_card", "assignee_ids[]"): NOT_A_MEMBER,
    ("update_card", "label_ids[]"): NOT_ON_BOARD,
    ("move_card", "column_id"): NOT_ON_BOARD,
    ("move_card", "before"): ANCHOR_GONE,
    ("move_card", "after"): ANCHOR_GONE,
    ("change_sprint_scope", "add[]"): (422, "bulk_refused"),
    ("change_sprint_scope", "remove[]"): (422, "bulk_refused"),
    ("complete_sprint", "cards[].card_id"): (409, "sprint_not_started"),
    ("complete_sprint", "cards[].sprint_id"): (409, "sprint_not_started"),
    ("create_view", "board_id"): (422, "no_such_board"),
    **{("bulk_update_cards", place): (422, "bulk_refused") for place in BULK_MODES},
    ("create_branch", "repository_id"): (422, "no_repository"),
    ("create_draft_pull_request", "branch_id"): (422, "no_branch"),
    ("create_webhook", "board_id"): (422, "no_such_board"),
    ("update_webhook", "board_id"): (422, "no_such_board"),
    ("preview_issues", "board_id"): (422, "no_such_board"),
    ("preview_issues", "repository_id"): (422, "no_repository"),
    ("preview_issues", "open_column_id"): NOT_ON_BOARD,
    ("preview_issues", "done_column_id"): NOT_ON_BOARD,
    ("update_automation", "default_repository_id"): (422, "no_repository"),
    ("try_automation", "automation.default_repository_id"): (422, "no_repository"),
    **{
        (operation, f"{path}{rule}{column}"): NOT_ON_BOARD
        for operation, path in (("update_automation", ""), ("try_automation", "automation."))
        for column, rules in ((".column_id", RULES), (".targets[].column_id", RULES[1:]))
        for rule in rules
    },
}
"""Every place in a body where an id may stand, and the answer to one of another tenant."""

PASSED_OVER = {("read_notifications", "ids[]"), ("read_notifications", "up_to")}
"""Places where ids of others do nothing, see `tests/notifications`: what was read may be gone by then."""


MINIMAL: dict[str, Json] = {
    "create_card": {"title": "New"},
    "add_column": {"name": "New"},
    "paste_cards": {"lines": "New"},
    "create_view": {"name": "New", "query": ""},
    "create_webhook": {"url": "https://hooks.example.org/new", "event_types": ["*"]},
}
"""What a body needs besides."""

ACCEPTED = {"preview_issues": 409, "complete_sprint": 409}
"""GitHub would be asked next, and there is none here; nobody has started the sprint."""

BESIDE: dict[str, Json] = {
    "targets[]": {"pattern": "main"},
    "cards[]": {"card_id": "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f13", "sprint_id": None},
}
"""What a part of a list needs besides."""


def foreign_id(operation_id: str, place: str, stranger: Tenant) -> str:
    """A real id of the other tenant, of the kind that belongs in this place of a body."""
    if operation_id.endswith("_column"):
        return str(stranger.board["columns"][0]["id"])
    return {
        "column_id": str(stranger.board["columns"][0]["id"]),
        "before": str(stranger.card["id"]),
        "after": str(stranger.card["id"]),
        "sprint_id": stranger.sprint_id,
        "board_id": str(stranger.board["id"]),
        "assignee_ids[]": stranger.user_id(MEMBER),
        "label_ids[]": stranger.label_id,
        "blocker_ids[]": str(stranger.neighbour["id"]),
        "card_ids[]": str(stranger.card["id"]),
        "card_id": str(stranger.card["id"]),
        "add[]": str(stranger.card["id"]),
        "remove[]": str(stranger.card["id"]),
        "repository_id": stranger.repository_id,
        "branch_id": stranger.branch_id,
        "open_column_id": str(stranger.board["columns"][0]["id"]),
        "done_column_id": str(stranger.board["columns"][0]["id"]),
        "default_repository_id": stranger.repository_id,
    }[place.rpartition(".")[2]]


def own_id(operation_id: str, place: str, tenant: Tenant) -> str:
    """An id that is right in this place of a body."""
    if operation_id == "move_card_to_board":
        there = tenant.other_board
        places = {"board_id": there, "column_id": there["columns"][0]}
        return str(places.get(place, there["cards"][0])["id"])
    own = foreign_id(operation_id, place, tenant)
    is_beside_card = operation_id.endswith("_card") and place in {"before", "after"}
    return str(tenant.neighbour["id"]) if is_beside_card else own


def bulk_body(place: str, value: str, tenant: Tenant) -> Json:
    """A bulk change of one card that has the value in this place."""
    change: Json = {"mode": BULK_MODES[place]}
    if place == "card_ids[]":
        return {"card_ids": [value], "changes": [{**change, "title": "Changed"}]}
    change |= placed(place.partition(".")[2], value)
    return {"card_ids": [tenant.card["id"]], "changes": [change]}


def placed(place: str, value: str) -> Any:
    """The part of a body that has the value in this place."""
    name, _, rest = place.partition(".")
    if rest:
        inner = placed(rest, value)
        return {name.removesuffix("[]"): [BESIDE[name] | inner] if name in BESIDE else inner}
    return {name.removesuffix("[]"): [value] if name.endswith("[]") else value}


def id_places(schema: Json, path: str = "") -> Iterator[str]:
    """Every place of a schema where an id may stand."""
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("format") == "uuid":
        yield path.lstrip(".")
    for choice in (*schema.get("anyOf", []), *schema.get("oneOf", [])):
        yield from id_places(choice, path)
    for name, member in schema.get("properties", {}).items():
        yield from id_places(member, f"{path}.{name}")
    if "items" in schema:
        yield from id_places(schema["items"], f"{path}[]")


def in_paths() -> Iterator[Any]:
    """One test for each id in a path."""
    for operation in OPERATIONS.values():
        if POLICY[operation.id].least != PUBLIC:
            for parameter in operation.parameters("path"):
                name = parameter["name"]
                yield pytest.param(operation, name, id=f"{operation.id}-{name}")


async def as_admin(
    world: World, tenant: Tenant, operation: Operation, names: dict[str, str], body: Any
) -> httpx2.Response:
    """Send a request of the tenant's admin."""
    path = (operation.path + POLICY[operation.id].query).format(**names)
    options = {} if body is None else {"json": body}
    actor = speaking(world, tenant.people[ADMIN])
    return await actor.request(operation.method, path.removeprefix("/api/v1"), **options)


def words(answer: httpx2.Response) -> Json:
    """A problem without what is different in every answer."""
    problem: Json = answer.json()
    for refusal in problem.get("refused", []):
        del refusal["card_id"]  # the id that was asked for
    return {
        name: value for name, value in problem.items() if name not in {"instance", "request_id"}
    }


@pytest.mark.parametrize(("operation", "name"), list(in_paths()))
async def test_an_id_of_another_tenant_in_a_path_is_like_none(
    served: World, prepared: Prepared, operation: Operation, name: str
) -> None:
    tenant, stranger = prepared.tenant, prepared.stranger
    make_body = POLICY[operation.id].body
    body = None if make_body is None else make_body(tenant)
    nothing = "PAY-999" if name == "card_key" else str(uuid4())
    foreign = nothing if name == "card_key" else stranger.names(ADMIN)[name]
    own = tenant.names(ADMIN)

    refused = await as_admin(served, tenant, operation, {**own, name: foreign}, body)
    unknown = await as_admin(served, tenant, operation, {**own, name: nothing}, body)

    assert refused.status_code == 404, refused.text
    assert words(refused) == words(unknown)
    assert words(refused)["code"] == "not_found"
    assert await state_of(served) == prepared.state


def test_every_place_for_an_id_in_a_body_is_known() -> None:
    places = {
        (operation.id, place)
        for operation in OPERATIONS.values()
        for place in id_places(operation.body_schema or {})
    }
    assert places == set(IN_BODIES) | PASSED_OVER


@pytest.mark.parametrize(
    ("operation_id", "place"), [pytest.param(*key, id="-".join(key)) for key in IN_BODIES]
)
async def test_an_id_of_another_tenant_in_a_body_is_like_none(
    served: World, prepared: Prepared, operation_id: str, place: str
) -> None:
    tenant, operation = prepared.tenant, OPERATIONS[operation_id]

    async def naming(value: str) -> httpx2.Response:
        body = {**MINIMAL.get(operation_id, {}), **placed(place, value)}
        if operation_id == "move_card_to_board":
            body = {"board_id": tenant.other_board["id"], **body}
        if operation_id == "preview_issues":
            own = {"board_id": tenant.board["id"], "repository_id": tenant.repository_id}
            body = {**own, **body}
        if operation_id == "bulk_update_cards":
            body = bulk_body(place, value, tenant)
        return await as_admin(served, tenant, operation, tenant.names(ADMIN), body)

    refused = await naming(foreign_id(operation_id, place, prepared.stranger))
    unknown = await naming(str(uuid4()))

    assert (refused.status_code, refused.json()["code"]) == IN_BODIES[operation_id, place]
    assert words(refused) == words(unknown)
    assert await state_of(served) == prepared.state
    accepted = await naming(own_id(operation_id, place, tenant))
    assert accepted.status_code == ACCEPTED.get(operation_id, operation.success), accepted.text


async def test_the_key_of_a_card_leads_only_to_the_card_of_the_named_workspace(
    served: World, prepared: Prepared
) -> None:
    operation = OPERATIONS["read_card_by_key"]
    for tenant in (prepared.tenant, prepared.stranger):
        answer = await as_admin(served, tenant, operation, tenant.names(ADMIN), None)
        assert answer.json()["id"] == tenant.card["id"]
    assert prepared.tenant.card["key"] == prepared.stranger.card["key"]
