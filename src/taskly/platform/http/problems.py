"""Errors are classes: a status, a stable code, a title; one handler turns them into RFC 9457 bodies.

The same class documents the endpoint: `responses=problems(NotFound, Forbidden)`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/docs/problems#"


class Problem(Exception):
    """Base of every error that a caller may see.

    `detail` is one sentence that says what to do; `members` are further fields of the body.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong here"
    constraints: ClassVar[frozenset[str]] = frozenset()
    """Database constraints whose violation means this problem: the last guard behind the rules."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.headers = dict(headers or {})
        self.cookies: list[str] = []
        """`Set-Cookie` headers to send along: of those there may be several."""
        self.members = members

    def body(self, *, instance: str | None, request_id: str | None) -> dict[str, Any]:
        """The problem details object."""
        return {
            "type": TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail or self.title,
            "instance": instance,
            "request_id": request_id,
            **self.members,
        }


class Malformed(Problem):
    """The request can't be read: not JSON, or not what the header says."""

    status, code, title = 400, "malformed", "The request can't be read"


class NotSignedIn(Problem):
    """No credentials, or credentials that do not count any more."""

    status, code, title = 401, "not_signed_in", "Sign in first"

    def __init__(self, detail: str | None = None, **members: Any) -> None:
        super().__init__(
            detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}, **members
        )


class Forbidden(Problem):
    """The caller may see the thing, and may not do this to it."""

    status, code, title = 403, "forbidden", "Your role does not allow this"


class NotFound(Problem):
    """There is no such thing, or none that the caller may see: the two look the same."""

    status, code, title = 404, "not_found", "There is no such thing, or you may not see it"


class Conflict(Problem):
    """The thing is in a state in which this can't be done."""

    status, code, title = 409, "conflict", "This can't be done now"


class Stale(Problem):
    """`If-Match` names a version that is no longer the present one."""

    status, code, title = 412, "version_mismatch", "Somebody was faster"


class TooLarge(Problem):
    """The body is larger than this endpoint takes."""

    status, code, title = 413, "body_too_large", "The body is too large"


class UnsupportedMediaType(Problem):
    """The body is not declared as JSON."""

    status, code, title = 415, "unsupported_media_type", "Send application/json"


class Invalid(Problem):
    """The request can be read, and its values are wrong; `errors` names each."""

    status, code, title = 422, "invalid", "Some values are wrong"


class Unavailable(Problem):
    """Something that we need does not answer; trying again is right."""

    status, code, title = 503, "unavailable", "Try again in a moment"

    def __init__(self, detail: str | None = None, *, retry_after: int = 1, **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)}, **members)


def problem_for_constraint(name: str) -> Problem | None:
    """The problem that a violated database constraint stands for, if a class claims it."""
    pending = list(Problem.__subclasses__())
    while pending:
        kind = pending.pop()
        if name in kind.constraints:
            return kind()
        pending.extend(kind.__subclasses__())
    return None


class InputError(BaseModel):
    """One wrong value of a request."""

    loc: list[str | int] = Field(
        examples=[["body", "title"]],
        description="Where: `body`, `query` or `path`, then the way to it.",
    )
    msg: str = Field(examples=["Field required"], description="What is wrong with it.")
    type: str = Field(examples=["missing"], description="A stable name of the kind of error.")


class ProblemDetails(BaseModel):
    """RFC 9457 problem details, as every error of this API."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(
        examples=[TYPE_PREFIX + "invalid"],
        description="A stable address that names the kind of problem.",
    )
    title: str = Field(examples=["Some values are wrong"])
    status: int = Field(examples=[422])
    code: str = Field(
        examples=["invalid"], description="The stable name of the problem, for programs."
    )
    detail: str = Field(
        examples=["body.title: Field required"],
        description="What went wrong and what to do, for people.",
    )
    instance: str | None = Field(default=None, examples=["/api/v1/boards"])
    request_id: str | None = Field(default=None, examples=["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"])
    errors: list[InputError] | None = None


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for the errors that an endpoint can give."""
    documented: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = documented.setdefault(
            kind.status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": _SCHEMA, "examples": {}}}},
        )
        entry["description"] = " ".join(filter(None, [entry["description"], f"{kind.title}."]))
        entry["content"][MEDIA_TYPE]["examples"][kind.code] = {
            "summary": kind.title,
            "value": kind().body(instance="/api/v1/…", request_id="019a…"),
        }
    return documented


_SCHEMA = {"$ref": "#/components/schemas/ProblemDetails"}
