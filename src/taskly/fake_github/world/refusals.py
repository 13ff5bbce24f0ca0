"""How GitHub says no."""

from collections.abc import Mapping, Sequence
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """An answer other than the wanted one, with GitHub's status and words."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[Any] | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
        documentation: str = DOCUMENTATION,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})
        self.more = dict(more or {})
        self.documentation = documentation

    def body(self) -> dict[str, Any]:
        """The JSON object that GitHub would answer."""
        body: dict[str, Any] = {"message": self.message}
        if self.errors is not None:
            body["errors"] = list(self.errors)
        return {
            **body,
            "documentation_url": self.documentation,
            "status": str(self.status),
            **self.more,
        }


def not_found() -> Refusal:
    """404: it is not there, or not for you."""
    return Refusal(404, "Not Found")


def bad_credentials() -> Refusal:
    """401: the token is unknown, revoked or expired."""
    return Refusal(401, "Bad credentials")


def requires_authentication() -> Refusal:
    """401: no token at all."""
    return Refusal(401, "Requires authentication")


def forbidden(message: str) -> Refusal:
    """403: you may see it and may not do that."""
    return Refusal(403, message)


def not_accessible(accepted: str) -> Refusal:
    """403: the app lacks a permission; the header names what would do."""
    headers = {"X-Accepted-GitHub-Permissions": accepted}
    return Refusal(403, "Resource not accessible by integration", headers=headers)


def unprocessable(message: str) -> Refusal:
    """422 without a list of errors."""
    return Refusal(422, message)


def invalid(resource: str, field: str, code: str = "invalid", message: str = "") -> Refusal:
    """422 that names one field."""
    error = {"resource": resource, "field": field, "code": code}
    if message:
        error["message"] = message
    return Refusal(422, "Validation Failed", errors=[error])


def against_the_rules(resource: str, message: str) -> Refusal:
    """422 with a sentence of GitHub's own."""
    error = {"resource": resource, "code": "custom", "message": message}
    return Refusal(422, "Validation Failed", errors=[error])
