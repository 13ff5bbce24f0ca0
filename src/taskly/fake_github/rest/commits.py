"""Commits, comparisons and files."""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import quote

from taskly.fake_github.actions.branches import set_branch
from taskly.fake_github.actions.commits import add_change, sign
from taskly.fake_github.rest.call import Answer, Call, read_time
from taskly.fake_github.rest.paging import is_paged, page_number, page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.commits import changes_of, comparison, full_commit, listed_commit
from taskly.fake_github.shapes.writing import JsonObject
from taskly.fake_github.world.commits import (
    Commit,
    Signature,
    between,
    blob_sha,
    history,
    merge_base,
)
from taskly.fake_github.world.refusals import Refusal, not_found, unprocessable
from taskly.fake_github.world.repositories import Repository

MOST_COMPARED = 250
"""Commits in a comparison, unless one asks page by page."""


def commits(call: Call) -> Answer:
    """The history of a branch, newest first."""
    repository = call.repository()
    if repository.is_empty:
        raise Refusal(409, "Git Repository is empty.")
    start = call.query.get("sha", repository.default_branch)
    tip = repository.sha_of(start)
    if tip is None:
        raise not_found()
    found = [
        commit for commit in history(repository.commits, tip) if _fits(call, repository, commit)
    ]
    shown, headers = page_of(call, found)
    return Answer([listed_commit(call.github, repository, each) for each in shown], headers=headers)


def _fits(call: Call, repository: Repository, commit: Commit) -> bool:
    query = call.query
    return (
        ("author" not in query or query["author"] in _names(commit.author))
        and ("committer" not in query or query["committer"] in _names(commit.committer))
        and ("since" not in query or commit.committer.at >= read_time(query["since"]))
        and ("until" not in query or commit.committer.at <= read_time(query["until"]))
        and (
            "path" not in query
            or any(change.path == query["path"] for change in changes_of(repository, commit))
        )
    )


def _names(signature: Signature) -> Sequence[str | None]:
    return (signature.login, signature.email)


def one_commit(call: Call) -> Answer:
    """One commit with its files."""
    repository = call.repository()
    sha = call.commit(repository)
    return Answer(full_commit(call.github, repository, repository.commits[sha]))


def compare(call: Call) -> Answer:
    """Two branches or commits side by side: `base...head`."""
    repository = call.repository()
    names = call.parameters["basehead"].split("...")
    if len(names) != 2:
        raise not_found()
    shas = [repository.sha_of(name.rpartition(":")[2]) for name in names]
    base, head = (repository.commits.get(sha or "") for sha in shas)
    if base is None or head is None:
        raise not_found()
    shared = merge_base(repository.commits, base.sha, head.sha)
    if shared is None:
        raise Refusal(404, f"No common ancestor between {names[0]} and {names[1]}.")
    found = between(repository.commits, [base.sha], head.sha)
    if is_paged(call):
        shown, headers = page_of(call, found)
        first = page_number(call) == 1
    else:
        shown, headers, first = found[-MOST_COMPARED:], {}, True
    shape = comparison(call.github, repository, base, head, shared, shown, with_files=first)
    return Answer(shape, headers=headers)


def contents(call: Call) -> Answer:
    """A file, or the files of a directory."""
    repository = call.repository()
    commit = _commit_to_read(call, repository)
    path = call.parameters["path"].strip("/")
    if path in commit.files:
        return Answer(_file(call, repository, commit, path, with_content=True))
    inside = [name for name in commit.files if not path or name.startswith(path + "/")]
    if not inside:
        raise not_found()
    names = sorted({_step(name, path) for name in inside})
    return Answer([_file(call, repository, commit, name) for name in names])


def put_contents(call: Call) -> Answer:
    """A commit that makes or changes one file."""
    repository = call.repository("push")
    path = call.parameters["path"].strip("/")
    text = _decoded(call.required("content", str))
    branch, parent, before = _branch_to_write(call, repository, path)
    commit = _commit_file(call, repository, branch, parent, path, text)
    return Answer(
        {
            "content": _file(call, repository, commit, path),
            "commit": _made(call, repository, commit),
        },
        status=200 if before is not None else 201,
    )


def delete_contents(call: Call) -> Answer:
    """A commit that takes one file away."""
    repository = call.repository("push")
    path = call.parameters["path"].strip("/")
    branch, parent, before = _branch_to_write(call, repository, path)
    if before is None:
        raise not_found()
    call.required("sha", str)
    commit = _commit_file(call, repository, branch, parent, path, None)
    return Answer({"content": None, "commit": _made(call, repository, commit)})


def _commit_to_read(call: Call, repository: Repository) -> Commit:
    if repository.is_empty:
        raise Refusal(404, "This repository is empty.")
    ref = call.query.get("ref", repository.default_branch)
    sha = repository.sha_of(ref)
    if sha is None:
        raise Refusal(404, f"No commit found for the ref {ref}")
    return repository.commits[sha]


def _branch_to_write(
    call: Call, repository: Repository, path: str
) -> tuple[str, str | None, str | None]:
    """The branch, its commit and the file's hash there, as far as there are any.

    Raises:
        Refusal: 404 for a branch that is not there, 409 or 422 when the file has changed meanwhile.
    """
    branch = call.optional("branch", str) or repository.default_branch
    parent = repository.branches.get(branch)
    if parent is None:
        if not repository.is_empty:
            raise Refusal(404, f"Branch {branch} not found")
        return branch, None, None
    text = repository.commits[parent].files.get(path)
    before = None if text is None else blob_sha(text)
    known = call.optional("sha", str)
    if before is not None and known is None:
        raise unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.')
    if before is not None and known != before:
        raise Refusal(409, f"{path} does not match {known}")
    return branch, parent, before


def _commit_file(
    call: Call,
    repository: Repository,
    branch: str,
    parent: str | None,
    path: str,
    text: str | None,
) -> Commit:
    user = call.user()
    commit = add_change(
        call.github,
        repository,
        parent=parent,
        message=call.required("message", str),
        author=sign(user, call.github.clock.time_of_change()),
        files={path: text},
    )
    set_branch(call.github, repository, branch, commit.sha, user)
    return commit


def _decoded(content: str) -> str:
    try:
        return base64.b64decode(content, validate=False).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise unprocessable("content is not valid Base64") from None


def _made(call: Call, repository: Repository, commit: Commit) -> JsonObject:
    shape = listed_commit(call.github, repository, commit)
    return {
        "sha": shape["sha"],
        "node_id": shape["node_id"],
        "url": shape["commit"]["url"],
        "html_url": shape["html_url"],
        **{name: shape["commit"][name] for name in ("author", "committer", "tree", "message")},
        "parents": shape["parents"],
        "verification": shape["commit"]["verification"],
    }


def _step(name: str, directory: str) -> str:
    """The entry of the directory through which the file is reached."""
    inside = name[len(directory) :].lstrip("/").partition("/")[0]
    return f"{directory}/{inside}" if directory else inside


def _file(
    call: Call, repository: Repository, commit: Commit, path: str, *, with_content: bool = False
) -> JsonObject:
    text = commit.files.get(path)
    kind = "dir" if text is None else "file"
    sha = blob_sha(text or path)
    url = call.addresses.repository(repository.full_name)
    page = call.addresses.page(repository.full_name)
    own = f"{url}/contents/{quote(path)}?ref={commit.sha}"
    git = f"{url}/git/{'blobs' if kind == 'file' else 'trees'}/{sha}"
    html = f"{page}/{'blob' if kind == 'file' else 'tree'}/{commit.sha}/{quote(path)}"
    shape: JsonObject = {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": len((text or "").encode()),
        "url": own,
        "html_url": html,
        "git_url": git,
        "download_url": f"{page}/raw/{commit.sha}/{quote(path)}" if kind == "file" else None,
        "type": kind,
    }
    if with_content:
        shape["content"] = base64.encodebytes((text or "").encode()).decode()
        shape["encoding"] = "base64"
    return {**shape, "_links": {"self": own, "git": git, "html": html}}


OPERATIONS = (
    Operation("GET", "/repos/{owner}/{repo}/commits", commits, reads="contents"),
    Operation("GET", "/repos/{owner}/{repo}/compare/{basehead:path}", compare, reads="contents"),
    Operation("GET", "/repos/{owner}/{repo}/contents", contents),
    Operation("GET", "/repos/{owner}/{repo}/contents/{path:path}", contents),
    Operation("PUT", "/repos/{owner}/{repo}/contents/{path:path}", put_contents),
    Operation("DELETE", "/repos/{owner}/{repo}/contents/{path:path}", delete_contents),
    Operation("GET", "/repos/{owner}/{repo}/commits/{ref:path}", one_commit, reads="contents"),
)
