"""The mail that brings a report to one person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from taskly.notifications.unsubscribing import UnsubscribeLinks, one_click
from taskly.platform.mail.message import Attachment, Mail
from taskly.platform.settings import Settings
from taskly.reports.document import Link
from taskly.reports.letters import Letter, Picture
from taskly.reports.rendering import templates
from taskly.reports.rules.reading import listing

SVG = "image/svg+xml"


@dataclass(frozen=True, slots=True)
class Footer:
    """What comes along, why the mail came, and how it is the last one."""

    attached: str
    why: str
    site: Link
    ending: Link


def compose(
    settings: Settings, user_id: UUID, address: str, board_id: UUID, letter: Letter
) -> Mail:
    """A letter as a mail, with a link that ends such mails, for people and for mail programs (RFC 8058)."""
    ending = UnsubscribeLinks(settings).reports_link(user_id, board_id)
    site = settings.public_url
    mail = templates().mail(
        "report",
        address,
        subject=letter.subject,
        document=letter.document,
        footer=Footer(
            attached=_attached(letter.pictures),
            why=f"You get this because you asked for the reports of {letter.board_name}.",
            site=Link(f"Taskly at {site}", site),
            ending=Link("No more mail about the reports of this board", ending),
        ),
    )
    files = [Attachment(each.name, SVG, each.svg.encode()) for each in letter.pictures]
    return replace(mail, headers=one_click(ending), attachments=files)


def _attached(pictures: Sequence[Picture]) -> str:
    named = listing([each.name for each in pictures])
    return f"Attached: {named}."
