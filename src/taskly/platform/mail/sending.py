"""The way out: a job sends one mail through the operator's SMTP server.

What the server answers may repeat the address, so of its answers only the codes are kept.
"""

from email.message import EmailMessage
from urllib.parse import urlsplit

import aiosmtplib

from taskly.platform.jobs.work import GiveUp, Work
from taskly.platform.mail.message import Mail, as_message
from taskly.platform.settings import Settings

PERMANENT = 500
"""SMTP's codes from here on say that trying again would not help (RFC 5321, 4.2.1)."""


class MailNotSent(Exception):
    """The SMTP server was not reached or did not take the mail; trying again may help."""


async def send_mail(work: Work, mail: Mail) -> None:
    """Send a mail as the work of a job. Where it is sent twice, both have the same `Message-ID`.

    Raises:
        GiveUp: there is no SMTP server, or it refuses this mail for good.
        MailNotSent: otherwise.
    """
    settings = work.runtime.settings
    if not settings.has_mail:
        raise GiveUp("TASKLY_SMTP_HOST is not set")
    message = as_message(
        mail,
        sender=settings.mail_from or "",
        message_id=f"<{work.job_id}@{urlsplit(settings.public_url).hostname}>",
        at=work.runtime.clock.now(),
    )
    failure = await _failure(settings, message)
    if failure is not None:
        raise failure


async def _failure(settings: Settings, message: EmailMessage) -> Exception | None:
    """What became of it, without the library's errors: they hold addresses and answers."""
    password = settings.smtp_password
    try:
        await aiosmtplib.send(
            message,
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user,
            password=None if password is None else password.get_secret_value(),
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=settings.smtp_timeout_seconds,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        return _refusal(max(each.code for each in error.recipients))
    except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
        return _refusal(error.code)
    except aiosmtplib.SMTPAuthenticationError as error:
        return MailNotSent(f"the SMTP server refuses TASKLY_SMTP_USER with {error.code}")
    except aiosmtplib.SMTPResponseException as error:
        return MailNotSent(f"the SMTP server answers {error.code}")
    except (aiosmtplib.SMTPException, OSError) as error:
        return MailNotSent(f"the SMTP server is not reached: {type(error).__name__}")
    return None


def _refusal(code: int) -> Exception:
    kind = GiveUp if code >= PERMANENT else MailNotSent
    return kind(f"the SMTP server does not take the mail: {code}")
