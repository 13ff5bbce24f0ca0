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
    # Without the full stop of a sentence, or what emphasises it.
    found = (
        login.rstrip("._-").lower()
        for paragraph in paragraphs_of(markdown)
        for login in _MENTION.findall(paragraph)
    )
    return list(dict.fromkeys(found))[:MOST_MENTIONS]


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
