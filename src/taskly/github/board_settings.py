"""Setting the rules of a board."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards import repository as boards
from taskly.boards.errors import NotOnBoard
from taskly.boards.models import BoardAccess
from taskly.boards.service import set_automation
from taskly.github import repository
from taskly.github.errors import BranchNameInvalid, NoRepository
from taskly.github.rules.automation import (
    Automation,
    Category,
    Rule,
    RuleSetting,
    Target,
    read_automation,
    write_automation,
)
from taskly.github.rules.text import branch_name
from taskly.github.schemas import UpdateAutomation, UpdatePullRequestRule, UpdateRule
from taskly.platform.db.session import Transaction


async def read_rules(session: AsyncSession, access: BoardAccess) -> Automation:
    """The rules of a board."""
    board = await boards.board_row(session, access.id)
    return read_automation(board.automation)


async def update_rules(tx: Transaction, access: BoardAccess, patch: UpdateAutomation) -> Automation:
    """Change some rules of a board. Cards move when the code changes, not when the rules do.

    Raises:
        NotOnBoard: the board has no such column.
        BranchNameInvalid: the template gives names that Git does not take.
        NoRepository: the default is not connected to the workspace.
    """
    automation = await tried_rules(tx.session, access, patch)
    await set_automation(tx, access, write_automation(automation))
    return automation


async def tried_rules(
    session: AsyncSession, access: BoardAccess, patch: UpdateAutomation
) -> Automation:
    """The rules as they would be with a change.

    Raises:
        NotOnBoard: the board has no such column.
        BranchNameInvalid: the template gives names that Git does not take.
        NoRepository: the default is not connected to the workspace.
    """
    board = await boards.board_row(session, access.id)
    columns = await boards.columns_of(session, access.id)
    categories: dict[UUID, Category] = {column.id: column.category.value for column in columns}
    automation = _patched(read_automation(board.automation), patch, categories)
    _check_template(automation.branch_template)
    if patch.default_repository_id is not None:
        await _check_repository(session, board.workspace_id, patch.default_repository_id)
    return automation


def _patched(
    automation: Automation, patch: UpdateAutomation, categories: Mapping[UUID, Category]
) -> Automation:
    settings: dict[str, Any] = {
        rule.value: _patched_rule(automation.setting(rule), getattr(patch, rule.value), categories)
        for rule in Rule
    }
    others = {name: value for name in _OTHERS if (value := getattr(patch, name)) is not None}
    if "default_repository_id" in patch.model_fields_set:
        others["default_repository_id"] = patch.default_repository_id
    return replace(automation, **settings, **others)


_OTHERS = ("merged_needs", "branch_template", "comment_on_pull_requests", "assign_author")


def _patched_rule(
    setting: RuleSetting, patch: UpdateRule, categories: Mapping[UUID, Category]
) -> RuleSetting:
    changes = patch.changes()
    if "column_id" in changes:
        changes["category"] = _category(patch.column_id, categories)
    if isinstance(patch, UpdatePullRequestRule) and "targets" in changes:
        changes["targets"] = tuple(
            Target(each.pattern, each.column_id, _category(each.column_id, categories))
            for each in patch.targets
        )
    return replace(setting, **changes)


def _category(column_id: UUID | None, categories: Mapping[UUID, Category]) -> Category | None:
    if column_id is None:
        return None
    if column_id not in categories:
        raise NotOnBoard("The board has no such column.")
    return categories[column_id]


async def _check_repository(session: AsyncSession, workspace_id: UUID, repository_id: UUID) -> None:
    if not await repository.some_repositories(session, workspace_id, repository_id):
        raise NoRepository("This workspace has no such repository.")


def _check_template(template: str) -> None:
    try:
        branch_name(template, key="KEY", number=1, title="title", type_="type", user="user")
    except ValueError as error:
        raise BranchNameInvalid(f"{error}.") from None
