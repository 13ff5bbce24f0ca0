"""GitHub's API as far as we use it, typed, in the name of one account.

Every method can raise, besides what it names:
    GitHubUnavailable: there is no answer that makes sense; trying again later is right.
    GitHubRateLimited: the account's limit is reached.
    GitHubTokenRefused: the token does not count any more.
    GitHubForbids: the account may not do this.
"""

from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote

from taskly.github.errors import (
    BranchExists,
    GitHubNotFound,
    GitHubRefuses,
)
from taskly.github.remote.app_resources import InstalledRepositories, PermissionObject
from taskly.github.remote.asking import Asking
from taskly.github.remote.hook_resources import HookDeliveryObject, HookObject, hook_settings
from taskly.github.remote.issues import IssueCommentObject, IssueObject
from taskly.github.remote.resources import (
    BranchObject,
    CheckRunList,
    CheckRunObject,
    CombinedStatus,
    CommentObject,
    ComparisonObject,
    ListedCommit,
    PullRequestObject,
    RefObject,
    RepositoryObject,
    ReviewObject,
    StatusObject,
)
from taskly.github.remote.rule_resources import BranchProtection, BranchRule
from taskly.github.remote.transport import Call
from taskly.github.remote.understanding import (
    PAGE,
    Query,
    advice_on,
    read_answer,
    repository_path,
    telling_unreachable,
    where_shown,
)
from taskly.github.rules.checks import RequiredCheck

_REFERENCE_EXISTS = "reference already exists"
_NO_COMMIT = "no commit found"


class GitHub(Asking):
    """What one account can ask of GitHub and do there."""

    # Repositories.

    async def repository(self, full_name: str, *, known_id: int | None = None) -> RepositoryObject:
        """A repository by its present or a former name; with an id, the one that has this id, whatever its name is.

        A name leads elsewhere once somebody takes it that a repository had before. GitHub's own redirects name
        repositories by id.

        Raises:
            GitHubNotFound: there is none, or the account may not see it.
        """
        try:
            found = await self._get(repository_path(full_name), RepositoryObject)
        except GitHubNotFound:
            if known_id is None:
                raise
        else:
            if known_id in {None, found.id}:
                return found
        return await self._get(f"/repositories/{known_id}", RepositoryObject)

    async def own_repositories(self, page: int) -> tuple[list[RepositoryObject], bool]:
        """A page of the account's repositories, most recently pushed first, and whether it is the last."""
        query: Query = {"sort": "pushed", "direction": "desc", "per_page": PAGE, "page": page}
        answer = await self._send(Call("GET", "/user/repos", query=query, repeatable=True))
        return read_answer(answer, list[RepositoryObject]), answer.next_page is None

    async def installed_repositories(self, page: int) -> tuple[list[RepositoryObject], bool]:
        """A page of what the asking installation of an app sees, and whether it is the last."""
        query: Query = {"per_page": PAGE, "page": page}
        answer = await self._page("/installation/repositories", query, None)
        found = read_answer(answer, InstalledRepositories).repositories
        return found, answer.next_page is None

    async def permission_of(self, full_name: str, login: str) -> PermissionObject:
        """What somebody may do in a repository.

        Raises:
            GitHubNotFound: there is no such repository, or nobody of this login.
        """
        path = f"{repository_path(full_name)}/collaborators/{quote(login, safe='')}/permission"
        return await self._get(path, PermissionObject)

    # Webhooks.

    async def find_hook(self, full_name: str, url: str) -> HookObject | None:
        """The repository's webhook that sends to this address."""
        path = f"{repository_path(full_name)}/hooks"
        async for page in self._pages(path, {"per_page": PAGE}, pages=5):
            for hook in read_answer(page, list[HookObject]):
                if hook.config.url == url:
                    return hook
        return None

    async def create_hook(
        self, full_name: str, *, url: str, secret: str, events: Sequence[str]
    ) -> HookObject:
        """Make a webhook. Not repeatable: look for it first with `find_hook`.

        Raises:
            HookUnreachable: the address is not one that GitHub can reach.
            GitHubRefuses: there are too many, or one like it.
        """
        body = {"name": "web", **hook_settings(url, secret, events)}
        with telling_unreachable():
            answer = await self._send(
                Call("POST", f"{repository_path(full_name)}/hooks", body=body)
            )
        return read_answer(answer, HookObject)

    async def update_hook(
        self, full_name: str, hook_id: int, *, url: str, secret: str, events: Sequence[str]
    ) -> HookObject:
        """Set a webhook's address, secret and events.

        Raises:
            HookUnreachable: the address is not one that GitHub can reach.
            GitHubNotFound: the webhook is gone.
        """
        path = f"{repository_path(full_name)}/hooks/{hook_id}"
        body = hook_settings(url, secret, events)
        with telling_unreachable():
            answer = await self._send(Call("PATCH", path, body=body, repeatable=True))
        return read_answer(answer, HookObject)

    async def hook_deliveries(
        self, full_name: str, hook_id: int, *, pages: int
    ) -> AsyncIterator[HookDeliveryObject]:
        """What a webhook has sent, newest first. GitHub keeps three days of it.

        Raises:
            GitHubNotFound: the webhook is gone.
        """
        path = f"{repository_path(full_name)}/hooks/{hook_id}/deliveries"
        async for page in self._pages(path, {"per_page": PAGE}, pages=pages):
            for delivery in read_answer(page, list[HookDeliveryObject]):
                yield delivery

    async def redeliver(self, full_name: str, hook_id: int, delivery_id: int) -> None:
        """Have a delivery sent once more. To ask twice does no harm: it has the same id.

        Raises:
            GitHubNotFound: GitHub does not keep it any more.
        """
        path = f"{repository_path(full_name)}/hooks/{hook_id}/deliveries/{delivery_id}/attempts"
        await self._send(Call("POST", path, repeatable=True))

    async def delete_hook(self, full_name: str, hook_id: int) -> None:
        """Take a webhook away. One that is gone already is fine."""
        await self._delete(f"{repository_path(full_name)}/hooks/{hook_id}")

    # Branches.

    async def branch_sha(self, full_name: str, branch: str) -> str | None:
        """The commit at which a branch stands; None if there is no such branch."""
        path = f"{repository_path(full_name)}/git/ref/heads%2F{quote(branch, safe='')}"
        try:
            return (await self._get(path, RefObject)).object.sha
        except GitHubNotFound:
            return None

    async def branches(self, full_name: str, *, pages: int) -> tuple[list[str], bool]:
        """The names of the branches, and whether these are all of them."""
        names: list[str] = []
        complete = True
        path = f"{repository_path(full_name)}/branches"
        async for page in self._pages(path, {"per_page": PAGE}, pages=pages):
            names += [branch.name for branch in read_answer(page, list[BranchObject])]
            complete = page.next_page is None
        return names, complete

    async def required_checks(self, full_name: str, branch: str) -> list[RequiredCheck]:
        """The checks that have to pass before something is merged into a branch, by its protection or by rulesets.

        Where the account's plan has no rulesets, or the branch is gone, those are not required.
        """
        path = f"{repository_path(full_name)}/rules/branches/{quote(branch, safe='')}"
        found: set[RequiredCheck] = set()
        with where_shown():
            async for page in self._pages(path, {"per_page": PAGE}, pages=3):
                for rule in read_answer(page, list[BranchRule]):
                    found.update(rule.required())
        path = f"{repository_path(full_name)}/branches/{quote(branch, safe='')}"
        with where_shown():
            found.update((await self._get(path, BranchProtection)).required())
        return sorted(found, key=lambda each: (each.name, each.app_id or 0))

    async def create_branch(self, full_name: str, branch: str, sha: str) -> None:
        """Make a branch at a commit. Not repeatable: see `branching` for how to do it once.

        Raises:
            BranchExists: there is one of this name.
            GitHubRefuses: Git or a rule of the repository does not allow it.
        """
        path = f"{repository_path(full_name)}/git/refs"
        body = {"ref": f"refs/heads/{branch}", "sha": sha}
        try:
            await self._send(Call("POST", path, body=body))
        except GitHubRefuses as error:
            if _REFERENCE_EXISTS in (error.detail or "").lower():
                raise BranchExists(f"{full_name} has a branch {branch} already.") from None
            raise

    # Pull requests.

    async def pull_requests(
        self, full_name: str, *, state: str, pages: int
    ) -> AsyncIterator[PullRequestObject]:
        """Pull requests that are `open` or `closed`, most recently updated first."""
        query: Query = {"state": state, "sort": "updated", "direction": "desc", "per_page": PAGE}
        async for page in self._pages(f"{repository_path(full_name)}/pulls", query, pages=pages):
            for pull_request in read_answer(page, list[PullRequestObject]):
                yield pull_request

    async def pull_request(self, full_name: str, number: int) -> PullRequestObject:
        """One pull request.

        Raises:
            GitHubNotFound: there is none.
        """
        return await self._get(f"{repository_path(full_name)}/pulls/{number}", PullRequestObject)

    async def pull_request_from(
        self, full_name: str, head: str, base: str
    ) -> PullRequestObject | None:
        """The open pull request from one branch of a repository into another; GitHub has one at most."""
        owner = full_name.partition("/")[0]
        query: Query = {"head": f"{owner}:{head}", "base": base, "state": "open", "per_page": 1}
        path = f"{repository_path(full_name)}/pulls"
        answer = await self._send(Call("GET", path, query=query, repeatable=True))
        return next(iter(read_answer(answer, list[PullRequestObject])), None)

    async def create_pull_request(
        self, full_name: str, head: str, base: str, *, title: str, body: str, draft: bool
    ) -> PullRequestObject:
        """Open a pull request. Not repeatable: look for it first with `pull_request_from`.

        Raises:
            GitHubRefuses: it is there already, or can't be; the detail says what to do.
        """
        path = f"{repository_path(full_name)}/pulls"
        wanted = {"title": title, "head": head, "base": base, "body": body, "draft": draft}
        try:
            answer = await self._send(Call("POST", path, body=wanted))
        except GitHubRefuses as error:
            advice = advice_on(str(error).lower(), full_name, head, base)
            raise error if advice is None else GitHubRefuses(advice) from None
        return read_answer(answer, PullRequestObject)

    async def find_comment(self, full_name: str, number: int, mark: str) -> CommentObject | None:
        """The first comment on a pull request that begins with this mark: who quotes it has other words before it."""
        path = f"{repository_path(full_name)}/issues/{number}/comments"
        async for page in self._pages(path, {"per_page": PAGE}, pages=10):
            for comment in read_answer(page, list[CommentObject]):
                if comment.body.startswith(mark):
                    return comment
        return None

    async def create_comment(self, full_name: str, number: int, body: str) -> CommentObject:
        """Comment on a pull request. Not repeatable: look for it first with `find_comment`.

        Raises:
            GitHubNotFound: there is no such pull request.
        """
        path = f"{repository_path(full_name)}/issues/{number}/comments"
        answer = await self._send(Call("POST", path, body={"body": body}))
        return read_answer(answer, CommentObject)

    async def update_comment(self, full_name: str, comment_id: int, body: str) -> None:
        """Write a comment anew.

        Raises:
            GitHubNotFound: it is gone.
        """
        path = f"{repository_path(full_name)}/issues/comments/{comment_id}"
        await self._send(Call("PATCH", path, body={"body": body}, repeatable=True))

    async def delete_comment(self, full_name: str, comment_id: int) -> None:
        """Take a comment away. One that is gone already is fine."""
        await self._delete(f"{repository_path(full_name)}/issues/comments/{comment_id}")

    async def reviews(self, full_name: str, number: int) -> list[ReviewObject]:
        """The reviews of a pull request, oldest first."""
        path = f"{repository_path(full_name)}/pulls/{number}/reviews"
        pages = self._pages(path, {"per_page": PAGE}, pages=5)
        return [review async for page in pages for review in read_answer(page, list[ReviewObject])]

    async def commits(self, full_name: str, number: int) -> list[ListedCommit]:
        """The commits of a pull request, oldest first; of more than 250 GitHub lists the first ones."""
        path = f"{repository_path(full_name)}/pulls/{number}/commits"
        pages = self._pages(path, {"per_page": PAGE}, pages=3)
        return [commit async for page in pages for commit in read_answer(page, list[ListedCommit])]

    async def check_runs(self, full_name: str, sha: str) -> list[CheckRunObject]:
        """The newest check runs of a commit; none where an app may not read them."""
        path = f"{repository_path(full_name)}/commits/{quote(sha, safe='')}/check-runs"
        pages = self._pages(path, {"filter": "latest", "per_page": PAGE}, pages=5)
        found: list[CheckRunObject] = []
        with self.lacking.passing_by():
            async for page in pages:
                found += read_answer(page, CheckRunList).check_runs
        return found

    async def statuses(self, full_name: str, sha: str) -> list[StatusObject]:
        """The newest status of each context of a commit; none where an app may not read them."""
        path = f"{repository_path(full_name)}/commits/{quote(sha, safe='')}/status"
        pages = self._pages(path, {"per_page": PAGE}, pages=5)
        found: list[StatusObject] = []
        with self.lacking.passing_by():
            async for page in pages:
                found += read_answer(page, CombinedStatus).statuses
        return found

    # History.

    async def commit_at(self, full_name: str, ref: str) -> ListedCommit | None:
        """The commit at which a ref stands, such as `tags/v1` or `heads/main`; None if there is no such ref.

        Raises:
            GitHubNotFound: there is no such repository, or the account may not see it.
        """
        path = f"{repository_path(full_name)}/commits/{quote(ref, safe='')}"
        # The files of the commit come along, as many as are on a page.
        call = Call("GET", path, query={"per_page": 1}, repeatable=True)
        try:
            return read_answer(await self._send(call), ListedCommit)
        except GitHubRefuses as error:
            if _NO_COMMIT in (error.detail or "").lower():
                return None
            raise

    async def comparison(
        self, full_name: str, base: str, head: str, *, pages: int
    ) -> ComparisonObject:
        """What one commit has in its history that another has not; the first page alone, if there are more than so many.

        Raises:
            GitHubNotFound: there is no such commit, or they have no history in common.
        """
        path = (
            f"{repository_path(full_name)}/compare/{quote(base, safe='')}...{quote(head, safe='')}"
        )
        found: list[ComparisonObject] = []
        async for page in self._pages(path, {"per_page": PAGE}, pages=pages):
            found.append(read_answer(page, ComparisonObject))
            if found[0].total_commits > pages * PAGE:
                break
        commits = [commit for page in found for commit in page.commits]
        return found[0].model_copy(update={"commits": commits})

    # Issues.

    async def issues(
        self, full_name: str, *, state: str, page: str | None
    ) -> tuple[list[IssueObject], str | None]:
        """A page of the issues and pull requests that are `open`, or `all`, oldest first; and the page after it.

        Raises:
            GitHubNotFound: there is no such repository.
            IssuesDisabled: it has no issues.
        """
        query: Query = {"state": state, "sort": "created", "direction": "asc", "per_page": PAGE}
        answer = await self._page(f"{repository_path(full_name)}/issues", query, page)
        return read_answer(answer, list[IssueObject]), answer.next_page

    async def issue_comments(
        self, full_name: str, *, page: str | None
    ) -> tuple[list[IssueCommentObject], str | None]:
        """A page of what is said below all issues and pull requests, oldest first; and the page after it."""
        path = f"{repository_path(full_name)}/issues/comments"
        query: Query = {"sort": "created", "direction": "asc", "per_page": PAGE}
        answer = await self._page(path, query, page)
        return read_answer(answer, list[IssueCommentObject]), answer.next_page
