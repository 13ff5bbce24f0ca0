"""What the framework's OpenAPI document lacks: the problems that every operation can give."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from taskly.api.examples import Examples
from taskly.api.guard import HeadersTooLarge, UriTooLong
from taskly.platform.http.problems import (
    MEDIA_TYPE,
    Invalid,
    Malformed,
    NotSignedIn,
    ProblemDetails,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
    problems,
)
from taskly.platform.http.rate_limits import TooManyRequests
from taskly.users.access import keyed_transaction, write_transaction
from taskly.users.errors import (
    CrossSite,
    IdempotencyKeyReused,
    InsufficientScope,
    RequestInProgress,
)
from taskly.users.idempotency import IDEMPOTENCY_KEY

EVERYWHERE = problems(TooLarge, UriTooLong, HeadersTooLarge, Unavailable)
WITH_BODY = problems(Malformed, UnsupportedMediaType)
WITH_INPUT = problems(Invalid)
SIGNED_IN = problems(NotSignedIn, TooManyRequests)
CHANGING = problems(CrossSite, InsufficientScope)

ONCE = problems(RequestInProgress, IdempotencyKeyReused)
IN_A_TRANSACTION: frozenset[object] = frozenset({write_transaction, keyed_transaction})
_IDEMPOTENCY_KEY = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "required": False,
    "description": "A name for this request, such as a UUID. Sent again with the same key within a day, it "
    "is answered as before and not carried out again.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "example": "5f0c7a52-4a55-4cbb-93a5-0c8ff1d7d9c7",
}


class DocumentedAPI(FastAPI):
    """An application whose document names every answer, problems included."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _document(self)
        return self.openapi_schema


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemDetails"] = problem
    once = _carried_out_once(app)
    for path in document["paths"].values():
        for method, operation in path.items():
            is_once = operation["operationId"] in once
            if is_once:
                operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
            _add_problems(operation, changes=method != "get", once=is_once)
            _shorten_summary(operation)
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    _add_examples(document)
    return document


def _carried_out_once(app: FastAPI) -> set[str]:
    """The names of the operations that take an `Idempotency-Key`."""
    return {
        route.name
        for route in app.routes
        if isinstance(route, APIRoute)
        and "POST" in (route.methods or ())
        and not IN_A_TRANSACTION.isdisjoint(_dependencies(route.dependant))
    }


def _dependencies(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for further in dependant.dependencies:
        yield from _dependencies(further)


def _add_examples(document: dict[str, Any]) -> None:
    """Give each schema an example, and each body that is not simply one of them."""
    examples = Examples(document["components"]["schemas"])
    examples.add_to_schemas()
    for path in document["paths"].values():
        for operation in path.values():
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in body.get("content", {}).values():
                    if not content.keys() & {"example", "examples"}:
                        content["example"] = examples.of(
                            content["schema"], operation["operationId"]
                        )


def _add_problems(operation: dict[str, Any], *, changes: bool, once: bool) -> None:
    """Add to the answers that an endpoint names those that it can give as any endpoint can."""
    answers = operation["responses"]
    if not _is_documented_problem(answers.get("422", {})):
        answers.pop("422", None)
    common = [EVERYWHERE]
    if "requestBody" in operation:
        common.append(WITH_BODY)
    if "requestBody" in operation or operation.get("parameters"):
        common.append(WITH_INPUT)
    if once:
        common.append(ONCE)
    if "security" in operation:
        common.append(SIGNED_IN)
        if changes:
            common.append(CHANGING)
    for documented in common:
        for status, answer in documented.items():
            _merge(answers.setdefault(str(status), {}), answer)
    operation["responses"] = {status: answers[status] for status in sorted(answers)}


def _shorten_summary(operation: dict[str, Any]) -> None:
    """Write a summary that was made from a function's name as a sentence begins."""
    words = operation["operationId"].replace("_", " ")
    if operation["summary"] == words.title():
        operation["summary"] = words.capitalize()


def _merge(answer: dict[str, Any], common: dict[str, Any]) -> None:
    """Add the problems of one answer to those of another with the same status."""
    if not answer:
        answer.update(deepcopy(common))
        return
    content = answer.setdefault("content", {})
    problem = content.setdefault(MEDIA_TYPE, deepcopy(common["content"][MEDIA_TYPE]))
    known = problem["examples"]
    for code, example in common["content"][MEDIA_TYPE]["examples"].items():
        if known.setdefault(code, example) is example:
            answer["description"] = f"{answer['description']} {example['summary']}."


def _is_documented_problem(answer: dict[str, Any]) -> bool:
    return MEDIA_TYPE in answer.get("content", {})
