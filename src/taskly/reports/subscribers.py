"""What reports do when something changes further down."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Recorded
from taskly.platform.events.reactions import reacts_to
from taskly.reports.jobs import TellSprint
from taskly.sprints.events import SprintCompleted

TIME_TO_UNDO = timedelta(minutes=10)
"""So long people may undo that a sprint is completed before anybody is mailed about it."""


@reacts_to(SprintCompleted)
async def promise_report(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Have a sprint that was completed told of to everybody who wants it, once there was time to undo it."""
    if not tx.mails:
        return
    for change in changes:
        job = TellSprint(
            board_id=change.stream.id,
            sprint_id=UUID(str(change.data["id"])),
            completed_version=change.version,
        )
        tx.promise(
            job,
            workspace_id=change.stream.workspace_id,
            key=f"{job.sprint_id}:{change.version}",
            delay=TIME_TO_UNDO,
        )
