"""Branches and refs."""

from taskly.fake_github.actions.branches import create_ref, delete_ref, update_ref
from taskly.fake_github.rest.call import Answer, Call
from taskly.fake_github.rest.paging import page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.repositories import branch, branch_rules, git_ref, short_branch
from taskly.fake_github.world.refusals import Refusal, not_found
from taskly.fake_github.world.repositories import Repository


def branches(call: Call) -> Answer:
    """All branches, by name."""
    repository = call.repository()
    names = sorted(repository.branches)
    wanted = call.query.get("protected")
    if wanted is not None:
        is_wanted = wanted == "true"
        names = [name for name in names if (name in repository.protected_branches) == is_wanted]
    shown, headers = page_of(call, names)
    return Answer(
        [short_branch(call.addresses, repository, name) for name in shown], headers=headers
    )


def one_branch(call: Call) -> Answer:
    """One branch with its newest commit."""
    repository = call.repository()
    name = call.parameters["branch"]
    if name not in repository.branches:
        raise Refusal(404, "Branch not found")
    return Answer(branch(call.github, repository, name))


def rules_of_branch(call: Call) -> Answer:
    """What rulesets ask of a branch."""
    rules = branch_rules(call.repository(), call.parameters["branch"])
    shown, headers = page_of(call, rules)
    return Answer(shown, headers=headers)


def one_ref(call: Call) -> Answer:
    """One ref by its whole name, without `refs/` in front."""
    repository = call.repository()
    _check_not_empty(repository)
    name = call.parameters["ref"]
    sha = _refs(repository).get(f"refs/{name}")
    if sha is None:
        raise not_found()
    return Answer(git_ref(call.addresses, repository, f"refs/{name}", sha))


def matching_refs(call: Call) -> Answer:
    """All refs that begin like this."""
    repository = call.repository()
    start = f"refs/{call.parameters['ref']}"
    return Answer(
        [
            git_ref(call.addresses, repository, ref, sha)
            for ref, sha in sorted(_refs(repository).items())
            if ref.startswith(start)
        ]
    )


def new_ref(call: Call) -> Answer:
    """A new branch or tag."""
    user = call.user()
    repository = _writable(call)
    ref, sha = call.required("ref", str), call.required("sha", str)
    create_ref(call.github, repository, ref, sha, user)
    return Answer(
        git_ref(call.addresses, repository, ref, sha),
        status=201,
        headers={"Location": git_ref(call.addresses, repository, ref, sha)["url"]},
    )


def move_ref(call: Call) -> Answer:
    """Another commit for a branch or tag."""
    user = call.user()
    repository = _writable(call)
    ref, sha = f"refs/{call.parameters['ref']}", call.required("sha", str)
    force = call.optional("force", bool) or False
    update_ref(call.github, repository, ref, sha, user, force=force)
    return Answer(git_ref(call.addresses, repository, ref, sha))


def remove_ref(call: Call) -> Answer:
    """A branch or tag less."""
    user = call.user()
    repository = _writable(call)
    _check_not_empty(repository)
    delete_ref(call.github, repository, f"refs/{call.parameters['ref']}", user)
    return Answer(status=204)


def _writable(call: Call) -> Repository:
    """The repository for those who may push; to all others GitHub says that it is not there."""
    if not call.may(call.repository(), "push"):
        raise not_found()
    return call.repository("push")


def _refs(repository: Repository) -> dict[str, str]:
    return {
        **{f"refs/heads/{name}": sha for name, sha in repository.branches.items()},
        **{f"refs/tags/{name}": sha for name, sha in repository.tags.items()},
    }


def _check_not_empty(repository: Repository) -> None:
    if repository.is_empty:
        raise Refusal(409, "Git Repository is empty.")


OPERATIONS = (
    Operation("GET", "/repos/{owner}/{repo}/branches", branches, reads="contents"),
    Operation("GET", "/repos/{owner}/{repo}/branches/{branch:path}", one_branch, reads="contents"),
    Operation("GET", "/repos/{owner}/{repo}/rules/branches/{branch:path}", rules_of_branch),
    Operation("GET", "/repos/{owner}/{repo}/git/ref/{ref:path}", one_ref, reads="contents"),
    Operation(
        "GET", "/repos/{owner}/{repo}/git/matching-refs/{ref:path}", matching_refs, reads="contents"
    ),
    Operation("POST", "/repos/{owner}/{repo}/git/refs", new_ref),
    Operation("PATCH", "/repos/{owner}/{repo}/git/refs/{ref:path}", move_ref),
    Operation("DELETE", "/repos/{owner}/{repo}/git/refs/{ref:path}", remove_ref),
)
