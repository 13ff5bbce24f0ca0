"""What GitHub's own description says about a request and its answer.

Some liberties, because the description is neither complete nor exact: any operation may be refused in GitHub's
usual form, or say that nothing changed, whether that is described or not; where one of several forms is asked
for, a value may have two of them; an account that is said to be a user and an enterprise at once may be either; and
answers may hold more than is described. Requests may not.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from jsonschema_rs import Draft4Validator, ValidationError

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/"
_JSON = "application/json"
_EVERYWHERE = {301, 304, 307}
"""A former name of a repository leads to its present one, and what has not changed is not sent, wherever that makes sense."""
_USUAL_REFUSALS = frozenset({400, 401, 403, 404, 409, 410, 422, 429})


_EITHER = ["Simple User", "Enterprise"]
_REFUSAL = {"$ref": f"{_REFERENCE}basic-error"}


class Description:
    """GitHub's description, compiled as far as it is asked about."""

    def __init__(self, path: Path) -> None:
        self._document: dict[str, Any] = orjson.loads(path.read_bytes())
        self._schemas: dict[str, Schema] = self._document["components"]["schemas"]
        self._known: dict[tuple[str, str], Operation] = {}
        self._found: dict[tuple[str, str], Operation | None] = {}

    @cached_property
    def _paths(self) -> list[tuple[re.Pattern[str], str]]:
        """Paths as patterns, the most particular first, as refs may hold slashes."""

        def particular(path: str) -> tuple[int, str]:
            return -path.count("/"), re.sub(r"\{[^}]*\}", "~", path)

        paths = sorted(self._document["paths"], key=particular)
        return [(self._pattern(path), path) for path in paths]

    def operation(self, method: str, path: str) -> "Operation | None":
        """What a request asks for; None if there is no such thing."""
        asked = (method.lower(), path)
        if asked not in self._found:
            self._found[asked] = self._find(*asked)
        return self._found[asked]

    def _find(self, method: str, path: str) -> "Operation | None":
        for pattern, template in self._paths:
            if pattern.fullmatch(path) and method in self._document["paths"][template]:
                key = (method, template)
                if key not in self._known:
                    self._known[key] = Operation(self, *key)
                return self._known[key]
        return None

    def wrong_in_delivery(self, event: str, payload: dict[str, Any]) -> Iterator[str]:
        """What the description does not allow in the payload of a webhook."""
        action = payload.get("action")
        name = (event if action is None else f"{event}-{action}").replace("_", "-")
        words = self._document["x-webhooks"].get(name)
        if words is None:
            yield f"{name} is not described"
            return
        schema = words["post"]["requestBody"]["content"][_JSON]["schema"]
        for error in self.validator(schema).iter_errors(payload):
            yield f"{name}{_place(error)}: {error.message[:300]}"

    def described(self, method: str, template: str) -> dict[str, Any]:
        """An operation's own words."""
        words: dict[str, Any] = self._document["paths"][template][method]
        return words

    def resolved(self, words: dict[str, Any]) -> dict[str, Any]:
        """What a reference stands for; anything else as it is."""
        while "$ref" in words:
            _, section, name = words["$ref"].removeprefix("#/").split("/")
            words = self._document["components"][section][name]
        return words

    def validator(self, schema: Schema) -> Draft4Validator:
        """A schema with all that it refers to."""
        needed: dict[str, Schema] = {}
        whole = self._translated(schema, needed)
        return Draft4Validator({**whole, "components": {"schemas": needed}}, validate_formats=True)

    def _translated(self, schema: Any, needed: dict[str, Schema]) -> Any:
        """A schema of OpenAPI 3.0 in the words of JSON Schema; `needed` gains what it refers to."""
        if isinstance(schema, list):
            return [self._translated(each, needed) for each in schema]
        if not isinstance(schema, dict):
            return schema
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = reference.removeprefix(_REFERENCE)
            if name not in needed:
                needed[name] = {}
                needed[name] = self._translated(self._schemas[name], needed)
            return {"$ref": reference}
        plain = {
            "anyOf" if _is_choice(word, value) else word: self._translated(value, needed)
            for word, value in schema.items()
        }
        return {"anyOf": [{"type": "null"}, plain]} if schema.get("nullable") is True else plain

    def _pattern(self, path: str) -> re.Pattern[str]:
        """A parameter is one part of the path, but for refs and paths of files."""
        several = {
            parameter["name"]
            for words in self._document["paths"][path].values()
            for parameter in map(self.resolved, words.get("parameters", ()))
            if parameter.get("x-multi-segment")
        }
        parts = re.split(r"\{([^}]*)\}", path)
        written = [re.escape(part) for part in parts]
        written[1::2] = [".+" if name in several else "[^/]+" for name in parts[1::2]]
        return re.compile("".join(written))


class Operation:
    """One method of one path."""

    def __init__(self, description: Description, method: str, template: str) -> None:
        self._description = description
        self._words = description.described(method, template)
        self._validators: dict[str, Draft4Validator] = {}
        self.name = f"{method.upper()} {template}"

    def wrong_in_request(self, query: Mapping[str, str], body: Any) -> Iterator[str]:
        """What the description does not allow in a request."""
        parameters = map(self._description.resolved, self._words.get("parameters", ()))
        described = {each["name"]: each for each in parameters if each["in"] == "query"}
        for name, value in query.items():
            if name not in described:
                yield f"the parameter {name} is not described"
                continue
            schema = described[name]["schema"]
            typed = int(value) if schema.get("type") == "integer" and value.isdigit() else value
            yield from self._wrong(f"the parameter {name}", schema, typed)
        content = self._words.get("requestBody", {}).get("content", {})
        if _JSON in content:
            schema = content[_JSON]["schema"]
            yield from self._wrong("the body", schema, {} if body is None else body)
            unknown = set(body or ()) - set(schema.get("properties", body or ()))
            yield from (f"the field {name} is not described" for name in sorted(unknown))
        elif body is not None:
            yield "it takes no body"

    def wrong_in_answer(self, status: int, body: Any) -> Iterator[str]:
        """What the description does not allow in an answer."""
        if status in _EVERYWHERE:
            return
        described = self._words["responses"].get(str(status))
        if described is None and status not in _USUAL_REFUSALS:
            yield f"the status {status} is not described"
            return
        content = self._description.resolved(described or {}).get("content", {})
        if _JSON in content:
            yield from self._wrong(f"the answer {status}", content[_JSON]["schema"], body)
        elif status in _USUAL_REFUSALS:
            yield from self._wrong(f"the answer {status}", _REFUSAL, body)
        elif body is not None:
            yield f"the answer {status} has a body"

    def _wrong(self, what: str, schema: Schema, value: Any) -> Iterator[str]:
        if what not in self._validators:
            self._validators[what] = self._description.validator(schema)
        for error in self._validators[what].iter_errors(value):
            yield f"{what}{_place(error)}: {error.message[:300]}"


def _is_choice(word: str, value: Any) -> bool:
    """Whether one of several forms is asked for; in one place the description asks for both."""
    return word == "oneOf" or (word == "allOf" and [each.get("title") for each in value] == _EITHER)


def _place(error: ValidationError) -> str:
    return "".join(f"[{each!r}]" for each in error.instance_path)
