"""Pure rules about cards."""

import re
from dataclasses import dataclass
from datetime import datetime

from taskly.boards.rules import Category
from taskly.kit.prose import paragraphs_of

# Underscores may be of the login, or emphasise it.
_MENTION = re.compile(
    r"(?<![\w@./`-])_{0,3}@([A-Za-z0-9][A-Za-z0-9._-]{0,38}(?:~[0-9a-f]{8})?)(?!\w)"
)
MOST_MENTIONS = 50


def logins_mentioned(markdown: str) -> list[str]:
    """The logins that a text names as `@login`, in small letters: not in code, quotes or e-mail addresses.

    The first fifty, so that no text reaches a whole company.
    """
    found = (
        _login(login).lower()
        for paragraph in paragraphs_of(markdown)
        for login in _MENTION.findall(paragraph)
    )
    return list(dict.fromkeys(found))[:MOST_MENTIONS]


def _login(found: str) -> str:
    """What was found without the full stop of a sentence, or what emphasises it."""
    return found.rstrip("._-")


def without_mention(markdown: str, login: str, nobody: str) -> str:
    """A text that names `@nobody` wherever it named `@login`, also in quotes and blocks of code."""

    def other(found: re.Match[str]) -> str:
        before, named = found[0][: -len(found[1])], _login(found[1])
        is_it = named.lower() == login.lower()
        return f"{before}{nobody}{found[1][len(named) :]}" if is_it else found[0]

    return _MENTION.sub(other, markdown)


@dataclass(frozen=True, slots=True)
class Progress:
    """When a card was started and completed; None as long as it was not."""

    started_at: datetime | None
    completed_at: datetime | None

    def entering(self, category: Category, at: datetime) -> "Progress":
        """The progress of a card that enters a column of `category`.

        Work starts when a card first leaves To Do and keeps that time. It is completed when it enters
        Done, and no longer when it leaves; going from one done column to another changes nothing.
        """
        if category is Category.TODO:
            return Progress(self.started_at, None)
        started_at = self.started_at or at
        if category is Category.IN_PROGRESS:
            return Progress(started_at, None)
        return Progress(started_at, self.completed_at or at)
