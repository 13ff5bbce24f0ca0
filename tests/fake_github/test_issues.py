"""Issues and what hangs on them."""

from datetime import UTC, datetime

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import (
    IssueChange,
    NewComment,
    NewIssue,
    NewMilestone,
    RepositoryChange,
)
from tests.fake_github.stage import PATH, REPOSITORY, Stage

pytestmark = pytest.mark.anyio

OLDEST_FIRST = {"state": "all", "sort": "created", "direction": "asc"}


async def test_an_issue_is_listed_with_what_hangs_on_it(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    due = datetime(2026, 12, 24, tzinfo=UTC)
    wanted = NewIssue(
        title="Refund twice",
        body="It happens.",
        labels={"bug": "d73a4a"},
        assignees=["octo-user"],
        milestone=NewMilestone(title="v1", due_on=due),
        closed_as="not_planned",
    )
    await github.open_issues(REPOSITORY, [wanted, "Show fees"])

    [first, second] = (await octo.get(f"{PATH}/issues", params=OLDEST_FIRST)).json()

    assert (first["title"], first["body"]) == ("Refund twice", "It happens.")
    assert [(each["name"], each["color"]) for each in first["labels"]] == [("bug", "d73a4a")]
    assert [each["login"] for each in first["assignees"]] == ["octo-user"]
    assert first["milestone"]["due_on"] == "2026-12-24T00:00:00Z"
    assert (first["state"], first["state_reason"]) == ("closed", "not_planned")
    assert (second["state"], second["milestone"]) == ("open", None)
    opened = (await octo.get(f"{PATH}/issues")).json()
    assert [each["number"] for each in opened] == [second["number"]]


async def test_an_issue_changes(github: FakeGitHub, octo: httpx2.AsyncClient) -> None:
    [made] = await github.open_issues(REPOSITORY, [NewIssue(title="Refund", closed_as="completed")])

    change = IssueChange(title="Refund twice", reopened=True)
    changed = await github.change_issue(REPOSITORY, made.number, change)

    assert (changed.title, changed.state) == ("Refund twice", "open")
    [shown] = (await octo.get(f"{PATH}/issues")).json()
    assert (shown["title"], shown["closed_at"]) == ("Refund twice", None)


async def test_all_comments_are_listed_in_the_order_of_their_ids(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    said = [NewComment(author="octo-user", body="Really?")]
    made = await github.open_issues(REPOSITORY, ["Refund", NewIssue(title="Fees", comments=said)])
    await github.comment_on_issue(REPOSITORY, made[0].number, "octo-user", "Yes.")

    path = f"{PATH}/issues/comments"
    [first, second] = (await octo.get(path)).json()
    newest_first = (await octo.get(path, params={"sort": "created"})).json()

    assert (first["body"], second["body"]) == ("Really?", "Yes.")
    assert first["issue_url"].endswith(f"/issues/{made[1].number}")
    assert [each["body"] for each in newest_first] == ["Yes.", "Really?"]


async def test_a_repository_without_issues_says_that_they_are_gone(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await github.change_repository(REPOSITORY, RepositoryChange(has_issues=False))

    assert (await octo.get(f"{PATH}/issues")).status_code == 410
    assert (await octo.get(PATH)).json()["has_issues"] is False


async def test_the_page_shows_issues(github: FakeGitHub, stage: Stage) -> None:
    wanted = NewIssue(title="Refund <b>twice</b>", labels={"bug": "d73a4a"})
    await github.open_issues(REPOSITORY, [wanted])

    page = (await stage.browser().get(f"/{REPOSITORY}")).text

    assert "#1 Refund &lt;b&gt;twice&lt;/b&gt;" in page
    assert "bug" in page
