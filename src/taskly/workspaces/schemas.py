"""What the API shows of workspaces and takes for them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from taskly.platform.http.schema import Integer, Line, Request, Response
from taskly.workspaces.models import Role, WorkspaceAccess

WorkspaceName = Annotated[Line, Field(max_length=100, examples=["Payments"])]
Capacity = Annotated[
    Integer, Field(ge=0, le=999, description="Story points a sprint.", examples=[20])
]


class CreateWorkspace(Request):
    """A new workspace; its maker becomes its admin."""

    name: WorkspaceName


class UpdateWorkspace(Request):
    """Fields to change; absent ones stay."""

    name: WorkspaceName


class AddMember(Request):
    """Somebody who has signed in here before."""

    login: Annotated[Line, Field(max_length=100, examples=["octocat"])]
    role: Role = Role.MEMBER


class UpdateMember(Request):
    """Fields to change; absent ones stay."""

    role: Role | None = None
    capacity: Capacity | None = None


class WorkspaceResponse(Response):
    """A workspace, as its people see it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10",
                "name": "Payments",
                "version": 3,
                "role": "admin",
                "created_at": "2026-11-23T09:00:00Z",
            }
        }
    )

    id: UUID
    name: str
    version: int = Field(description="The workspace's count of changes.")
    role: Role = Field(description="What the caller is in it.")
    created_at: datetime

    @classmethod
    def of(cls, access: WorkspaceAccess) -> Self:
        """The answer for a caller with this access."""
        workspace = access.workspace
        return cls(
            id=workspace.id,
            name=workspace.name,
            version=workspace.version,
            role=access.role,
            created_at=workspace.created_at,
        )


class MemberResponse(Response):
    """A person in a workspace."""

    user_id: UUID
    login: str
    name: str
    avatar_url: str | None
    role: Role
    capacity: int
