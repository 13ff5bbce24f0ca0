"""The repository's text files: what Git tracks, and what it would."""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.lint.finding import Finding

NOT_OURS = frozenset({".git", ".venv", ".taskly", "node_modules", "dist", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Text:
    """One text file; `path` is relative to the repository."""

    path: PurePosixPath
    text: str

    def finding(self, rule: str, offset: int, message: str) -> Finding:
        """A finding at a character of this file."""
        return Finding(self.path, self.text.count("\n", 0, offset) + 1, rule, message)


def read_texts(root: Path) -> list[Text]:
    """Every text file of the repository, files that Git does not know yet included."""
    texts = []
    for path in sorted(_paths(root)):
        content = (root / path).read_bytes()
        if b"\0" not in content:
            texts.append(Text(path, content.decode("utf-8", errors="replace")))
    return texts


def _paths(root: Path) -> Iterator[PurePosixPath]:
    for path in _listed_by_git(root) or _found_in(root):
        whole = root / path
        if whole.is_file() and not whole.is_symlink():
            yield path


def _listed_by_git(root: Path) -> list[PurePosixPath]:
    """What Git lists; nothing where there is no Git or no repository, as in an unpacked archive."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if not (root / ".git").exists():
        return []
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [PurePosixPath(name) for name in listed.stdout.decode().split("\0") if name]


def _found_in(root: Path) -> Iterable[PurePosixPath]:
    for entry in root.iterdir():
        if entry.name in NOT_OURS or entry.name.endswith((".egg-info", "_cache")):
            continue
        found = entry.rglob("*") if entry.is_dir() else [entry]
        for path in found:
            relative = path.relative_to(root)
            if NOT_OURS.isdisjoint(relative.parts):
                yield PurePosixPath(relative.as_posix())
