"""With an SMTP server, invitations go out by mail; with whatever answer it gives, nothing personal is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.events.models import Job, JobState
from taskly.platform.jobs.execution import execute
from taskly.platform.mail.message import Mail, as_message
from taskly.worker.registry import load_tasks
from tests.support.actors import Actor, Json, expect
from tests.support.mailbox import Mailbox, make_certificate, open_mailbox, part
from tests.support.world import World
from tests.workspaces.invitations import accept, invite, path_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """Where mail goes."""
    async with open_mailbox() as opened:
        yield opened


@pytest.fixture
async def mailing(real_world: World, mailbox: Mailbox) -> World:
    """The application, with mail."""
    load_tasks()
    return with_settings(real_world, **mailbox.settings)


def with_settings(world: World, **changes: Any) -> World:
    """The same application with other settings."""
    settings = world.runtime.settings.model_copy(update=changes)
    world.runtime = replace(world.runtime, settings=settings)
    world.app.state.runtime = world.runtime
    return world


@pytest.fixture
async def workspace(mailing: World, real_alice: Actor) -> Json:
    """A workspace whose name would be markup if it were let."""
    return await real_alice.workspace("R&D <b>x</b>")


async def attempt(world: World, job_id: str) -> Job:
    """Try a job once, as a worker does; how it stands then."""
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text("UPDATE jobs SET next_attempt_at = now() WHERE state = 'pending'")
        )
    await execute(world.runtime, UUID(job_id))
    async with world.runtime.database.reading() as session:
        return await session.get_one(Job, UUID(job_id))


async def test_an_invitation_comes_by_mail_and_its_link_lets_in(
    mailing: World, real_alice: Actor, workspace: Json, mailbox: Mailbox
) -> None:
    [sent] = await invite(real_alice, workspace, "ben@example.com")
    assert (sent["outcome"], sent["link"]) == ("invited", None)

    job = await attempt(mailing, sent["job_id"])

    assert (job.state, job.queue) == (JobState.DONE, "mail")
    assert job.payload == {"invitation_id": sent["invitation"]["id"], "issue": 1}
    [message] = mailbox.messages
    assert mailbox.recipients == ["ben@example.com"]
    assert message["From"] == "Taskly <taskly@example.com>"
    assert message["To"] == "ben@example.com"
    assert message["Subject"] == "Alice invites you to R&D <b>x</b>"
    assert message["Message-ID"] == f"<{sent['job_id']}@127.0.0.1>"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, html = part(message, "plain"), part(message, "html")
    [link] = [line for line in plain.splitlines() if line.startswith("http://127.0.0.1:8000/inv")]
    assert "Alice invites you to join R&D <b>x</b> at Taskly." in plain
    assert "30 November 2026, 09:00 UTC" in plain
    assert "R&amp;D &lt;b&gt;x&lt;/b&gt;" in html
    assert "<b>x</b>" not in html
    assert f'href="{link}"' in html
    ben = await mailing.person("ben")
    expect(await accept(ben, link.partition("#token=")[2]), 200)


async def test_a_mail_that_goes_out_twice_is_the_same(
    mailing: World, real_alice: Actor, workspace: Json, mailbox: Mailbox
) -> None:
    [sent] = await invite(real_alice, workspace, "ben@example.com")
    await attempt(mailing, sent["job_id"])
    async with mailing.runtime.database.transaction(SYSTEM) as tx:
        # A worker that died between sending and saying so leaves the job open.
        again = "UPDATE jobs SET state = 'pending', finished_at = NULL"
        await tx.session.execute(text(again))

    await attempt(mailing, sent["job_id"])

    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert part(first, "plain") == part(second, "plain")


@pytest.mark.parametrize("end", ["revoked", "resent", "expired", "deleted"])
async def test_what_is_over_by_the_time_is_not_sent(
    mailing: World,
    real_alice: Actor,
    workspace: Json,
    mailbox: Mailbox,
    clock: FrozenClock,
    end: str,
) -> None:
    [sent] = await invite(real_alice, workspace, "ben@example.com")
    path = f"{path_of(workspace)}/{sent['invitation']['id']}"
    if end == "revoked":
        expect(await real_alice.delete(path), 204)
    elif end == "resent":
        expect(await real_alice.post(f"{path}/resend"), 200)
    elif end == "expired":
        clock.advance(timedelta(days=7))
    else:
        gone = f"/workspaces/{workspace['id']}"
        expect(await real_alice.request("DELETE", gone, json={"name": workspace["name"]}), 204)

    job = await attempt(mailing, sent["job_id"])

    assert job.state is JobState.DONE
    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("recipient", "content", "state"),
    [
        ("550 5.1.1 <ben@example.com> is unknown", "250 OK", JobState.DEAD),
        ("450 4.2.1 <ben@example.com> is greylisted", "250 OK", JobState.PENDING),
        ("250 OK", "554 5.7.1 ben@example.com wants no mail", JobState.DEAD),
        ("250 OK", "451 4.3.0 later, ben@example.com", JobState.PENDING),
    ],
)
async def test_a_refusal_is_kept_without_the_address(
    mailing: World,
    real_alice: Actor,
    workspace: Json,
    mailbox: Mailbox,
    recipient: str,
    content: str,
    state: JobState,
    capfd: pytest.CaptureFixture[str],
) -> None:
    mailbox.answer_to_recipient, mailbox.answer_to_content = recipient, content
    [sent] = await invite(real_alice, workspace, "ben@example.com")

    job = await attempt(mailing, sent["job_id"])

    code = (recipient if content.startswith("250") else content)[:3]
    assert job.state is state
    assert job.last_error is not None
    assert job.last_error.endswith(f"the SMTP server does not take the mail: {code}")
    written = "".join(capfd.readouterr())
    assert sent["job_id"] in written
    assert "ben@example.com" not in written + str(job.payload)
    assert "#token=" not in written
    assert mailbox.messages == []


async def test_a_server_that_is_away_is_tried_again(
    mailing: World, real_alice: Actor, workspace: Json, mailbox: Mailbox
) -> None:
    [sent] = await invite(real_alice, workspace, "ben@example.com")
    there = mailbox.port
    with_settings(mailing, smtp_port=1)
    away = await attempt(mailing, sent["job_id"])
    with_settings(mailing, smtp_port=there)
    done = await attempt(mailing, sent["job_id"])

    assert away.state is JobState.PENDING
    assert str(away.last_error).startswith("MailNotSent: the SMTP server is not reached: ")
    assert (done.state, done.attempts) == (JobState.DONE, 2)
    assert len(mailbox.messages) == 1


async def test_without_starttls_nothing_is_said_in_the_clear(
    mailing: World, real_alice: Actor, workspace: Json, mailbox: Mailbox
) -> None:
    with_settings(mailing, smtp_security="starttls")
    [sent] = await invite(real_alice, workspace, "ben@example.com")

    job = await attempt(mailing, sent["job_id"])

    assert job.state is JobState.PENDING
    assert (mailbox.recipients, mailbox.messages) == ([], [])


@pytest.mark.parametrize("trusts", [True, False])
async def test_with_starttls_mail_goes_only_to_a_server_that_proves_its_name(
    mailing: World,
    real_alice: Actor,
    workspace: Json,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trusts: bool,
) -> None:
    context, certificate = make_certificate(tmp_path)
    if trusts:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with open_mailbox(context) as encrypted:
        with_settings(mailing, **encrypted.settings | {"smtp_security": "starttls"})
        [sent] = await invite(real_alice, workspace, "ben@example.com")

        job = await attempt(mailing, sent["job_id"])

    assert job.state is (JobState.DONE if trusts else JobState.PENDING)
    assert encrypted.recipients == (["ben@example.com"] if trusts else [])


async def test_without_the_key_of_its_link_a_mail_is_given_up(
    mailing: World, real_alice: Actor, workspace: Json, mailbox: Mailbox
) -> None:
    [sent] = await invite(real_alice, workspace, "ben@example.com")
    with_settings(mailing, jwt_keys=SecretStr("other:OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg="))

    job = await attempt(mailing, sent["job_id"])

    assert job.state is JobState.DEAD
    assert "send the invitation again" in str(job.last_error)
    assert mailbox.messages == []


def test_further_headers_are_sent_along_and_none_smuggles_another_in(clock: FrozenClock) -> None:
    mail = Mail(
        "a@x.org", "Hello", "text", "<p>text</p>", {"List-Unsubscribe": "<https://x.org/u>"}
    )
    fixed = {"sender": "t@x.org", "message_id": "<1@x.org>", "at": clock.now()}

    assert as_message(mail, **fixed)["List-Unsubscribe"] == "<https://x.org/u>"  # type: ignore[arg-type]
    long = f"<https://x.org/{'u' * 200}>"
    as_sent = as_message(replace(mail, headers={"List-Unsubscribe": long}), **fixed).as_bytes()  # type: ignore[arg-type]
    assert f"\nList-Unsubscribe: {long}\n".encode() in as_sent
    for smuggler in (
        replace(mail, subject="Hi\nBcc: b@x.org"),
        replace(mail, to="a@x.org\nCc: b"),
        replace(mail, headers={"List-Unsubscribe": "<https://x.org>\nBcc: b@x.org"}),
    ):
        with pytest.raises(ValueError, match="linefeed"):
            as_message(smuggler, **fixed)  # type: ignore[arg-type]
    assert repr(mail) == "Mail()"
