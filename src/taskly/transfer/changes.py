"""What changes in a file's log have to be, so that timelines, undo and the board as it was can read them."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from taskly.boards.events import BoardChange, ColumnChange, LabelChange
from taskly.boards.snapshot_schema import (
    BoardSnapshot,
    BranchOnBoard,
    CardOnBoard,
    ColumnOnBoard,
    LabelOnBoard,
    PullRequestOnBoard,
    SprintOnBoard,
)
from taskly.cards.events import CardChange, CommentChange
from taskly.cards.schemas import CommentResponse
from taskly.github.events import (
    BranchChange,
    PullRequestChange,
    RepositoryAlerted,
    RepositoryChange,
    ReviewRequested,
    RuleAllowed,
    RuleStopped,
)
from taskly.history.past import NOT_SAID
from taskly.pictures.events import PictureLinkChange
from taskly.platform.events.change import Change, known_changes
from taskly.search.events import ViewChange
from taskly.sprints.events import AbsenceChange, CapacityChange, SeriesChange, SprintChange
from taskly.transfer.tables import exported
from taskly.transfer.validation import Id, Rank, kinds_of
from taskly.webhooks.events import WebhookChange
from taskly.workspaces.events import InvitationChange, MemberChange, WorkspaceChange

KINDS: tuple[type[Change], ...] = (
    BoardChange,
    ColumnChange,
    LabelChange,
    CardChange,
    CommentChange,
    BranchChange,
    PullRequestChange,
    RepositoryChange,
    RepositoryAlerted,
    ReviewRequested,
    RuleStopped,
    RuleAllowed,
    ViewChange,
    SprintChange,
    SeriesChange,
    AbsenceChange,
    CapacityChange,
    PictureLinkChange,
    WebhookChange,
    WorkspaceChange,
    MemberChange,
    InvitationChange,
)
"""All that the log of a workspace speaks of; whoever adds a kind adds it here, and a test says so."""

_SHOWN: dict[str, tuple[type[BaseModel], str | None]] = {
    "board": (BoardSnapshot, "boards"),
    "column": (ColumnOnBoard, "board_columns"),
    "label": (LabelOnBoard, "labels"),
    "sprint": (SprintOnBoard, "sprints"),
    "card": (CardOnBoard, "cards"),
    "comment": (CommentResponse, "card_comments"),
    "branch": (BranchOnBoard, None),
    "pull_request": (PullRequestOnBoard, None),
}
"""What is shown of things, and the table that says what their fields may be."""
_NOT_OF_BOARDS = {"id", "workspace_id", "version", "columns", "labels", "sprints", "cards"} | {
    "branches",
    "pull_requests",
}
_APPEARS = (
    "created",
    "added",
    "linked",
    "connected",
    "arrived",
    "shared",
    "review_requested",
    "alerted",
    "stopped",
)
_GOES = (
    "deleted",
    "removed",
    "unlinked",
    "disconnected",
    "left",
    "unshared",
    "revoked",
    "accepted",
    "allowed",
)
_OTHERWISE = {
    "card.archived": "goes",
    "card.restored": "appears",
    "column.restored": "appears",
    "sprint.restored": "appears",
    "sprint.started": "changes",
    "comment.deleted": "changes",
}
_EITHER = "card.undeleted"
"""A card appears, or stays in the archive."""
_WORDS = {"body", "mention_ids", "edited_at"}
"""What each change of a comment says on both sides."""


class _Place(BaseModel):
    board_id: Id
    column_id: Id | None = None
    rank: Rank | None = None


def mistakes_of(type_: str, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a change, and where in it."""
    kind = _known().get(type_)
    if kind is None:
        yield "type", "There is no such change."
        return
    if data["entity"] != kind.entity:
        yield "data.entity", f"A change of this type is about a {kind.entity}."
        return
    before, after = data["before"], data["after"]
    wanted = way_of(type_)
    if type_ == _EITHER:
        wanted = "appears" if before is None else "changes"
    if (before is None, after is None) != _SIDES[wanted]:
        yield "data", f"With a change of this type something {wanted}."
        return
    if wanted == "changes" and not before.keys() <= after.keys():
        yield "data.after", "It says less than before."
    for side, fields in (("before", before), ("after", after)):
        if fields is not None:
            yield from _wrong_fields(kind.entity, side, fields, _needed(kind.entity, wanted, type_))
    if type_ in _MOVES:
        yield from _wrong_place(data.get("reason"), _MOVES[type_])


_SIDES = {"appears": (True, False), "goes": (False, True), "changes": (False, False)}
_MOVES = {"card.arrived": "moved_from", "card.left": "moved_to"}


def way_of(type_: str) -> str:
    """Whether something appears, goes or changes."""
    verb = type_.rpartition(".")[2]
    usual = "appears" if verb in _APPEARS else "goes" if verb in _GOES else "changes"
    return _OTHERWISE.get(type_, usual)


@cache
def _known() -> dict[str, type[Change]]:
    """The changes that can be, by their types."""
    return {name: kind for name, kind in known_changes().items() if issubclass(kind, KINDS)}


def _needed(entity: str, way: str, type_: str) -> set[str]:
    """The fields that have to be there."""
    if entity == "comment" and way == "changes":
        return _WORDS
    if entity not in _SHOWN or way == "changes" or type_ == "board.deleted":
        return set()
    return set(_model(entity).model_fields) - NOT_SAID.get(entity, {}).keys()


def _wrong_fields(
    entity: str, side: str, fields: dict[str, Any], needed: set[str]
) -> Iterator[tuple[str, str]]:
    if missing := sorted(needed - fields.keys()):
        yield f"data.{side}.{missing[0]}", "Field required"
    if entity not in _SHOWN:
        return
    try:
        _model(entity).model_validate(fields)
    except ValidationError as error:
        for wrong in error.errors(include_input=False, include_url=False, include_context=False):
            yield ".".join(map(str, ("data", side, *wrong["loc"]))), wrong["msg"]


def _wrong_place(reason: Any, name: str) -> Iterator[tuple[str, str]]:
    try:
        _Place.model_validate((reason or {}).get(name))
    except ValidationError:
        yield f"data.reason.{name}", "It says from or to where the card went."


@cache
def _model(entity: str) -> type[BaseModel]:
    """The fields of a thing, any of which may be absent."""
    shown, table = _SHOWN[entity]
    kinds: dict[str, Any] = {}
    stored = exported(table) if table else None
    if stored is not None:
        kinds = kinds_of(stored)
    fields: dict[str, Any] = {
        name: (kinds.get(name, field.annotation), None)
        for name, field in shown.model_fields.items()
        if not (entity == "board" and name in _NOT_OF_BOARDS)
    }
    return create_model(entity, __config__=ConfigDict(allow_inf_nan=False), **fields)
