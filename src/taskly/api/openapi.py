"""What the framework's OpenAPI document lacks: the problems that every operation can give."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from taskly.platform.http.problems import (
    Invalid,
    Malformed,
    NotSignedIn,
    ProblemDetails,
    TooLarge,
    Unavailable,
    problems,
)

EVERYWHERE = problems(Unavailable)
WITH_BODY = problems(Malformed, TooLarge)
WITH_INPUT = problems(Invalid)
SIGNED_IN = problems(NotSignedIn)


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
    for path in document["paths"].values():
        for operation in path.values():
            _add_problems(operation)
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    return document


def _add_problems(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    validated = answers.pop("422", None)
    common = dict(EVERYWHERE)
    if "requestBody" in operation:
        common |= WITH_BODY
    if validated is not None:
        common |= WITH_INPUT
    if "security" in operation:
        common |= SIGNED_IN
    if validated is not None and _is_documented_problem(validated):
        common.pop(422, None)
        answers["422"] = validated
    for status, answer in common.items():
        answers.setdefault(str(status), answer)


def _is_documented_problem(answer: dict[str, Any]) -> bool:
    return "application/problem+json" in answer.get("content", {})
