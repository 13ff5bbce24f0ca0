"""Whatever is wrong with a request, the answer is a documented problem that says what, and nothing happens."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.contract.bad_input import (
    INVALID,
    JSON_HEADERS,
    MEBIBYTE,
    NOT_ACCEPTABLE,
    BadRequest,
    bad_bodies,
    bad_paths,
    bad_queries,
)
from tests.contract.conftest import Prepared
from tests.contract.document import DOCUMENT, OPERATIONS, PROBLEM, Json, Operation
from tests.contract.tenants import speaking, state_of
from tests.support.policy import ADMIN, POLICY
from tests.support.world import World

pytestmark = pytest.mark.anyio

LONGEST_PROBLEM = 5_000
"""Bytes; what was sent, which may be long or secret, is not sent back."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

SIGNED = (OPERATIONS["receive_delivery"], OPERATIONS["receive_app_delivery"])
"""Their bodies are not looked at before the signature was checked."""

FILES = (OPERATIONS["preview_workspace_import"], OPERATIONS["preview_import"])
"""They take more than others, see `tests/transfer` and `tests/imports`."""

WITH_BODY = [each for each in OPERATIONS.values() if each.body_schema and each not in SIGNED]
# The tokens of public paths have no form that could be wrong: each is one that never was, and not found.
WITH_IDS = [
    each
    for each in OPERATIONS.values()
    if {parameter["name"] for parameter in each.parameters("path")} - {"token"}
]
WITH_QUERY = [each for each in OPERATIONS.values() if list(bad_queries(each))]


def per_operation(operations: list[Operation]) -> pytest.MarkDecorator:
    """One test for each of these operations."""
    return pytest.mark.parametrize("operation", operations, ids=[each.id for each in operations])


class Sender:
    """An admin who sends requests that are right but for what a test makes wrong."""

    def __init__(self, world: World, prepared: Prepared, operation: Operation) -> None:
        self.prepared = prepared
        self.world = world
        self.operation = operation
        self.row = POLICY[operation.id]
        self.actor = speaking(world, prepared.tenant.people[ADMIN])

    @property
    def right_body(self) -> Any:
        """A body that the operation takes."""
        return None if self.row.body is None else self.row.body(self.prepared.tenant)

    async def send(
        self, *, query: str | None = None, names: dict[str, str] | None = None, **options: Any
    ) -> httpx2.Response:
        """Send the request; `names` and `query` stand in for the right ones."""
        right = self.prepared.tenant.names(ADMIN)
        asked = self.row.query.format(**right) if query is None else query
        path = self.operation.path.format(**{**right, **(names or {})}) + asked
        if "content" not in options and self.row.body is not None:
            options["json"] = self.right_body
        return await self.actor.request(
            self.operation.method, path.removeprefix("/api/v1"), **options
        )

    async def assert_nothing_happened(self) -> None:
        """Every table is as it was."""
        assert await state_of(self.world) == self.prepared.state


def refusal(answer: httpx2.Response, operation: Operation, named: object) -> Json:
    """The problem, if the answer is one that the operation documents."""
    where = f"{operation.id}: {named}: {answer.status_code} {answer.text[:400]}"
    assert 400 <= answer.status_code < 500, where
    assert answer.headers["content-type"] == PROBLEM, where
    problem: Json = answer.json()
    assert problem["status"] == answer.status_code, where
    assert problem["code"] in operation.codes(answer.status_code), where
    assert problem["detail"], where
    assert problem["request_id"] == answer.headers["x-request-id"], where
    assert len(answer.content) < LONGEST_PROBLEM, where
    return problem


def assert_refused(answer: httpx2.Response, operation: Operation, bad: BadRequest) -> None:
    """The answer is the one that says what is wrong here."""
    problem = refusal(answer, operation, bad.name)
    assert {problem["status"]: problem["code"]} == bad.refusals, (bad.name, problem)
    if bad.place is not None:
        places = [tuple(error["loc"][: len(bad.place)]) for error in problem["errors"]]
        assert bad.place in places, (bad.name, problem)
        assert ".".join(map(str, problem["errors"][0]["loc"])) in problem["detail"]


@per_operation(WITH_BODY)
async def test_a_bad_body_is_refused(
    served: World, prepared: Prepared, operation: Operation
) -> None:
    sender = Sender(served, prepared, operation)
    for bad in bad_bodies(operation, sender.right_body):
        answer = await sender.send(content=bad.content, headers=bad.headers)
        assert_refused(answer, operation, bad)

    await sender.assert_nothing_happened()


@per_operation(list(SIGNED))
async def test_whatever_is_not_signed_is_refused_unread(
    served: World, prepared: Prepared, operation: Operation
) -> None:
    sender = Sender(served, prepared, operation)
    for name, content in {**NOT_ACCEPTABLE, "a large one": b" " * (MEBIBYTE + 1)}.items():
        answer = await sender.send(content=content, headers=JSON_HEADERS)
        assert refusal(answer, operation, name)["code"] == "bad_signature"

    await sender.assert_nothing_happened()


@per_operation(WITH_IDS)
async def test_a_bad_id_in_the_path_is_refused(
    served: World, prepared: Prepared, operation: Operation
) -> None:
    sender = Sender(served, prepared, operation)
    for name, value in bad_paths(operation):
        answer = await sender.send(names={name: value})
        bad = BadRequest(f"{name}={value}", INVALID, place=("path", name))
        assert_refused(answer, operation, bad)

    await sender.assert_nothing_happened()


@per_operation(WITH_QUERY)
async def test_a_bad_parameter_in_the_query_is_refused(
    served: World, prepared: Prepared, operation: Operation
) -> None:
    sender = Sender(served, prepared, operation)
    for name, value in bad_queries(operation):
        answer = await sender.send(query=f"{sender.row.query or '?'}&{name}={value}")
        problem = refusal(answer, operation, f"{name}={value}")
        assert problem["code"] == "invalid"
        assert ["query", name] in [error["loc"] for error in problem["errors"]], value

    await sender.assert_nothing_happened()


@per_operation(list(OPERATIONS.values()))
async def test_what_is_too_long_or_too_large_is_refused(
    served: World, prepared: Prepared, operation: Operation
) -> None:
    sender = Sender(served, prepared, operation)
    long = await sender.send(query="?" + "q=%00&" * 700)
    large = await sender.send(headers={"X-Nonsense": "n" * 17_000})

    assert refusal(long, operation, "a query of 4 200 bytes")["code"] == "uri_too_long"
    assert refusal(large, operation, "17 000 bytes of headers")["code"] == "headers_too_large"
    await sender.assert_nothing_happened()


@per_operation([each for each in OPERATIONS.values() if each not in (*SIGNED, *FILES)])
async def test_a_large_body_is_refused_before_anything_is_done(
    served: World, prepared: Prepared, operation: Operation
) -> None:
    sender = Sender(served, prepared, operation)
    answer = await sender.send(content=b" " * (MEBIBYTE + 1), headers=JSON_HEADERS)

    assert refusal(answer, operation, "a body of more than 1 MiB")["code"] == "body_too_large"
    await sender.assert_nothing_happened()


async def test_a_large_body_that_was_not_announced_is_refused_while_it_comes(
    served: World, prepared: Prepared
) -> None:
    sender = Sender(served, prepared, OPERATIONS["update_me"])

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    answer = await sender.send(content=pieces(), headers=JSON_HEADERS)

    assert refusal(answer, sender.operation, "2 MB in pieces")["code"] == "body_too_large"
    await sender.assert_nothing_happened()


@per_operation([each for each in OPERATIONS.values() if not each.body_schema and each not in FILES])
async def test_a_body_that_nobody_asked_for_is_not_looked_at(
    served: World, prepared: Prepared, operation: Operation
) -> None:
    sender = Sender(served, prepared, operation)
    row = sender.row
    answer = await sender.send(content=b"[" * 100_000 + b"\xff", headers=JSON_HEADERS)

    assert answer.status_code == (row.status or operation.success)


@pytest.mark.parametrize("path", list(DOCUMENT["paths"]))
async def test_a_method_that_a_path_does_not_take_is_refused(
    served: World, prepared: Prepared, path: str
) -> None:
    actor = speaking(served, prepared.tenant.people[ADMIN])
    taken = {method.upper() for method in DOCUMENT["paths"][path]}
    if path.endswith("/members/me"):
        taken.add("PATCH")  # it is the path of a member, too, and `me` is no id
    if path.endswith("/cards/bulk-update"):
        taken |= {"GET", "PATCH", "DELETE"}  # and this one that of a card
    if path.endswith("/deliveries/replay"):
        taken.add("GET")  # and this one that of a delivery
    if path.endswith("/workspaces/imports"):
        taken |= {"GET", "PATCH", "DELETE"}  # and this one that of a workspace
    if path.endswith("/imports/github"):
        taken |= {"GET", "PATCH", "DELETE"}  # and this one that of an import
    if path.endswith("/pull-requests/draft"):
        taken.add("DELETE")  # and this one that of a pull request
    url = path.format(**prepared.tenant.names(ADMIN)).removeprefix("/api/v1")
    for method in set(METHODS) - taken:
        answer = await actor.request(method, url)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer.headers["content-type"] == PROBLEM
        assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == taken

    assert await state_of(served) == prepared.state


@pytest.mark.parametrize(
    "path", ["", "/", "/nothing", "/boards", "/boards/", "/%00", "/%ff", "/../metrics", "/me/"]
)
async def test_an_unknown_path_is_not_found(served: World, prepared: Prepared, path: str) -> None:
    answer = await speaking(served, prepared.tenant.people[ADMIN]).get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == PROBLEM
