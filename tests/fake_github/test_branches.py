"""Branches, refs and pushes."""

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import NewCommit
from tests.fake_github.stage import ADDRESS, PATH, REPOSITORY, Receiver, Stage

pytestmark = pytest.mark.anyio

NOTHING = "0" * 40


@pytest.fixture
async def main(github: FakeGitHub) -> str:
    """The first commit."""
    return (await github.repository(REPOSITORY)).branches["main"]


async def make(client: httpx2.AsyncClient, ref: str, sha: str) -> httpx2.Response:
    return await client.post(f"{PATH}/git/refs", json={"ref": ref, "sha": sha})


async def test_a_ref_makes_a_branch_and_tells_create_and_push(
    stage: Stage, octo: httpx2.AsyncClient, hook: int, receiver: Receiver, main: str
) -> None:
    answer = await make(octo, "refs/heads/feature/PAY-1", main)

    assert answer.status_code == 201
    assert answer.json()["object"]["sha"] == main
    assert await stage.settled() == ["create", "push"]
    created, pushed = receiver.last("create"), receiver.last("push")
    assert (created["ref"], created["ref_type"]) == ("feature/PAY-1", "branch")
    assert (pushed["ref"], pushed["before"], pushed["after"]) == (
        "refs/heads/feature/PAY-1",
        NOTHING,
        main,
    )
    assert (pushed["created"], pushed["commits"]) == (True, [])
    assert pushed["base_ref"] == "refs/heads/main"
    assert (await octo.get(f"{PATH}/branches/feature/PAY-1")).json()["name"] == "feature/PAY-1"
    assert (await octo.get(f"{PATH}/git/ref/heads/feature%2FPAY-1")).status_code == 200


async def test_a_ref_is_made_once(octo: httpx2.AsyncClient, main: str) -> None:
    await make(octo, "refs/heads/feature", main)
    again = await make(octo, "refs/heads/feature", main)

    assert again.status_code == 422
    assert again.json()["message"] == "Reference already exists"


@pytest.mark.parametrize(
    ("ref", "sha", "message"),
    [
        ("refs/heads/feature", "f" * 40, "Object does not exist"),
        ("heads/feature", None, "heads/feature is not a valid ref name."),
        ("refs/heads/a..b", None, "refs/heads/a..b is not a valid ref name."),
        ("refs/heads/a b", None, "refs/heads/a b is not a valid ref name."),
        ("refs/heads/x.lock", None, "refs/heads/x.lock is not a valid ref name."),
        ("refs/heads/main/sub", None, "Reference update failed"),
    ],
)
async def test_a_bad_ref_is_refused_and_nothing_is_made(
    github: FakeGitHub,
    octo: httpx2.AsyncClient,
    main: str,
    ref: str,
    sha: str | None,
    message: str,
) -> None:
    answer = await make(octo, ref, sha or main)

    assert (answer.status_code, answer.json()["message"]) == (422, message)
    assert list((await github.repository(REPOSITORY)).branches) == ["main"]


async def test_an_empty_repository_has_no_refs(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await github.create_repository("octo-user", "void", empty=True)
    path = "/repos/octo-user/void"

    read = await octo.get(f"{path}/git/ref/heads/main")
    made = await octo.post(f"{path}/git/refs", json={"ref": "refs/heads/x", "sha": NOTHING})

    assert [(each.status_code, each.json()["message"]) for each in (read, made)] == [
        (409, "Git Repository is empty."),
        (409, "Git Repository is empty."),
    ]


async def test_who_may_not_push_does_not_find_where_to(
    stranger: httpx2.AsyncClient, main: str
) -> None:
    assert (await make(stranger, "refs/heads/feature", main)).status_code == 404


async def test_a_branch_that_is_not_there_is_not_found(octo: httpx2.AsyncClient) -> None:
    assert (await octo.get(f"{PATH}/git/ref/heads/nowhere")).status_code == 404
    branch = await octo.get(f"{PATH}/branches/nowhere")
    assert (branch.status_code, branch.json()["message"]) == (404, "Branch not found")


async def test_moving_back_needs_force_and_says_so(
    stage: Stage,
    github: FakeGitHub,
    octo: httpx2.AsyncClient,
    hook: int,
    receiver: Receiver,
    main: str,
) -> None:
    await github.push(REPOSITORY, "feature", ["A change"])
    path = f"{PATH}/git/refs/heads/feature"

    refused = await octo.patch(path, json={"sha": main})
    forced = await octo.patch(path, json={"sha": main, "force": True})

    assert refused.json()["message"] == "Update is not a fast forward"
    assert forced.json()["object"]["sha"] == main
    assert await stage.settled() == ["create", "push", "push"]
    assert receiver.last("push")["forced"] is True


async def test_deleting_a_branch_tells_delete_and_push(
    stage: Stage, github: FakeGitHub, octo: httpx2.AsyncClient, hook: int, receiver: Receiver
) -> None:
    await github.push(REPOSITORY, "feature", ["A change"])
    await stage.settled()
    receiver.received.clear()

    answer = await octo.delete(f"{PATH}/git/refs/heads/feature")

    assert answer.status_code == 204
    assert await stage.settled() == ["delete", "push"]
    pushed = receiver.last("push")
    assert (pushed["deleted"], pushed["after"], pushed["head_commit"]) == (True, NOTHING, None)
    assert (await octo.delete(f"{PATH}/git/refs/heads/feature")).status_code == 422


async def test_a_push_tells_its_commits_oldest_first_with_author_and_files(
    stage: Stage, github: FakeGitHub, hook: int, receiver: Receiver
) -> None:
    made = await github.push(
        REPOSITORY,
        "feature",
        [
            NewCommit(message="PAY-1 One\n\nMore.", author="mona", files={"a.txt": "one\n"}),
            NewCommit(
                message="Two",
                author_name="Somebody",
                author_email="somebody@elsewhere.example",
                files={"a.txt": "two\n", "README.md": None},
            ),
        ],
        actor="mona",
    )

    assert await stage.settled() == ["create", "push"]
    payload = receiver.last("push")
    assert payload["pusher"] == {"name": "mona", "email": "mona@example.com"}
    assert [commit["id"] for commit in payload["commits"]] == made.commits
    one, two = payload["commits"]
    assert (one["message"], one["author"]["username"], one["added"]) == (
        "PAY-1 One\n\nMore.",
        "mona",
        ["a.txt"],
    )
    assert "username" not in two["author"]
    assert (two["modified"], two["removed"]) == (["a.txt"], ["README.md"])
    assert payload["head_commit"]["id"] == made.sha
    assert payload["compare"] == (
        f"{ADDRESS}/{REPOSITORY}/compare/{made.commits[0][:12]}^...{made.sha[:12]}"
    )


async def test_the_history_of_a_branch_is_newest_first(
    github: FakeGitHub, octo: httpx2.AsyncClient, main: str
) -> None:
    made = await github.push(REPOSITORY, "feature", ["One", "Two"])

    history = (await octo.get(f"{PATH}/commits", params={"sha": "feature"})).json()
    compared = (await octo.get(f"{PATH}/compare/main...feature")).json()

    assert [each["sha"] for each in history] == [*reversed(made.commits), main]
    assert [each["sha"] for each in compared["commits"]] == made.commits
    assert (compared["status"], compared["ahead_by"], compared["behind_by"]) == ("ahead", 2, 0)


async def test_a_comparison_is_shown_page_by_page_with_files_on_the_first(
    github: FakeGitHub, octo: httpx2.AsyncClient, main: str
) -> None:
    made = await github.push(REPOSITORY, "feature", ["One", "Two", "Three"])
    path = f"{PATH}/compare/main...feature"

    first = await octo.get(path, params={"per_page": 2})
    second = await octo.get(first.links["next"]["url"])

    assert [each["sha"] for each in first.json()["commits"]] == made.commits[:2]
    assert [each["sha"] for each in second.json()["commits"]] == made.commits[2:]
    assert (len(first.json()["files"]), second.json()["files"]) == (3, [])
    assert [each.json()["total_commits"] for each in (first, second)] == [3, 3]
    assert "next" not in second.links


async def test_a_tag_and_a_branch_of_one_name_are_told_apart(
    github: FakeGitHub, octo: httpx2.AsyncClient, main: str
) -> None:
    pushed = await github.push(REPOSITORY, "v1", ["One"])
    await github.tag(REPOSITORY, "v1", at=main)

    for ref, sha in (("tags/v1", main), ("heads/v1", pushed.sha)):
        assert (await octo.get(f"{PATH}/commits/{ref}")).json()["sha"] == sha
    missing = await octo.get(f"{PATH}/commits/tags%2Fv2")
    assert (missing.status_code, missing.json()["message"]) == (
        422,
        "No commit found for SHA: tags/v2",
    )


async def test_commit_hashes_are_the_same_in_every_run_with_one_seed(github: FakeGitHub) -> None:
    async def history() -> list[str]:
        await github.reset(seed=7)
        await github.create_user("octo-user")
        await github.create_repository("octo-user", "payments")
        return (await github.push(REPOSITORY, "feature", ["One", "Two"])).commits

    first, second = await history(), await history()

    assert first == second
    assert [len(sha) for sha in first] == [40, 40]
    assert len(set(first)) == 2
