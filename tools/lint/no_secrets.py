"""No file holds a secret.

What was committed once stays in the history of every clone. Tests make their keys and tokens when
they run; examples are too short to be real.
"""

import re
from collections.abc import Iterator, Sequence

from tools.lint.finding import Finding
from tools.lint.texts import Text

RULE = "no-secrets"
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(\s|\\n|[\"'])*[A-Za-z0-9+/]{20,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{36,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{50,}"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bxox[abprs]-[0-9A-Za-z-]{20,}"
    r"|\btsk_[A-Za-z0-9_-]{40,}"
)


def check(texts: Sequence[Text]) -> Iterator[Finding]:
    """What looks like a key or a token that opens something."""
    for text in texts:
        for match in SECRET.finditer(text.text):
            message = f"{match[0][:8]}… looks like a real secret: make it when the test runs"
            yield text.finding(RULE, match.start(), message)
