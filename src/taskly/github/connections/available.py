"""The repositories that somebody reaches at GitHub, to choose one to connect.

GitHub has no search in an account's own repositories, and gives them in pages of its own. So its pages are gone
through here, a few for each request, and a cursor names the page and the place in it where the next request goes
on. GitHub sorts them by their last push: whoever pushes between two requests may have a repository shown twice.
Behind them comes what is reached through the GitHub App alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.access_lost import WITHOUT_TOKEN
from taskly.github.connections.authorising import authorise
from taskly.github.connections.installations import Seen, seen_by_app
from taskly.github.errors import AppShutOut
from taskly.github.models import Via
from taskly.github.remote.accounts import github_app, github_for, person_token
from taskly.github.remote.client import GitHub
from taskly.github.remote.resources import RepositoryObject
from taskly.github.rules.permissions import Permission, permission_in, why_not_connected
from taskly.github.schemas import AvailableRepository
from taskly.platform.http.pages import Page, PageRequest
from taskly.platform.runtime import Runtime
from taskly.users.access import Principal

MOST_PAGES = 5
"""So many of GitHub's pages, of a hundred repositories each, are gone through for one request."""
MOST_ASKED = 100
"""Of so many repositories that the app sees GitHub is asked for one request what the account may do there."""
Place = tuple[int, int]
"""A page of GitHub's, and how many repositories of it were shown or passed over."""
FIRST: Place = (1, 0)
BY_APP = 0
"""In place of a page: what the app sees beside the account's own."""


async def list_available(
    runtime: Runtime,
    principal: Principal,
    workspace_id: UUID,
    wanted: str | None,
    paging: PageRequest,
) -> Page[AvailableRepository]:
    """The repositories that the caller reaches at GitHub whose names contain what is wanted.

    Raises:
        NotFound, Forbidden: the caller is no admin of the workspace.
        Invalid: the cursor is not one of this list.
        AppShutOut: they give no access of their own, and GitHub does not know the app.
        GitHubTokenMissing, GitHubTokenRefused, GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    paging = paging.for_query(wanted or "")
    place = paging.place((int, int)) or FIRST
    await authorise(runtime, principal, workspace_id)
    async with runtime.database.reading() as session:
        connected = await repository.connected_github_ids(session, workspace_id)
    own = await _own_github(runtime, principal.user_id)
    seen = await _seen(runtime, principal.user_id, own)
    search = _Search(own, seen, (wanted or "").lower(), paging.rows)
    found = await search.run(place)
    return paging.page(
        found.rows, lambda row: _show(row, connected), lambda row: row.place, found.goes_on
    )


async def _own_github(runtime: Runtime, user_id: UUID) -> GitHub | None:
    """GitHub in the person's name; None where they give no access to repositories and the app stands in for it."""
    try:
        return github_for(runtime, await person_token(runtime, user_id))
    except WITHOUT_TOKEN:
        if await github_app(runtime) is None:
            raise
        return None


async def _seen(runtime: Runtime, user_id: UUID, own: GitHub | None) -> Sequence[Seen]:
    """What the app sees; an app that GitHub does not know is in nobody's way who reaches repositories without it."""
    try:
        return await seen_by_app(runtime, user_id)
    except AppShutOut:
        if own is None:
            raise
        return ()


@dataclass(frozen=True, slots=True)
class _Row:
    found: RepositoryObject
    permission: Permission
    via: Via
    place: Place


@dataclass(frozen=True, slots=True)
class _Found:
    rows: list[_Row]
    goes_on: Place | None
    """Where the next request goes on, if not all was gone through."""


@dataclass(frozen=True, slots=True)
class _Search:
    """Going through what somebody reaches, from some place on."""

    own: GitHub | None
    seen: Sequence[Seen]
    wanted: str
    most: int

    async def run(self, place: Place) -> _Found:
        """What is found from there on, at most as much as one request may take."""
        page, passed = place
        if page == BY_APP:
            return await self._beside(passed, self.most)
        found = _Found([], None) if self.own is None else await self._listed(self.own, page, passed)
        if found.goes_on is not None or not self.seen:
            return found
        if len(found.rows) >= self.most:
            return _Found(found.rows, (BY_APP, 0))
        beside = await self._beside(0, self.most - len(found.rows))
        return _Found([*found.rows, *beside.rows], beside.goes_on)

    async def _listed(self, own: GitHub, first: int, passed: int) -> _Found:
        """The account's own repositories."""
        by_app = {each.repository.id for each in self.seen}
        rows: list[_Row] = []
        for page in range(max(first, 1), max(first, 1) + MOST_PAGES):
            listed, is_last = await own.own_repositories(page)
            for count, each in enumerate(listed, 1):
                if count > passed and self._is_wanted(each):
                    via = Via.APP if each.id in by_app else Via.TOKEN
                    rows.append(_Row(each, permission_in(each.permissions), via, (page, count)))
            if is_last:
                return _Found(rows, None)
            if len(rows) >= self.most:
                break
            passed = 0
        return _Found(rows, (page + 1, 0))

    async def _beside(self, passed: int, most: int) -> _Found:
        """What is reached through the app alone."""
        listed = await self._own_ids()
        rows: list[_Row] = []
        asked = 0
        for count, each in enumerate(self.seen, 1):
            found = each.repository
            if count <= passed or found.id in listed or not self._is_wanted(found):
                continue
            if asked >= MOST_ASKED:
                return _Found(rows, (BY_APP, count - 1))
            permission, asked = await each.permission(), asked + 1
            is_others = permission is not Permission.ADMIN and not found.private
            if permission is None or is_others:
                continue  # Everybody sees what is public; that is no reason to list it.
            rows.append(_Row(found, permission, Via.APP, (BY_APP, count)))
            if len(rows) >= most:
                break
        return _Found(rows, None)

    async def _own_ids(self) -> set[int]:
        found: set[int] = set()
        page, is_last = 1, False
        while self.own is not None and not is_last:
            listed, is_last = await self.own.own_repositories(page)
            found |= {each.id for each in listed}
            page += 1
        return found

    def _is_wanted(self, found: RepositoryObject) -> bool:
        return self.wanted in found.full_name.lower()


def _show(row: _Row, connected: set[int]) -> AvailableRepository:
    found = row.found
    reason = why_not_connected(found.full_name, row.permission, archived=found.archived)
    return AvailableRepository(
        full_name=found.full_name,
        private=found.private,
        default_branch=found.identity().default_branch,
        permission=row.permission,
        can_connect=reason is None,
        reason=reason,
        connected=found.id in connected,
        via=row.via,
    )
