"""A mail, and its form on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person, as text and as HTML. Nothing of it shows in `repr`: it is personal.

    `headers` are further ones, such as `List-Unsubscribe`.
    """

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def as_message(mail: Mail, *, sender: str, message_id: str, at: datetime) -> EmailMessage:
    """The mail as a MIME message.

    Raises:
        ValueError: a header would hold a line feed.
    """
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    # Keeps answering machines from answering (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
