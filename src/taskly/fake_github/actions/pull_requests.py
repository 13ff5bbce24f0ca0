"""Pull requests are opened, edited and merged."""

from collections.abc import Sequence
from typing import Literal

from taskly.fake_github.actions.branches import delete_ref, set_branch
from taskly.fake_github.actions.closing import mark_merged, tell_pull_request
from taskly.fake_github.actions.commits import add_commit, sign
from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.shapes.writing import JsonObject
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.commits import Commit, between
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.merging import merged_files, own_commits
from taskly.fake_github.world.pull_requests import PullRequest
from taskly.fake_github.world.refusals import Refusal, against_the_rules, invalid
from taskly.fake_github.world.repositories import Repository

MergeMethod = Literal["merge", "squash", "rebase"]

# What GitHub answers to an edit of a title that is blank, and so on.
_MISSING = "missing_field"
_NO_DRAFTS = "Draft pull requests are not supported in this repository."


def open_pull_request(
    github: GitHub,
    repository: Repository,
    author: Account,
    *,
    title: str,
    head: str,
    base: str,
    body: str | None = None,
    draft: bool = False,
) -> PullRequest:
    """Ask to merge `head` into `base`.

    Raises:
        Refusal: 422 when a branch is missing, there is nothing to merge, it was asked before, or drafts
            are not to be had.
    """
    head = head.removeprefix(f"{repository.owner.login}:")
    if not title.strip():
        raise invalid("PullRequest", "title", _MISSING)
    for field, branch in (("head", head), ("base", base)):
        if branch not in repository.branches:
            raise invalid("PullRequest", field)
    head_sha, base_sha = repository.branches[head], repository.branches[base]
    _check_opening(repository, head, base)
    if draft and not repository.has_drafts:
        raise against_the_rules("PullRequest", _NO_DRAFTS)
    at = github.clock.time_of_change()
    pull = PullRequest(
        id=github.numbers.next("pull_request"),
        issue_id=github.numbers.next("issue"),
        number=repository.next_number(),
        author=author,
        title=title,
        body=body,
        created_at=at,
        updated_at=at,
        head_ref=head,
        head_sha=head_sha,
        base_ref=base,
        base_sha=base_sha,
        draft=draft,
    )
    repository.issues[pull.number] = pull
    tell_pull_request(github, repository, pull, "opened", author)
    return pull


def _check_opening(repository: Repository, head: str, base: str) -> None:
    if any(
        (pull.head_ref, pull.base_ref) == (head, base) for pull in repository.open_pull_requests()
    ):
        label = f"{repository.owner.login}:{head}"
        raise against_the_rules("PullRequest", f"A pull request already exists for {label}.")
    if not between(repository.commits, [repository.branches[base]], repository.branches[head]):
        raise against_the_rules("PullRequest", f"No commits between {base} and {head}")


def edit_pull_request(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    actor: Account,
    *,
    title: str | None = None,
    body: str | None = None,
    base: str | None = None,
) -> None:
    """Change what is given and differs; the webhook says what it was before.

    Raises:
        Refusal: 422 for a blank title or a base that is not there.
    """
    changes: JsonObject = {}
    if title is not None and not title.strip():
        raise invalid("PullRequest", "title", _MISSING)
    if base is not None and base not in repository.branches:
        raise invalid("PullRequest", "base")
    if title is not None and title != pull.title:
        changes["title"] = {"from": pull.title}
        pull.title = title
    if body is not None and body != pull.body:
        changes["body"] = {"from": pull.body or ""}
        pull.body = body
    if base is not None and base != pull.base_ref:
        changes["base"] = {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}
        pull.base_ref, pull.base_sha = base, repository.branches[base]
    if changes:
        pull.updated_at = github.clock.time_of_change()
        tell_pull_request(github, repository, pull, "edited", actor, more={"changes": changes})


def set_draft(
    github: GitHub, repository: Repository, pull: PullRequest, actor: Account, *, draft: bool
) -> None:
    """Make it a draft, or ready for review. Nothing happens when it is so already."""
    if pull.draft == draft:
        return
    pull.draft = draft
    pull.updated_at = github.clock.time_of_change()
    action = "converted_to_draft" if draft else "ready_for_review"
    tell_pull_request(github, repository, pull, action, actor)


def request_reviewers(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    actor: Account,
    reviewers: Sequence[Account],
) -> None:
    """Ask for reviews; who was asked before is not asked again.

    Raises:
        Refusal: 422 when the author or somebody without access is asked.
    """
    for reviewer in reviewers:
        if reviewer is pull.author:
            raise Refusal(422, "Review cannot be requested from pull request author.")
        if reviewer.id != repository.owner.id and reviewer.id not in repository.collaborators:
            raise Refusal(
                422,
                "Reviews may only be requested from collaborators. One or more of the users or "
                f"teams you specified is not a collaborator of the {repository.full_name} "
                "repository.",
            )
    for reviewer in reviewers:
        if reviewer not in pull.requested_reviewers:
            pull.requested_reviewers.append(reviewer)
            _tell_request(github, repository, pull, actor, reviewer, "review_requested")


def remove_reviewers(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    actor: Account,
    reviewers: Sequence[Account],
) -> None:
    """Ask no longer."""
    for reviewer in reviewers:
        if reviewer in pull.requested_reviewers:
            pull.requested_reviewers.remove(reviewer)
            _tell_request(github, repository, pull, actor, reviewer, "review_request_removed")


def _tell_request(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    actor: Account,
    reviewer: Account,
    action: str,
) -> None:
    pull.updated_at = github.clock.time_of_change()
    more = {"requested_reviewer": simple_user(github.addresses, reviewer)}
    tell_pull_request(github, repository, pull, action, actor, more=more)


def merge_pull_request(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    actor: Account,
    *,
    method: MergeMethod = "merge",
    title: str | None = None,
    sha: str | None = None,
    delete_branch: bool | None = None,
) -> Commit:
    """Bring its commits into the base branch.

    Raises:
        Refusal: 405 when it is closed, a draft or in conflict; 409 when `sha` is not its head.
    """
    if pull.draft and pull.is_open:
        raise Refusal(405, "Pull Request is still a draft")
    files = merged_files(repository, pull) if pull.is_open else None
    if files is None:
        raise Refusal(405, "Pull Request is not mergeable")
    if sha is not None and sha != pull.head_sha:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    at = github.clock.time_of_change()
    pull.base_sha = repository.branches[pull.base_ref]
    commit = _merge_commit(github, repository, pull, actor, method, title, files)
    mark_merged(github, repository, pull, actor, at, commit.sha)
    set_branch(github, repository, pull.base_ref, commit.sha, actor, at)
    wanted = repository.delete_branch_on_merge if delete_branch is None else delete_branch
    if wanted and pull.head_ref in repository.branches:
        delete_ref(github, repository, f"refs/heads/{pull.head_ref}", actor)
    return commit


def _merge_commit(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    actor: Account,
    method: MergeMethod,
    title: str | None,
    files: dict[str, str],
) -> Commit:
    signature = sign(actor, github.now())
    if method == "rebase":
        return _rebased(github, repository, pull, actor, files)
    if method == "squash":
        message = title or f"{pull.title} (#{pull.number})"
        parents = [pull.base_sha]
    else:
        source = f"{repository.owner.login}/{pull.head_ref}"
        message = title or f"Merge pull request #{pull.number} from {source}"
        message += f"\n\n{pull.title}"
        parents = [pull.base_sha, pull.head_sha]
    return add_commit(
        github, repository, message=message, author=signature, parents=parents, files=files
    )


def _rebased(
    github: GitHub,
    repository: Repository,
    pull: PullRequest,
    actor: Account,
    files: dict[str, str],
) -> Commit:
    """The same commits again on top of the base; only the last one's tree is exact."""
    tip = repository.commits[pull.base_sha]
    for commit in own_commits(repository, pull):
        tip = add_commit(
            github,
            repository,
            message=commit.message,
            author=commit.author,
            committer=sign(actor, github.now()),
            parents=[tip.sha],
            files=files if commit.sha == pull.head_sha else {**tip.files, **commit.files},
        )
    return tip
