"""What lies between two tags of a repository, as GitHub compares them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.github.choosing import choose_repository
from taskly.github.errors import (
    REFUSALS,
    GitHubNotFound,
    GitHubRefuses,
    GitHubUnavailable,
    NoRepository,
)
from taskly.github.facts import code_repository
from taskly.github.models import GitRepository
from taskly.github.remote.accounts import github_of
from taskly.github.remote.client import GitHub
from taskly.github.remote.resources import ListedCommit
from taskly.github.remote.understanding import PAGE
from taskly.github.rules.automation import read_automation
from taskly.github.rules.text import is_valid_ref_name
from taskly.insights.errors import BadRange
from taskly.platform.runtime import Runtime
from taskly.release_notes.errors import NoSuchTag, TooMuchForNotes
from taskly.release_notes.rules.commits import numbers_named

MOST_PAGES = 30
"""So many pages of a comparison are asked for, of a hundred commits each."""
ASKING_SECONDS = 45
"""So long GitHub is asked at most, all pages together: whoever waits, and what stands between, gives up then, too."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What is asked for: from which tag to which, or to where the default branch stands; of which repository."""

    first: str
    last: str | None
    repository_id: UUID | None


@dataclass(frozen=True, slots=True)
class Release:
    """The commits that the second tag has and the first has not."""

    repository_id: UUID
    repository: str
    first: str
    last: str
    shas: frozenset[str]
    numbers: frozenset[int]
    """The pull requests that the messages of these commits name as merged by them."""
    since: datetime
    until: datetime
    """When the commits were made at which both stand."""


async def release_between(runtime: Runtime, board: BoardAccess, tags: Tags) -> Release:
    """Ask GitHub what a release has. No session of the database is held meanwhile.

    Raises:
        NoRepository: it is not clear which repository is meant.
        NoSuchTag: the repository has no such tag.
        BadRange: the tags are the wrong way round, or have no history in common.
        TooMuchForNotes: there are more commits than anybody releases at once.
        GitHubRefuses: GitHub does not show it to the account that connected the repository.
        GitHubUnavailable: it does not answer, or not in time.
        GitHubRateLimited: see `client`.
    """
    async with runtime.database.reading() as session:
        row = await _repository(session, board, tags.repository_id)
    try:
        async with asyncio.timeout(ASKING_SECONDS):
            # Notes can wait; what the board shows of GitHub goes before.
            github = await github_of(runtime, row, sparing=True)
            return await _ask(github, row, tags)
    except TimeoutError:
        raise GitHubUnavailable(
            f"GitHub took longer than {ASKING_SECONDS} seconds to tell what {row.full_name} has since {tags.first}: "
            "try again later, or name days, or tags that are nearer to each other.",
            retry_after=60,
        ) from None
    except REFUSALS as error:
        raise GitHubRefuses(
            f"GitHub does not show {row.full_name} to the account that connected it: an admin has to connect it "
            f"again. {error.detail or ''}".rstrip()
        ) from None


async def _repository(
    session: AsyncSession, board: BoardAccess, repository_id: UUID | None
) -> GitRepository:
    rules = await code_repository.rules_of(session, board.id)
    automation = read_automation({} if rules is None else rules.automation)
    row = await choose_repository(
        session, board.workspace_id, repository_id, default=automation.default_repository_id
    )
    if row.gone_at is not None:
        raise NoRepository(f"{row.problem}")
    return row


async def _ask(github: GitHub, row: GitRepository, tags: Tags) -> Release:
    base = await _tagged(github, row, tags.first)
    if tags.last is not None:
        head = await _tagged(github, row, tags.last)
    else:
        head = await _commit(github, row, f"heads/{row.default_branch}", row.default_branch)
    last = tags.last or row.default_branch
    commits = await _compare(github, row, (tags.first, base.sha), (last, head.sha))
    return Release(
        repository_id=row.id,
        repository=row.full_name,
        first=tags.first,
        last=last,
        shas=frozenset(commit.sha for commit in commits),
        numbers=numbers_named(commit.commit.message for commit in commits),
        since=base.made_at,
        until=head.made_at,
    )


async def _tagged(github: GitHub, row: GitRepository, tag: str) -> ListedCommit:
    return await _commit(github, row, f"tags/{tag}", tag)


async def _commit(github: GitHub, row: GitRepository, ref: str, name: str) -> ListedCommit:
    found = await github.commit_at(row.full_name, ref) if is_valid_ref_name(name) else None
    if found is None:
        kind = ref.partition("/")[0].removesuffix("s").replace("head", "branch")
        raise NoSuchTag(f"{row.full_name} has no {kind} {name}: push it, or name another one.")
    return found


async def _compare(
    github: GitHub, row: GitRepository, base: tuple[str, str], head: tuple[str, str]
) -> list[ListedCommit]:
    (first, base_sha), (last, head_sha) = base, head
    try:
        found = await github.comparison(row.full_name, base_sha, head_sha, pages=MOST_PAGES)
    except GitHubNotFound:
        raise BadRange(f"{first} and {last} have no history in common.") from None
    if found.status == "behind":
        raise BadRange(
            f"{last} has nothing that {first} has not: name the older tag by `from_tag`."
        )
    if len(found.commits) < found.total_commits:
        raise TooMuchForNotes(
            f"{last} has {found.total_commits} commits that {first} has not, more than {MOST_PAGES * PAGE}: name "
            "tags that are nearer to each other, or days."
        )
    return found.commits
