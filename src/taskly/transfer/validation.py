"""What a line of a file may hold: each row is checked against the columns of its table before any is stored."""

from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    create_model,
)
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Enum, Integer, Uuid
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from taskly.cards.schemas import MOST_ATTACHMENTS, MOST_CHECKLIST_ITEMS, Address
from taskly.kit.text import clean_text
from taskly.platform.http.schema import Day, Moment
from taskly.search.view_schemas import ViewLayout
from taskly.sprints.capacity_schemas import HalfDays
from taskly.transfer.identities import is_id
from taskly.transfer.limits import limits
from taskly.transfer.tables import Exported


def _one_form(value: Any) -> Any:
    if not is_id(value):
        raise ValueError("write an id as 0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10")
    return value


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("text can't hold NUL")
    return value


def _as_it_is_stored(value: str) -> str:
    if clean_text(value) != value:
        raise ValueError("text is written in Unicode's form NFC, with plain line feeds")
    return value


Id = Annotated[UUID, BeforeValidator(_one_form)]
Words = Annotated[str, AfterValidator(_without_nul)]
"""What GitHub said, as it said it."""
Said = Annotated[str, AfterValidator(_as_it_is_stored)]
"""What people wrote, as requests are taken."""
SaidInALine = Annotated[Said, Field(pattern=r"^[^\n\t]*$")]
Rank = Annotated[str, Field(pattern=r"^([0-9A-Za-z]*[1-9A-Za-z]|~[0-9a-f]{32})$", max_length=64)]
"""What can be put between others, or the place of a deleted card."""
Link = Annotated[str, Field(pattern=r"^(https?://[^\s]+)?$")]
"""No address that a browser would take for a program."""
Whole = Annotated[int, Field(strict=True, ge=-(2**31), le=2**31 - 1)]
Large = Annotated[int, Field(strict=True, ge=-(2**63), le=2**63 - 1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _Step(_Part):
    id: Id
    text: Annotated[SaidInALine, Field(min_length=1, max_length=500)]
    done: StrictBool


class _Link(_Part):
    id: Id
    url: Address
    title: Annotated[SaidInALine, Field(min_length=1, max_length=2000)]


class _Target(_Part):
    pattern: Annotated[Words, Field(min_length=1, max_length=200)]
    column_id: Id | None = None
    category: Literal["todo", "in_progress", "done"] | None = None


class _Rule(_Part):
    enabled: StrictBool = True
    column_id: Id | None = None
    category: Literal["todo", "in_progress", "done"] | None = None
    forward_only: StrictBool = True
    targets: Annotated[list[_Target], Field(max_length=20)] = []


class _Rules(_Part):
    branch_created: _Rule = _Rule()
    pull_request_opened: _Rule = _Rule()
    changes_requested: _Rule = _Rule()
    closed: _Rule = _Rule()
    merged: _Rule = _Rule()
    merged_needs: Literal["any", "all"] = "any"
    branch_template: Annotated[Words, Field(min_length=1, max_length=200)] = "{key}"
    comment_on_pull_requests: bool = False
    default_repository_id: Id | None = None
    assign_author: bool = False


class _Change(_Part):
    entity: Annotated[Words, Field(pattern=r"^[a-z_]{1,50}$")]
    id: Id
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: dict[str, Any] | None = None
    facts: dict[str, Any] | None = None


_JSON: dict[str, Any] = {
    "cards.checklist": Annotated[list[_Step], Field(max_length=MOST_CHECKLIST_ITEMS)],
    "cards.attachments": Annotated[list[_Link], Field(max_length=MOST_ATTACHMENTS)],
    "boards.automation": _Rules,
    "saved_views.layout": ViewLayout,
    "pull_requests.requested_reviewers": list[Words],
    "events.data": _Change,
    "sprint_absences.days_off": Annotated[HalfDays, Field(ge=0.5, le=366)],
}
"""What open columns hold, and half days. An open column that is not named here takes no value of any kind."""

_AS = {"git_repositories": {"connected_at": "created_at"}}
"""Columns that files of earlier versions do not have, with those whose values they then take."""

_OF_PEOPLE = frozenset(
    {
        "workspaces",
        "users",
        "boards",
        "board_columns",
        "labels",
        "sprints",
        "sprint_series",
        "cards",
        "card_comments",
        "saved_views",
    }
)
"""Tables with texts that people wrote here."""
_TEXTS: dict[str, Any] = {"url": Link, "rank": Rank}
_LINES = frozenset({"name", "login", "title", "key", "color"})
_KINDS: tuple[tuple[type[Any], Any], ...] = (
    (Uuid, Id),
    (Boolean, StrictBool),
    (BigInteger, Large),
    (Integer, Whole),
    (DateTime, Moment),
    (Date, Day),
)


@cache
def row_model(exported: Exported) -> type[BaseModel]:
    """What rows of a table have to be: every column, and nothing else."""
    kinds = kinds_of(exported)
    fields: dict[str, Any] = {
        column.name: (kinds[column.name], _default(column)) for column in exported.columns
    }
    make: Callable[..., type[BaseModel]] = create_model
    return make(exported.name, __config__=ConfigDict(extra="forbid"), **fields)


@cache
def kinds_of(exported: Exported) -> dict[str, Any]:
    """What each column of a table takes."""
    kinds = {}
    for column in exported.columns:
        kind = _limited(_kind(column), limits(exported).get(column.name))
        nullable: UnionType | Any = kind | None if column.nullable else kind
        kinds[column.name] = nullable
    return kinds


def _limited(kind: Any, limit: dict[str, Any] | None) -> Any:
    """The kind within what the database takes."""
    return Annotated[kind, Field(**limit)] if limit else kind


def completed(exported: Exported, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the file, with what the columns hold that it leaves out."""
    same = {name: row[other] for name, other in _AS.get(exported.name, {}).items()}
    return _defaults_of(exported) | same | row


@cache
def _defaults_of(exported: Exported) -> dict[str, Any]:
    fields = row_model(exported).model_fields
    return {name: field.default for name, field in fields.items() if not field.is_required()}


def _default(column: Column[Any]) -> Any:
    """What a file of an earlier version means that does not have the column; None, too, if that is told by another."""
    if column.nullable or column.name in _AS.get(column.table.name, {}):
        return None
    default = column.default
    return default.arg if isinstance(default, ScalarElementColumnDefault) else ...


def _kind(column: Column[Any]) -> Any:
    open_kind = _JSON.get(f"{column.table.name}.{column.name}")
    if open_kind is not None:
        return open_kind
    if isinstance(column.type, Enum):
        return column.type.enum_class
    if isinstance(column.type, ARRAY):
        return list[Id] if isinstance(column.type.item_type, Uuid) else list[Words]
    for kind, wanted in _KINDS:
        if isinstance(column.type, kind):
            return wanted
    return _text_kind(column)


def _text_kind(column: Column[Any]) -> Any:
    if column.name in _TEXTS:
        return _TEXTS[column.name]
    if column.table.name not in _OF_PEOPLE:
        return Words
    return SaidInALine if column.name in _LINES else Said
