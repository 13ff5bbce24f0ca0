"""What the API shows of notifications, and takes for them."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from taskly.github.models import Alert
from taskly.notifications.models import NotificationSetting
from taskly.notifications.repository import MOST_COUNTED, Shown
from taskly.notifications.rules import REASONS, NotificationKind
from taskly.platform.http.pages import Page
from taskly.platform.http.schema import Flag, Request, Response

MOST_MARKED = 500
_UNREAD = Field(
    examples=[3], description=f"How many were not read; {MOST_COUNTED} means so many or more."
)


class PullRequestMentioned(Response):
    """The pull request that waits for a review."""

    repository: str = Field(examples=["octo/payments"])
    number: int = Field(examples=[42])
    title: str = Field(examples=["Refund cards"])
    url: str = Field(examples=["https://github.com/octo/payments/pull/42"])


class RepositoryAlertShown(Response):
    """What is wrong with what GitHub tells of a repository."""

    repository_id: UUID
    repository: str = Field(examples=["octo/payments"])
    alert: Alert = Field(
        examples=["deliveries_dead"],
        description="`deliveries_dead`: GitHub's deliveries could not be worked out; `silent`: none come; "
        "`access_lost`: GitHub refuses the account that connected it; `repository_deleted`: it is gone there; "
        "`app_shut_out`: the GitHub App may not act there, or lacks a permission.",
    )
    detail: str = Field(examples=["push: unreadable: body: Invalid JSON"])


class NotificationResponse(Response):
    """Something that concerns the caller, with what it speaks of as it is now."""

    id: UUID
    kind: NotificationKind
    reason: str = Field(examples=["because you are assigned"])
    workspace_id: UUID
    workspace_name: str = Field(examples=["Payments"])
    board_id: UUID | None
    board_name: str | None = Field(examples=["Checkout"])
    card_id: UUID | None
    card_key: str | None = Field(examples=["PAY-12"])
    card_title: str | None = Field(examples=["Refunds fail"])
    comment_id: UUID | None = Field(description="The comment, if it is about one.")
    comment: str | None = Field(
        examples=["@alice could you look?"], description="Its words; empty when they were deleted."
    )
    invitation_id: UUID | None = Field(description="The open invitation, if it is about one.")
    actor_id: UUID | None = Field(description="Who did it; null when it was Taskly itself.")
    actor_name: str | None = Field(examples=["Ben"])
    event_id: UUID | None = Field(description="The event of the log that it tells.")
    due_date: date | None = Field(examples=["2026-11-24"], description="What is due soon.")
    pull_request: PullRequestMentioned | None
    repository_alert: RepositoryAlertShown | None
    read_at: datetime | None = Field(examples=["2026-11-23T09:00:00Z"])
    created_at: datetime = Field(examples=["2026-11-23T09:00:00Z"])

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The answer for a notification."""
        it = shown.notification
        return cls(
            **{name: getattr(it, name) for name in _OWN},
            **{name: getattr(shown, name) for name in _SHOWN},
            reason=REASONS[it.kind],
            due_date=it.about.get("due_date"),
            pull_request=it.about.get("pull_request"),
            repository_alert=it.about.get("repository_alert"),
        )


_OWN = (
    "id",
    "kind",
    "workspace_id",
    "card_id",
    "comment_id",
    "invitation_id",
    "actor_id",
    "event_id",
    "read_at",
    "created_at",
)
_SHOWN = (
    "workspace_name",
    "board_id",
    "board_name",
    "card_key",
    "card_title",
    "comment",
    "actor_name",
)


class NotificationPage(Page[NotificationResponse]):
    """One page of notifications, the latest first."""

    unread_count: int = _UNREAD


class ReadNotifications(Request):
    """What was read: some, or all up to one. Send one of the two."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["ids"]}, {"required": ["up_to"]}],
            "examples": [
                {"ids": ["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"]},
                {"up_to": "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"},
            ],
        }
    )

    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_MARKED)] = Field(
        default_factory=list, description="These. What is not the caller's is passed over."
    )
    up_to: UUID = Field(
        default_factory=lambda: UUID(int=0), description="This one and all that came before it."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("send either ids or up_to")
        return self


class ReadResponse(Response):
    """What came of it."""

    read: int = Field(examples=[2], description="How many were unread until now.")
    unread_count: int = _UNREAD


class Channels(Response):
    """Where somebody hears of a kind of notification."""

    in_app: bool = Field(examples=[True], description="In the list of notifications.")
    email: bool = Field(
        examples=[True], description="In the mail that bundles a quarter of an hour."
    )


class NotificationSettings(Response):
    """What the caller wants to hear, kind by kind."""

    assigned: Channels
    mentioned: Channels
    review_requested: Channels
    due_soon: Channels
    invited: Channels
    repository_alert: Channels
    commented: Channels

    @classmethod
    def of(cls, settings: dict[NotificationKind, NotificationSetting]) -> Self:
        """The answer for what was chosen; everything else is on."""
        on = Channels(in_app=True, email=True)
        chosen = {kind.value: settings.get(kind, on) for kind in NotificationKind}
        return cls.model_validate(chosen, from_attributes=True)


class UpdateChannels(Request):
    """Where to hear of a kind; what is absent stays."""

    in_app: Flag = True
    email: Flag = True


class UpdateNotificationSettings(Request):
    """Kinds to change; absent ones stay."""

    assigned: UpdateChannels = UpdateChannels()
    mentioned: UpdateChannels = UpdateChannels()
    review_requested: UpdateChannels = UpdateChannels()
    due_soon: UpdateChannels = UpdateChannels()
    invited: UpdateChannels = UpdateChannels()
    repository_alert: UpdateChannels = UpdateChannels()
    commented: UpdateChannels = UpdateChannels()

    def changes(self) -> dict[NotificationKind, dict[str, bool]]:
        """The channels that the caller sent, by kind."""
        return {
            NotificationKind(kind): getattr(self, kind).model_dump(exclude_unset=True)
            for kind in sorted(self.model_fields_set)
        }
