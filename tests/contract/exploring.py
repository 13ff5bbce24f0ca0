"""Requests that Schemathesis thinks of, sent by an admin whose ids stand in the document."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx2
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.document import DOCUMENT, PROBLEM, Json, Operation
from tests.support.policy import ADMIN, MEMBER
from tests.support.tenant import Tenant
from tests.support.world import BASE_URL

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

CONFIG = {
    "checks": {
        "negative_data_rejection": {
            "expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 422, 431]
        }
    }
}
"""With the refusals of what is too long."""


@schemathesis.serializer("application/x-ndjson")
def lines_of_json(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """A file as it is sent; what is no text is sent as JSON."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode(errors="replace")


Send = Callable[[str, str, dict[str, str], bytes], httpx2.Response]
"""Sends a method, a URL, headers and a body."""


def document_of(tenant: Tenant) -> Json:
    """The document in which only the tenant's own ids may stand where there are ids in requests.

    So that requests get somewhere; ids of nothing and of others are tried by tests of their own.
    """
    document = deepcopy(DOCUMENT)
    names = {**tenant.names(ADMIN), "token": tenant.link, "if-match": "*"}
    for methods in document["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)  # every request here is signed in
            for parameter in operation.get("parameters", []):
                if parameter["name"] in names:
                    _suggest(parameter["schema"], [names[parameter["name"]]])
                if parameter["name"] == "wait":
                    parameter["schema"]["maximum"] = 0
    for name in (
        "CreateCard",
        "UpdateCard",
        "MoveCard",
        "CreateBranch",
        "UpdateRule",
        "CreateView",
    ):
        for field, schema in document["components"]["schemas"][name]["properties"].items():
            _suggest_in(schema, _ids(field, tenant))
    # The link's token stands in the address or in the body, and what stands in the body counts.
    document["paths"]["/api/v1/auth/local"]["post"].pop("parameters")
    _suggest(document["components"]["schemas"]["UseLink"]["properties"]["token"], [tenant.link])
    secret = document["components"]["schemas"]["RefreshSession"]["properties"]["refresh_token"]
    _suggest(secret, [tenant.people[ADMIN].refresh_token])
    return document


def _ids(field: str, tenant: Tenant) -> list[str]:
    columns = [column["id"] for column in tenant.board["columns"]]
    cards = [tenant.neighbour["id"], tenant.card["id"]]
    people = [tenant.user_id(MEMBER), tenant.user_id(ADMIN)]
    return {
        "column_id": columns,
        "before": cards,
        "after": cards,
        "sprint_id": [tenant.sprint_id],
        "assignee_ids": people,
        "label_ids": [tenant.label_id],
        "repository_id": [tenant.repository_id],
        "board_id": [tenant.board["id"]],
    }.get(field, [])


def _suggest_in(schema: Json, values: list[str]) -> None:
    if not values:
        return
    if "items" in schema:
        _suggest(schema["items"], values)
    elif "anyOf" in schema:
        _suggest(schema["anyOf"][0], values)


def _suggest(schema: Json, values: list[str]) -> None:
    schema.clear()
    schema.update({"type": "string", "enum": values})


def schema_of(tenant: Tenant) -> Any:
    """What Schemathesis makes of the tenant's document."""
    config = schemathesis.Config.from_dict(CONFIG)
    return schemathesis.openapi.from_dict(document_of(tenant), config=config)


def explore(schema: Any, operation: Operation, send: Send, *, examples: int) -> None:
    """Send right and wrong requests to an operation and check the answers against the document."""
    found = schema[operation.path][operation.method]
    modes = [GenerationMode.POSITIVE]
    if operation.definition.get("parameters") or operation.body_schema:
        modes.append(GenerationMode.NEGATIVE)
    for mode in modes:
        _explore(found.as_strategy(generation_mode=mode), operation, send, examples)


def _explore(cases: Any, operation: Operation, send: Send, examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def check(case: schemathesis.Case[Any]) -> None:
        answer = _send(case, send)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as failures:
            # They are no ordinary exceptions, and would end the event loop of all tests.
            raise AssertionError(str(failures)) from None
        if answer.headers.get("content-type") == PROBLEM:
            assert answer.json()["code"] in operation.codes(answer.status_code)

    check()


def _send(case: schemathesis.Case[Any], send: Send) -> httpx2.Response:
    wanted = case.as_transport_kwargs(base_url=BASE_URL)
    names = ("method", "url", "headers", "params", "cookies", "json", "data", "files")
    prepared: Any = requests.Request(**{name: wanted.get(name) for name in names}).prepare()
    body = prepared.body or b""
    content = body.encode() if isinstance(body, str) else body
    return send(prepared.method, prepared.url, dict(prepared.headers), content)
