"""Pull requests and reviews."""

from collections.abc import Sequence

from pydantic import BaseModel

from taskly.fake_github.driving.control import Control
from taskly.fake_github.wire import asked, told, words


class PullRequests(Control):
    """Pull requests, by their repository (`owner/name`) and number."""

    async def open_pull_request(
        self,
        repository: str,
        head: str,
        title: str,
        *,
        base: str | None = None,
        body: str | None = None,
        draft: bool = False,
        author: str | None = None,
    ) -> told.PullRequest:
        """A pull request, into the default branch and by the owner when not said otherwise."""
        wanted = asked.NewPullRequest(
            head=head, title=title, base=base, body=body, draft=draft, author=author
        )
        path = f"/repositories/{repository}/pulls"
        return await self._ask(told.PullRequest, "POST", path, wanted)

    async def pull_request(self, repository: str, number: int) -> told.PullRequest:
        """One pull request."""
        return await self._ask(told.PullRequest, "GET", _pull(repository, number))

    async def edit_pull_request(
        self,
        repository: str,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        base: str | None = None,
        actor: str | None = None,
    ) -> told.PullRequest:
        """Another title, text or base."""
        change = asked.PullRequestChange(title=title, body=body, base=base, actor=actor)
        return await self._ask(told.PullRequest, "PATCH", _pull(repository, number), change)

    async def merge(
        self,
        repository: str,
        number: int,
        *,
        actor: str | None = None,
        method: words.MergeMethod = "merge",
        delete_branch: bool | None = None,
    ) -> told.PullRequest:
        """Merge it."""
        body = asked.Merge(actor=actor, method=method, delete_branch=delete_branch)
        return await self._act(repository, number, "merge", body)

    async def close_pull_request(
        self, repository: str, number: int, *, actor: str | None = None
    ) -> told.PullRequest:
        """Close it without merging."""
        return await self._act(repository, number, "close", asked.Act(actor=actor))

    async def reopen(
        self, repository: str, number: int, *, actor: str | None = None
    ) -> told.PullRequest:
        """Open it again."""
        return await self._act(repository, number, "reopen", asked.Act(actor=actor))

    async def convert_to_draft(
        self, repository: str, number: int, *, actor: str | None = None
    ) -> told.PullRequest:
        """Make it a draft."""
        return await self._act(repository, number, "draft", asked.Act(actor=actor))

    async def ready_for_review(
        self, repository: str, number: int, *, actor: str | None = None
    ) -> told.PullRequest:
        """Make it ready for review."""
        return await self._act(repository, number, "ready", asked.Act(actor=actor))

    async def request_review(
        self, repository: str, number: int, reviewers: Sequence[str], *, actor: str | None = None
    ) -> told.PullRequest:
        """Ask somebody for a review."""
        body = asked.ReviewersChange(reviewers=list(reviewers), actor=actor)
        return await self._act(repository, number, "reviewers", body)

    async def review(
        self,
        repository: str,
        number: int,
        author: str,
        verdict: words.Verdict = "APPROVE",
        body: str = "Reviewed.",
    ) -> told.Review:
        """A verdict."""
        wanted = asked.NewReview(author=author, verdict=verdict, body=body)
        return await self._ask(told.Review, "POST", f"{_pull(repository, number)}/reviews", wanted)

    async def dismiss_review(
        self, repository: str, number: int, review_id: int, *, actor: str | None = None
    ) -> told.Review:
        """A verdict that counts no longer."""
        path = f"{_pull(repository, number)}/reviews/{review_id}/dismiss"
        return await self._ask(told.Review, "POST", path, asked.Act(actor=actor))

    async def comment(self, repository: str, number: int, author: str, body: str) -> told.Comment:
        """Something said below it."""
        wanted = asked.NewComment(author=author, body=body)
        path = f"{_pull(repository, number)}/comments"
        return await self._ask(told.Comment, "POST", path, wanted)

    async def _act(
        self, repository: str, number: int, action: str, body: BaseModel
    ) -> told.PullRequest:
        return await self._ask(
            told.PullRequest, "POST", f"{_pull(repository, number)}/{action}", body
        )


def _pull(repository: str, number: int) -> str:
    return f"/repositories/{repository}/pulls/{number}"
