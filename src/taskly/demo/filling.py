"""Fills a workspace through the API. What is there already, by its name or key, is left as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from taskly.demo.answers import Board, Snapshot, Workspace
from taskly.demo.client import Taskly
from taskly.demo.content.people import BOARDS, WORKSPACE
from taskly.demo.content.plan import PlannedBoard, PlannedCard

SPRINT_DAYS = 11
"""From a Monday to the Friday of the week after."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A workspace with its boards, and what of it is new."""

    workspace: Workspace
    boards: Sequence[Snapshot]
    new_boards: int
    new_cards: int


async def fill(taskly: Taskly, logins: Sequence[str], owner: str | None, today: date) -> Filled:
    """Fill the workspace of the person behind `taskly`.

    `logins` are people who have signed in; `owner`, if there is one, becomes a second admin.
    """
    workspace = await _workspace(taskly)
    people = await _people(taskly, workspace.id, logins, owner)
    known = {board.key: board for board in await taskly.boards(workspace.id)}
    boards, new_cards = [], 0
    for plan in BOARDS:
        board = known.get(plan.key) or await taskly.create_board(workspace.id, plan)
        new_cards += await _fill_board(taskly, board, plan, people, today)
        boards.append(await taskly.snapshot(board.id))
    new_boards = sum(plan.key not in known for plan in BOARDS)
    return Filled(workspace, boards, new_boards, new_cards)


async def _workspace(taskly: Taskly) -> Workspace:
    for workspace in await taskly.workspaces():
        if workspace.name == WORKSPACE:
            return workspace
    return await taskly.create_workspace(WORKSPACE)


async def _people(
    taskly: Taskly, workspace_id: UUID, logins: Sequence[str], owner: str | None
) -> dict[str, UUID]:
    """The members by login; who is missing becomes one."""
    roles = dict.fromkeys(logins, "member") | ({} if owner is None else {owner: "admin"})
    members = await taskly.members(workspace_id)
    people = {member.login: member.user_id for member in members}
    for login, role in roles.items():
        if login not in people:
            people[login] = (await taskly.add_member(workspace_id, login, role)).user_id
    return people


async def _fill_board(
    taskly: Taskly, board: Board, plan: PlannedBoard, people: Mapping[str, UUID], today: date
) -> int:
    """Add labels, sprint and cards that are missing; how many cards are new.

    Numbers are given in order and never again, so the cards after the highest one are those to make.
    """
    shown = await taskly.snapshot(board.id)
    labels = {label.name: label.id for label in shown.labels}
    for name, color in plan.labels.items():
        if name not in labels:
            labels[name] = (await taskly.create_label(board.id, name, color)).id
    sprint_id = await _sprint(taskly, shown, plan, today)
    columns = {column.name: column.id for column in shown.columns}
    missing = plan.cards[max((card.number for card in shown.cards), default=0) :]
    for card in missing:
        await taskly.create_card(
            board.id,
            card,
            column_id=columns[card.column],
            label_ids=[labels[name] for name in card.labels],
            assignee_ids=[people[login] for login in card.assignees],
            sprint_id=sprint_id if card.in_sprint else None,
            due_date=_due_date(card, today),
        )
    return len(missing)


async def _sprint(taskly: Taskly, board: Snapshot, plan: PlannedBoard, today: date) -> UUID | None:
    if plan.sprint is None:
        return None
    for sprint in board.sprints:
        if sprint.name == plan.sprint.name:
            return sprint.id
    monday = today - timedelta(days=today.weekday())
    made = await taskly.create_sprint(
        board.id,
        plan.sprint.name,
        goal=plan.sprint.goal,
        days=(monday, monday + timedelta(days=SPRINT_DAYS)),
        capacity=plan.sprint.capacity,
    )
    return made.id


def _due_date(card: PlannedCard, today: date) -> date | None:
    return None if card.due_in_days is None else today + timedelta(days=card.due_in_days)
