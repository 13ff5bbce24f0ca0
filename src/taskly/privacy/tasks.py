"""The handler of this domain's job."""

from taskly.platform.events.jobs import handles
from taskly.platform.jobs.work import Work
from taskly.privacy.jobs import RemoveTraces
from taskly.privacy.traces import remove_everywhere


@handles(RemoveTraces)
async def remove_traces(work: Work, job: RemoveTraces) -> None:
    """In small transactions; what is done twice changes nothing."""
    await remove_everywhere(work, job)
