"""The repositories that somebody reaches at GitHub, to choose one to connect.

GitHub has no search in an account's own repositories, and gives them in pages of its own. So its pages are gone
through here, a few for each request, and a cursor names whose list it is, the page, and the place in it where the next
request goes on. GitHub sorts them by their last push: whoever pushes between two requests may have a repository shown
twice. Behind them comes what is reached through the GitHub App alone, one installation after the other.
"""

from dataclasses import dataclass, field
from uuid import UUID

from taskly.github import repository
from taskly.github.connections.access_lost import WITHOUT_TOKEN
from taskly.github.connections.authorising import authorise
from taskly.github.connections.own_list import Owned, OwnList
from taskly.github.connections.schemas import (
    AvailablePage,
    AvailableRepository,
    UnaskedInstallation,
)
from taskly.github.connections.seen_by_app import IN_THE_WAY, SeenByApp, seen_by_app
from taskly.github.errors import GitHubTokenRefused
from taskly.github.models import Via
from taskly.github.remote.accounts import github_app, github_for, person_token
from taskly.github.remote.app_resources import InstallationObject
from taskly.github.remote.client import GitHub
from taskly.github.remote.resources import RepositoryObject
from taskly.github.rules.permissions import Permission, permission_in, why_not_connected
from taskly.platform.http.pages import PageRequest
from taskly.platform.runtime import Runtime
from taskly.users.access import Principal

MOST_PAGES = 5
"""So many of GitHub's pages, of a hundred repositories each, are gone through for one request."""
MOST_ASKED = 100
"""Of so many repositories that the app sees GitHub is asked for one request what the account may do there."""
Place = tuple[int, int, int]
"""Whose list it is, a page of GitHub's, and how many repositories of it were shown or passed over."""
OWN = 0
"""The account's own list; others are named by the id of their installation."""
FIRST: Place = (OWN, 1, 0)
TOO_LONG = "Your own list at GitHub is long, and could not be read to its end: what stands in it may be shown once more."
BESIDE: Place = (1, 1, 0)
"""The beginning of the first installation's list, whatever its id is."""


async def list_available(
    runtime: Runtime,
    principal: Principal,
    workspace_id: UUID,
    wanted: str | None,
    paging: PageRequest,
) -> AvailablePage:
    """The repositories that the caller reaches at GitHub whose names contain what is wanted.

    Raises:
        NotFound, Forbidden: the caller is no admin of the workspace.
        Invalid: the cursor is not one of this list.
        AppShutOut: they give no access of their own, and GitHub does not know the app.
        GitHubTokenMissing, GitHubTokenRefused, GitHubRateLimited, GitHubUnavailable: see `client`.
    """
    paging = paging.for_query(wanted or "")
    place = paging.place((int, int, int)) or FIRST
    await authorise(runtime, principal, workspace_id)
    async with runtime.database.reading() as session:
        connected = await repository.connected_names(session, workspace_id)
    own, notes = await _own_github(runtime, principal.user_id)
    owners = frozenset(name.partition("/")[0].lower() for name in connected.values())
    seen, unasked = await _seen(runtime, principal.user_id, own, owners)
    own_list = OwnList(runtime.redis, principal.user_id)
    search = _Search(own, own_list, seen, (wanted or "").lower(), paging.rows)
    search.notes += notes
    goes_on = await search.run(place)
    page = paging.page(
        search.rows, lambda row: _show(row, connected), lambda row: row.place, goes_on
    )
    unasked += [UnaskedInstallation(account=None, reason=each) for each in search.notes]
    unasked += [UnaskedInstallation.model_validate(each) for each in seen.unasked()]
    return AvailablePage(items=page.items, next_cursor=page.next_cursor, unasked=unasked)


async def _own_github(runtime: Runtime, user_id: UUID) -> tuple[GitHub | None, list[str]]:
    """GitHub in the person's name; None where they give no access to repositories and the app stands in for it.

    And what is to be said of that: that they give none is as they want it, that it is refused is not.
    """
    try:
        return github_for(runtime, await person_token(runtime, user_id)), []
    except WITHOUT_TOKEN as error:
        if await github_app(runtime) is None:
            raise
        return None, [str(error)] if isinstance(error, GitHubTokenRefused) else []


async def _seen(
    runtime: Runtime, user_id: UUID, own: GitHub | None, connected: frozenset[str]
) -> tuple[SeenByApp, list[UnaskedInstallation]]:
    """What the app sees; an app that can't be asked is in nobody's way who reaches repositories without it."""
    try:
        return await seen_by_app(runtime, user_id, connected), []
    except IN_THE_WAY as error:
        if own is None:
            raise
        return SeenByApp(runtime), [UnaskedInstallation(account=None, reason=str(error))]


@dataclass(frozen=True, slots=True)
class _Row:
    found: RepositoryObject
    permission: Permission
    via: Via
    place: Place


@dataclass(slots=True)
class _Search:
    """Going through what somebody reaches, from some place on, as far as one request may go."""

    own: GitHub | None
    own_list: OwnList
    seen: SeenByApp
    wanted: str
    most: int
    rows: list[_Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What else is to be said of the list."""
    pages: int = 0
    asked: int = 0

    async def run(self, place: Place) -> Place | None:
        """Find rows; where the next request goes on, None if all was gone through."""
        source, page, passed = place
        if source == OWN and self.own is not None:
            try:
                goes_on = await self._listed(self.own, max(page, 1), passed)
            except GitHubTokenRefused as error:
                self._go_without_own(error)
            else:
                if goes_on != BESIDE:
                    return goes_on
        return await self._beside(BESIDE if source == OWN else place)

    async def _listed(self, own: GitHub, page: int, passed: int) -> Place | None:
        """The account's own repositories, and whether something is to be looked for behind them."""
        while True:
            listed, is_last = await own.own_repositories(page)
            self.pages += 1
            await self.own_list.note(page, listed, is_last=is_last)
            self.seen.owners |= {each.owner.id for each in listed}
            for count, each in enumerate(listed, 1):
                if count > passed and self._is_wanted(each):
                    via = Via.APP if await self.seen.sees(each) else Via.TOKEN
                    permission = permission_in(each.permissions)
                    self.rows.append(_Row(each, permission, via, (OWN, page, count)))
            if is_last:
                break
            page, passed = page + 1, 0
            if self._is_enough():
                return (OWN, page, 0)
        return BESIDE if self.seen.installations else None

    async def _beside(self, place: Place) -> Place | None:
        """What is reached through the app alone: one installation after the other."""
        first, page, passed = place
        if not self.seen.installations or self._is_enough():
            return place if self.seen.installations else None
        owned = await self._owned()
        for each in self.seen.installations:
            if each.id < first:
                continue
            if self._is_enough():
                return (each.id, 1, 0)
            begin = (max(page, 1), passed) if each.id == first else (1, 0)
            try:
                goes_on = await self._of(each, owned.ids, *begin)
            except IN_THE_WAY as error:
                self.seen.note(each, error)
                continue
            if goes_on is not None:
                return goes_on
        return None

    async def _owned(self) -> Owned:
        """What is in the person's own list, and is not to be shown again."""
        if self.own is None:
            return Owned()
        try:
            owned = await self.own_list.read(self.own)
        except GitHubTokenRefused as error:
            self._go_without_own(error)
            return Owned()
        self.seen.owners |= owned.owners
        if owned.next_page is not None:
            self.notes.append(TOO_LONG)
        return owned

    def _go_without_own(self, refusal: GitHubTokenRefused) -> None:
        """GitHub refuses the person's token: go on with what the app sees, if they may go through it."""
        if self.seen.user is None:
            raise refusal
        self.own = None
        self.notes.append(str(refusal))

    async def _of(
        self, installation: InstallationObject, own_ids: frozenset[int], page: int, passed: int
    ) -> Place | None:
        """What one installation sees, and the person does not list themselves.

        Raises what is `IN_THE_WAY`.
        """
        github = await self.seen.github(installation)
        while True:
            listed, is_last = await github.installed_repositories(page)
            self.pages += 1
            for count, found in enumerate(listed, 1):
                if count <= passed or not self._is_wanted(found) or found.id in own_ids:
                    continue
                if self.asked >= MOST_ASKED or len(self.rows) >= self.most:
                    return (installation.id, page, count - 1)
                self.asked += 1
                permission = await self.seen.permission(github, installation, found)
                is_others = permission is not Permission.ADMIN and not found.private
                if permission is None or is_others:
                    continue  # Everybody sees what is public; that is no reason to list it.
                place = (installation.id, page, count)
                self.rows.append(_Row(found, permission, Via.APP, place))
            if is_last:
                return None
            page, passed = page + 1, 0
            if self._is_enough():
                return (installation.id, page, 0)

    def _is_enough(self) -> bool:
        return len(self.rows) >= self.most or self.pages >= MOST_PAGES

    def _is_wanted(self, found: RepositoryObject) -> bool:
        return self.wanted in found.full_name.lower()


def _show(row: _Row, connected: dict[int, str]) -> AvailableRepository:
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
