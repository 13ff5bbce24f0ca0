"""Mails on the wire."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from taskly.platform.mail.message import Attachment, Mail, as_message

PICTURE = Attachment("burndown.svg", "image/svg+xml", b"<svg>\xe2\x80\xa6</svg>\n.\n")
AT = datetime(2026, 11, 30, tzinfo=UTC)


def test_files_come_beside_both_forms_of_the_text() -> None:
    mail = Mail("a@x.org", "Hi", "plain", "<p>rich</p>", attachments=[PICTURE])

    sent = as_message(mail, sender="t@x.org", message_id="<1@x.org>", at=AT).as_bytes()

    received = message_from_bytes(sent, policy=default)
    text, picture = received.iter_parts()
    assert received.get_content_type() == "multipart/mixed"
    assert [each.get_content_type() for each in text.iter_parts()] == ["text/plain", "text/html"]
    assert picture.get_content_type() == "image/svg+xml"
    assert picture["Content-Disposition"] == 'attachment; filename="burndown.svg"'
    assert picture.get_payload(decode=True) == PICTURE.content
    assert repr(mail) == "Mail()"


def test_a_file_can_bring_no_headers() -> None:
    smuggler = Attachment("a.svg\nBcc: b@x.org", "image/svg+xml", b"")
    mail = Mail("a@x.org", "Hi", "plain", "rich", attachments=[smuggler])

    with pytest.raises(ValueError, match="linefeed"):
        as_message(mail, sender="t@x.org", message_id="<1@x.org>", at=AT)
