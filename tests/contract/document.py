"""The OpenAPI document, as tests go through it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from taskly.api.app import create_app
from taskly.platform.settings import Settings

Json = dict[str, Any]

PROBLEM = "application/problem+json"

DOCUMENT: Json = create_app(Settings(_env_file=None)).openapi()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    id: str
    method: str
    path: str
    definition: Json

    @property
    def statuses(self) -> set[int]:
        """The statuses that it documents."""
        return {int(status) for status in self.definition["responses"]}

    @property
    def success(self) -> int:
        """Its first documented success."""
        return min(status for status in self.statuses if status < 300)

    @property
    def is_public(self) -> bool:
        """Whether nobody has to sign in for it."""
        return "security" not in self.definition

    @property
    def body_schema(self) -> Json | None:
        """The schema of its JSON body; None if it takes none."""
        if "requestBody" not in self.definition:
            return None
        content = self.definition["requestBody"]["content"]
        return (
            resolve(content["application/json"]["schema"])
            if "application/json" in content
            else None
        )

    def parameters(self, place: str) -> list[Json]:
        """Its parameters in `path`, `query` or `header`."""
        return [each for each in self.definition.get("parameters", []) if each["in"] == place]

    def codes(self, status: int) -> set[str]:
        """The codes of the problems that it documents with a status."""
        answer = self.definition["responses"].get(str(status), {})
        problem = answer.get("content", {}).get(PROBLEM, {})
        return set(problem.get("examples", {}))


def validator(schema: Json) -> Any:
    """Tells what is one of a schema; it is made with what the schema refers to, not with the whole document."""
    schemas: Json = {}
    _gather(schema, schemas)
    whole = {"components": {"schemas": schemas}, "allOf": [schema]}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


def _gather(part: Any, schemas: Json) -> None:
    """Add all schemas to which something refers."""
    if isinstance(part, list):
        for each in part:
            _gather(each, schemas)
    elif isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name and name not in schemas:
            schemas[name] = DOCUMENT["components"]["schemas"][name]
            _gather(schemas[name], schemas)
        for each in part.values():
            _gather(each, schemas)


def resolve(schema: Json) -> Json:
    """A schema with a reference at its top followed; of an optional one, what it is if it is there."""
    if "$ref" in schema:
        found: Json = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    if "anyOf" in schema:
        there = [each for each in schema["anyOf"] if each.get("type") != "null"]
        if len(there) == 1:
            return {**resolve(there[0]), "nullable": True}
    return schema


def _operations() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, definition in methods.items():
            yield Operation(definition["operationId"], method.upper(), path, definition)


OPERATIONS = {operation.id: operation for operation in _operations()}
"""All operations by their ids."""
