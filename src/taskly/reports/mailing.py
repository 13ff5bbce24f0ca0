"""The mail about a week of a board."""

from dataclasses import dataclass, replace
from uuid import UUID

from taskly.insights.rules.wording import counted
from taskly.notifications.unsubscribing import UnsubscribeLinks, one_click
from taskly.platform.mail.message import Mail
from taskly.platform.settings import Settings
from taskly.reports.digest_document import document_of
from taskly.reports.digest_schemas import WeeklyDigest
from taskly.reports.document import Link
from taskly.reports.rendering import templates
from taskly.reports.rules.weeks import Week

MOST_IN_MAIL = 10
"""So many lines each list has there; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Footer:
    """Why the mail came, and how it is the last one."""

    why: str
    site: Link
    ending: Link


def compose(settings: Settings, user_id: UUID, address: str, digest: WeeklyDigest) -> Mail:
    """The digest as a mail, with a link that ends such mails, for people and for mail programs (RFC 8058)."""
    ending = UnsubscribeLinks(settings).reports_link(user_id, digest.board.id)
    site = settings.public_url
    mail = templates().mail(
        "report",
        address,
        subject=subject(digest),
        document=document_of(digest, site, MOST_IN_MAIL),
        footer=Footer(
            why=f"You get this on Mondays because you asked for the reports of {digest.board.name}.",
            site=Link(f"Taskly at {site}", site),
            ending=Link("No more mail about the reports of this board", ending),
        ),
    )
    return replace(mail, headers=one_click(ending))


def subject(digest: WeeklyDigest) -> str:
    """The board, the week, and how much was done."""
    done = counted(digest.throughput.cards, "card")
    return f"{digest.board.name}, week {Week(digest.week.first).number}: {done} done"
