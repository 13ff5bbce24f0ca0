"""Taskly's HTTP API, as far as the demonstration asks it."""

from collections.abc import Mapping
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
    Page,
    Repository,
    Snapshot,
    Sprint,
    TimelineEntry,
    Workspace,
)
from taskly.demo.content.plan import PlannedBoard, PlannedCard

Shown = TypeVar("Shown", bound=Answer)

LARGEST_PAGE = 200


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

    async def workspaces(self) -> list[Workspace]:
        """The person's workspaces."""
        return await self._list(Workspace, "/workspaces")

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

    async def create_sprint(
        self, board_id: UUID, name: str, *, goal: str, days: tuple[date, date], capacity: int
    ) -> Sprint:
        """A sprint from the first to the second of `days`."""
        body = {
            "name": name,
            "goal": goal,
            "starts_on": days[0].isoformat(),
            "ends_on": days[1].isoformat(),
            "capacity": capacity,
        }
        return await self._make(Sprint, f"/boards/{board_id}/sprints", body)

    async def create_card(
        self,
        board_id: UUID,
        plan: PlannedCard,
        *,
        column_id: UUID,
        label_ids: list[UUID],
        assignee_ids: list[UUID],
        sprint_id: UUID | None,
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
            "sprint_id": None if sprint_id is None else str(sprint_id),
            "due_date": None if due_date is None else due_date.isoformat(),
        }
        return await self._make(Card, f"/boards/{board_id}/cards", body)

    async def timeline(self, card_id: UUID) -> list[TimelineEntry]:
        """What happened to a card, newest first."""
        return await self._list(TimelineEntry, f"/cards/{card_id}/timeline")

    async def create_branch(self, card_id: UUID, repository_id: UUID) -> None:
        """Ask for a branch of a card; a worker makes it."""
        body = {"repository_id": str(repository_id)}
        await self._send("POST", f"/cards/{card_id}/branches", body)

    async def repositories(self, workspace_id: UUID) -> list[Repository]:
        """The connected repositories of a workspace."""
        return await self._list(Repository, f"/workspaces/{workspace_id}/repositories")

    async def connect_repository(self, workspace_id: UUID, full_name: str) -> Repository:
        """Connect a repository; a worker makes its webhook."""
        path = f"/workspaces/{workspace_id}/repositories"
        return await self._make(Repository, path, {"full_name": full_name})

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
