"""What GitHub is told of a card: the description of a pull request that is made from it, and a comment.

Comments that nobody sees mark what is the card's, so that it is found again: what Taskly wrote names no cards
by itself, however many keys the card's texts hold, and its checklist is told from other lists.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from taskly.github.rules.boxes import checklist, closed, shown_boxes

LONGEST = 60_000
"""Characters. GitHub takes 65 536."""
LONGEST_TITLE = 256
MOST_CRITERIA = 40_000

_CARD = re.compile(r"<!-- taskly:card [0-9a-f-]{36} -->")
_CARD_END = "<!-- /taskly:card -->"
_CRITERIA = "<!-- taskly:criteria -->"
_CRITERIA_END = "<!-- /taskly:criteria -->"
_MARK = re.compile(r"<!--(\s*/?\s*)taskly:")
_SPECIAL = re.compile(r"([\\\[\]`*_<>])")
_SOMEBODY = re.compile(r"@(?=\w)")


@dataclass(frozen=True, slots=True)
class CardText:
    """What there is to tell of a card."""

    id: UUID
    key: str
    title: str
    url: str
    description: str
    criteria: str

    @property
    def link(self) -> str:
        """The way back to the card."""
        return f"[{self.key} {_SPECIAL.sub(_ESCAPED, self.title)}]({self.url})"


_ESCAPED = r"\\\1"


def title_of(card: CardText) -> str:
    """The title of a pull request that is made from a card."""
    return f"{card.key} {card.title}"[:LONGEST_TITLE]


def description_of(card: CardText) -> str:
    """The description of a pull request that is made from a card."""
    criteria = _cut(checklist(_unmarked(card.criteria)), MOST_CRITERIA)
    room = LONGEST - len(criteria) - len(card.link) - 300
    description = _cut(_unmarked(card.description), room)
    parts = [f"<!-- taskly:card {card.id} -->"]
    if description.strip():
        parts.append(closed(description))
    if criteria.strip():
        parts += ["### Acceptance criteria", _CRITERIA, closed(criteria), _CRITERIA_END]
    return "\n\n".join([*parts, f"Card: {card.link}", _CARD_END])


def comment_mark(card_id: UUID) -> str:
    """By what the comment about a card is found again."""
    return f"<!-- taskly:comment {card_id} -->"


def comment_of(card: CardText) -> str:
    """A comment that shows a card to reviewers. It calls nobody: people called so here may be others there."""
    criteria = _cut(shown_boxes(_unmarked(card.criteria)), MOST_CRITERIA)
    parts = [comment_mark(card.id), f"Card: {card.link}"]
    if criteria.strip():
        parts += ["**Acceptance criteria**", closed(criteria)]
    return _SOMEBODY.sub("@\u200b", "\n\n".join(parts))


def card_named_by(body: str) -> UUID | None:
    """The card that a pull request was made from, if its description says so."""
    found = _CARD.search(body)
    return None if found is None else _uuid(found[0].split()[2])


def own_words(body: str) -> str:
    """What people wrote of a pull request's description."""
    begin = _CARD.search(body)
    end = -1 if begin is None else body.rfind(_CARD_END, begin.end())
    return body if begin is None or end < 0 else body[: begin.start()] + "\n\n" + body[end:]


def criteria_in(body: str) -> str:
    """The checklist of a card's acceptance criteria in a pull request's description; nothing if there is none."""
    _, _, rest = body.partition(_CRITERIA)
    found, end, _ = rest.partition(_CRITERIA_END)
    return found if end else ""


def _unmarked(text: str) -> str:
    """The text without anything that would be taken for one of our marks."""
    return _MARK.sub(r"<!--\1taskly ", text)


def _cut(text: str, most: int) -> str:
    """The text, or as many of its lines as there is room for."""
    if len(text) <= most:
        return text
    kept = text[: most - 2]
    return kept[: kept.rfind("\n") + 1 or len(kept)] + "…"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
