"""One request to the REST API, read and checked, and what is answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

from taskly.fake_github.world.accounts import Account, Token
from taskly.fake_github.world.addresses import API_PREFIX, Addresses
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.pull_requests import Issue, PullRequest
from taskly.fake_github.world.refusals import (
    Refusal,
    forbidden,
    not_accessible,
    not_found,
    requires_authentication,
    unprocessable,
)
from taskly.fake_github.world.repositories import Permission, Repository

Value = TypeVar("Value", str, bool, int)
_KINDS: dict[type, str] = {str: "a string", bool: "a boolean", int: "an integer"}


@dataclass(frozen=True)
class Answer:
    """What an operation answers: a body for JSON, or none."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request: who asks, for what, with which words."""

    github: GitHub
    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes
    token: Token | None
    reads: str | None = None

    @property
    def addresses(self) -> Addresses:
        """Where everything is to be found."""
        return self.github.addresses

    @property
    def account(self) -> Account | None:
        """Who asks."""
        return None if self.token is None else self.token.account

    def user(self) -> Account:
        """Who asks; 401 for nobody."""
        if self.token is None:
            raise requires_authentication()
        return self.token.account

    def require_scope(self, *scopes: str) -> None:
        """Hide everything from tokens without any of the scopes."""
        self.user()
        if self.token is not None and not any(self.token.allows(scope) for scope in scopes):
            raise not_found()

    def repository(self, wanted: Permission = "pull") -> Repository:
        """The repository of the path, when the asker has the permission.

        Raises:
            Refusal: 404 when it is hidden, 403 when it may only be looked at or the asking app lacks
                a permission, 301 or 307 when it has another name today.
        """
        owner, name = self.parameters["owner"], self.parameters["repo"]
        repository = self.github.find_repository(owner, name)
        if repository is None:
            self._redirect(owner, name)
            raise not_found()
        if not self.sees(repository):
            raise not_found()
        self._check_reading(repository)
        if wanted != "pull":
            self._check_writing(repository, wanted)
        return repository

    def may(self, repository: Repository, wanted: Permission) -> bool:
        """Whether the asker has the permission; an app's own is read off its permissions."""
        token = self.token
        if token is None or token.installation_id is None:
            return repository.allows(self.account, wanted)
        if token.installation_id not in self.github.installations_of(repository):
            return False
        granted = self.github.permissions_of_installation(token.installation_id)
        needed = "administration" if wanted in {"admin", "maintain"} else "contents"
        return wanted == "pull" or "write" in {granted.get(needed), granted.get("repository_hooks")}

    def sees(self, repository: Repository) -> bool:
        """Whether the asker may know of the repository."""
        token = self.token
        if repository.private and (token is None or not token.allows("repo")):
            return False
        return self.may(repository, "pull")

    def _check_reading(self, repository: Repository) -> None:
        """Let an app read what it has the permission for; what is public needs none."""
        token = self.token
        if self.reads is None or not repository.private:
            return
        if token is None or token.installation_id is None:
            return
        granted = self.github.permissions_of_installation(token.installation_id)
        if granted.get(self.reads) not in {"read", "write"}:
            raise not_accessible(f"{self.reads}=read")

    def _check_writing(self, repository: Repository, wanted: Permission) -> None:
        self.require_scope("repo" if repository.private else "public_repo")
        if not self.may(repository, wanted):
            raise forbidden(f"Must have {wanted} access to repository")
        if repository.archived and wanted != "admin":
            raise forbidden("Repository was archived so is read-only.")

    def _redirect(self, owner: str, name: str) -> None:
        renamed = self.github.find_renamed_repository(owner, name)
        if renamed is not None and self.sees(renamed):
            self.redirect_to(renamed)

    def redirect_to(self, renamed: Repository) -> NoReturn:
        """Send the asker to where the repository of the path is today.

        Raises:
            Refusal: 301 or 307.
        """
        owner, name = self.parameters["owner"], self.parameters["repo"]
        rest = self.path.removeprefix(f"{API_PREFIX}/repos/{owner}/{name}")
        url = f"{self.addresses.api}/repositories/{renamed.id}{rest}"
        raise Refusal(
            301 if self.method == "GET" else 307,
            "Moved Permanently" if self.method == "GET" else "Temporary Redirect",
            headers={"Location": url},
            more={"url": url},
        )

    def pull_request(self, repository: Repository, name: str = "pull_number") -> PullRequest:
        """The pull request of the path, else 404."""
        pull = repository.pull_request(self.number(name))
        if pull is None:
            raise not_found()
        return pull

    def issue(self, repository: Repository) -> Issue:
        """The issue or pull request of the path, else 404."""
        issue = repository.issues.get(self.number("issue_number"))
        if issue is None:
            raise not_found()
        return issue

    def commit(self, repository: Repository, name: str = "ref") -> str:
        """The hash of the commit that the path names, else 422 as GitHub has it for commits."""
        sha = repository.sha_of(self.parameters[name])
        if sha is None:
            raise unprocessable(f"No commit found for SHA: {self.parameters[name]}")
        return sha

    def number(self, name: str) -> int:
        """A number in the path, else 404."""
        text = self.parameters[name]
        if not text.isascii() or not text.isdigit():
            raise not_found()
        return int(text)

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; nothing counts as an empty one."""
        body = self.parsed()
        if not isinstance(body, dict):
            raise Refusal(400, "Body should be a JSON object")
        return body

    def parsed(self) -> Any:
        """The JSON that was sent, of any kind."""
        if not self.content.strip():
            return {}
        try:
            return json.loads(self.content)
        except ValueError:
            raise Refusal(400, "Problems parsing JSON") from None

    def optional(self, name: str, kind: type[Value], within: str | None = None) -> Value | None:
        """A field of the body; null counts as not given, another kind is refused."""
        body = self.body() if within is None else self.object(within)
        value = body.get(name)
        if value is None:
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise _wrong_kind(name, value, _KINDS[kind])
        return value

    def required(self, name: str, kind: type[Value]) -> Value:
        """A field of the body that must be there."""
        value = self.optional(name, kind)
        if value is None:
            raise unprocessable(f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return value

    def object(self, name: str) -> dict[str, Any]:
        """A JSON object in the body; empty when not given."""
        value = self.body().get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise _wrong_kind(name, value, "an object")
        return value

    def texts(self, name: str) -> list[str] | None:
        """A list of texts in the body."""
        value = self.body().get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _wrong_kind(name, value, "an array of strings")
        return value

    def one_of(self, name: str, allowed: Sequence[str]) -> str | None:
        """A field of the body with a closed set of values."""
        value = self.optional(name, str)
        if value is not None and value not in allowed:
            wanted = ", ".join(allowed)
            raise unprocessable(f"Invalid request.\n\n{value} is not a member of [{wanted}].")
        return value

    def time(self, name: str) -> datetime | None:
        """A time in the body."""
        text = self.optional(name, str)
        return None if text is None else read_time(text)


def read_time(text: str) -> datetime:
    """An ISO 8601 time, else 422."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise unprocessable(f"Invalid request.\n\n{text} is not a valid date-time.") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _wrong_kind(name: str, value: object, wanted: str) -> Refusal:
    return unprocessable(
        f"Invalid request.\n\nFor 'properties/{name}', {json.dumps(value)} is not {wanted}."
    )
