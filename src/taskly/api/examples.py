"""Examples for the OpenAPI document, put together from those of the fields.

A field says how it may look (`examples`); ids, times and choices need no telling. So an example never
lacks a field that was added and never shows one that is gone. A schema that has an example keeps it.
"""

from typing import Any

_OF_FORMATS = {
    "uuid": "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10",
    "date": "2026-12-04",
    "date-time": "2026-11-23T09:00:00Z",
}

Json = dict[str, Any]


class Examples:
    """Makes examples of the schemas of one document."""

    def __init__(self, schemas: Json) -> None:
        self._schemas = schemas

    def add_to_schemas(self) -> None:
        """Give each object among the schemas an example, if it has none."""
        for name, schema in self._schemas.items():
            if "properties" in schema and "example" not in schema and "examples" not in schema:
                schema["examples"] = [self.of(schema, name)]

    def of(self, schema: Json, name: str) -> Any:
        """An example of a schema; `name` is for the error.

        Raises:
            LookupError: somewhere in it is text or a number without an example.
        """
        if "example" in schema:
            return schema["example"]
        if "examples" in schema:
            return schema["examples"][0]
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("default") is not None:
            return schema["default"]
        return self._composed(schema, name)

    def _composed(self, schema: Json, name: str) -> Any:
        if "$ref" in schema:
            target = schema["$ref"].rpartition("/")[2]
            return self.of(self._schemas[target], target)
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0], name)
        if "properties" in schema:
            return {
                key: self.of(member, f"{name}.{key}")
                for key, member in schema["properties"].items()
            }
        if schema.get("type") == "array":
            return [self.of(schema["items"], name)]
        if schema.get("type") == "boolean":
            return False
        if schema.get("format") in _OF_FORMATS:
            return _OF_FORMATS[schema["format"]]
        raise LookupError(f"{name} has no example: name one with Field(examples=[…])")
