"""What is promised about files."""

from uuid import UUID

from taskly.platform.events.jobs import JobSpec, Queue


class ExamineFile(
    JobSpec,
    kind="transfer.examine_file",
    queue=Queue.BULK,
    time_limit=900,
    retry_delays=(5, 60),
):
    """Look at a file that was sent: what it would become."""

    import_id: UUID
    user_id: UUID


class ImportWorkspace(
    JobSpec,
    kind="transfer.import_workspace",
    queue=Queue.BULK,
    time_limit=1800,
    retry_delays=(5, 60),
):
    """Make a workspace of a file that was looked at."""

    import_id: UUID
    user_id: UUID


class ForgetUploads(JobSpec, kind="transfer.forget_uploads", queue=Queue.BULK, routine=True):
    """Forget files that nobody has read, and whom files named that were read long ago."""
