"""Pull requests from opening to their end."""

from itertools import pairwise

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub, FakeGitHubError
from taskly.fake_github.wire.asked import NewCommit, RepositoryChange
from taskly.fake_github.wire.told import PullRequest
from tests.fake_github.stage import PATH, REPOSITORY, Receiver, Stage

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1"


@pytest.fixture
async def pull(stage: Stage, github: FakeGitHub, hook: int) -> PullRequest:
    """An open pull request whose deliveries have been forgotten."""
    await github.push(REPOSITORY, BRANCH, ["PAY-1 Add refunds"])
    pull = await github.open_pull_request(REPOSITORY, BRANCH, "PAY-1 Add refunds", body="Please.")
    await stage.settled()
    stage.receiver.received.clear()
    return pull


async def test_opening_by_the_api_tells_opened(
    stage: Stage, github: FakeGitHub, octo: httpx2.AsyncClient, hook: int, receiver: Receiver
) -> None:
    pushed = await github.push(REPOSITORY, BRANCH, ["PAY-1 Add refunds"])
    answer = await octo.post(
        f"{PATH}/pulls", json={"title": "Refunds", "head": BRANCH, "base": "main", "draft": True}
    )

    assert answer.status_code == 201
    assert await stage.settled() == ["create", "push", "pull_request opened"]
    payload = receiver.last("pull_request opened")
    assert payload["number"] == answer.json()["number"] == 1
    told = payload["pull_request"]
    assert (told["head"]["ref"], told["head"]["sha"]) == (BRANCH, pushed.sha)
    assert (told["draft"], told["state"], told["merged"]) == (True, "open", False)
    assert (told["mergeable"], told["mergeable_state"]) == (None, "unknown")
    assert (told["commits"], told["additions"], told["changed_files"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"head": "nowhere"}, {"resource": "PullRequest", "field": "head", "code": "invalid"}),
        ({"base": "nowhere"}, {"resource": "PullRequest", "field": "base", "code": "invalid"}),
        (
            {"title": " "},
            {"resource": "PullRequest", "field": "title", "code": "missing_field"},
        ),
        (
            {},
            {
                "resource": "PullRequest",
                "code": "custom",
                "message": f"A pull request already exists for octo-user:{BRANCH}.",
            },
        ),
        (
            {"head": "same"},
            {
                "resource": "PullRequest",
                "code": "custom",
                "message": "No commits between main and same",
            },
        ),
    ],
)
async def test_a_pull_request_that_cannot_be_is_refused_in_githubs_words(
    github: FakeGitHub,
    octo: httpx2.AsyncClient,
    pull: PullRequest,
    change: dict[str, str],
    error: dict[str, str],
) -> None:
    await github.create_branch(REPOSITORY, "same")
    body = {"title": "Refunds", "head": BRANCH, "base": "main", **change}

    answer = await octo.post(f"{PATH}/pulls", json=body)

    assert (answer.status_code, answer.json()["errors"]) == (422, [error])
    assert len((await github.repository(REPOSITORY)).pull_requests) == 1


async def test_where_drafts_are_not_to_be_had_only_others_are_opened(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await github.push(REPOSITORY, BRANCH, ["PAY-1 Add refunds"])
    await github.change_repository(REPOSITORY, RepositoryChange(has_drafts=False))
    body = {"title": "Refunds", "head": BRANCH, "base": "main"}

    refused = await octo.post(f"{PATH}/pulls", json={**body, "draft": True})

    [error] = refused.json()["errors"]
    assert error["message"] == "Draft pull requests are not supported in this repository."
    assert refused.status_code == 422
    assert (await octo.post(f"{PATH}/pulls", json=body)).status_code == 201


async def test_an_open_pull_request_is_found_by_its_branches(
    github: FakeGitHub, octo: httpx2.AsyncClient, pull: PullRequest
) -> None:
    await github.create_branch(REPOSITORY, "release")

    async def found(head: str, base: str) -> list[int]:
        query = {"head": head, "base": base, "state": "open"}
        answer = await octo.get(f"{PATH}/pulls", params=query)
        return [each["number"] for each in answer.json()]

    assert await found(f"octo-user:{BRANCH}", "main") == [pull.number]
    assert await found(f"octo-user:{BRANCH}", "release") == []
    assert await found(f"mona:{BRANCH}", "main") == []
    await github.close_pull_request(REPOSITORY, pull.number)
    assert await found(f"octo-user:{BRANCH}", "main") == []


async def test_a_push_to_the_branch_moves_the_head(
    stage: Stage, github: FakeGitHub, pull: PullRequest, receiver: Receiver
) -> None:
    pushed = await github.push(REPOSITORY, BRANCH, ["More"])

    assert await stage.settled() == ["push", "pull_request synchronize"]
    payload = receiver.last("pull_request synchronize")
    assert (payload["before"], payload["after"]) == (pull.head_sha, pushed.sha)
    assert (await github.pull_request(REPOSITORY, pull.number)).head_sha == pushed.sha


async def test_an_edit_tells_what_it_was(
    stage: Stage, octo: httpx2.AsyncClient, pull: PullRequest, receiver: Receiver
) -> None:
    await octo.patch(f"{PATH}/pulls/1", json={"title": "Refunds", "body": "Please."})

    assert await stage.settled() == ["pull_request edited"]
    payload = receiver.last("pull_request edited")
    assert payload["changes"] == {"title": {"from": "PAY-1 Add refunds"}}
    assert payload["pull_request"]["title"] == "Refunds"


async def test_an_edit_without_a_difference_is_not_told(
    stage: Stage, octo: httpx2.AsyncClient, pull: PullRequest
) -> None:
    answer = await octo.patch(f"{PATH}/pulls/1", json={"title": "PAY-1 Add refunds"})

    assert answer.status_code == 200
    assert await stage.settled() == []


async def test_draft_and_ready_are_told(
    stage: Stage, github: FakeGitHub, pull: PullRequest
) -> None:
    await github.convert_to_draft(REPOSITORY, pull.number)
    await github.convert_to_draft(REPOSITORY, pull.number)
    await github.ready_for_review(REPOSITORY, pull.number)

    assert await stage.settled() == [
        "pull_request converted_to_draft",
        "pull_request ready_for_review",
    ]


async def test_closing_and_reopening_are_told_once_each(
    stage: Stage, github: FakeGitHub, octo: httpx2.AsyncClient, pull: PullRequest
) -> None:
    for state in ("closed", "closed", "open"):
        answer = await octo.patch(f"{PATH}/pulls/1", json={"state": state})
        assert answer.json()["state"] == state

    assert await stage.settled() == ["pull_request closed", "pull_request reopened"]


async def test_merging_makes_a_merge_commit_on_the_base(
    stage: Stage,
    github: FakeGitHub,
    octo: httpx2.AsyncClient,
    pull: PullRequest,
    receiver: Receiver,
) -> None:
    answer = await octo.put(f"{PATH}/pulls/1/merge", json={"sha": pull.head_sha})

    assert answer.json()["merged"] is True
    assert await stage.settled() == ["pull_request closed", "push"]
    told = receiver.last("pull_request closed")["pull_request"]
    assert (told["merged"], told["merged_by"]["login"]) == (True, "octo-user")
    assert told["merge_commit_sha"] == answer.json()["sha"]
    assert told["merged_at"] == told["closed_at"] == told["updated_at"]
    tip = (await octo.get(f"{PATH}/commits/main")).json()
    assert tip["sha"] == answer.json()["sha"]
    assert [parent["sha"] for parent in tip["parents"]] == [pull.base_sha, pull.head_sha]
    commits = (await octo.get(f"{PATH}/pulls/1/commits")).json()
    assert [commit["sha"] for commit in commits] == [pull.head_sha]


@pytest.mark.parametrize("method", ["squash", "rebase"])
async def test_other_ways_of_merging_have_one_parent(
    octo: httpx2.AsyncClient, pull: PullRequest, method: str
) -> None:
    answer = await octo.put(f"{PATH}/pulls/1/merge", json={"merge_method": method})

    tip = (await octo.get(f"{PATH}/commits/main")).json()
    assert tip["sha"] == answer.json()["sha"]
    assert [parent["sha"] for parent in tip["parents"]] == [pull.base_sha]


async def test_what_cannot_be_merged_is_not(
    github: FakeGitHub, octo: httpx2.AsyncClient, pull: PullRequest
) -> None:
    path = f"{PATH}/pulls/1/merge"

    moved = await octo.put(path, json={"sha": "0" * 40})
    await github.convert_to_draft(REPOSITORY, 1)
    draft = await octo.put(path, json={})
    await github.close_pull_request(REPOSITORY, 1)
    closed = await octo.put(path, json={})

    assert [(each.status_code, each.json()["message"]) for each in (moved, draft, closed)] == [
        (409, "Head branch was modified. Review and try the merge again."),
        (405, "Pull Request is still a draft"),
        (405, "Pull Request is not mergeable"),
    ]
    assert (await github.repository(REPOSITORY)).branches["main"] == pull.base_sha


async def test_two_changes_of_one_file_conflict(
    github: FakeGitHub, octo: httpx2.AsyncClient, pull: PullRequest
) -> None:
    await github.push(REPOSITORY, BRANCH, [NewCommit(message="A", files={"README.md": "A\n"})])
    await github.push(REPOSITORY, "main", [NewCommit(message="B", files={"README.md": "B\n"})])

    shown = (await octo.get(f"{PATH}/pulls/1")).json()
    merged = await octo.put(f"{PATH}/pulls/1/merge", json={})

    assert (shown["mergeable"], shown["mergeable_state"]) == (False, "dirty")
    assert merged.status_code == 405


async def test_merging_may_delete_the_branch(
    stage: Stage, github: FakeGitHub, pull: PullRequest
) -> None:
    await github.merge(REPOSITORY, 1, delete_branch=True)

    assert await stage.settled() == ["pull_request closed", "push", "delete", "push"]
    assert list((await github.repository(REPOSITORY)).branches) == ["main"]


async def test_deleting_the_branch_closes_the_pull_request_for_good(
    stage: Stage, github: FakeGitHub, pull: PullRequest, receiver: Receiver
) -> None:
    await github.delete_branch(REPOSITORY, BRANCH)

    assert await stage.settled() == ["delete", "push", "pull_request closed"]
    assert receiver.last("pull_request closed")["pull_request"]["merged"] is False
    with pytest.raises(FakeGitHubError) as refused:
        await github.reopen(REPOSITORY, 1)
    assert refused.value.status == 422


async def test_pushing_the_commits_to_the_base_by_hand_counts_as_merging(
    stage: Stage, github: FakeGitHub, pull: PullRequest, receiver: Receiver
) -> None:
    await github.push(REPOSITORY, "main", [], start=BRANCH, force=True)

    assert await stage.settled() == ["push", "pull_request closed"]
    assert receiver.last("pull_request closed")["pull_request"]["merged"] is True
    assert (await github.pull_request(REPOSITORY, 1)).merge_commit_sha == pull.head_sha


async def test_reviewers_are_asked_and_asked_no_longer(
    stage: Stage, octo: httpx2.AsyncClient, pull: PullRequest, receiver: Receiver
) -> None:
    path = f"{PATH}/pulls/1/requested_reviewers"

    asked = await octo.post(path, json={"reviewers": ["mona"]})
    again = await octo.post(path, json={"reviewers": ["mona"]})
    shown = (await octo.get(path)).json()
    removed = await octo.request("DELETE", path, json={"reviewers": ["mona"]})

    assert [each.status_code for each in (asked, again, removed)] == [201, 201, 200]
    assert [user["login"] for user in shown["users"]] == ["mona"]
    assert await stage.settled() == [
        "pull_request review_requested",
        "pull_request review_request_removed",
    ]
    payload = receiver.last("pull_request review_requested")
    assert payload["requested_reviewer"]["login"] == "mona"


@pytest.mark.parametrize("login", ["octo-user", "stranger", "nobody"])
async def test_who_cannot_review_is_not_asked(
    stage: Stage, octo: httpx2.AsyncClient, pull: PullRequest, login: str
) -> None:
    path = f"{PATH}/pulls/1/requested_reviewers"

    assert (await octo.post(path, json={"reviewers": [login]})).status_code == 422
    assert await stage.settled() == []


async def test_the_list_is_filtered_and_ordered(
    github: FakeGitHub, octo: httpx2.AsyncClient, pull: PullRequest
) -> None:
    await github.freeze_clock(tick_seconds=60)
    for number in (2, 3):
        await github.push(REPOSITORY, f"feature/PAY-{number}", [f"PAY-{number}"])
        await github.open_pull_request(REPOSITORY, f"feature/PAY-{number}", f"PAY-{number}")
    await github.close_pull_request(REPOSITORY, 2)

    async def numbers(**query: str) -> list[int]:
        answer = await octo.get(f"{PATH}/pulls", params=query)
        return [each["number"] for each in answer.json()]

    assert await numbers() == [3, 1]
    assert await numbers(state="all") == [3, 2, 1]
    assert await numbers(state="closed") == [2]
    assert await numbers(state="all", sort="updated", direction="desc") == [2, 3, 1]
    assert await numbers(head=f"octo-user:{BRANCH}") == [1]
    assert await numbers(base="other") == []


async def test_every_change_moves_the_time_of_the_last_change(
    github: FakeGitHub, pull: PullRequest
) -> None:
    await github.freeze_clock(tick_seconds=1)
    times = [
        (await github.edit_pull_request(REPOSITORY, 1, title="Other")).updated_at,
        (await github.convert_to_draft(REPOSITORY, 1)).updated_at,
        (await github.ready_for_review(REPOSITORY, 1)).updated_at,
    ]
    await github.push(REPOSITORY, BRANCH, ["More"])
    times.append((await github.pull_request(REPOSITORY, 1)).updated_at)
    await github.review(REPOSITORY, 1, "mona")
    times.append((await github.pull_request(REPOSITORY, 1)).updated_at)
    times.append((await github.merge(REPOSITORY, 1)).updated_at)

    gaps = {(later - earlier).total_seconds() for earlier, later in pairwise(times)}
    assert gaps == {1.0}


async def test_search_finds_a_marker_in_the_description(
    github: FakeGitHub, octo: httpx2.AsyncClient, pull: PullRequest
) -> None:
    await github.edit_pull_request(REPOSITORY, 1, body="<!-- marker-42 -->")

    async def found(q: str) -> list[int]:
        answer = await octo.get("/search/issues", params={"q": q})
        return [each["number"] for each in answer.json()["items"]]

    assert await found(f"repo:{REPOSITORY} is:pr marker-42") == [1]
    assert await found(f"repo:{REPOSITORY} is:issue marker-42") == []
    assert await found(f"repo:{REPOSITORY} marker-43") == []
    assert await found(f"is:open head:{BRANCH}") == [1]
