"""The repositories of an account at GitHub, to choose one to connect.

GitHub has no search in an account's own repositories, and gives them in pages of its own. So its pages are gone
through here, a few for each request, and a cursor names the page and the place in it where the next request goes
on. GitHub sorts them by their last push: whoever pushes between two requests may have a repository shown twice.
"""

from dataclasses import dataclass
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.authorising import authorise
from taskly.github.remote.accounts import github_for
from taskly.github.remote.client import GitHub
from taskly.github.remote.resources import RepositoryObject
from taskly.github.rules.permissions import permission_in, why_not_connected
from taskly.github.schemas import AvailableRepository
from taskly.platform.http.pages import Page, PageRequest
from taskly.platform.runtime import Runtime
from taskly.users.access import Principal

MOST_PAGES = 5
"""So many of GitHub's pages, of a hundred repositories each, are gone through for one request."""
Place = tuple[int, int]
"""A page of GitHub's, and how many repositories of it were shown or passed over."""
FIRST: Place = (1, 0)


async def list_available(
    runtime: Runtime,
    principal: Principal,
    workspace_id: UUID,
    wanted: str | None,
    paging: PageRequest,
) -> Page[AvailableRepository]:
    """The caller's repositories at GitHub whose names contain what is wanted.

    Raises:
        NotFound, Forbidden: the caller is no admin of the workspace.
        Invalid: the cursor is not one of this list.
        GitHubTokenMissing, GitHubTokenRefused, GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    paging = paging.for_query(wanted or "")
    page, passed = paging.place((int, int)) or FIRST
    token = await authorise(runtime, principal, workspace_id)
    async with runtime.database.reading() as session:
        connected = await repository.connected_github_ids(session, workspace_id)
    found = await _search(
        github_for(runtime, token), (wanted or "").lower(), (page, passed), paging.rows
    )
    return paging.page(
        found.rows, lambda row: _show(row.found, connected), lambda row: row.place, found.goes_on
    )


@dataclass(frozen=True, slots=True)
class _Row:
    found: RepositoryObject
    place: Place


@dataclass(frozen=True, slots=True)
class _Found:
    rows: list[_Row]
    goes_on: Place | None
    """Where the next request goes on, if GitHub's pages were not gone through to their end."""


async def _search(github: GitHub, wanted: str, place: Place, most: int) -> _Found:
    first, passed = place
    rows: list[_Row] = []
    for page in range(max(first, 1), max(first, 1) + MOST_PAGES):
        listed, is_last = await github.own_repositories(page)
        for count, each in enumerate(listed, 1):
            if count > passed and wanted in each.full_name.lower():
                rows.append(_Row(each, (page, count)))
        if is_last:
            return _Found(rows, None)
        if len(rows) >= most:
            break
        passed = 0
    return _Found(rows, (page + 1, 0))


def _show(found: RepositoryObject, connected: set[int]) -> AvailableRepository:
    permission = permission_in(found.permissions)
    reason = why_not_connected(found.full_name, permission, archived=found.archived)
    return AvailableRepository(
        full_name=found.full_name,
        private=found.private,
        default_branch=found.identity().default_branch,
        permission=permission,
        can_connect=reason is None,
        reason=reason,
        connected=found.id in connected,
    )
