"""Commits, the files in them, and questions about their history."""

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

NO_COMMIT = "0" * 40
"""What GitHub writes for a branch's commit before it existed or after it was deleted."""


@dataclass(frozen=True)
class Signature:
    """Who wrote or applied a commit, and when. The login is None for unknown addresses."""

    name: str
    email: str
    at: datetime
    login: str | None


@dataclass(frozen=True)
class Commit:
    """A commit with its whole tree. `order` grows with every commit made, parents come first."""

    order: int
    sha: str
    tree_sha: str
    message: str
    author: Signature
    committer: Signature
    parents: tuple[str, ...]
    files: Mapping[str, str]

    @property
    def headline(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


@dataclass(frozen=True)
class FileChange:
    """How one file differs between two trees."""

    path: str
    status: Literal["added", "removed", "modified"]
    additions: int
    deletions: int
    patch: str


Commits = Mapping[str, Commit]


def reachable(commits: Commits, tips: Iterable[str]) -> set[str]:
    """The tips and everything before them."""
    seen: set[str] = set()
    waiting = [tip for tip in tips if tip in commits]
    while waiting:
        sha = waiting.pop()
        if sha not in seen:
            seen.add(sha)
            waiting.extend(commits[sha].parents)
    return seen


def history(commits: Commits, tip: str) -> list[Commit]:
    """The commit and everything before it, newest first."""
    return in_order(commits, reachable(commits, [tip]))[::-1]


def between(commits: Commits, bases: Iterable[str], head: str) -> list[Commit]:
    """What is in `head` and in none of the bases, oldest first."""
    return in_order(commits, reachable(commits, [head]) - reachable(commits, bases))


def merge_base(commits: Commits, one: str, other: str) -> Commit | None:
    """The newest commit that both have."""
    shared = in_order(commits, reachable(commits, [one]) & reachable(commits, [other]))
    return shared[-1] if shared else None


def in_order(commits: Commits, shas: Iterable[str]) -> list[Commit]:
    """The commits with these hashes, oldest first."""
    return sorted((commits[sha] for sha in shas), key=lambda commit: commit.order)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[FileChange]:
    """How the trees differ, by path."""
    return [
        _change(path, before.get(path), after.get(path))
        for path in sorted({*before, *after})
        if before.get(path) != after.get(path)
    ]


def blob_sha(text: str) -> str:
    """The hash that Git gives a file with this content."""
    content = text.encode()
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def _change(path: str, before: str | None, after: str | None) -> FileChange:
    lines = list(
        difflib.unified_diff((before or "").splitlines(), (after or "").splitlines(), lineterm="")
    )[2:]
    return FileChange(
        path=path,
        status="added" if before is None else "removed" if after is None else "modified",
        additions=sum(line.startswith("+") for line in lines),
        deletions=sum(line.startswith("-") for line in lines),
        patch="\n".join(lines),
    )


def merged(
    base: Mapping[str, str], ours: Mapping[str, str], theirs: Mapping[str, str]
) -> dict[str, str] | None:
    """Both sides' changes in one tree; None when both changed one file differently."""
    tree: dict[str, str] = {}
    for path in {*base, *ours, *theirs}:
        origin, our, their = base.get(path), ours.get(path), theirs.get(path)
        if their in (our, origin):
            chosen = our
        elif our == origin:
            chosen = their
        else:
            return None
        if chosen is not None:
            tree[path] = chosen
    return tree
