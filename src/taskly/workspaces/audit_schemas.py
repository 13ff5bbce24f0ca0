"""What the API shows of the audit log."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from taskly.platform.context import ActorKind
from taskly.platform.http.schema import Response
from taskly.workspaces.audit_repository import AuditRow


class AuditActor(Response):
    """Who did it."""

    kind: ActorKind
    user_id: UUID | None
    login: str | None = Field(examples=["octocat"])
    name: str | None = Field(examples=["Mona Lisa"])


class AuditEntryResponse(Response):
    """Who did what, when and from where."""

    id: UUID
    at: datetime
    type: str = Field(examples=["member.added"])
    actor: AuditActor
    address: str | None = Field(
        examples=["192.0.2.7"], description="Null for what Taskly did by itself or for GitHub."
    )
    user_agent: str | None = Field(examples=["Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"])
    request_id: str | None = Field(examples=["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"])
    entity: str | None = Field(examples=["member"], description="What kind of thing changed.")
    subject_id: UUID | None = Field(description="Which one.")
    before: dict[str, Any] | None = Field(
        examples=[None], description="The fields that changed, as they were. Null for what is new."
    )
    after: dict[str, Any] | None = Field(
        examples=[{"role": "member", "capacity": 20}],
        description="The same fields as they are now. Null for what is gone.",
    )

    @classmethod
    def of(cls, row: AuditRow) -> Self:
        """The answer for one entry."""
        entry, change = row.entry, row.change or {}
        return cls(
            id=entry.id,
            at=entry.created_at,
            type=entry.type,
            actor=AuditActor(
                kind=entry.actor_kind, user_id=entry.actor_id, login=row.login, name=row.name
            ),
            address=entry.address,
            user_agent=entry.user_agent,
            request_id=entry.request_id,
            entity=change.get("entity"),
            subject_id=change.get("id", entry.subject_id),
            before=change.get("before"),
            after=change.get("after"),
        )
