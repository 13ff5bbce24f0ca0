"""What a change of a card, as the log tells it, does to the scope of a sprint. Pure.

A card counts to the sprint that it is in; one in the archive only if it is done, because it was given up otherwise.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]


class ScopeKind(enum.StrEnum):
    """What happened to the scope."""

    ADDED = "added"
    REMOVED = "removed"
    RE_ESTIMATED = "re_estimated"


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """A card came into a sprint, left it, or has other points in it."""

    kind: ScopeKind
    number: int
    points_before: int | None
    points_after: int | None


@dataclass(frozen=True, slots=True)
class _Side:
    """A card on one side of a change: whether it counts to the sprint, and how much."""

    counts: bool
    points: int | None


_OUTSIDE = _Side(counts=False, points=None)


def scope_change(type_: str, data: Fields, sprint_id: str) -> ScopeChange | None:
    """What a change of a card does to a sprint; None if nothing. `data` is that of the event."""
    before, after, facts = data["before"], data["after"], data.get("facts")
    if before is None or after is None:
        state = after if before is None else before
        if _stays_counted(type_, state) or not _is_there(state, sprint_id):
            return None
        side = _Side(counts=True, points=state["story_points"])
        sides = (_OUTSIDE, side) if before is None else (side, _OUTSIDE)
        return _between(*sides, number=state["number"])
    if facts is None or "archived_at" not in facts:
        return None
    was = _OUTSIDE if "deleted_at" in before else _side({**facts, **before}, sprint_id)
    return _between(was, _side({**facts, **after}, sprint_id), number=facts["number"])


def _stays_counted(type_: str, state: Fields) -> bool:
    """Whether a card only went into the archive or came back from there, done."""
    return type_ in {"card.archived", "card.restored"} and state["completed_at"] is not None


def _is_there(state: Fields, sprint_id: str) -> bool:
    is_away = state.get("archived_at") is not None and state["completed_at"] is None
    return state["sprint_id"] == sprint_id and not is_away


def _side(state: Fields, sprint_id: str) -> _Side:
    return _Side(_is_there(state, sprint_id), state["story_points"])


def _between(was: _Side, is_: _Side, *, number: int) -> ScopeChange | None:
    if was.counts and is_.counts:
        if was.points == is_.points:
            return None
        return ScopeChange(ScopeKind.RE_ESTIMATED, number, was.points, is_.points)
    if is_.counts:
        return ScopeChange(ScopeKind.ADDED, number, None, is_.points)
    return ScopeChange(ScopeKind.REMOVED, number, was.points, None) if was.counts else None
