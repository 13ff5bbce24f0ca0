"""The OpenAPI document is part of the product: complete, valid, and true."""

from collections.abc import Iterator
from typing import Any

import pytest

from taskly.api.app import create_app
from taskly.api.examples import Examples
from taskly.platform.settings import Settings
from tests.contract.conftest import Prepared
from tests.contract.document import DOCUMENT, OPERATIONS, PROBLEM, Json, Operation, validator
from tests.contract.tenants import speaking
from tests.support.policy import ADMIN, POLICY
from tests.support.world import World

pytestmark = pytest.mark.anyio

every_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=list(OPERATIONS))

TOLD_ON_PAGES = {("open_link", 400), ("open_unsubscribe", 400), ("unsubscribe", 400)}
"""People open links, so they are told on a page."""
TITLES_OF_THE_FRAMEWORK = {name.replace("_", " ").title() for name in OPERATIONS}


def bodies(operation: Operation) -> Iterator[tuple[str, str, Json]]:
    """What may be sent and answered: where, the media type, and what the document says of it."""
    for media_type, content in (
        operation.definition.get("requestBody", {}).get("content", {}).items()
    ):
        yield "request", media_type, content
    for status, answer in operation.definition["responses"].items():
        for media_type, content in answer.get("content", {}).items():
            yield status, media_type, content


def examples(content: Json) -> list[Any]:
    """The examples of a body."""
    if "example" in content:
        return [content["example"]]
    return [each["value"] for each in content.get("examples", {}).values()]


def assert_is_valid(example: Any, schema: Json, where: str) -> None:
    """The example is one of its schema."""
    wrong = validator(schema).iter_errors(example)
    assert [f"{where}: {error.message}" for error in wrong] == []


def test_ids_of_operations_are_unique() -> None:
    count = sum(len(methods) for methods in DOCUMENT["paths"].values())
    assert len(OPERATIONS) == count


@every_operation
def test_an_operation_says_what_it_does(operation: Operation) -> None:
    assert operation.definition["tags"]
    assert operation.definition["description"].endswith(".")
    summary = operation.definition["summary"]
    assert 4 <= len(summary) <= 40
    assert not summary.endswith(".")
    assert summary.count(" ") == 0 or summary not in TITLES_OF_THE_FRAMEWORK


@pytest.mark.parametrize("name", ["open_unsubscribe", "unsubscribe"])
def test_links_that_end_mail_say_of_all_mail_that_they_may_be_about(name: str) -> None:
    said = " ".join(OPERATIONS[name].definition["description"].split())
    assert (
        "about a kind of notification, about all of them, or about the reports of a board" in said
    )


@every_operation
def test_an_operation_has_a_valid_example_of_everything_that_is_sent(operation: Operation) -> None:
    for where, media_type, content in bodies(operation):
        shown = examples(content)
        assert shown, f"{operation.id} {where} {media_type}"
        for example in shown:
            assert_is_valid(example, content["schema"], f"{operation.id} {where}")


@every_operation
def test_an_operation_answers_problems_with_problem_details(operation: Operation) -> None:
    for status in operation.statuses:
        answer = operation.definition["responses"][str(status)]
        assert answer["description"]
        if (operation.id, status) in TOLD_ON_PAGES:
            continue
        if status >= 400:
            assert PROBLEM in answer["content"], status
            for example in examples(answer["content"][PROBLEM]):
                assert example["status"] == status


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_a_schema_has_a_description_and_valid_examples(name: str) -> None:
    schema = DOCUMENT["components"]["schemas"][name]
    assert schema["description"]
    if "properties" in schema:
        shown = schema.get("examples") or [schema["example"]]
        for example in shown:
            assert_is_valid(example, schema, name)


@pytest.mark.parametrize(
    "operation",
    [each for each in OPERATIONS.values() if each.body_schema and each.id in POLICY],
    ids=lambda operation: operation.id,
)
async def test_the_example_of_a_body_is_taken_when_it_is_sent(
    served: World, prepared: Prepared, operation: Operation
) -> None:
    admin = speaking(served, prepared.tenant.people[ADMIN])
    path = operation.path.format(**prepared.tenant.names(ADMIN)).removeprefix("/api/v1")
    content = operation.definition["requestBody"]["content"]["application/json"]
    for example in examples(content):
        answer = await admin.request(operation.method, path, json=example)
        code = answer.json()["code"] if answer.status_code >= 400 else None
        # Its ids are nobody's, and its secrets open nothing; anything else is right.
        assert code not in {"invalid", "malformed"}, answer.text


async def test_the_document_is_served_as_it_is_tested(served: World) -> None:
    answer = await served.client.get("/api/openapi.json")
    assert answer.json() == DOCUMENT


def test_the_document_does_not_depend_on_settings_of_an_installation() -> None:
    other = Settings(_env_file=None, public_url="https://taskly.example", max_body_bytes=2048)
    assert create_app(other).openapi() == DOCUMENT


def test_text_without_an_example_is_refused_by_name() -> None:
    schemas = {"Thing": {"properties": {"name": {"type": "string"}}}}
    with pytest.raises(LookupError, match=r"^Thing\.name has no example"):
        Examples(schemas).add_to_schemas()
