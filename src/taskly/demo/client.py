"""Taskly's HTTP API, as far as the demonstration asks it."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx2

from taskly.demo.answers import (
    Answer,
    Board,
    Card,
    Label,
    Member,
    NewToken,
    Page,
    Repository,
    Snapshot,
    Sprint,
    TimelineEntry,
    Workspace,
)
from taskly.demo.content.plan import PlannedBoard, PlannedCard, PlannedSeries

Shown = TypeVar("Shown", bound=Answer)

LARGEST_PAGE = 200
SPRINT_DAYS = 14


class Refused(Exception):
    """Taskly answered with a problem; the message is its own."""


class Taskly:
    """Taskly in the name of one person.

    Methods raise `Refused`, or an `httpx2.TransportError` when nobody answers.
    """

    def __init__(
        self,
        address: str,
        access_token: str,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.address = address
        self.access_token = access_token
        self._client = httpx2.AsyncClient(
            base_url=f"{address}/api/v1",
            headers={"Authorization": f"Bearer {access_token}"},
            timeout=30,
            transport=transport,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        """The client itself; leaving closes its connections."""
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._client.aclose()

    @asynccontextmanager
    async def token_for_a_while(self) -> AsyncIterator[str]:
        """A personal token that may do everything and is revoked when the block ends."""
        body = {"name": "the demonstration", "scopes": ["admin"], "expires_in_days": 1}
        made = await self._make(NewToken, "/me/tokens", body)
        try:
            yield made.token
        finally:
            await self._send("DELETE", f"/me/tokens/{made.id}")

    async def workspaces(self) -> list[Workspace]:
        """The person's workspaces."""
        return await self._list(Workspace, "/workspaces")

    async def delete_workspace(self, workspace: Workspace) -> None:
        """Delete a workspace with all that is in it."""
        await self._send("DELETE", f"/workspaces/{workspace.id}", {"name": workspace.name})

    async def rename_workspace(self, workspace_id: UUID, name: str) -> Workspace:
        """Give a workspace another name."""
        answer = await self._send("PATCH", f"/workspaces/{workspace_id}", {"name": name})
        return Workspace.model_validate_json(answer)

    async def create_workspace(self, name: str) -> Workspace:
        """A workspace, with the person as its admin."""
        return await self._make(Workspace, "/workspaces", {"name": name})

    async def members(self, workspace_id: UUID) -> list[Member]:
        """The people of a workspace."""
        return await self._list(Member, f"/workspaces/{workspace_id}/members")

    async def add_member(self, workspace_id: UUID, login: str, role: str) -> Member:
        """Take somebody in who has signed in before."""
        path = f"/workspaces/{workspace_id}/members"
        return await self._make(Member, path, {"login": login, "role": role})

    async def set_capacity(self, workspace_id: UUID, user_id: UUID, points: int) -> None:
        """Say how many story points somebody can take in a sprint."""
        path = f"/workspaces/{workspace_id}/members/{user_id}"
        await self._send("PATCH", path, {"capacity": points})

    async def boards(self, workspace_id: UUID) -> list[Board]:
        """The boards of a workspace."""
        return await self._list(Board, f"/workspaces/{workspace_id}/boards")

    async def create_board(self, workspace_id: UUID, plan: PlannedBoard) -> Board:
        """A board with its columns."""
        columns = [
            {"name": column.name, "category": column.category, "wip_limit": column.wip_limit}
            for column in plan.columns
        ]
        body = {"name": plan.name, "key": plan.key, "columns": columns}
        return await self._make(Board, f"/workspaces/{workspace_id}/boards", body)

    async def snapshot(self, board_id: UUID) -> Snapshot:
        """A whole board."""
        return Snapshot.model_validate_json(await self._send("GET", f"/boards/{board_id}"))

    async def create_label(self, board_id: UUID, name: str, color: str) -> Label:
        """A label of a board."""
        return await self._make(Label, f"/boards/{board_id}/labels", {"name": name, "color": color})

    async def create_card(
        self,
        board_id: UUID,
        plan: PlannedCard,
        *,
        column_id: UUID,
        label_ids: list[UUID],
        assignee_ids: list[UUID],
        due_date: date | None,
    ) -> Card:
        """A card at the end of a column."""
        body = {
            "title": plan.title,
            "description": plan.text,
            "acceptance_criteria": plan.acceptance_criteria,
            "priority": plan.priority,
            "story_points": plan.points,
            "column_id": str(column_id),
            "label_ids": [str(label_id) for label_id in label_ids],
            "assignee_ids": [str(user_id) for user_id in assignee_ids],
            "due_date": None if due_date is None else due_date.isoformat(),
        }
        return await self._make(Card, f"/boards/{board_id}/cards", body)

    async def move_card(self, card_id: UUID, column_id: UUID) -> None:
        """Move a card to the end of a column."""
        await self._send("POST", f"/cards/{card_id}/move", {"column_id": str(column_id)})

    async def estimate(self, card_id: UUID, points: int) -> None:
        """Give a card other points."""
        await self._send("PATCH", f"/cards/{card_id}", {"story_points": points})

    async def let_wait(self, card_id: UUID, other_id: UUID) -> None:
        """Let a card wait for another one."""
        await self._send("PUT", f"/cards/{card_id}/blockers/{other_id}")

    async def archive(self, card_ids: Sequence[UUID]) -> None:
        """Put cards into the archive."""
        body = {"card_ids": _written(card_ids), "changes": [{"mode": "archive"}]}
        await self._send("POST", "/cards/bulk-update", body)

    async def set_series(self, board_id: UUID, plan: PlannedSeries, first: date) -> None:
        """Say what the sprints of a board have in common, and when the first one begins. None is made by itself."""
        body = {
            "name": "Sprint {n}",
            "length_days": SPRINT_DAYS,
            "capacity": plan.capacity,
            "starts_on": first.isoformat(),
            "first_number": plan.running - len(plan.past),
            "ahead": 0,
        }
        await self._send("PUT", f"/boards/{board_id}/sprint-series", body)

    async def plan_ahead(self, board_id: UUID, sprints: int) -> None:
        """Make the next sprints of the series until so many are planned."""
        await self._send("POST", f"/boards/{board_id}/sprint-series/sprints", {"ahead": sprints})

    async def keep_ahead(self, board_id: UUID, sprints: int) -> None:
        """From now on, let so many sprints of the series always be planned."""
        path = f"/boards/{board_id}/sprint-series"
        series = json.loads(await self._send("GET", path))
        await self._send("PUT", path, {**series, "ahead": sprints})

    async def sprints(self, board_id: UUID) -> list[Sprint]:
        """The sprints of a board, by their first days."""
        return await self._list(Sprint, f"/boards/{board_id}/sprints")

    async def set_goal(self, sprint_id: UUID, goal: str) -> None:
        """Say what a sprint is for."""
        await self._send("PATCH", f"/sprints/{sprint_id}", {"goal": goal})

    async def take_days_off(self, sprint_id: UUID, user_id: UUID, days: int) -> None:
        """Say that somebody is away on so many days of a sprint."""
        await self._send("PUT", f"/sprints/{sprint_id}/days-off/{user_id}", {"days": days})

    async def change_scope(
        self, sprint_id: UUID, *, add: Sequence[UUID], remove: Sequence[UUID]
    ) -> None:
        """Put cards into a sprint, and take others out."""
        body = {"add": _written(add), "remove": _written(remove)}
        await self._send("POST", f"/sprints/{sprint_id}/cards", body)

    async def start_sprint(self, sprint_id: UUID) -> None:
        """Start a sprint."""
        await self._send("POST", f"/sprints/{sprint_id}/start")

    async def complete_sprint(self, sprint_id: UUID) -> None:
        """Complete a sprint; what is not done is carried over to the next."""
        await self._send("POST", f"/sprints/{sprint_id}/complete", {"unfinished": "next_sprint"})

    async def timeline(self, card_id: UUID) -> list[TimelineEntry]:
        """What happened to a card, newest first."""
        return await self._list(TimelineEntry, f"/cards/{card_id}/timeline")

    async def create_branch(self, card_id: UUID) -> None:
        """Ask for a branch of a card, in the repository of its board; a worker makes it."""
        await self._send("POST", f"/cards/{card_id}/branches", {})

    async def repositories(self, workspace_id: UUID) -> list[Repository]:
        """The connected repositories of a workspace."""
        return await self._list(Repository, f"/workspaces/{workspace_id}/repositories")

    async def connect_repository(self, workspace_id: UUID, full_name: str) -> Repository:
        """Connect a repository; a worker makes its webhook."""
        path = f"/workspaces/{workspace_id}/repositories"
        return await self._make(Repository, path, {"full_name": full_name})

    async def use_repository(self, board_id: UUID, repository_id: UUID) -> None:
        """Say in which repository the code of a board's cards lies."""
        body = {"default_repository_id": str(repository_id)}
        await self._send("PATCH", f"/boards/{board_id}/automation", body)

    async def disconnect_repository(self, repository_id: UUID) -> None:
        """Disconnect a repository."""
        await self._send("DELETE", f"/repositories/{repository_id}")

    async def _make(self, kind: type[Shown], path: str, body: Mapping[str, Any]) -> Shown:
        return kind.model_validate_json(await self._send("POST", path, body))

    async def _list(self, kind: type[Shown], path: str) -> list[Shown]:
        found: list[Shown] = []
        query: dict[str, str | int] = {"limit": LARGEST_PAGE}
        while True:
            page = Page.model_validate_json(await self._send("GET", path, query=query))
            found += [kind.model_validate(item) for item in page.items]
            if page.next_cursor is None:
                return found
            query["cursor"] = page.next_cursor

    async def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> bytes:
        response = await self._client.request(method, path, json=body, params=query)
        if response.is_success:
            return response.content
        raise Refused(f"{method} {path}: {response.status_code} {response.text}")


def _written(ids: Sequence[UUID]) -> list[str]:
    return [str(each) for each in ids]
