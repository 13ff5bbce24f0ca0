"""The rules of a board: what each is set to, and where it sends cards."""

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, TypeVar, get_args
from uuid import UUID

from taskly.github.rules.branch_patterns import matches

Category = Literal["todo", "in_progress", "done"]
Needed = Literal["any", "all"]
CATEGORIES: tuple[Category, ...] = get_args(Category)


class Rule(enum.StrEnum):
    """The rules of a board, from the beginning of the work to its end."""

    BRANCH_CREATED = "branch_created"
    PULL_REQUEST_OPENED = "pull_request_opened"
    CHANGES_REQUESTED = "changes_requested"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Target:
    """Branches into which pull requests are merged, and where their cards go."""

    pattern: str
    """See `rules.branch_patterns`."""
    column_id: UUID | None = None
    """None for where the rule sends all others."""
    category: Category | None = None


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """How a board wants one of the rules."""

    enabled: bool = True
    column_id: UUID | None = None
    """Where cards go; None for the column that the rule finds by itself."""
    category: Category | None = None
    """The category of that column, to find another one when it is gone."""
    forward_only: bool = True
    targets: tuple[Target, ...] = ()
    """The base branches that the rule heeds, the first that fits counts; without any it heeds all."""

    def target(self, base: str) -> Target | None:
        """What is said of pull requests into this branch, if anything is."""
        return _first(self.targets, lambda target: matches(target.pattern, base))

    def heeds(self, base: str) -> bool:
        """Whether the rule holds for pull requests into this branch."""
        return not self.targets or self.target(base) is not None

    def towards(self, target: Target | None) -> "RuleSetting":
        """The same with the column that a target names."""
        if target is None or target.column_id is None:
            return self
        return replace(self, column_id=target.column_id, category=target.category)


@dataclass(frozen=True, slots=True)
class Automation:
    """How a board wants all of its rules."""

    branch_created: RuleSetting = field(default_factory=RuleSetting)
    pull_request_opened: RuleSetting = field(default_factory=RuleSetting)
    changes_requested: RuleSetting = field(default_factory=lambda: RuleSetting(forward_only=False))
    closed: RuleSetting = field(
        default_factory=lambda: RuleSetting(enabled=False, forward_only=False)
    )
    merged: RuleSetting = field(default_factory=RuleSetting)
    merged_needs: Needed = "any"
    """Whether any or all of the pull requests that complete a card have to be merged."""
    branch_template: str = "feature/{key}-{number}-{title}"
    """How new branches are called, see `taskly.github.rules.text`."""
    comment_on_pull_requests: bool = False
    """Whether a comment on each pull request shows its reviewers the card."""
    default_repository_id: UUID | None = None
    """Where branches are made, unless another repository is named."""
    assign_author: bool = False
    """Whether who begins to work at GitHub is put on a card on which nobody is."""

    def setting(self, rule: Rule) -> RuleSetting:
        """How the board wants this rule."""
        setting: RuleSetting = getattr(self, rule.value)
        return setting


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a board; columns are given from left to right."""

    id: UUID
    name: str
    category: str


def target_column(rule: Rule, setting: RuleSetting, columns: Sequence[Column]) -> Column | None:
    """Where the rule sends cards; None if the board has no such column.

    The chosen column; if it is gone, the first of its category. Without a choice: the first column in
    progress; for a review the one with “review” in its name, else the last in progress; for the end
    the first done column.
    """
    chosen = _first(columns, lambda column: column.id == setting.column_id)
    if chosen is not None:
        return chosen
    if setting.column_id is not None and setting.category is not None:
        return _first(columns, lambda column: column.category == setting.category)
    if rule is Rule.MERGED:
        return _first(columns, lambda column: column.category == "done")
    working = [column for column in columns if column.category == "in_progress"]
    if rule is Rule.PULL_REQUEST_OPENED:
        named = _first(working, lambda column: "review" in column.name.lower())
        return named or (working[-1] if working else None)
    return working[0] if working else None


def may_move(
    current_id: UUID, target: Column, columns: Sequence[Column], setting: RuleSetting
) -> bool:
    """Whether a card may go from its column to the target: not to where it is, and forward, if that is set."""
    if current_id == target.id:
        return False
    order = [column.id for column in columns]
    return not setting.forward_only or order.index(target.id) > order.index(current_id)


def read_automation(written: Mapping[str, Any]) -> Automation:
    """The settings that a board's `automation` holds; what is absent or unreadable has its default."""
    defaults = Automation()
    return Automation(
        **{
            rule.value: _read_setting(written.get(rule.value), defaults.setting(rule))
            for rule in Rule
        },
        merged_needs="all" if written.get("merged_needs") == "all" else "any",
        branch_template=str(written.get("branch_template") or defaults.branch_template),
        comment_on_pull_requests=_flag(
            written.get("comment_on_pull_requests"), defaults.comment_on_pull_requests
        ),
        default_repository_id=_uuid(written.get("default_repository_id")),
        assign_author=_flag(written.get("assign_author"), defaults.assign_author),
    )


def write_automation(automation: Automation) -> dict[str, Any]:
    """The settings as a board's `automation` holds them: what differs from the defaults."""
    defaults = Automation()
    return {
        each.name: _written(getattr(automation, each.name))
        for each in fields(Automation)
        if getattr(automation, each.name) != getattr(defaults, each.name)
    }


def _written(value: RuleSetting | UUID | str | bool) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, RuleSetting):
        return value
    written = {**asdict(value), "column_id": _written_id(value.column_id)}
    del written["targets"]
    if value.targets:
        written["targets"] = [
            {**asdict(target), "column_id": _written_id(target.column_id)}
            for target in value.targets
        ]
    return written


def _written_id(column_id: UUID | None) -> str | None:
    return None if column_id is None else str(column_id)


def _read_setting(written: object, default: RuleSetting) -> RuleSetting:
    if not isinstance(written, Mapping):
        return default
    targets = written.get("targets")
    return RuleSetting(
        enabled=_flag(written.get("enabled"), default.enabled),
        column_id=_uuid(written.get("column_id")),
        category=_category(written.get("category")),
        forward_only=_flag(written.get("forward_only"), default.forward_only),
        targets=tuple(_read_targets(targets)) if isinstance(targets, list) else (),
    )


def _read_targets(written: Iterable[object]) -> Iterator[Target]:
    for each in written:
        if isinstance(each, Mapping) and isinstance(each.get("pattern"), str):
            column_id, category = _uuid(each.get("column_id")), _category(each.get("category"))
            yield Target(each["pattern"], column_id, category)


def _category(written: object) -> Category | None:
    return _first(CATEGORIES, lambda category: category == written)


def _flag(written: object, default: bool) -> bool:
    return written if isinstance(written, bool) else default


def _uuid(written: object) -> UUID | None:
    try:
        return UUID(str(written))
    except ValueError:
        return None


Item = TypeVar("Item")


def _first(items: Iterable[Item], accept: Callable[[Item], bool]) -> Item | None:
    return next((item for item in items if accept(item)), None)
