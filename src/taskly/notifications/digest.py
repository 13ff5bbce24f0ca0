"""The mail at the end of a window: what a person has not read, board by board and card by card."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import groupby
from uuid import UUID

from taskly.github.models import Alert
from taskly.notifications.repository import Shown
from taskly.notifications.rules import KIND_NAMES, REASONS, NotificationKind
from taskly.notifications.unsubscribing import UnsubscribeLinks, one_click
from taskly.notifications.window_repository import Digest
from taskly.platform.mail.message import Mail
from taskly.platform.mail.templates import Templates
from taskly.platform.settings import Settings

MOST_IN_MAIL = 100
EXCERPT = 300
_TASKLY = "Taskly"
_ALERTS = {
    Alert.DELIVERIES_DEAD: "what GitHub told could not be worked out",
    Alert.SILENT: "GitHub tells nothing any more",
    Alert.ACCESS_LOST: "GitHub does not let Taskly in any more",
    Alert.REPOSITORY_DELETED: "it was deleted at GitHub",
    Alert.APP_SHUT_OUT: "the GitHub App may not act there any more",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One notification in a mail."""

    what: str
    reason: str
    words: str | None
    """What somebody said, or the beginning of it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A card, or the workspace itself, with what is told of it."""

    title: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Place:
    """A board, or a workspace, with what is told of it."""

    name: str
    topics: list[Topic]


def compose(settings: Settings, user_id: UUID, digest: Digest) -> Mail:
    """The mail, with links that end each kind of it, for people and for mail programs (RFC 8058)."""
    links = UnsubscribeLinks(settings)
    places = places_of(digest.shown)
    kinds = sorted(
        {each.notification.kind for each in digest.shown}, key=list(NotificationKind).index
    )
    mail = _templates().mail(
        "digest",
        digest.address,
        person=digest.name,
        places=places,
        total=digest.total,
        left_out=digest.total - len(digest.shown),
        endings=[(KIND_NAMES[kind], links.link(user_id, kind)) for kind in kinds],
        end_all=links.link(user_id, None),
        site=settings.public_url,
    )
    return replace(mail, headers=one_click(links.link(user_id, None)))


def places_of(shown: list[Shown]) -> list[Place]:
    """The notifications by board and card; they come in that order."""
    return [
        Place(
            f"{workspace} / {board}" if board else workspace,
            [
                Topic(title, [_line(each) for each in of_topic])
                for title, of_topic in groupby(of_place, _title)
            ],
        )
        for (workspace, board, _), of_place in groupby(
            shown, lambda each: (each.workspace_name, each.board_name, each.board_id)
        )
    ]


def _title(shown: Shown) -> str:
    if shown.card_key is None:
        return shown.workspace_name
    return f"{shown.card_key} {shown.card_title}"


def _line(shown: Shown) -> Line:
    kind, alert = shown.notification.kind, shown.notification.about.get("repository_alert")
    words = shown.comment if alert is None else alert["detail"]
    return Line(_what(shown, shown.actor_name or _TASKLY), REASONS[kind], _excerpt(words))


def _what(shown: Shown, actor: str) -> str:
    about = shown.notification.about
    match shown.notification.kind:
        case NotificationKind.ASSIGNED:
            return f"{actor} put you on the card"
        case NotificationKind.MENTIONED if shown.notification.comment_id is None:
            return f"{actor} named you in the text of the card"
        case NotificationKind.MENTIONED:
            return f"{actor} named you in a comment"
        case NotificationKind.COMMENTED:
            return f"{actor} commented"
        case NotificationKind.INVITED:
            return f"{actor} took you into the workspace as {about['role']}"
        case NotificationKind.DUE_SOON:
            return f"Due on {date.fromisoformat(about['due_date']):%d %B %Y}"
        case NotificationKind.REVIEW_REQUESTED:
            pull = about["pull_request"]
            return f"{pull['repository']}#{pull['number']} waits for your review: {pull['title']}"
        case NotificationKind.REPOSITORY_ALERT:
            alert = about["repository_alert"]
            return f"{alert['repository']}: {_ALERTS[Alert(alert['alert'])]}"


def _excerpt(words: str | None) -> str | None:
    if not words:
        return None
    shortened = " ".join(words.split())
    return shortened if len(shortened) <= EXCERPT else f"{shortened[: EXCERPT - 1].rstrip()}…"


@cache
def _templates() -> Templates:
    return Templates("taskly.notifications")
