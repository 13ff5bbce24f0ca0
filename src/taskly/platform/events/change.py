"""A change: one thing, before and after.

Everything that reads the log reads changes, and a change says enough to be applied, shown or taken
back without looking anything up: which thing (`entity`, `id`), the fields that it changed with their
values before and after. `before is None` means that the thing appeared (made, or back from the archive),
`after is None` that it went (deleted, or archived). A board's snapshot is the fold of its changes, see
`apply_change`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Base of all typed changes; a domain declares its own in its `events` module.

    `before` and `after` hold JSON values under the names that the API shows.
    """

    type: ClassVar[str]
    """The stable name that readers of the log see, such as `card.moved`."""
    entity: ClassVar[str]
    """What kind of thing changed, such as `card`."""

    id: UUID
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    card_id: UUID | None = None
    """The card in whose timeline the change belongs, if any."""
    reason: Mapping[str, Any] | None = None
    """Why Taskly did it by itself: rule, pull request, delivery."""
    facts: Mapping[str, Any] | None = None
    """What held at that moment and did not change, for readers that do not fold the log."""

    def as_json(self) -> JsonObject:
        """The change as it stands in the log's `data`."""
        written: JsonObject = {
            "entity": self.entity,
            "id": self.id,
            "before": self.before,
            "after": self.after,
        }
        if self.reason is not None:
            written["reason"] = self.reason
        if self.facts is not None:
            written["facts"] = self.facts
        return written


def revert_change(collections: dict[str, dict[str, JsonObject]], written: JsonObject) -> None:
    """Take one change out of `collections` again: the inverse of `apply_change`, newest change first.

    What went from the archive was not there before either.
    """
    things = collections.setdefault(written["entity"], {})
    identifier, before = str(written["id"]), written["before"]
    if before is None:
        things.pop(identifier, None)
    elif written["after"] is None:
        if "archived_at" not in before:
            things[identifier] = dict(before)
    elif identifier in things:
        things[identifier].update(before)


def known_changes() -> dict[str, type[Change]]:
    """All changes that domains have declared in this process, by their types."""
    found: dict[str, type[Change]] = {}
    pending = list(Change.__subclasses__())
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if hasattr(kind, "type"):
            found[kind.type] = kind
    return dict(sorted(found.items()))


def apply_change(collections: dict[str, dict[str, JsonObject]], written: JsonObject) -> None:
    """Fold one change, as it stands in the log, into `collections` (entity → id → fields).

    This is what a client does with each live event; tests hold that the fold of a board's whole log
    equals its snapshot. A change of something that is not there, such as an archived card, says nothing
    about what is.
    """
    things = collections.setdefault(written["entity"], {})
    identifier = str(written["id"])
    if written["after"] is None:
        things.pop(identifier, None)
    elif written["before"] is None:
        things[identifier] = dict(written["after"])
    elif identifier in things:
        things[identifier].update(written["after"])
