"""What GitHub's answers mean: done, refused in our words, or not to be understood."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from taskly.github.errors import (
    AppShutOut,
    GitHubForbids,
    GitHubNotFound,
    GitHubRefuses,
    GitHubTokenRefused,
    GitHubUnavailable,
    HookUnreachable,
    IssuesDisabled,
    PermissionLacking,
)
from taskly.github.remote.transport import Answer, Call
from taskly.github.rules.permissions import needed_of_app

PAGE = 100
"""The most that GitHub lists at a time."""
Shape = TypeVar("Shape")
Query = Mapping[str, str | int]
SUSPENDED = (
    "The GitHub App is suspended there. Whoever administers the account lets it go on at GitHub, in the "
    "account's settings, under GitHub Apps."
)
_SUSPENDED = "installation has been suspended"
_LACKING = "not accessible by integration"
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def accepted(answer: Answer) -> Answer:
    """The answer, if GitHub did what it was asked.

    Raises:
        AppShutOut: the installation that asks is suspended.
        PermissionLacking: the app that asks lacks a permission.
        IssuesDisabled: it was asked for issues, and the repository has none.
        GitHubTokenRefused, GitHubForbids, GitHubNotFound, GitHubRefuses: it refuses.
    """
    if answer.status < 300:
        return answer
    if answer.status == 401:
        raise GitHubTokenRefused
    if answer.status == 403 and _SUSPENDED in answer.message.lower():
        raise AppShutOut(SUSPENDED)
    if answer.status == 403 and _LACKING in answer.message.lower():
        raise PermissionLacking(needed_of_app(answer.accepted_permissions))
    if answer.status == 403:
        raise GitHubForbids(f"GitHub does not allow this to your account: {answer.message}.")
    if answer.status == 410 and "disabled" in answer.message:
        raise IssuesDisabled
    if answer.status in {404, 410}:
        raise GitHubNotFound
    raise GitHubRefuses(f"GitHub refuses this: {answer.message or answer.status}.")


@contextmanager
def where_shown() -> Iterator[None]:
    """Pass by what GitHub has not, or does not show to this account.

    Raises:
        PermissionLacking: nothing is known then.
    """
    try:
        yield
    except PermissionLacking:
        raise
    except (GitHubForbids, GitHubNotFound):
        return


@contextmanager
def telling_unreachable() -> Iterator[None]:
    """Tell a webhook whose address GitHub can't reach from others that it refuses.

    Raises:
        HookUnreachable: it can't.
    """
    try:
        yield
    except GitHubRefuses as error:
        if "reachable over the public internet" in str(error).lower():
            raise HookUnreachable(str(error)) from None
        raise


def advice_on(refusal: str, full_name: str, head: str, base: str) -> str | None:
    """What to do where GitHub refuses a pull request."""
    return next(
        (
            advice
            for said, advice in {
                "no commits between": f"{head} has no commits that {base} has not: push one, then ask again.",
                "head is invalid": f"{full_name} has no branch {head}: push it, then ask again.",
                "base is invalid": f"{full_name} has no branch {base} to merge into.",
                "draft pull requests are not supported": "GitHub has no drafts in private repositories of "
                f"free plans: open a pull request from {head} at GitHub, and link it by its address.",
            }.items()
            if said in refusal
        ),
        None,
    )


async def pages_of(
    send: Callable[[Call], Awaitable[Answer]], path: str, query: Query, *, most: int
) -> AsyncIterator[Answer]:
    """The pages of a list, as GitHub links them, and no more than so many."""
    call = Call("GET", path, query=query, repeatable=True)
    for _ in range(most):
        answer = await send(call)
        yield answer
        if answer.next_page is None:
            return
        call = Call("GET", answer.next_page, repeatable=True)


def repository_path(full_name: str) -> str:
    """The path of a repository."""
    owner, _, name = full_name.partition("/")
    return f"/repos/{quote(owner, safe='')}/{quote(name, safe='')}"


def read_answer(answer: Answer, shape: type[Shape]) -> Shape:
    """What GitHub answered, in a shape of ours.

    Raises:
        GitHubUnavailable: it is not in that shape.
    """
    try:
        read: Shape = _adapter(shape).validate_json(answer.body)
    except ValidationError:
        raise GitHubUnavailable("GitHub's answer can't be read. Try again later.") from None
    return read


def _adapter(shape: Any) -> TypeAdapter[Any]:
    if shape not in _ADAPTERS:
        _ADAPTERS[shape] = TypeAdapter(shape)
    return _ADAPTERS[shape]
