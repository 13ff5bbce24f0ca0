"""In `src` no line silences the type checker.

A silenced line is one where the types are wrong: either ours, and then the reader is misled, or a
library's, and then a cast or a small typed wrapper says so in code. Whole files are not silenced either.
"""

import re
from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.sources import Source

RULE = "no-type-ignore"
SILENCER = re.compile(r"#\s*(type:\s*ignore|mypy:|pyright:)")


def check(sources: Sequence[Source]) -> Iterator[Finding]:
    """Comments that silence the type checker."""
    for source in sources:
        if not source.in_package or not SILENCER.search(source.text):
            continue
        for number, line in enumerate(source.text.splitlines(), start=1):
            if SILENCER.search(line):
                message = "make the types true, or cast where a library's are wrong"
                yield source.finding(RULE, number, message)
