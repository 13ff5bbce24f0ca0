"""No file names a package registry, a mirror, or a place on somebody's machine.

Whoever installs decides where packages come from: an address in a lock or a script breaks every
installation behind another mirror. An absolute path works on one machine, and tells who uses it.
"""

import re
from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.texts import Text

RULE = "clean-words"
UNWANTED = (
    (
        re.compile(
            r"\b(pypi\.org|pythonhosted\.org|npmjs\.(org|com)|npmmirror\.com|yarnpkg\.com|jfrog\.io)\b"
            r"|\b(https?|file)://[^\s\"']+/simple\b"
        ),
        "name no package registry: the installer's own configuration decides",
    ),
    (
        re.compile(
            r"^[ \t]*(-i|--(extra-)?index(-url)?|--default-index|--find-links|--trusted-host)[ =]"
            r"|\"resolved\": *\"(https?|file):",
            re.MULTILINE,
        ),
        "keep index addresses out: compile the lock without them (`make lock`)",
    ),
    (
        re.compile(r"(?<![\w.~})-])/(root|work|home/[\w.-]+|Users/[\w.-]+)/"),
        "use a path relative to the repository",
    ),
)


def check(texts: Sequence[Text]) -> Iterator[Finding]:
    """Registry addresses, index options and machine paths."""
    for text in texts:
        for pattern, message in UNWANTED:
            for match in pattern.finditer(text.text):
                yield text.finding(RULE, match.start(), f"{match[0].strip()}: {message}")
