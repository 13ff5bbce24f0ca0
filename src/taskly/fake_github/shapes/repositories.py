"""Repositories, branches and refs."""

from urllib.parse import quote

from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.shapes.commits import full_commit
from taskly.fake_github.shapes.writing import JsonObject, node_id, seconds, stamp
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.addresses import Addresses
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.repositories import PERMISSIONS, Repository

# What follows a repository's own address, by the name of the field, in GitHub's order.
_PARTS = {
    "forks_url": "/forks",
    "keys_url": "/keys{/key_id}",
    "collaborators_url": "/collaborators{/collaborator}",
    "teams_url": "/teams",
    "hooks_url": "/hooks",
    "issue_events_url": "/issues/events{/number}",
    "events_url": "/events",
    "assignees_url": "/assignees{/user}",
    "branches_url": "/branches{/branch}",
    "tags_url": "/tags",
    "blobs_url": "/git/blobs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "trees_url": "/git/trees{/sha}",
    "statuses_url": "/statuses/{sha}",
    "languages_url": "/languages",
    "stargazers_url": "/stargazers",
    "contributors_url": "/contributors",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "commits_url": "/commits{/sha}",
    "git_commits_url": "/git/commits{/sha}",
    "comments_url": "/comments{/number}",
    "issue_comment_url": "/issues/comments{/number}",
    "contents_url": "/contents/{+path}",
    "compare_url": "/compare/{base}...{head}",
    "merges_url": "/merges",
    "archive_url": "/{archive_format}{/ref}",
    "downloads_url": "/downloads",
    "issues_url": "/issues{/number}",
    "pulls_url": "/pulls{/number}",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "labels_url": "/labels{/name}",
    "releases_url": "/releases{/id}",
    "deployments_url": "/deployments",
}
_FEATURES = {
    "has_projects": True,
    "has_downloads": True,
    "has_wiki": True,
    "has_pages": False,
    "has_discussions": False,
}


def minimal_repository(addresses: Addresses, repository: Repository) -> JsonObject:
    """A repository as part of something else, without what never changes."""
    url = addresses.repository(repository.full_name)
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": simple_user(addresses, repository.owner),
        "html_url": addresses.page(repository.full_name),
        "description": repository.description,
        "fork": False,
        "url": url,
        **{name: url + part for name, part in _PARTS.items()},
    }


def repository_in_payload(addresses: Addresses, repository: Repository) -> JsonObject:
    """A repository as webhooks show it."""
    page = addresses.page(repository.full_name)
    host = addresses.web.partition("://")[2]
    open_issues = sum(issue.is_open for issue in repository.issues.values())
    return {
        **minimal_repository(addresses, repository),
        "created_at": stamp(repository.created_at),
        "updated_at": stamp(repository.updated_at),
        "pushed_at": stamp(repository.pushed_at),
        "git_url": f"git://{host}/{repository.full_name}.git",
        "ssh_url": f"git@{host}:{repository.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "homepage": repository.homepage,
        "size": len(repository.commits),
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": None,
        "has_issues": repository.has_issues,
        **_FEATURES,
        "forks_count": 0,
        "mirror_url": None,
        "archived": repository.archived,
        "disabled": False,
        "open_issues_count": open_issues,
        "license": None,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "private" if repository.private else "public",
        "forks": 0,
        "open_issues": open_issues,
        "watchers": 0,
        "default_branch": repository.default_branch,
        "custom_properties": {},
    }


def repository_in_push(addresses: Addresses, repository: Repository) -> JsonObject:
    """A repository as a push shows it: times as numbers, the page as its address."""
    owner = {
        "name": repository.owner.login,
        "email": repository.owner.commit_email,
        **simple_user(addresses, repository.owner),
    }
    return {
        **repository_in_payload(addresses, repository),
        "owner": owner,
        "url": addresses.page(repository.full_name),
        "created_at": seconds(repository.created_at),
        "pushed_at": seconds(repository.pushed_at),
        "stargazers": 0,
        "master_branch": repository.default_branch,
    }


def listed_repository(github: GitHub, repository: Repository, viewer: Account | None) -> JsonObject:
    """A repository in a list, with what the viewer may do."""
    return {
        **repository_in_payload(github.addresses, repository),
        "permissions": permissions(repository, viewer),
    }


def full_repository(github: GitHub, repository: Repository, viewer: Account | None) -> JsonObject:
    """A repository by itself."""
    owner = repository.owner
    shape = {
        **listed_repository(github, repository, viewer),
        "temp_clone_token": "",
        "allow_squash_merge": True,
        "allow_merge_commit": True,
        "allow_rebase_merge": True,
        "allow_auto_merge": False,
        "delete_branch_on_merge": repository.delete_branch_on_merge,
        "allow_update_branch": False,
        "use_squash_pr_title_as_default": False,
        "squash_merge_commit_message": "COMMIT_MESSAGES",
        "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "merge_commit_message": "PR_TITLE",
        "merge_commit_title": "MERGE_MESSAGE",
        "network_count": 0,
        "subscribers_count": 1 + len(repository.collaborators),
    }
    if owner.kind == "Organization":
        shape["organization"] = simple_user(github.addresses, owner)
    return shape


def permissions(repository: Repository, viewer: Account | None) -> JsonObject:
    """What the viewer may do, from the most to the least."""
    return {name: repository.allows(viewer, name) for name in reversed(PERMISSIONS)}


def short_branch(addresses: Addresses, repository: Repository, name: str) -> JsonObject:
    """A branch in a list."""
    url = addresses.repository(repository.full_name)
    sha = repository.branches[name]
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{url}/commits/{sha}"},
        "protected": name in repository.protected_branches,
    }


def branch(github: GitHub, repository: Repository, name: str) -> JsonObject:
    """A branch by itself."""
    url = github.addresses.repository(repository.full_name)
    commit = repository.commits[repository.branches[name]]
    path = quote(name, safe="")
    required = repository.required_checks.get(name)
    names = {} if required is None or required.by_ruleset else required.names
    return {
        "name": name,
        "commit": full_commit(github, repository, commit),
        "_links": {
            "self": f"{url}/branches/{path}",
            "html": f"{github.addresses.page(repository.full_name)}/tree/{quote(name)}",
        },
        "protected": name in repository.protected_branches,
        "protection": {
            "enabled": name in repository.protected_branches,
            "required_status_checks": {
                "enforcement_level": "non_admins" if names else "off",
                "contexts": list(names),
                "checks": [
                    {"context": context, "app_id": app_id} for context, app_id in names.items()
                ],
            },
        },
        "protection_url": f"{url}/branches/{path}/protection",
    }


def branch_rules(repository: Repository, name: str) -> list[JsonObject]:
    """The rules of rulesets that hold for a branch, which need not be there."""
    required = repository.required_checks.get(name)
    if required is None or not required.by_ruleset:
        return []
    checks = [
        {"context": context} if app_id is None else {"context": context, "integration_id": app_id}
        for context, app_id in required.names.items()
    ]
    return [
        {
            "type": "required_status_checks",
            "ruleset_source_type": "Repository",
            "ruleset_source": repository.full_name,
            "ruleset_id": repository.id,
            "parameters": {
                "strict_required_status_checks_policy": False,
                "required_status_checks": checks,
            },
        }
    ]


def git_ref(addresses: Addresses, repository: Repository, ref: str, sha: str) -> JsonObject:
    """A ref by its whole name, `refs/heads/…` or `refs/tags/…`."""
    url = addresses.repository(repository.full_name)
    return {
        "ref": ref,
        "node_id": node_id("Ref", f"{repository.id}:{ref}"),
        "url": f"{url}/git/{quote(ref)}",
        "object": {"sha": sha, "type": "commit", "url": f"{url}/git/commits/{sha}"},
    }
