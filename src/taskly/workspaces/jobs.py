"""The jobs of this domain; their handlers are in `tasks`."""

from uuid import UUID

from taskly.platform.events.jobs import JobSpec, Queue


class ForgetTraces(JobSpec, kind="workspaces.forget_traces", queue=Queue.BULK):
    """Forget old entries of the audit log, and invitations that are long over."""


class PurgeWorkspace(JobSpec, kind="workspaces.purge", queue=Queue.BULK, time_limit=600):
    """Delete what a workspace held that was ended."""

    workspace_id: UUID


class SendInvitation(JobSpec, kind="workspaces.send_invitation", queue=Queue.MAIL):
    """Send the mail of an invitation."""

    invitation_id: UUID
    issue: int
    """Which of its links; when there is a newer one, the mail is not sent."""
