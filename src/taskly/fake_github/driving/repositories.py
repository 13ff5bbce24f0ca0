"""Repositories, pushes and checks."""

from collections.abc import Mapping, Sequence

from taskly.fake_github.driving.control import Control
from taskly.fake_github.wire import asked, told, words

CommitLike = str | asked.NewCommit


class Repositories(Control):
    """Repositories, named `owner/name`, and what happens in them."""

    async def create_repository(
        self,
        owner: str,
        name: str,
        *,
        private: bool = False,
        default_branch: str = "main",
        empty: bool = False,
        delete_branch_on_merge: bool = False,
        collaborators: Mapping[str, words.Permission] | None = None,
    ) -> told.Repository:
        """A repository, with a first commit unless empty."""
        body = asked.NewRepository(
            owner=owner,
            name=name,
            private=private,
            default_branch=default_branch,
            empty=empty,
            delete_branch_on_merge=delete_branch_on_merge,
            collaborators=dict(collaborators or {}),
        )
        return await self._ask(told.Repository, "POST", "/repositories", body)

    async def repository(self, repository: str) -> told.Repository:
        """What is known of it."""
        return await self._ask(told.Repository, "GET", f"/repositories/{repository}")

    async def change_repository(
        self, repository: str, change: asked.RepositoryChange
    ) -> told.Repository:
        """Archive it, make it private and so on."""
        return await self._ask(told.Repository, "PATCH", f"/repositories/{repository}", change)

    async def rename_repository(self, repository: str, name: str) -> told.Repository:
        """Another name for it, under the same owner."""
        return await self.change_repository(repository, asked.RepositoryChange(name=name))

    async def delete_repository(self, repository: str) -> None:
        """Gone."""
        await self._do("DELETE", f"/repositories/{repository}")

    async def set_access(
        self, repository: str, login: str, permission: words.Permission | None
    ) -> None:
        """What somebody may do there."""
        path = f"/repositories/{repository}/collaborators/{login}"
        await self._do("PUT", path, asked.Access(permission=permission))

    async def require_checks(
        self,
        repository: str,
        branch: str,
        checks: Mapping[str, int | None],
        *,
        by_ruleset: bool = False,
    ) -> None:
        """Checks that a branch requires, with the app that has to report each, if one has to."""
        path = f"/repositories/{repository}/required-checks/{branch}"
        body = asked.RequiredChecks(checks=dict(checks), by_ruleset=by_ruleset)
        await self._do("PUT", path, body)

    async def push(
        self,
        repository: str,
        branch: str,
        commits: Sequence[CommitLike] = ("A change",),
        *,
        actor: str | None = None,
        start: str | None = None,
        force: bool = False,
    ) -> told.Push:
        """Commits (or just their messages) for a branch, which is made when it is not there."""
        body = asked.NewPush(
            branch=branch,
            commits=[_commit(commit) for commit in commits],
            actor=actor,
            start=start,
            force=force,
        )
        return await self._ask(told.Push, "POST", f"/repositories/{repository}/pushes", body)

    async def create_branch(
        self, repository: str, branch: str, *, start: str | None = None, actor: str | None = None
    ) -> told.Push:
        """A branch without a commit of its own."""
        return await self.push(repository, branch, (), actor=actor, start=start)

    async def tag(self, repository: str, name: str, *, at: str | None = None) -> None:
        """A tag at a branch or a commit; at the default branch when not said otherwise."""
        body = asked.NewTag(name=name, at=at)
        await self._do("POST", f"/repositories/{repository}/tags", body)

    async def delete_branch(
        self, repository: str, branch: str, *, actor: str | None = None
    ) -> None:
        """A branch less."""
        path = f"/repositories/{repository}/branches/{branch}"
        await self._do("DELETE", path, query={"actor": actor})

    async def report_check(
        self,
        repository: str,
        ref: str,
        name: str,
        *,
        conclusion: words.Conclusion | None = None,
        status: words.CheckStatus = "queued",
    ) -> told.CheckRun:
        """A check run of a branch's tip or a commit; with a conclusion it is completed."""
        body = asked.NewCheckRun(ref=ref, name=name, conclusion=conclusion, status=status)
        return await self._ask(
            told.CheckRun, "POST", f"/repositories/{repository}/check-runs", body
        )

    async def update_check(
        self,
        repository: str,
        check_run_id: int,
        *,
        conclusion: words.Conclusion | None = None,
        status: words.CheckStatus | None = None,
    ) -> told.CheckRun:
        """What became of a check run."""
        body = asked.CheckRunChange(conclusion=conclusion, status=status)
        path = f"/repositories/{repository}/check-runs/{check_run_id}"
        return await self._ask(told.CheckRun, "PATCH", path, body)

    async def report_status(
        self,
        repository: str,
        ref: str,
        state: words.StatusState,
        *,
        context: str = "default",
        target_url: str | None = None,
    ) -> told.Status:
        """A status of a branch's tip or a commit."""
        body = asked.NewStatus(ref=ref, state=state, context=context, target_url=target_url)
        return await self._ask(told.Status, "POST", f"/repositories/{repository}/statuses", body)


def _commit(commit: CommitLike) -> asked.NewCommit:
    return asked.NewCommit(message=commit) if isinstance(commit, str) else commit
