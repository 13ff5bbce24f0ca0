"""Issues."""

from collections.abc import Sequence

from taskly.fake_github.driving.control import Control
from taskly.fake_github.wire import asked, told

IssueLike = str | asked.NewIssue


class Issues(Control):
    """Issues, by their repository (`owner/name`) and number."""

    async def open_issues(self, repository: str, issues: Sequence[IssueLike]) -> list[told.Issue]:
        """Some issues (or just their titles), in the order of their numbers."""
        wanted = [asked.NewIssue(title=each) if isinstance(each, str) else each for each in issues]
        path, body = f"/repositories/{repository}/issues", asked.NewIssues(issues=wanted)
        made = await self._do("POST", path, body)
        return [told.Issue.model_validate(each) for each in made]

    async def change_issue(
        self, repository: str, number: int, change: asked.IssueChange
    ) -> told.Issue:
        """Other words, other labels, closed or open."""
        path = f"/repositories/{repository}/issues/{number}"
        return await self._ask(told.Issue, "PATCH", path, change)

    async def comment_on_issue(
        self, repository: str, number: int, author: str, body: str
    ) -> told.Comment:
        """Something said below it."""
        path = f"/repositories/{repository}/issues/{number}/comments"
        return await self._ask(
            told.Comment, "POST", path, asked.NewComment(author=author, body=body)
        )
