"""Repositories, and who may do what in them."""

from collections.abc import Callable
from typing import Any

from taskly.fake_github.actions.repositories import (
    create_repository,
    delete_repository,
    edit_repository,
    rename_repository,
)
from taskly.fake_github.rest.call import Answer, Call, read_time
from taskly.fake_github.rest.paging import page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.shapes.repositories import (
    full_repository,
    listed_repository,
    permissions,
)
from taskly.fake_github.world.refusals import forbidden, not_found, unprocessable
from taskly.fake_github.world.repositories import Permission, Repository

_ORDERS: dict[str, Callable[[Repository], Any]] = {
    "created": lambda repository: repository.created_at,
    "updated": lambda repository: repository.updated_at,
    "pushed": lambda repository: repository.pushed_at,
    "full_name": lambda repository: repository.full_name.lower(),
}
# The API's older words for the two middle permissions.
_IN_OLD_WORDS: dict[Permission, str] = {
    "admin": "admin",
    "maintain": "write",
    "push": "write",
    "triage": "read",
    "pull": "read",
}
_ROLES: dict[Permission, str] = {
    "admin": "admin",
    "maintain": "maintain",
    "push": "write",
    "triage": "triage",
    "pull": "read",
}


def own_repositories(call: Call) -> Answer:
    """The repositories that the asker owns or works in."""
    user = call.user()
    may_see_private = call.token is not None and call.token.allows("repo")
    affiliations = set(
        call.query.get("affiliation", "owner,collaborator,organization_member").split(",")
    )
    if "type" in call.query and {"visibility", "affiliation"} & set(call.query):
        raise unprocessable("If you specify visibility or affiliation, you cannot specify type.")
    visibility = call.query.get("visibility", "all")
    found = [
        repository
        for repository in call.github.repositories.values()
        if (may_see_private or not repository.private)
        and visibility in {"all", "private" if repository.private else "public"}
        and _affiliation(repository, user.id) in affiliations
        and _is_in_time(call, repository)
    ]
    order = call.query.get("sort", "full_name")
    found.sort(key=_ORDERS.get(order, _ORDERS["full_name"]))
    usual = "asc" if order == "full_name" else "desc"
    if call.query.get("direction", usual) == "desc":
        found.reverse()
    shown, headers = page_of(call, found)
    return Answer([listed_repository(call.github, each, user) for each in shown], headers=headers)


def _affiliation(repository: Repository, account_id: int) -> str | None:
    if repository.owner.id == account_id:
        return "owner"
    if account_id not in repository.collaborators:
        return None
    is_organization = repository.owner.kind == "Organization"
    return "organization_member" if is_organization else "collaborator"


def _is_in_time(call: Call, repository: Repository) -> bool:
    since, before = call.query.get("since"), call.query.get("before")
    return (since is None or repository.updated_at >= read_time(since)) and (
        before is None or repository.updated_at <= read_time(before)
    )


def create_own_repository(call: Call) -> Answer:
    """A new repository of the asker's; empty unless `auto_init` is set."""
    user = call.user()
    private = call.optional("private", bool) or False
    call.require_scope("repo" if private else "public_repo")
    repository = create_repository(
        call.github,
        user,
        call.required("name", str),
        private=private,
        description=call.optional("description", str),
        with_commit=call.optional("auto_init", bool) or False,
    )
    return Answer(full_repository(call.github, repository, user), status=201)


def repository(call: Call) -> Answer:
    """One repository."""
    return Answer(full_repository(call.github, call.repository(), call.account))


def edit(call: Call) -> Answer:
    """Rename it, or change what is given."""
    user = call.user()
    record = call.repository("admin")
    visibility = call.one_of("visibility", ("public", "private"))
    private = call.optional("private", bool) if visibility is None else visibility == "private"
    name = call.optional("name", str)
    if name is not None:
        rename_repository(call.github, record, name, user)
    edit_repository(
        call.github,
        record,
        user,
        description=call.optional("description", str),
        homepage=call.optional("homepage", str),
        default_branch=call.optional("default_branch", str),
        private=private,
        archived=call.optional("archived", bool),
        delete_branch_on_merge=call.optional("delete_branch_on_merge", bool),
    )
    return Answer(full_repository(call.github, record, user))


def delete(call: Call) -> Answer:
    """Gone; asks for the scope `delete_repo`."""
    record = call.repository("admin")
    if call.token is not None and not call.token.allows("delete_repo"):
        raise forbidden("Must have admin rights to Repository.")
    delete_repository(call.github, record, call.user())
    return Answer(status=204)


def permission_of_collaborator(call: Call) -> Answer:
    """What somebody may do here."""
    is_installation = call.token is not None and call.token.installation_id is not None
    record = call.repository("pull" if is_installation else "push")
    account = call.github.find_account(call.parameters["username"])
    if account is None:
        raise not_found()
    permission = record.permission_of(account)
    word = "none" if permission is None else _IN_OLD_WORDS[permission]
    role = "none" if permission is None else _ROLES[permission]
    return Answer(
        {
            "permission": word,
            "user": {
                **simple_user(call.addresses, account),
                "permissions": permissions(record, account),
                "role_name": role,
            },
            "role_name": role,
        }
    )


OPERATIONS = (
    Operation("GET", "/user/repos", own_repositories),
    Operation("POST", "/user/repos", create_own_repository),
    Operation("GET", "/repos/{owner}/{repo}", repository),
    Operation("PATCH", "/repos/{owner}/{repo}", edit),
    Operation("DELETE", "/repos/{owner}/{repo}", delete),
    Operation(
        "GET",
        "/repos/{owner}/{repo}/collaborators/{username}/permission",
        permission_of_collaborator,
    ),
)
