"""A mail, and its form on the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Self

LONGEST_LINE = 990
"""RFC 5322 allows 998 characters."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a mail. Its type is such as `image/svg+xml`."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


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
    attachments: Sequence[Attachment] = field(default=(), repr=False)


class _InOneLine(str):
    """The value of a header that goes out as it is.

    The library breaks headers into lines of 78 characters, and encodes what it can't break. Mail programs
    don't look for addresses, as in `List-Unsubscribe`, inside of that.
    """

    __slots__ = ("name",)
    name: str

    def __new__(cls, name: str, value: str) -> Self:
        """The value, if it can stand in one line.

        Raises:
            ValueError: it holds a linefeed, something else that can't be shown, or no ASCII; or is too long.
        """
        if not (value.isascii() and value.isprintable()):
            raise ValueError(f"{name} holds a linefeed, or what else can't stand in a header")
        if len(name) + len(value) > LONGEST_LINE:
            raise ValueError(f"{name} is longer than a line of a mail can be")
        made = super().__new__(cls, value)
        made.name = name
        return made

    def fold(self, *, policy: EmailPolicy) -> str:
        """The whole header, as the library asks for it."""
        return f"{self.name}: {self}{policy.linesep}"


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
        message[name] = _InOneLine(name, value)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for each in mail.attachments:
        kind, _, subtype = each.media_type.partition("/")
        message.add_attachment(each.content, maintype=kind, subtype=subtype, filename=each.name)
    return message
