"""What the API shows of workspaces and takes for them."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field

from taskly.kit.zones import check_zone
from taskly.platform.http.schema import Integer, Line, Request, Response, written
from taskly.workspaces.models import Role, WorkspaceAccess

WorkspaceName = Annotated[Line, Field(max_length=100, examples=["Payments"])]
TimeZone = Annotated[
    str,
    Field(
        max_length=64,
        pattern=written(
            r"^[A-Za-z][A-Za-z0-9_+/-]*$", "name a time zone as IANA does, such as Europe/Berlin"
        ),
        description="Where its days begin and end: a name of IANA's database.",
        examples=["Europe/Berlin"],
    ),
    AfterValidator(check_zone),
]
Capacity = Annotated[
    Integer, Field(ge=0, le=999, description="Story points a sprint.", examples=[20])
]


class CreateWorkspace(Request):
    """A new workspace; its maker becomes its admin."""

    name: WorkspaceName


class UpdateWorkspace(Request):
    """Fields to change; absent ones stay."""

    name: WorkspaceName = ""
    time_zone: TimeZone = ""

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class DeleteWorkspace(Request):
    """The confirmation that this workspace is meant."""

    name: Annotated[
        str,
        Field(max_length=400, description="The workspace's name, exactly.", examples=["Payments"]),
    ]


class AddMember(Request):
    """Somebody who has signed in here before."""

    login: Annotated[Line, Field(max_length=100, examples=["octocat"])]
    role: Role = Role.MEMBER


class UpdateMember(Request):
    """Fields to change; absent ones stay."""

    role: Role = Role.MEMBER
    capacity: Capacity = 0

    def changes(self) -> dict[str, Any]:
        """The fields that the caller sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class WorkspaceResponse(Response):
    """A workspace, as its people see it."""

    id: UUID
    name: str = Field(examples=["Payments"])
    time_zone: str = Field(
        examples=["Europe/Berlin"], description="Where its days begin and end: sprints go by them."
    )
    version: int = Field(examples=[3], description="The workspace's count of changes.")
    role: Role = Field(description="What the caller is in it.")
    created_at: datetime

    @classmethod
    def of(cls, access: WorkspaceAccess) -> Self:
        """The answer for a caller with this access."""
        workspace = access.workspace
        return cls(
            id=workspace.id,
            name=workspace.name,
            time_zone=workspace.time_zone,
            version=workspace.version,
            role=access.role,
            created_at=workspace.created_at,
        )


class MemberResponse(Response):
    """A person in a workspace."""

    user_id: UUID
    login: str = Field(examples=["octocat"])
    name: str = Field(examples=["Mona Lisa"])
    avatar_url: str | None = Field(examples=["https://avatars.githubusercontent.com/u/583231"])
    role: Role
    capacity: int = Field(examples=[20])
