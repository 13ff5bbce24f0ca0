"""What there is at the fake GitHub before the story begins: people, repositories, pull requests.

The fake GitHub keeps nothing. Each start makes it anew, with the pull requests that Taskly knows, under
their numbers: so what the boards show is there again, and new ones get new numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from taskly.demo.answers import PullRequest
from taskly.demo.content.people import (
    AUTHOR,
    ORGANIZATION,
    PEOPLE,
    REPOSITORIES,
    REVIEWER,
)
from taskly.fake_github.driver import FakeGitHub


@dataclass(frozen=True, slots=True)
class PastPullRequest:
    """A pull request that is to be there."""

    repository: str
    number: int
    title: str
    branch: str
    author: str
    state: str

    @classmethod
    def of(cls, shown: PullRequest) -> "PastPullRequest":
        """One that a board shows."""
        return cls(
            shown.repository,
            shown.number,
            shown.title,
            shown.head_branch,
            shown.author,
            shown.state,
        )


async def furnish(github: FakeGitHub) -> None:
    """Make people and repositories."""
    for person in PEOPLE:
        await github.create_user(person.login, name=person.name, email=person.email)
    await github.create_user(ORGANIZATION, name="Octo Shop", kind="Organization")
    for full_name in REPOSITORIES:
        owner, _, name = full_name.partition("/")
        await github.create_repository(owner, name)
        for person in PEOPLE:
            await github.set_access(
                full_name, person.login, "admin" if person == AUTHOR else "push"
            )


async def restore(github: FakeGitHub, past: Iterable[PastPullRequest]) -> None:
    """Make pull requests under their old numbers. A number that nobody knows any more becomes a closed one."""
    by_repository: dict[str, dict[int, PastPullRequest]] = {}
    for pull in past:
        by_repository.setdefault(pull.repository, {})[pull.number] = pull
    for full_name, known in by_repository.items():
        await _restore(github, full_name, known)


async def _restore(
    github: FakeGitHub, full_name: str, known: Mapping[int, PastPullRequest]
) -> None:
    for number in range(1, max(known) + 1):
        forgotten = PastPullRequest(
            full_name, number, "An idea of last year", f"idea-{number}", AUTHOR.login, "closed"
        )
        await open_past(github, known.get(number, forgotten))


async def open_past(github: FakeGitHub, pull: PastPullRequest) -> None:
    """Make one pull request, and bring it into its state. Its author is somebody who is here."""
    logins = {person.login for person in PEOPLE}
    author = pull.author if pull.author in logins else AUTHOR.login
    await github.push(pull.repository, pull.branch, [pull.title], actor=author)
    made = await github.open_pull_request(
        pull.repository, pull.branch, pull.title, author=author, draft=pull.state == "draft"
    )
    if pull.state == "merged":
        await github.merge(pull.repository, made.number, actor=REVIEWER.login, delete_branch=True)
    elif pull.state == "closed":
        await github.close_pull_request(pull.repository, made.number, actor=author)
