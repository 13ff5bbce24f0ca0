"""Who is told what: pure rules."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from taskly.cards.rules import logins_mentioned

WINDOW = timedelta(minutes=15)
"""So long notifications gather before they are mailed, from the first one on."""
MORNING = timedelta(hours=7)
"""From then on, on Mondays, the week before is told by mail."""
KEEP_READ = timedelta(days=90)
KEEP_UNREAD = timedelta(days=180)
State = Mapping[str, Any]
_TEXTS = ("description", "acceptance_criteria")


class NotificationKind(enum.StrEnum):
    """Why somebody is told, from what concerns them most to what concerns them least.

    Who has several reasons to hear of one event is told it once, for the first of them.
    """

    ASSIGNED = "assigned"
    MENTIONED = "mentioned"
    REVIEW_REQUESTED = "review_requested"
    DUE_SOON = "due_soon"
    INVITED = "invited"
    REPOSITORY_ALERT = "repository_alert"
    COMMENTED = "commented"


REASONS = {
    NotificationKind.ASSIGNED: "because you are assigned",
    NotificationKind.MENTIONED: "because you are mentioned",
    NotificationKind.REVIEW_REQUESTED: "because your review is requested",
    NotificationKind.DUE_SOON: "because you are assigned or watching",
    NotificationKind.INVITED: "because you are invited",
    NotificationKind.REPOSITORY_ALERT: "because you are an admin, or connected it",
    NotificationKind.COMMENTED: "because you are watching",
}


KIND_NAMES = {
    NotificationKind.ASSIGNED: "when somebody puts you on a card",
    NotificationKind.MENTIONED: "when somebody names you",
    NotificationKind.REVIEW_REQUESTED: "when a pull request waits for your review",
    NotificationKind.DUE_SOON: "when cards are due soon",
    NotificationKind.INVITED: "when somebody takes you into a workspace",
    NotificationKind.REPOSITORY_ALERT: "when something is wrong with a repository",
    NotificationKind.COMMENTED: "about comments on cards that you watch",
}
"""What goes on after `No more mail`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Something that a person may have to be told."""

    user_id: UUID
    kind: NotificationKind
    occasion: str
    workspace_id: UUID
    event_id: UUID | None = None
    card_id: UUID | None = None
    comment_id: UUID | None = None
    invitation_id: UUID | None = None
    actor_id: UUID | None = None
    about: dict[str, Any] = field(default_factory=dict)


def not_by_oneself(tellings: Iterable[Telling]) -> list[Telling]:
    """Without what people did themselves: they know."""
    return [each for each in tellings if each.user_id != each.actor_id]


def people_added(before: State | None, after: State | None, name: str) -> list[UUID]:
    """The people whom a change put into a list of people, such as `assignee_ids`."""
    present = _people(before, name)
    return [each for each in _people(after, name) if each not in present]


def logins_added(before: State | None, after: State | None) -> list[str]:
    """The logins that the texts of a card name since a change, and did not before."""
    present = _logins(before)
    return [each for each in _logins(after) if each not in present]


def days_due(today: date) -> tuple[date, date]:
    """The due dates that are soon: today and tomorrow."""
    return today, today + timedelta(days=1)


def due_occasion(card_id: UUID, due: date) -> str:
    """What makes the news that a card is due the same when it comes again."""
    return f"due:{card_id}:{due.isoformat()}"


def week_to_tell(zone: tzinfo, at: datetime) -> date:
    """The Monday of the last week that is to be told at a moment: from Monday morning on that of the week before.

    >>> from datetime import UTC
    >>> [str(week_to_tell(UTC, datetime(2026, 11, 30, hour, tzinfo=UTC))) for hour in (6, 7)]
    ['2026-11-16', '2026-11-23']
    """
    day = (at.astimezone(zone).replace(tzinfo=None) - MORNING).date()
    return day - timedelta(days=day.weekday() + 7)


def _people(state: State | None, name: str) -> list[UUID]:
    return [UUID(str(each)) for each in (state or {}).get(name, ())]


def _logins(state: State | None) -> Sequence[str]:
    texts = [(state or {}).get(name) or "" for name in _TEXTS]
    return list(dict.fromkeys(login for text in texts for login in logins_mentioned(text)))
