"""Pull requests, reviews, issues and comments."""

from urllib.parse import quote

from taskly.fake_github.shapes.accounts import optional_user, simple_user
from taskly.fake_github.shapes.repositories import repository_in_payload
from taskly.fake_github.shapes.writing import JsonObject, link, node_id, stamp
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.addresses import Addresses
from taskly.fake_github.world.commits import changes, merge_base
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.merging import mergeable_state, own_commits
from taskly.fake_github.world.pull_requests import (
    Comment,
    Issue,
    Label,
    Milestone,
    PullRequest,
    Review,
)
from taskly.fake_github.world.repositories import Repository


def association(repository: Repository, account: Account) -> str:
    """What the author is to the repository."""
    if account.id == repository.owner.id:
        return "OWNER"
    return "COLLABORATOR" if account.id in repository.collaborators else "NONE"


def listed_pull_request(github: GitHub, repository: Repository, pull: PullRequest) -> JsonObject:
    """A pull request in a list."""
    addresses = github.addresses
    url = addresses.repository(repository.full_name)
    page = f"{addresses.page(repository.full_name)}/pull/{pull.number}"
    own, issue = f"{url}/pulls/{pull.number}", f"{url}/issues/{pull.number}"
    parts = _parts(url, pull)
    return {
        "url": own,
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue,
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": simple_user(addresses, pull.author),
        "body": pull.body,
        **_times(pull),
        "merge_commit_sha": pull.merge_commit_sha,
        **_people(addresses, pull),
        "labels": [label(addresses, repository, each) for each in pull.labels],
        "milestone": None,
        "draft": pull.draft,
        **{f"{name}_url": address for name, address in parts.items()},
        "head": _side(github, repository, pull.head_ref, pull.head_sha),
        "base": _side(github, repository, pull.base_ref, pull.base_sha),
        "_links": {
            name: link(address)
            for name, address in {"self": own, "html": page, "issue": issue, **parts}.items()
        },
        "author_association": association(repository, pull.author),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def _parts(url: str, pull: PullRequest) -> dict[str, str]:
    """Where what belongs to it is to be found."""
    return {
        "commits": f"{url}/pulls/{pull.number}/commits",
        "review_comments": f"{url}/pulls/{pull.number}/comments",
        "review_comment": f"{url}/pulls/comments{{/number}}",
        "comments": f"{url}/issues/{pull.number}/comments",
        "statuses": f"{url}/statuses/{pull.head_sha}",
    }


def _people(addresses: Addresses, pull: PullRequest) -> JsonObject:
    return {
        "assignee": optional_user(addresses, next(iter(pull.assignees), None)),
        "assignees": [simple_user(addresses, each) for each in pull.assignees],
        "requested_reviewers": [simple_user(addresses, each) for each in pull.requested_reviewers],
        "requested_teams": [],
    }


def _times(pull: PullRequest) -> JsonObject:
    return {
        "created_at": stamp(pull.created_at),
        "updated_at": stamp(pull.updated_at),
        "closed_at": stamp(pull.closed_at),
        "merged_at": stamp(pull.merged_at),
    }


def pull_request(
    github: GitHub, repository: Repository, pull: PullRequest, *, just_pushed: bool = False
) -> JsonObject:
    """A pull request by itself.

    Right after a push GitHub has not found out yet whether it can be merged, and says null.
    """
    state = "unknown" if just_pushed else mergeable_state(repository, pull)
    mergeable = None if state == "unknown" else state != "dirty"
    head = repository.commits[pull.head_sha]
    shared = merge_base(repository.commits, pull.base_sha, pull.head_sha)
    changed = changes(shared.files if shared else {}, head.files)
    return {
        **listed_pull_request(github, repository, pull),
        "merged": pull.is_merged,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": state,
        "merged_by": optional_user(github.addresses, pull.merged_by),
        "comments": len(pull.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(own_commits(repository, pull)),
        "additions": sum(change.additions for change in changed),
        "deletions": sum(change.deletions for change in changed),
        "changed_files": len(changed),
    }


def _side(github: GitHub, repository: Repository, ref: str, sha: str) -> JsonObject:
    return {
        "label": f"{repository.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": simple_user(github.addresses, repository.owner),
        "repo": repository_in_payload(github.addresses, repository),
    }


def minimal_pull_request(
    addresses: Addresses, repository: Repository, pull: PullRequest
) -> JsonObject:
    """A pull request as checks name it."""
    url = addresses.repository(repository.full_name)
    place = {"id": repository.id, "url": url, "name": repository.name}
    return {
        "url": f"{url}/pulls/{pull.number}",
        "id": pull.id,
        "number": pull.number,
        "head": {"ref": pull.head_ref, "sha": pull.head_sha, "repo": place},
        "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": place},
    }


def review(
    addresses: Addresses, repository: Repository, pull: PullRequest, record: Review
) -> JsonObject:
    """A review, its state in capitals as the API has it."""
    url = f"{addresses.repository(repository.full_name)}/pulls/{pull.number}"
    page = f"{addresses.page(repository.full_name)}/pull/{pull.number}"
    page += f"#pullrequestreview-{record.id}"
    shape = {
        "id": record.id,
        "node_id": node_id("PullRequestReview", record.id),
        "user": simple_user(addresses, record.author),
        "body": record.body,
        "commit_id": record.commit_sha,
        "submitted_at": stamp(record.submitted_at),
        "state": record.state,
        "html_url": page,
        "pull_request_url": url,
        "author_association": association(repository, record.author),
        "_links": {"html": link(page), "pull_request": link(url)},
    }
    if record.submitted_at is None:
        del shape["submitted_at"]
    return shape


def label(addresses: Addresses, repository: Repository, record: Label) -> JsonObject:
    """A label."""
    return {
        "id": record.id,
        "node_id": node_id("Label", record.id),
        "url": f"{addresses.repository(repository.full_name)}/labels/{quote(record.name, safe='')}",
        "name": record.name,
        "color": record.color,
        "default": False,
        "description": record.description,
    }


def _optional_milestone(
    addresses: Addresses, repository: Repository, record: Milestone | None
) -> JsonObject | None:
    """What an issue is to be done for, or null."""
    if record is None:
        return None
    url = f"{addresses.repository(repository.full_name)}/milestones/{record.number}"
    issues = [each for each in repository.issues.values() if each.milestone is record]
    open_issues = sum(each.is_open for each in issues)
    return {
        "url": url,
        "html_url": f"{addresses.page(repository.full_name)}/milestone/{record.number}",
        "labels_url": f"{url}/labels",
        "id": record.id,
        "node_id": node_id("Milestone", record.id),
        "number": record.number,
        "title": record.title,
        "description": None,
        "creator": simple_user(addresses, record.creator),
        "open_issues": open_issues,
        "closed_issues": len(issues) - open_issues,
        "state": "open" if record.closed_at is None else "closed",
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.updated_at),
        "due_on": stamp(record.due_on),
        "closed_at": stamp(record.closed_at),
    }


def issue(addresses: Addresses, repository: Repository, record: Issue) -> JsonObject:
    """An issue; a pull request is one too, with a few words more."""
    root = addresses.repository(repository.full_name)
    url = f"{root}/issues/{record.number}"
    page = addresses.page(repository.full_name)
    is_pull = isinstance(record, PullRequest)
    shape = {
        "url": url,
        "repository_url": root,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": f"{page}/{'pull' if is_pull else 'issues'}/{record.number}",
        "id": record.issue_id if isinstance(record, PullRequest) else record.id,
        "node_id": node_id("PullRequest" if is_pull else "Issue", record.id),
        "number": record.number,
        "title": record.title,
        "user": simple_user(addresses, record.author),
        "labels": [label(addresses, repository, each) for each in record.labels],
        "state": record.state,
        "locked": False,
        "assignee": optional_user(addresses, next(iter(record.assignees), None)),
        "assignees": [simple_user(addresses, each) for each in record.assignees],
        "milestone": _optional_milestone(addresses, repository, record.milestone),
        "comments": len(record.comments),
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.updated_at),
        "closed_at": stamp(record.closed_at),
        "author_association": association(repository, record.author),
        "active_lock_reason": None,
        "body": record.body,
        "closed_by": optional_user(addresses, record.closed_by),
        "reactions": _no_reactions(url),
        "timeline_url": f"{url}/timeline",
        "performed_via_github_app": None,
        "state_reason": record.state_reason,
    }
    if isinstance(record, PullRequest):
        shape["draft"] = record.draft
        shape["pull_request"] = _as_part_of_issue(addresses, repository, record)
    return shape


def _as_part_of_issue(
    addresses: Addresses, repository: Repository, pull: PullRequest
) -> JsonObject:
    page = f"{addresses.page(repository.full_name)}/pull/{pull.number}"
    return {
        "url": f"{addresses.repository(repository.full_name)}/pulls/{pull.number}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "merged_at": stamp(pull.merged_at),
    }


def comment(
    addresses: Addresses, repository: Repository, record: Issue, said: Comment
) -> JsonObject:
    """A comment below an issue or a pull request."""
    root = addresses.repository(repository.full_name)
    kind = "pull" if isinstance(record, PullRequest) else "issues"
    url = f"{root}/issues/comments/{said.id}"
    return {
        "url": url,
        "html_url": f"{addresses.page(repository.full_name)}/{kind}/{record.number}"
        f"#issuecomment-{said.id}",
        "issue_url": f"{root}/issues/{record.number}",
        "id": said.id,
        "node_id": node_id("IssueComment", said.id),
        "user": simple_user(addresses, said.author),
        "created_at": stamp(said.created_at),
        "updated_at": stamp(said.updated_at),
        "author_association": association(repository, said.author),
        "body": said.body,
        "reactions": _no_reactions(url),
        "performed_via_github_app": None,
    }


def _no_reactions(url: str) -> JsonObject:
    kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(kinds, 0)}
