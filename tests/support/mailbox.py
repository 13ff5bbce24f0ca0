"""An SMTP server for tests, on the test's own loop: it keeps what it takes."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aiosmtpd.handlers import AsyncMessage
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class _Unwanted(Exception):
    """The content of a mail is not taken."""


class Mailbox(AsyncMessage):
    """What came, and what to answer to whoever brings more."""

    def __init__(self) -> None:
        super().__init__(EmailMessage)
        self.port = 0
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer_to_recipient = "250 OK"
        self.answers_to: dict[str, str] = {}
        """What single recipients are answered otherwise."""
        self.answer_to_content = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Somebody is named to whom the mail should go."""
        answer = self.answers_to.get(address, self.answer_to_recipient)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    def prepare_message(self, _session: Session, envelope: Envelope) -> EmailMessage:
        """The mail, as the recipients' programs read it."""
        content: Any = envelope.content
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self._envelope = envelope
        return message

    async def handle_message(self, message: Any) -> None:
        """The mail itself."""
        if not self.answer_to_content.startswith("250"):
            raise _Unwanted
        self.messages.append(message)
        self.recipients.extend(self._envelope.rcpt_tos)

    async def handle_exception(self, error: Exception) -> str:
        """What is answered when something fails, here on purpose."""
        assert isinstance(error, _Unwanted), error
        return self.answer_to_content

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that send mail here."""
        return {
            "smtp_host": "127.0.0.1",
            "smtp_port": self.port,
            "smtp_security": "none",
            "mail_from": "Taskly <taskly@example.com>",
        }


@asynccontextmanager
async def open_mailbox(tls: ssl.SSLContext | None = None) -> AsyncIterator[Mailbox]:
    """A server that listens as long as the block runs; with `tls` it takes nothing in the clear."""
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    required = tls is not None
    server = await loop.create_server(
        lambda: SMTP(
            mailbox, loop=loop, hostname="mail.test", tls_context=tls, require_starttls=required
        ),
        "127.0.0.1",
        0,
    )
    async with server:
        mailbox.port = server.sockets[0].getsockname()[1]
        yield mailbox


def make_certificate(directory: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS for 127.0.0.1, and the file to trust for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    trusted, private = directory / "certificate.pem", directory / "key.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(trusted, private)
    return context, trusted


def part(message: EmailMessage, kind: str) -> str:
    """The text of a mail: `plain` or `html`."""
    found = message.get_body((kind,))
    assert found is not None
    content = found.get_content()
    assert isinstance(content, str)
    return content
